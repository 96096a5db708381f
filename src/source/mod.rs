//! Where messages come from: an IMAP mailbox, files, or the demo mailbox, all behind one trait.
//!
//! A [`Source`] streams the messages of one mailbox, newest first; the [`Reader`] beside it fetches
//! single ones whole, also while the first streams. Each runs on a thread of its own and never
//! writes: mailboxes are opened with EXAMINE and read with PEEK.

use std::fmt;
use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::mail::SafeText;

pub use crate::listing::MessageId;

pub mod demo;
pub mod files;
pub mod imap;
pub mod local;
pub mod mbox;

/// A message on its way from a source to the reader of bounces.
#[derive(Clone, Copy, Debug)]
pub struct Fetched<'a> {
    /// Who it is.
    pub id: MessageId,
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

    /// A second way into the mailbox: for single messages, on another thread, while this one
    /// streams.
    fn reader(&self) -> Box<dyn Reader>;

    /// A handle by which another thread can end a running [`Source::stream`] at once.
    fn canceller(&self) -> Canceller;
}

/// Fetches single messages of the mailbox of a [`Source`]. Making one costs nothing: it connects
/// when first asked.
pub trait Reader: Send {
    /// One message, whole up to 64 MiB; of a longer one the first 64 MiB.
    ///
    /// # Errors
    /// When the message is gone, the mailbox is another one now, or the connection fails.
    fn whole(&mut self, id: MessageId) -> Result<Vec<u8>, Error>;

    /// The beginning of one message, enough for everything but its source; true when it is all of
    /// it.
    ///
    /// # Errors
    /// Like [`Reader::whole`].
    fn beginning(&mut self, id: MessageId) -> Result<(Vec<u8>, bool), Error> {
        self.whole(id).map(|bytes| (bytes, true))
    }

    /// A handle by which another thread can end a running [`Reader::whole`] at once.
    fn canceller(&self) -> Canceller;
}

/// Ends the work of a source or reader from another thread: at once, without waiting for the
/// network. One [`Canceller::cancel`] ends one call with [`Error::Cancelled`]: the one that runs,
/// or else the next; later calls work.
#[derive(Clone)]
pub struct Canceller(std::sync::Arc<dyn Fn() + Send + Sync>);

impl Canceller {
    /// A canceller that does what `cancel` does.
    pub fn new(cancel: impl Fn() + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(cancel))
    }

    /// Ends the work.
    pub fn cancel(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}

/// Why a source cannot go on. Each message names what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The path as given.
        path: SafeText,
        /// What the system said.
        reason: SafeText,
    },
    /// Anything about an IMAP connection.
    #[error(transparent)]
    Imap(#[from] imap::Error),
    /// The message is not there any more.
    #[error("the message is no longer in the mailbox; press r to refresh the list")]
    Gone,
    /// Somebody asked to stop.
    #[error("stopped")]
    Cancelled,
}
