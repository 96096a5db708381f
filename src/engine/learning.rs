//! Learning who we are while a mailbox streams: what was judged before is judged again then, from
//! as much of it as its rows need.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::bounce::{Bounce, Delivery, Said};
use crate::diagnosis::Ours;
use crate::diagnosis::learn::{Learner, Lesson};
use crate::incident::Cause;
use crate::listing::{MessageId, Row};
use crate::store::StoredDelivery;

use super::judge::Judge;

/// Bytes of memory that all that is kept may take, about.
const KEPT_BYTES: usize = 8 << 20;
/// A message has as many rows again when it has at least so many bytes.
const ANY_SIZE: usize = usize::MAX;

/// A message that was judged before it was known who we are.
#[derive(Debug)]
pub(super) struct Seen {
    /// UID of the message.
    pub(super) uid: u32,
    received: Option<Timestamp>,
    /// What it says, of the recipients that have rows.
    bounce: Bounce,
    /// What the row for further recipients says of them.
    further: u32,
    mixed: bool,
}

impl Seen {
    /// As much of a message as its rows need.
    pub(super) fn new(
        uid: u32,
        received: Option<Timestamp>,
        mut bounce: Bounce,
        deliveries: &[StoredDelivery],
    ) -> Self {
        bounce.deliveries.truncate(deliveries.len());
        bounce.deliveries.shrink_to_fit();
        let last = deliveries.last();
        let (further, mixed) =
            last.map_or((0, false), |last| (last.row.further, last.row.class.mixed));
        Self { uid, received, bounce, further, mixed }
    }

    /// Its deliveries, judged anew.
    pub(super) fn judged(&self, judge: &Judge) -> Vec<StoredDelivery> {
        let diagnosis = judge.diagnose(&self.bounce);
        let mut rows =
            Row::all(self.id(), self.received, &self.bounce, &diagnosis, &judge.ours, ANY_SIZE);
        if self.further > 0
            && let Some(last) = rows.last_mut()
        {
            last.further = self.further;
            last.class.mixed = self.mixed;
            if self.mixed {
                last.cause = Arc::new(Cause::of_message(&self.bounce, &diagnosis));
            }
        }
        judge.deliveries(&self.bounce, &diagnosis, rows)
    }

    fn id(&self) -> MessageId {
        MessageId { uid: self.uid, ..MessageId::default() }
    }

    /// Bytes of memory it takes, about.
    fn weight(&self) -> usize {
        let mut bytes = size_of::<Self>();
        for delivery in &self.bounce.deliveries {
            let Delivery { said, last_error, .. } = delivery;
            bytes += size_of::<Delivery>() + 100;
            bytes += length(said.as_ref()) + length(last_error.as_ref());
        }
        if let Some(original) = &self.bounce.original {
            bytes += 600 * original.chain.hops.len() + 60 * original.recipients.len();
        }
        for text in [&self.bounce.subject, &self.bounce.from].into_iter().flatten() {
            bytes += text.len();
        }
        bytes
    }
}

fn length(said: Option<&Said>) -> usize {
    said.map_or(0, |said| 2 * said.text.len())
}

/// What was seen of a mailbox of which nobody has said who we are.
#[derive(Default)]
pub(super) struct Learning {
    learner: Learner,
    seen: Vec<Seen>,
    weight: usize,
}

impl Learning {
    /// Takes a message; true when there is enough to learn from, or no room for more.
    pub(super) fn add(&mut self, lesson: &Lesson, seen: Seen) -> bool {
        self.learner.add(lesson);
        self.weight += seen.weight();
        self.seen.push(seen);
        self.learner.is_done() || self.weight >= KEPT_BYTES
    }

    /// Forgets messages that are gone.
    pub(super) fn forget(&mut self, gone: &BTreeSet<u32>) {
        self.seen.retain(|seen| !gone.contains(&seen.uid));
    }

    /// Who we are, and what was judged without knowing it.
    pub(super) fn end(self) -> (Arc<Ours>, Vec<Seen>) {
        (Arc::new(self.learner.ours()), self.seen)
    }
}
