//! Changing a mailbox. Where nothing may be changed there is no [`Editor`].

use crate::mail::SafeText;

use super::{Canceller, Error};

/// A folder that is open for changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenFolder {
    /// UIDVALIDITY (RFC 3501 section 2.3.1.1).
    pub validity: u32,
    /// The first UID that is free.
    pub next: u32,
    /// The highest modification sequence of its messages; none where the server counts none
    /// (CONDSTORE, RFC 7162).
    pub changed: Option<u64>,
    /// True when the server lets nobody change it.
    pub read_only: bool,
    /// The flags that it keeps, `\*` among them where it keeps any keyword (PERMANENTFLAGS).
    pub keeps: Vec<String>,
    /// True when messages can be moved in one command (MOVE, RFC 6851).
    pub moves: bool,
    /// True when single messages can be expunged (UIDPLUS, RFC 4315).
    pub expunges: bool,
}

/// A message, as somebody sees it who looks before changing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundMessage {
    /// UID.
    pub uid: u32,
    /// Its flags and keywords.
    pub flags: Vec<String>,
    /// When it was last changed, in the count of the folder.
    pub changed: Option<u64>,
    /// Its size in bytes.
    pub size: u64,
    /// When the server took it, in seconds since 1970.
    pub received: Option<i64>,
    /// Message-ID.
    pub message_id: Option<SafeText>,
}

/// Where messages went (COPYUID, RFC 4315).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// UIDVALIDITY of the folder they went to.
    pub validity: u32,
    /// The UID before and the UID behind, of each message.
    pub uids: Vec<(u32, u32)>,
}

/// Changes the messages of an account, one folder at a time. It connects when first asked, on a
/// connection of its own, and again after one that broke; then a folder must be opened anew.
pub trait Editor: Send {
    /// Opens a folder, for changes (SELECT).
    ///
    /// # Errors
    /// When there is no such folder, or the connection fails.
    fn open(&mut self, folder: &str) -> Result<OpenFolder, Error>;

    /// Looks at messages of the open folder; those that are gone do not come.
    ///
    /// # Errors
    /// When the connection fails.
    fn look(&mut self, uids: &[u32]) -> Result<Vec<FoundMessage>, Error>;

    /// The messages of the open folder from a UID on.
    ///
    /// # Errors
    /// When the connection fails.
    fn arrived(&mut self, from: u32) -> Result<Vec<FoundMessage>, Error>;

    /// Sets flags (or takes them away), of messages that were not changed since; returns those that
    /// were.
    ///
    /// # Errors
    /// When the server refuses, or the connection fails: then some may be changed.
    fn flag(&mut self, uids: &[u32], flags: Flagging<'_>) -> Result<Vec<u32>, Error>;

    /// Moves messages in one command. None where the server does not say where they went.
    ///
    /// # Errors
    /// When the server refuses, or the connection fails: then some may have moved.
    fn shift(&mut self, uids: &[u32], folder: &str) -> Result<Option<Copied>, Error>;

    /// Copies messages. None where the server does not say where they went.
    ///
    /// # Errors
    /// When the server refuses, or the connection fails.
    fn copy(&mut self, uids: &[u32], folder: &str) -> Result<Option<Copied>, Error>;

    /// Removes messages that are marked as deleted: these, and no others.
    ///
    /// # Errors
    /// When the server refuses, or the connection fails: then some may be gone.
    fn expunge(&mut self, uids: &[u32]) -> Result<(), Error>;

    /// Makes a folder.
    ///
    /// # Errors
    /// When the server refuses, or the connection fails.
    fn create(&mut self, folder: &str) -> Result<(), Error>;

    /// The folder for what is deleted, where the server names one (SPECIAL-USE, RFC 6154).
    ///
    /// # Errors
    /// When the connection fails.
    fn trash(&mut self) -> Result<Option<String>, Error>;

    /// A handle by which another thread can end what is being done.
    fn canceller(&self) -> Canceller;
}

/// What is done to flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flagging<'a> {
    /// True when they are set, false when they are taken away.
    pub set: bool,
    /// Their names.
    pub names: &'a [&'a str],
    /// Only of messages that were not changed since (UNCHANGEDSINCE, RFC 7162).
    pub unchanged_since: Option<u64>,
}
