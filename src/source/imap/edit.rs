//! Changing the messages of an account: on a connection of its own, where folders are opened with
//! SELECT. A connection that failed is not used again.

use crate::mail::SafeText;
use crate::source::{
    Canceller, Copied, Editor, Error as SourceError, Flagging, FoundMessage, OpenFolder,
};

use super::error::Error;
use super::net::cancel::Cancellation;
use super::session::access::Access;
use super::session::dialogue::Dialogue;
use super::session::look::WantedMessages;
use super::session::uids;

/// Changes messages on an IMAP server.
pub(super) struct ImapEditor {
    access: Access,
    cancel: Cancellation,
    connection: Option<Connection>,
}

/// A connection, and what the server behind it can do.
struct Connection {
    dialogue: Dialogue,
    /// In upper case.
    capabilities: Vec<SafeText>,
}

impl Connection {
    fn open(access: &Access, cancel: &Cancellation) -> Result<Self, Error> {
        let mut dialogue = Dialogue::open(access, cancel)?;
        let capabilities = dialogue.capabilities(access)?;
        Ok(Self { dialogue, capabilities })
    }

    fn can(&self, name: &str) -> bool {
        self.capabilities.iter().any(|one| one == name)
    }

    /// True when the server counts changes (RFC 7162; QRESYNC includes CONDSTORE).
    fn counts(&self) -> bool {
        self.can("CONDSTORE") || self.can("QRESYNC")
    }
}

impl ImapEditor {
    /// An editor that has not connected yet.
    pub(super) fn new(access: Access) -> Self {
        Self { access, cancel: Cancellation::new(), connection: None }
    }

    /// Does something on the connection, which is kept unless it failed.
    fn with<T>(
        &mut self,
        what: impl FnOnce(&Access, &mut Connection) -> Result<T, Error>,
    ) -> Result<T, SourceError> {
        let result = self.attempt(what);
        if self.cancel.answer() {
            self.connection = None;
            return Err(SourceError::Cancelled);
        }
        Ok(result?)
    }

    fn attempt<T>(
        &mut self,
        what: impl FnOnce(&Access, &mut Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = match self.connection.take() {
            Some(kept) => kept,
            None => Connection::open(&self.access, &self.cancel)?,
        };
        let result = what(&self.access, &mut connection);
        if matches!(result, Ok(_) | Err(Error::Refused { .. } | Error::Folder { .. })) {
            self.connection = Some(connection);
        }
        result
    }
}

impl Editor for ImapEditor {
    fn open(&mut self, folder: &str) -> Result<OpenFolder, SourceError> {
        self.with(|access, connection| {
            let mut open = connection.dialogue.select(access, folder)?;
            (open.moves, open.expunges) = (connection.can("MOVE"), connection.can("UIDPLUS"));
            if !connection.counts() {
                open.changed = None;
            }
            Ok(open)
        })
    }

    fn look(&mut self, of: &[u32]) -> Result<Vec<FoundMessage>, SourceError> {
        let set = uids::written(of);
        self.with(|access, connection| {
            let counts = connection.counts();
            let wanted = WantedMessages { set: &set, has: &|uid| of.contains(&uid), counts };
            connection.dialogue.look(access, &wanted)
        })
    }

    fn arrived(&mut self, from: u32) -> Result<Vec<FoundMessage>, SourceError> {
        let set = format!("{from}:*");
        self.with(|access, connection| {
            let counts = connection.counts();
            // Where nothing has arrived, the last message comes, whatever its UID.
            let wanted = WantedMessages { set: &set, has: &|uid| uid >= from, counts };
            connection.dialogue.look(access, &wanted)
        })
    }

    fn flag(&mut self, of: &[u32], flags: Flagging<'_>) -> Result<Vec<u32>, SourceError> {
        self.with(|access, connection| connection.dialogue.store(access, of, flags))
    }

    fn shift(&mut self, of: &[u32], folder: &str) -> Result<Option<Copied>, SourceError> {
        self.with(|access, connection| connection.dialogue.shift(access, of, folder))
    }

    fn copy(&mut self, of: &[u32], folder: &str) -> Result<Option<Copied>, SourceError> {
        self.with(|access, connection| connection.dialogue.copy(access, of, folder))
    }

    fn expunge(&mut self, of: &[u32]) -> Result<(), SourceError> {
        self.with(|access, connection| connection.dialogue.expunge(access, of))
    }

    fn create(&mut self, folder: &str) -> Result<(), SourceError> {
        self.with(|access, connection| connection.dialogue.create(access, folder))
    }

    fn trash(&mut self) -> Result<Option<String>, SourceError> {
        self.with(|access, connection| {
            let tells = connection.can("SPECIAL-USE") && connection.can("LIST-EXTENDED");
            connection.dialogue.trash(access, tells)
        })
    }

    fn canceller(&self) -> Canceller {
        self.cancel.canceller()
    }
}
