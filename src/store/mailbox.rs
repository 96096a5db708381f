//! Mailboxes.

use rusqlite::Connection;

use super::error::Error;
use super::open::Store;

/// Which mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MailboxKey(pub(super) i64);

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

    /// What is held of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn held(&self, mailbox: MailboxKey) -> Result<HeldMessages, Error> {
        held(&self.connection, mailbox).map_err(|error| self.failed(error))
    }
}

fn held(connection: &Connection, mailbox: MailboxKey) -> rusqlite::Result<HeldMessages> {
    let validity =
        connection.query_row("SELECT validity FROM mailbox WHERE id = ?1", [mailbox.0], |row| {
            row.get(0)
        })?;
    let mut select =
        connection.prepare("SELECT uid FROM message WHERE mailbox = ?1 ORDER BY uid")?;
    let uids = select.query_map([mailbox.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(HeldMessages { validity, uids })
}
