//! Bringing the store up to date with a mailbox, without a screen.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::mail::SafeText;
use crate::source::{Event, Place, Source, State, SyncMark};
use crate::store::{self, HeldMessages, KeptMessage, MailboxKey, MailboxName, SettledAt, Store};

use super::guard::Fault;
use super::judge::{Arrival, Judge};
use super::pipeline::{self, Batch, Intake, Pace, Results};

/// Messages that are judged again at once.
const SLICE: u32 = 500;

/// What a run has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Messages that are held now.
    pub messages: u64,
    /// Messages that came.
    pub new: u64,
    /// Messages that are no longer in the mailbox.
    pub gone: u64,
    /// Bytes of the messages that came.
    pub bytes: u64,
}

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Unsynced {
    /// The mailbox cannot be read.
    #[error(transparent)]
    Source(#[from] crate::source::Error),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The system has no thread left.
    #[error("cannot start to read: {0}")]
    Threads(SafeText),
}

/// What is told of a run.
#[derive(Clone, Copy, Debug)]
pub enum SyncNews<'a> {
    /// Something a person should read.
    Notice(&'a SafeText),
    /// How the mailbox is doing.
    State(&'a State),
    /// These messages are kept from now on.
    Kept(&'a [KeptMessage]),
}

/// Takes what is told of a run.
pub type Tell<'a> = &'a mut dyn FnMut(SyncNews<'_>);

/// Brings what is new in a mailbox into the store, and forgets there what is gone from the mailbox.
/// What was brought before an error stays.
///
/// # Errors
/// When the mailbox cannot be read or the store fails.
pub fn sync(
    source: &mut dyn Source,
    judge: &Judge,
    store: &mut Store,
    name: &MailboxName,
    tell: Tell<'_>,
) -> Result<Synced, Unsynced> {
    let mailbox = resume(source, store, name)?;
    pass(source, judge, store, mailbox, tell)
}

/// Begins where an earlier run ended.
pub(super) fn resume(
    source: &mut dyn Source,
    store: &Store,
    name: &MailboxName,
) -> Result<MailboxKey, store::Error> {
    let mailbox = store.mailbox(name)?;
    tell_held(source, store.held(mailbox)?);
    Ok(mailbox)
}

/// Tells a source what is held of its mailbox.
pub(super) fn tell_held(source: &mut dyn Source, held: HeldMessages) {
    let HeldMessages { validity, uids, settled } = held;
    source.resume(validity, uids);
    if let Some(SettledAt { next, modseq }) = settled {
        source.resume_from(SyncMark { validity, next, modseq: modseq.cast_unsigned() });
    }
}

/// Brings what is new since the source was last asked.
pub(super) fn pass(
    source: &mut dyn Source,
    judge: &Judge,
    store: &mut Store,
    mailbox: MailboxKey,
    tell: Tell<'_>,
) -> Result<Synced, Unsynced> {
    let judge = &judge_of(mailbox, judge, store)?;
    // What comes first is not new to anybody.
    let came = if store.is_empty(mailbox)? { 0 } else { store.visits()? + 1 };
    let canceller = source.canceller();
    let mut keeper = Keeper {
        store,
        mailbox,
        judged_by: judge.fingerprint(),
        came,
        tell,
        synced: Synced::default(),
    };
    let ended = pipeline::run(
        Pace::Full,
        |intake| source.stream(&mut |event: Event<'_>| feed(intake, event)),
        |batch| Entering::of(judge, &batch),
        |results| {
            let kept = keeper.take(results);
            if kept.is_err() {
                canceller.cancel();
            }
            kept
        },
    );
    let ended = ended.map_err(|error| Unsynced::Threads(SafeText::new(&error.to_string())))?;
    ended.taken?;
    if let Ok(streamed) = ended.fed {
        streamed?;
    }
    let mut synced = keeper.synced;
    if let Some(SyncMark { validity, next, modseq }) = source.settled() {
        store.settle(mailbox, validity, SettledAt { next, modseq: modseq.cast_signed() })?;
    }
    synced.messages = store.messages(mailbox)?;
    Ok(synced)
}

/// Judges again what was judged by other rules, another version, or when we were others; where
/// nobody has said who we are, by what was learnt from each mailbox.
///
/// # Errors
/// When the store fails.
pub fn judge_again(judge: &Judge, store: &mut Store) -> Result<u64, store::Error> {
    let mut count = 0;
    for mailbox in store.mailboxes()? {
        let judge = judge_of(mailbox, judge, store)?;
        let judged_by = judge.fingerprint();
        loop {
            let stale = store.stale(mailbox, judged_by, SLICE)?;
            if stale.is_empty() {
                break;
            }
            store.judge_again(mailbox, judged_by, &judge.again(&stale))?;
            count += u64::try_from(stale.len()).unwrap_or(u64::MAX);
        }
    }
    Ok(count)
}

/// The judge of a mailbox: where nobody has said who we are, we are who was learnt from it.
///
/// # Errors
/// When the store fails.
pub fn judge_of(mailbox: MailboxKey, judge: &Judge, store: &Store) -> Result<Judge, store::Error> {
    let mut judge = judge.clone();
    if judge.ours.is_empty()
        && let Some(learnt) = store.learnt(mailbox)?
    {
        judge.ours = Arc::new(learnt);
    }
    Ok(judge)
}

/// What a source handed over, on its way to the store.
enum Brought {
    Message { place: Place, received: Option<Timestamp> },
    Gone(Vec<u32>),
    Reset,
    Notice(SafeText),
    State(State),
}

fn feed(intake: &mut Intake<Brought>, event: Event<'_>) -> ControlFlow<()> {
    match event {
        Event::Message(message) => {
            let brought = Brought::Message { place: message.place, received: message.received };
            intake.put(brought, message.bytes)
        }
        Event::Gone(places) => {
            let uids = places.iter().map(|place| place.uid).collect();
            intake.put(Brought::Gone(uids), &[])
        }
        Event::Reset => intake.put(Brought::Reset, &[]),
        Event::Notice(text) => intake.put(Brought::Notice(text), &[]),
        Event::State(State::Fetching { .. }) => ControlFlow::Continue(()),
        Event::State(state) => {
            intake.put(Brought::State(state), &[])?;
            intake.flush()
        }
    }
}

/// What is to be done in the store about one thing that a source handed over.
enum Entering {
    Message { validity: u32, message: Box<KeptMessage> },
    Gone(Vec<u32>),
    Reset,
    Notice(SafeText),
    State(State),
}

impl Entering {
    fn of(judge: &Judge, batch: &Batch<Brought>) -> Vec<Self> {
        let mut kept = Vec::new();
        for (brought, raw) in batch.each() {
            kept.push(match brought {
                Brought::Message { place, received } => {
                    Self::message(judge, *place, *received, raw)
                }
                Brought::Gone(uids) => Self::Gone(uids.clone()),
                Brought::Reset => Self::Reset,
                Brought::Notice(text) => Self::Notice(text.clone()),
                Brought::State(state) => Self::State(state.clone()),
            });
        }
        kept
    }

    fn message(judge: &Judge, place: Place, received: Option<Timestamp>, raw: &[u8]) -> Self {
        match judge.understand(raw) {
            Ok(understood) => {
                let arrived = Arrival { uid: place.uid, received, size: raw.len() };
                let message = judge.kept(arrived, &understood, true);
                Self::Message { validity: place.validity, message: Box::new(message) }
            }
            Err(Fault) => Self::Notice(SafeText::new(&format!("message {} {Fault}", place.uid))),
        }
    }
}

/// The end of the pipeline: puts into the store what comes, in order.
struct Keeper<'a> {
    store: &'a mut Store,
    mailbox: MailboxKey,
    judged_by: i64,
    came: u32,
    tell: Tell<'a>,
    synced: Synced,
}

impl Keeper<'_> {
    fn take(&mut self, results: Results<Vec<Entering>>) -> Result<(), store::Error> {
        for result in results {
            match result {
                Ok(kept) => self.batch(kept)?,
                Err(fault) => {
                    let text = SafeText::new(&format!("a batch of messages {fault}"));
                    (self.tell)(SyncNews::Notice(&text));
                }
            }
        }
        Ok(())
    }

    /// Messages of one batch go into the store together.
    fn batch(&mut self, kept: Vec<Entering>) -> Result<(), store::Error> {
        let mut messages = Vec::with_capacity(kept.len());
        let mut of = 0;
        for one in kept {
            match one {
                Entering::Message { validity, message } => {
                    if validity != of {
                        self.put(of, &mut messages)?;
                        of = validity;
                    }
                    messages.push(*message);
                }
                Entering::Gone(uids) => {
                    self.put(of, &mut messages)?;
                    self.store.remove(self.mailbox, &uids)?;
                    self.synced.gone += u64::try_from(uids.len()).unwrap_or(u64::MAX);
                }
                Entering::Reset => {
                    self.put(of, &mut messages)?;
                    self.store.reset(self.mailbox)?;
                }
                Entering::Notice(text) => (self.tell)(SyncNews::Notice(&text)),
                Entering::State(state) => {
                    self.put(of, &mut messages)?;
                    (self.tell)(SyncNews::State(&state));
                }
            }
        }
        self.put(of, &mut messages)
    }

    fn put(&mut self, validity: u32, messages: &mut Vec<KeptMessage>) -> Result<(), store::Error> {
        if messages.is_empty() {
            return Ok(());
        }
        self.store.put(self.mailbox, validity, self.judged_by, self.came, messages)?;
        (self.tell)(SyncNews::Kept(messages));
        for message in messages.drain(..) {
            self.synced.new += 1;
            self.synced.bytes += u64::try_from(message.size).unwrap_or(u64::MAX);
        }
        Ok(())
    }
}
