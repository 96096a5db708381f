//! The end of a mailbox's pipeline: what has come goes to the store in batches, in order, and the
//! screen hears how the mailbox is doing. Who we are is learnt on the way where nobody has said it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded};
use jiff::Timestamp;

use crate::diagnosis::Ours;
use crate::listing::{Health, MessageId, Row, Update};
use crate::mail::SafeText;
use crate::source::{Place, Source, State};
use crate::store::{KeptMessage, PackedBounce, StoredDelivery};

use super::desk::{Deposit, Deposits};
use super::guard::Fault;
use super::handed::{Handed, Handled, Judged, Learnable};
use super::judge::SharedJudge;
use super::learning::Learning;
use super::pipeline::{Next, Results};
use super::sync::tell_held;

/// Messages that go to the store together.
const MESSAGES: usize = 256;
/// How long messages wait for others.
const WAIT: Duration = Duration::from_millis(40);
/// Messages that are judged again at once.
const SLICE: u32 = 500;

/// The end of the pipeline: brings to the store what has come, in order, and tells the screen how
/// the mailbox is doing.
pub(super) struct Teller {
    pub(super) mailbox: u16,
    judge: SharedJudge,
    updates: Sender<Update>,
    deposits: Deposits,
    /// What is kept is there on another visit too.
    pub(super) lasts: bool,
    /// The number of what messages are judged by.
    judged_by: i64,
    /// Messages under this validity.
    validity: u32,
    messages: Vec<KeptMessage>,
    /// Since when the oldest of them waits.
    since: Option<Instant>,
    learning: Option<Learning>,
    /// True when nobody listens any more.
    pub(super) gone: bool,
}

impl Teller {
    pub(super) fn new(
        mailbox: u16,
        judge: SharedJudge,
        updates: Sender<Update>,
        deposits: Deposits,
        lasts: bool,
    ) -> Self {
        Self {
            mailbox,
            judge,
            updates,
            deposits,
            lasts,
            judged_by: 0,
            validity: 0,
            messages: Vec::new(),
            since: None,
            learning: None,
            gone: false,
        }
    }

    /// Goes on where an earlier run ended: what is held is not brought again, and judged again
    /// where the rules or we are others now.
    pub(super) fn begin(&mut self, source: &mut dyn Source) {
        let (to, held) = bounded(1);
        self.deposit(Deposit::Held(self.mailbox, to));
        if let Ok((held, learnt)) = held.recv() {
            if let Some(ours) = learnt
                && self.judge.get().learns
            {
                self.judge.settle(Arc::new(ours));
            }
            if self.lasts {
                tell_held(source, held);
            }
        }
        self.judged_by = self.judge.get().judge.fingerprint();
        self.learning = self.judge.get().learns.then(Learning::default);
        while !self.gone && self.judge_again() {}
    }

    /// Judges some messages again that were judged by other means; false when there are none left.
    fn judge_again(&mut self) -> bool {
        let judge = self.judge.get().judge;
        let (mailbox, judged_by) = (self.mailbox, self.judged_by);
        let (to, stale) = bounded(1);
        self.deposit(Deposit::Stale { mailbox, judged_by, most: SLICE, to });
        let Ok(stale) = stale.recv() else { return false };
        if stale.is_empty() {
            return false;
        }
        let judged = judge.again(&stale);
        self.deposit(Deposit::Judged { mailbox, judged_by, judged });
        true
    }

    /// Takes everything that comes through the pipeline.
    pub(super) fn take(&mut self, mut results: Results<Judged>) {
        while !self.gone {
            let next = match self.since {
                // Messages wait for others, but not for long.
                Some(since) => results.next_by(since + WAIT),
                None => results.next().map_or(Next::End, Next::Result),
            };
            match next {
                Next::Result(Ok(judged)) => self.batch(judged),
                Next::Result(Err(fault)) => {
                    let text = format!("a batch of messages {fault}");
                    self.tell(Update::Notice(SafeText::new(&text)));
                }
                Next::NotYet => self.flush(),
                Next::End => break,
            }
        }
        self.flush();
    }

    fn batch(&mut self, judged: Judged) {
        let Judged { entries, ours } = judged;
        for entry in entries {
            match entry {
                Handled::Message(validity, kept, None) => self.keep(validity, *kept),
                Handled::Message(validity, kept, Some(learnable)) => {
                    self.learn_from(validity, *kept, *learnable, &ours);
                }
                Handled::Unreadable(place, received) => self.unreadable(place, received),
                Handled::Other(Handed::State(state)) => {
                    self.flush();
                    self.deposit(Deposit::Health(self.mailbox, state.into()));
                }
                Handled::Other(Handed::Reset) => self.reset(),
                Handled::Other(Handed::Gone(places)) => self.forget(&places),
                Handled::Other(Handed::Notice(text)) => self.tell(Update::Notice(text)),
                // Every message was read.
                Handled::Other(Handed::Message { .. }) => {}
            }
        }
    }

    /// A message has come: it waits a moment for others.
    fn keep(&mut self, validity: u32, kept: KeptMessage) {
        if validity != self.validity {
            self.flush();
            self.validity = validity;
        }
        self.messages.push(kept);
        let since = *self.since.get_or_insert_with(Instant::now);
        if self.messages.len() >= MESSAGES || since.elapsed() >= WAIT {
            self.flush();
        }
    }

    /// Takes a message that was judged by whom we were `then`: nobody that is known.
    fn learn_from(
        &mut self,
        validity: u32,
        mut kept: KeptMessage,
        learnable: Learnable,
        then: &Arc<Ours>,
    ) {
        let Learnable { lesson, seen } = learnable;
        let judge = self.judge.get().judge;
        if !Arc::ptr_eq(then, &judge.ours) {
            // It was on its way while we learnt who we are.
            kept.deliveries = seen.judged(&judge);
        }
        self.keep(validity, kept);
        if let Some(learning) = &mut self.learning
            && learning.add(&lesson, seen)
        {
            self.learn();
        }
    }

    fn unreadable(&mut self, place: Place, received: Option<Timestamp>) {
        let text = format!("message {} {Fault}", place.uid);
        self.tell(Update::Notice(SafeText::new(&text)));
        let id = MessageId { uid: place.uid, ..MessageId::default() };
        let row = Row::unreadable(id, received);
        let kept = KeptMessage {
            uid: place.uid,
            received,
            size: 0,
            message_id: None,
            bounce: PackedBounce::default(),
            deliveries: vec![StoredDelivery { row, evidence: None }],
        };
        self.keep(place.validity, kept);
    }

    /// The mailbox is another one now: nothing that was seen of it may come back.
    fn reset(&mut self) {
        self.messages.clear();
        self.since = None;
        if let Some(learning) = &mut self.learning {
            *learning = Learning::default();
        }
        self.deposit(Deposit::Reset(self.mailbox));
        self.tell(Update::Reset(self.mailbox));
    }

    /// Messages were taken away: none of them may come back.
    fn forget(&mut self, places: &[Place]) {
        let gone = places.iter().map(|place| place.uid).collect();
        if let Some(learning) = &mut self.learning {
            learning.forget(&gone);
        }
        self.flush();
        self.deposit(Deposit::Gone(self.mailbox, gone.into_iter().collect()));
    }

    /// What was seen is enough to learn from: judges it again with what was learnt.
    pub(super) fn learn(&mut self) {
        let Some(learning) = self.learning.take() else { return };
        let (ours, seen) = learning.end();
        if ours.is_empty() {
            let known = self.judge.get().judge.ours;
            return self.judge.settle(known);
        }
        self.flush();
        self.judge.settle(Arc::clone(&ours));
        let judge = self.judge.get().judge;
        self.judged_by = judge.fingerprint();
        let (mailbox, judged_by) = (self.mailbox, self.judged_by);
        self.deposit(Deposit::Learnt(mailbox, ours));
        for slice in seen.chunks(MESSAGES) {
            let judged = slice.iter().map(|seen| (seen.uid, seen.judged(&judge))).collect();
            self.deposit(Deposit::Judged { mailbox, judged_by, judged });
        }
        // What an earlier run has kept as well.
        while !self.gone && self.judge_again() {}
        self.tell(Update::Rejudged(mailbox));
    }

    fn flush(&mut self) {
        self.since = None;
        if self.messages.is_empty() {
            return;
        }
        let (mailbox, validity) = (self.mailbox, self.validity);
        let judged_by = self.judged_by;
        let messages = std::mem::take(&mut self.messages);
        self.deposit(Deposit::Messages { mailbox, validity, judged_by, messages });
        self.tell(Update::Heard(mailbox));
    }

    pub(super) fn deposit(&mut self, deposit: Deposit) {
        self.gone |= self.deposits.send(deposit).is_err();
    }

    pub(super) fn tell(&mut self, update: Update) {
        self.gone |= self.updates.send(update).is_err();
    }
}

/// How a source is doing, as the screen tells it.
impl From<State> for Health {
    fn from(state: State) -> Self {
        match state {
            State::Connecting => Self::Connecting,
            State::Fetching { done, total } => Self::Fetching { done, total },
            State::Idle(how) => Self::Idle(how),
            State::Waiting { seconds, why } => Self::Waiting { seconds, why },
            State::Stopped(why) => Self::Stopped(why),
        }
    }
}
