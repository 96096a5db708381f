//! Bounces from an IMAP mailbox (RFC 3501), read, and changed only where that was allowed.
//!
//! `net` brings a stream of bytes, `session` speaks IMAP on it, `sync` decides what is asked for
//! and goes on after broken connections; each knows only those before it. `edit` changes messages,
//! on connections of its own. `check` tries an account step by step.

mod check;
mod edit;
mod error;
mod net;
mod session;
mod sync;

use std::time::Duration;

use crate::config::Account;
use crate::credentials::Secret;
use crate::mail::SafeText;
use crate::source::{Canceller, Editor, Error as SourceError, Reader, Sink, Source, State};

use edit::ImapEditor;
use session::access::Access;
use sync::reader::ImapReader;
use sync::resume::Download;

pub use check::{AccountCheck, Step, check, check_within};
pub use error::{Endpoint, Error};
pub use net::limits::Limits;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use session::fuzzing;

/// A mailbox on an IMAP server.
pub struct Imap {
    download: Download,
    /// True when its messages may be changed.
    writable: bool,
}

impl Imap {
    /// The mailbox of an account. Nothing is connected yet.
    pub fn new(account: Account, secret: Secret) -> Self {
        Self { download: Download::new(Access::new(account, secret)), writable: false }
    }

    /// The same mailbox, where messages may be changed.
    #[must_use]
    pub fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    /// The same mailbox within other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.download.access.limits = limits;
        self
    }
}

impl Source for Imap {
    fn name(&self) -> SafeText {
        let Account { user, host, mailbox, .. } = &*self.download.access.account;
        if user.contains('@') {
            return SafeText::new(&format!("{user} {mailbox}"));
        }
        SafeText::new(&format!("{user}@{host} {mailbox}"))
    }

    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), SourceError> {
        self.download.run(sink)
    }

    fn resume(&mut self, validity: u32, uids: Vec<u32>) {
        self.download.resume(validity, uids);
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(ImapReader::new(self.download.access.clone()))
    }

    fn editor(&self) -> Option<Box<dyn Editor>> {
        if self.writable {
            return Some(Box::new(ImapEditor::new(self.download.access.clone())));
        }
        None
    }

    fn canceller(&self) -> Canceller {
        self.download.canceller()
    }

    fn rest(&self) -> Option<Duration> {
        self.download.rest()
    }

    fn look(&mut self) -> Option<State> {
        self.download.look()
    }
}
