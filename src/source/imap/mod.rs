//! Bounces from an IMAP mailbox (RFC 3501), read and never changed.
//!
//! ```text
//! dial ─▶ socket ─▶ starttls ─▶ tls ─▶ wire ─┬─▶ feed ─▶ crate imap: login, EXAMINE, LIST
//!                                            └─▶ fetch: the messages, streamed by our own reader
//! ```
//! `stream` decides what is asked for next (`progress`) and goes on after a broken connection
//! (`backoff`); `reader` fetches single messages on a second connection; `check` tries an account
//! step by step.

mod access;
mod answer;
mod auth;
mod backoff;
mod certificate;
mod check;
mod dial;
mod doubts;
mod error;
mod feed;
mod fetch;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod heard;
mod hello;
mod item;
mod limits;
mod link;
mod progress;
mod reader;
mod response;
mod socket;
mod starttls;
mod stop;
mod stream;
mod tls;
mod utf7;
mod window;
mod wire;

use crate::config::Account;
use crate::credentials::Secret;
use crate::mail::SafeText;
use crate::source::{Canceller, Error as SourceError, Event, Reader, Sink, Source, State};

use access::Access;
use doubts::Doubts;
use link::Link;
use progress::Progress;
use stop::Stop;

pub use certificate::Certificate;
pub use check::{Report, Step, check, check_within};
pub use error::{Error, Place};
pub use limits::Limits;
pub use reader::ImapReader;

/// A mailbox on an IMAP server.
pub struct Imap {
    access: Access,
    mailbox: u16,
    stop: Stop,
    link: Option<Link>,
    progress: Progress,
    doubts: Doubts,
    /// Alerts that were handed over.
    told: Vec<SafeText>,
}

impl Imap {
    /// The mailbox of an account; `mailbox` is its number among those that are opened
    /// ([`crate::source::MessageId`]). Nothing is connected yet.
    pub fn new(account: Account, secret: Secret, mailbox: u16) -> Self {
        Self {
            access: Access::new(account, secret),
            mailbox,
            stop: Stop::new(),
            link: None,
            progress: Progress::default(),
            doubts: Doubts::default(),
            told: Vec::new(),
        }
    }

    /// The same mailbox within other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.access.limits = limits;
        self
    }
}

impl Source for Imap {
    fn name(&self) -> SafeText {
        let Account { user, host, mailbox, .. } = &*self.access.account;
        if user.contains('@') {
            return SafeText::new(&format!("{user} {mailbox}"));
        }
        SafeText::new(&format!("{user}@{host} {mailbox}"))
    }

    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), SourceError> {
        let result = self.persist(sink);
        if self.stop.answer() {
            self.link = None;
            return Err(SourceError::Cancelled);
        }
        if let Err(error) = &result {
            // It ends here whatever the sink says.
            let _ = sink.take(Event::State(State::Stopped(SafeText::new(&error.to_string()))));
        }
        Ok(result.map(drop)?)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(ImapReader::new(self.access.clone()))
    }

    fn canceller(&self) -> Canceller {
        self.stop.canceller()
    }
}
