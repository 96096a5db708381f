//! A mailbox that streams its messages, and what it hands over.

use std::ops::ControlFlow;
use std::time::Duration;

use crossbeam_channel::{Receiver, never};
use jiff::Timestamp;

use crate::mail::SafeText;

use super::{Canceller, Editor, Error, Place, Reader, SyncMark};

/// A message on its way from a source to the reader of bounces.
#[derive(Clone, Copy, Debug)]
pub struct Fetched<'a> {
    /// Where it lies.
    pub place: Place,
    /// Its bytes, from the beginning; not all of them when `whole` is false.
    pub bytes: &'a [u8],
    /// True when nothing was cut off.
    pub whole: bool,
    /// When the server took it (INTERNALDATE), or the time of the file.
    pub received: Option<Timestamp>,
}

/// How a source is doing, for the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Resolving, connecting, TLS, login.
    Connecting,
    /// Streaming: so many of so many messages have come.
    Fetching {
        /// Messages that came so far.
        done: u32,
        /// Messages of the mailbox, as far as known.
        total: u32,
    },
    /// All there; the connection is open. The text names it ("TLS 1.3", "3 files").
    Idle(SafeText),
    /// The connection broke; the next attempt comes after so many seconds.
    Waiting {
        /// Seconds until the next attempt.
        seconds: u64,
        /// Why.
        why: SafeText,
    },
    /// It will not go on by itself.
    Stopped(SafeText),
}

/// What a source hands over.
#[derive(Debug)]
pub enum Event<'a> {
    /// The state changed.
    State(State),
    /// A message.
    Message(Fetched<'a>),
    /// The mailbox is another one now (UIDVALIDITY changed): everything known of it is void.
    Reset,
    /// Messages that are no longer in the mailbox: another program has taken them away.
    Gone(Vec<Place>),
    /// Something a person should read: a server's ALERT, a message that could not be read.
    Notice(SafeText),
}

/// Takes what a source hands over; `Break` asks it to stop at once.
pub trait Sink {
    /// Takes one event.
    fn take(&mut self, event: Event<'_>) -> ControlFlow<()>;
}

impl<F: FnMut(Event<'_>) -> ControlFlow<()>> Sink for F {
    fn take(&mut self, event: Event<'_>) -> ControlFlow<()> {
        self(event)
    }
}

/// A mailbox that can be read.
pub trait Source: Send {
    /// How the screen names it: `postmaster@mx1.example.org INBOX`, a file name, `DEMO`.
    fn name(&self) -> SafeText;

    /// Streams every message that has not come yet, newest first, and returns when all are there
    /// (or the sink asked to stop). A second call brings what is new since. A source with a
    /// connection reconnects by itself, reports that as [`State::Waiting`], and goes on where it
    /// was.
    ///
    /// # Errors
    /// Only what trying again would not mend: a refused login, a wrong certificate, a missing file.
    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error>;

    /// Messages that are held from an earlier run, by their UIDVALIDITY and their UIDs, ascending.
    /// [`Source::stream`] does not bring them again, and tells which of them are gone; sources whose
    /// messages have no lasting names bring all.
    fn resume(&mut self, _validity: u32, _uids: Vec<u32>) {}

    /// All of the mailbox was held in this state, besides what [`Source::resume`] says: only what
    /// changed since need be told.
    fn resume_from(&mut self, _mark: SyncMark) {}

    /// The state of the mailbox of which the last [`Source::stream`] has brought all; none where
    /// something is missing, or there are no such states.
    fn settled(&self) -> Option<SyncMark> {
        None
    }

    /// A second way into the mailbox: for single messages, on another thread, while this one
    /// streams.
    fn reader(&self) -> Box<dyn Reader>;

    /// What changes the mailbox; none where nothing may be changed.
    fn editor(&self) -> Option<Box<dyn Editor>> {
        None
    }

    /// A handle by which another thread can end a running [`Source::stream`] at once.
    fn canceller(&self) -> Canceller;

    /// After how long somebody should have a [`Source::look`], while nothing is streamed; none
    /// where there is nothing to look after.
    fn rest(&self) -> Option<Duration> {
        None
    }

    /// Something comes through this when the other side has something to tell, while nothing is
    /// streamed: then somebody should have a [`Source::look`]. It is asked for anew after each.
    fn news(&mut self) -> Receiver<()> {
        never()
    }

    /// Looks whether the other side is still there and has nothing new. None when it is not, or has:
    /// then [`Source::stream`] brings it, or says why the connection is gone, and connects anew.
    fn look(&mut self) -> Option<State> {
        None
    }
}
