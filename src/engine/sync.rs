//! Bringing the store up to date with a mailbox, without a screen.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::mail::SafeText;
use crate::source::{Event, Source, State, SyncMark};
use crate::store::{self, HeldMessages, KeptMessage, MailboxKey, MailboxName, SettledAt, Store};

use super::guard::Fault;
use super::handed::{Handed, Handled, Judged, feed, judged};
use super::judge::{Judge, Present};
use super::pipeline::{self, Pace, Results};

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
    let present = Present { judge: judge.clone(), learns: false };
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
        |intake| {
            source.stream(&mut |event: Event<'_>| match event {
                // Nobody looks on.
                Event::State(State::Fetching { .. }) => ControlFlow::Continue(()),
                event => feed(intake, event),
            })
        },
        |batch| judged(&batch, true, &present),
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
    fn take(&mut self, results: Results<Judged>) -> Result<(), store::Error> {
        for result in results {
            match result {
                Ok(judged) => self.batch(judged.entries)?,
                Err(fault) => {
                    let text = SafeText::new(&format!("a batch of messages {fault}"));
                    (self.tell)(SyncNews::Notice(&text));
                }
            }
        }
        Ok(())
    }

    /// Messages of one batch go into the store together.
    fn batch(&mut self, entries: Vec<Handled>) -> Result<(), store::Error> {
        let mut messages = Vec::with_capacity(entries.len());
        let mut of = 0;
        for entry in entries {
            match entry {
                Handled::Message(validity, message, _) => {
                    if validity != of {
                        self.put(of, &mut messages)?;
                        of = validity;
                    }
                    messages.push(*message);
                }
                Handled::Unreadable(place, _) => {
                    let text = SafeText::new(&format!("message {} {Fault}", place.uid));
                    (self.tell)(SyncNews::Notice(&text));
                }
                Handled::Other(Handed::Notice(text)) => (self.tell)(SyncNews::Notice(&text)),
                Handled::Other(other) => {
                    self.put(of, &mut messages)?;
                    self.other(other)?;
                }
            }
        }
        self.put(of, &mut messages)
    }

    /// Takes what happened to the mailbox.
    fn other(&mut self, other: Handed) -> Result<(), store::Error> {
        match other {
            Handed::Gone(places) => {
                let uids: Vec<u32> = places.iter().map(|place| place.uid).collect();
                self.store.remove(self.mailbox, &uids)?;
                self.synced.gone += u64::try_from(uids.len()).unwrap_or(u64::MAX);
            }
            Handed::Reset => self.store.reset(self.mailbox)?,
            Handed::State(state) => (self.tell)(SyncNews::State(&state)),
            // Every message was read, and notices were told.
            Handed::Message { .. } | Handed::Notice(_) => {}
        }
        Ok(())
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
