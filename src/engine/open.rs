//! The opening side of a mailbox: single messages for the views, the last few kept.

use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use jiff::Timestamp;

use crate::listing::{Detail, Extent, MessageId, Row, Update};
use crate::mail::SafeText;
use crate::source::{Error, Place, Reader};

use super::desk::{Deposit, Deposits};
use super::judge::SharedJudge;

/// Messages that are kept open behind the one on the screen.
const KEPT: usize = 24;
/// Bytes of memory they may take together, about.
const KEPT_BYTES: usize = 16 << 20;
/// Bytes that a delivery with its verdict takes, about.
const DELIVERY_BYTES: usize = 600;

/// A message to open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) id: MessageId,
    pub(super) what: What,
}

/// What is wanted of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// So much of it, for the views.
    Detail(Extent),
    /// The rows of all its recipients, which have this time in the list.
    Rows(Option<Timestamp>),
}

/// Opens messages, one after the other.
pub(super) struct Opener {
    reader: Box<dyn Reader>,
    judge: SharedJudge,
    deposits: Deposits,
    /// The messages opened last, the newest first.
    kept: VecDeque<Arc<Detail>>,
}

impl Opener {
    pub(super) fn new(reader: Box<dyn Reader>, judge: SharedJudge, deposits: Deposits) -> Self {
        Self { reader, judge, deposits, kept: VecDeque::new() }
    }

    /// Opens what is wanted until nobody wants or hears anything any more.
    pub(super) fn run(mut self, wanted: &Receiver<Wanted>, updates: &Sender<Update>) {
        for Wanted { id, what } in wanted {
            let extent = match what {
                What::Detail(extent) => extent,
                What::Rows(_) => Extent::Beginning,
            };
            let opened = match self.open(id, extent) {
                Ok(detail) => detail,
                Err(Unopened::Cancelled) => return,
                Err(Unopened::Because(why)) => {
                    if updates.send(Update::Unopened(id, why)).is_err() {
                        return;
                    }
                    continue;
                }
            };
            if let What::Rows(time) = what {
                let Detail { bounce, diagnosis, ours, .. } = opened.as_ref();
                let rows = Row::every(id, time, bounce, diagnosis, ours);
                let rows = self.judge.get().judge.deliveries(bounce, diagnosis, rows);
                // Whoever hears nothing any more does not hear the next either.
                let _ = self.deposits.send(Deposit::Rows(id, rows));
            }
            if updates.send(Update::Opened(opened)).is_err() {
                return;
            }
        }
    }

    fn open(&mut self, id: MessageId, extent: Extent) -> Result<Arc<Detail>, Unopened> {
        let judge = self.judge.get().judge;
        for detail in &self.kept {
            if detail.id == id && detail.extent >= extent && Arc::ptr_eq(&detail.ours, &judge.ours)
            {
                return Ok(Arc::clone(detail));
            }
        }
        let place = Place { validity: id.validity, uid: id.uid };
        let (raw, extent) = match extent {
            Extent::Whole | Extent::Decoded => (self.reader.whole(place)?, extent),
            Extent::Beginning => match self.reader.beginning(place)? {
                (raw, true) => (raw, Extent::Whole),
                (raw, false) => (raw, Extent::Beginning),
            },
        };
        let detail = judge
            .detail(id, &raw, extent)
            .map_err(|fault| Unopened::Because(SafeText::new(&format!("this message {fault}"))))?;
        let detail = Arc::new(detail);
        self.keep(Arc::clone(&detail));
        Ok(detail)
    }

    fn keep(&mut self, detail: Arc<Detail>) {
        self.kept.retain(|other| other.id != detail.id);
        self.kept.push_front(detail);
        let mut bytes: usize = self.kept.iter().map(weight).sum();
        while self.kept.len() > KEPT || bytes > KEPT_BYTES && self.kept.len() > 1 {
            if let Some(oldest) = self.kept.pop_back() {
                bytes -= weight(&oldest);
            }
        }
    }
}

/// Bytes of memory that a message takes, about.
fn weight(detail: &Arc<Detail>) -> usize {
    2 * detail.size + DELIVERY_BYTES * detail.bounce.deliveries.len()
}

/// Why a message was not opened.
enum Unopened {
    /// Everything ends.
    Cancelled,
    /// For a reason to tell.
    Because(SafeText),
}

impl From<Error> for Unopened {
    fn from(error: Error) -> Self {
        match error {
            Error::Cancelled => Self::Cancelled,
            error => Self::Because(SafeText::new(&error.to_string())),
        }
    }
}
