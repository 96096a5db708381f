//! Mailboxes.

use rusqlite::{Connection, params};

use crate::diagnosis::Ours;

use super::error::Error;
use super::key::MailboxKey;
use super::open::Store;

/// The names of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailboxName {
    /// The account, as the configuration calls it.
    pub account: String,
    /// The folder on the server.
    pub folder: String,
}

/// What is held of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldMessages {
    /// UIDVALIDITY (RFC 3501 section 2.3.1.1); 0 while nothing is held.
    pub validity: u32,
    /// UIDs of the messages, ascending.
    pub uids: Vec<u32>,
    /// The state of the mailbox in which all of it was held, if there was one.
    pub settled: Option<SettledAt>,
}

/// A state of a mailbox in which all of it was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledAt {
    /// UIDNEXT (RFC 3501 section 2.3.1.1).
    pub next: u32,
    /// HIGHESTMODSEQ (RFC 7162 section 3.1.2.1).
    pub modseq: i64,
}

impl Store {
    /// The mailbox of this name, which is begun where it is missing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn mailbox(&self, name: &MailboxName) -> Result<MailboxKey, Error> {
        let begun = self.connection.execute(
            "INSERT INTO mailbox (account, folder) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            [&name.account, &name.folder],
        );
        let key = begun.and_then(|_| {
            self.connection.query_row(
                "SELECT id FROM mailbox WHERE account = ?1 AND folder = ?2",
                [&name.account, &name.folder],
                |row| row.get(0).map(MailboxKey),
            )
        });
        key.map_err(|error| self.failed(error))
    }

    /// Who we were learnt to be from a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn learnt(&self, mailbox: MailboxKey) -> Result<Option<Ours>, Error> {
        let text: Result<Option<String>, _> = self.connection.query_row(
            "SELECT learnt FROM mailbox WHERE id = ?1",
            [mailbox.0],
            |row| row.get(0),
        );
        let Some(text) = text.map_err(|error| self.failed(error))? else { return Ok(None) };
        // What another version wrote is learnt anew.
        let Ok(ours) = serde_json::from_str::<Ours>(&text) else { return Ok(None) };
        Ok(Some(Ours { learnt: true, ..ours }))
    }

    /// Keeps who we were learnt to be from a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn learn(&self, mailbox: MailboxKey, ours: &Ours) -> Result<(), Error> {
        let text = serde_json::to_string(ours).unwrap_or_default();
        let learnt = self
            .connection
            .execute("UPDATE mailbox SET learnt = ?2 WHERE id = ?1", params![mailbox.0, text]);
        learnt.map(drop).map_err(|error| self.failed(error))
    }

    /// UIDVALIDITY of what is held of a mailbox (RFC 3501 section 2.3.1.1); 0 while nothing is.
    ///
    /// # Errors
    /// When the store fails.
    pub fn validity(&self, mailbox: MailboxKey) -> Result<u32, Error> {
        validity(&self.connection, mailbox).map_err(|error| self.failed(error))
    }

    /// All of a mailbox of this validity is held, in this state. Under another validity nothing is
    /// written.
    ///
    /// # Errors
    /// When the store fails.
    pub fn settle(&self, mailbox: MailboxKey, validity: u32, at: SettledAt) -> Result<(), Error> {
        let settled = self.connection.execute(
            "UPDATE mailbox SET next = ?3, modseq = ?4 WHERE id = ?1 AND validity = ?2",
            params![mailbox.0, validity, at.next, at.modseq],
        );
        settled.map(drop).map_err(|error| self.failed(error))
    }

    /// How many visits there have been.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visits(&self) -> Result<u32, Error> {
        let visits = self.connection.query_row("SELECT number FROM visit", [], |row| row.get(0));
        visits.map_err(|error| self.failed(error))
    }

    /// Somebody looks at the mailboxes: counts the visit; returns its number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn visit(&self) -> Result<u32, Error> {
        let counted = self.connection.execute("UPDATE visit SET number = number + 1", []);
        counted.map_err(|error| self.failed(error))?;
        self.visits()
    }

    /// All mailboxes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn mailboxes(&self) -> Result<Vec<MailboxKey>, Error> {
        mailboxes(&self.connection).map_err(|error| self.failed(error))
    }

    /// True while nothing is held of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn is_empty(&self, mailbox: MailboxKey) -> Result<bool, Error> {
        let select = "SELECT NOT EXISTS (SELECT 1 FROM delivery WHERE mailbox = ?1)";
        let is_empty = self.connection.query_row(select, [mailbox.0], |row| row.get(0));
        is_empty.map_err(|error| self.failed(error))
    }

    /// How many messages are held of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn messages(&self, mailbox: MailboxKey) -> Result<u64, Error> {
        let select = "SELECT count(*) FROM message WHERE mailbox = ?1";
        let count: Result<i64, _> =
            self.connection.query_row(select, [mailbox.0], |row| row.get(0));
        Ok(count.map_err(|error| self.failed(error))?.unsigned_abs())
    }

    /// What is held of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn held(&self, mailbox: MailboxKey) -> Result<HeldMessages, Error> {
        held(&self.connection, mailbox).map_err(|error| self.failed(error))
    }
}

fn mailboxes(connection: &Connection) -> rusqlite::Result<Vec<MailboxKey>> {
    let mut select = connection.prepare("SELECT id FROM mailbox ORDER BY id")?;
    let keys = select.query_map([], |row| row.get(0).map(MailboxKey))?;
    keys.collect()
}

fn validity(connection: &Connection, mailbox: MailboxKey) -> rusqlite::Result<u32> {
    let select = "SELECT validity FROM mailbox WHERE id = ?1";
    connection.query_row(select, [mailbox.0], |row| row.get(0))
}

fn held(connection: &Connection, mailbox: MailboxKey) -> rusqlite::Result<HeldMessages> {
    let validity = validity(connection, mailbox)?;
    let mut select =
        connection.prepare("SELECT uid FROM message WHERE mailbox = ?1 ORDER BY uid")?;
    let uids = select.query_map([mailbox.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let select = "SELECT next, modseq FROM mailbox WHERE id = ?1";
    let at: SettledAt = connection.query_row(select, [mailbox.0], |row| {
        Ok(SettledAt { next: row.get(0)?, modseq: row.get(1)? })
    })?;
    let settled = (at.modseq > 0).then_some(at);
    Ok(HeldMessages { validity, uids, settled })
}
