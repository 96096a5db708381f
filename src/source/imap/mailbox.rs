//! A mailbox on an IMAP server, as a source.

use std::time::Duration;

use crossbeam_channel::Receiver;

use crate::config::Account;
use crate::credentials::Secret;
use crate::mail::SafeText;
use crate::source::{
    Canceller, Editor, Error as SourceError, Reader, Sink, Source, State, SyncMark,
};

use super::edit::ImapEditor;
use super::net::limits::Limits;
use super::session::access::Access;
use super::sync::reader::ImapReader;
use super::sync::resume::Download;

/// A mailbox on an IMAP server.
pub struct Imap {
    download: Download,
    /// True when its messages may be changed.
    writable: bool,
}

impl Imap {
    /// The mailbox of an account, and its secret unless a tunnel logs in. Nothing is connected yet.
    pub fn new(account: Account, secret: impl Into<Option<Secret>>) -> Self {
        Self::of(Access::new(account, secret.into()))
    }

    pub(super) fn of(access: Access) -> Self {
        Self { download: Download::new(access), writable: false }
    }

    /// The same mailbox, which tells this first.
    #[must_use]
    pub fn announcing(mut self, notices: Vec<SafeText>) -> Self {
        self.download.announce(notices);
        self
    }

    /// The name of the mailbox on the server.
    pub fn mailbox(&self) -> &str {
        &self.download.access.account.mailbox
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
        let account = &*self.download.access.account;
        let Account { name, user, host, mailbox, .. } = account;
        if account.has_tunnel() || !account.mailboxes.is_empty() {
            return SafeText::new(&format!("{name}/{mailbox}"));
        }
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

    fn resume_from(&mut self, mark: SyncMark) {
        self.download.resume_from(mark);
    }

    fn settled(&self) -> Option<SyncMark> {
        self.download.settled()
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

    fn news(&mut self) -> Receiver<()> {
        self.download.news()
    }

    fn look(&mut self) -> Option<State> {
        self.download.look()
    }
}
