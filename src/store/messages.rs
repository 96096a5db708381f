//! The messages of mailboxes.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::bounce::Bounce;

use super::deliveries::{StoredDelivery, put_deliveries, unpacked};
use super::error::Error;
use super::journal;
use super::mailbox::MailboxKey;
use super::open::Store;
use super::packed;

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageKey(i64);

/// A message that is to be judged again.
#[derive(Clone, Debug)]
pub struct StaleMessage {
    /// Which message.
    pub key: MessageKey,
    /// When the server took it.
    pub received: Option<Timestamp>,
    /// Bytes that were read.
    pub size: usize,
    /// What it says.
    pub bounce: Bounce,
}

/// A message to be kept.
#[derive(Clone, Debug)]
pub struct KeptMessage {
    /// UID in its mailbox.
    pub uid: u32,
    /// When the server took it.
    pub received: Option<Timestamp>,
    /// Bytes that were read.
    pub size: usize,
    /// What it says.
    pub bounce: Bounce,
    /// What that means.
    pub deliveries: Vec<StoredDelivery>,
}

impl Store {
    /// Keeps messages of a mailbox that has this validity, all or none; those that are there
    /// already are replaced. Under another validity everything that was held is void.
    ///
    /// # Errors
    /// When the store fails; then nothing of these messages is kept.
    pub fn put(
        &mut self,
        mailbox: MailboxKey,
        validity: u32,
        judged_by: i64,
        messages: &[KeptMessage],
    ) -> Result<(), Error> {
        let put = put(&mut self.connection, mailbox, validity, judged_by, messages);
        put.map_err(|error| self.failed(error))
    }

    /// Nothing of what is held of a mailbox is there any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reset(&self, mailbox: MailboxKey) -> Result<(), Error> {
        let reset = self.connection.execute("DELETE FROM message WHERE mailbox = ?1", [mailbox.0]);
        reset.map(|_| ()).map_err(|error| self.failed(error))
    }

    /// Some messages that were judged by other means than `judged_by`, at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stale(&self, judged_by: i64, most: u32) -> Result<Vec<StaleMessage>, Error> {
        stale(&self.connection, judged_by, most).map_err(|error| self.failed(error))
    }

    /// Keeps new verdicts on messages, all or none.
    ///
    /// # Errors
    /// When the store fails; then the old ones stay.
    pub fn judge_again(
        &mut self,
        judged_by: i64,
        judged: &[(MessageKey, Vec<StoredDelivery>)],
    ) -> Result<(), Error> {
        let judged = judge_again(&mut self.connection, judged_by, judged);
        judged.map_err(|error| self.failed(error))
    }

    /// Forgets messages that are no longer in their mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove(&mut self, mailbox: MailboxKey, uids: &[u32]) -> Result<(), Error> {
        let removed = remove(&mut self.connection, mailbox, uids);
        removed.map_err(|error| self.failed(error))
    }

    /// How many messages there are.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn count(&self) -> Result<usize, Error> {
        let count = self.connection.query_row("SELECT count(*) FROM message", [], number);
        count.map_err(|error| self.failed(error))
    }

    /// Forgets a whole account; returns how many messages that were.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget(&mut self, account: &str) -> Result<usize, Error> {
        let forgotten = forget(&mut self.connection, account);
        forgotten.map_err(|error| self.failed(error))
    }
}

fn put(
    connection: &mut Connection,
    mailbox: MailboxKey,
    validity: u32,
    judged_by: i64,
    messages: &[KeptMessage],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    set_validity(&transaction, mailbox, validity)?;
    for message in messages {
        put_message(&transaction, mailbox, judged_by, message)?;
    }
    transaction.commit()
}

fn set_validity(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    validity: u32,
) -> rusqlite::Result<()> {
    let changed = transaction.execute(
        "UPDATE mailbox SET validity = ?2 WHERE id = ?1 AND validity <> ?2",
        params![mailbox.0, validity],
    )?;
    if changed > 0 {
        transaction.execute("DELETE FROM message WHERE mailbox = ?1", [mailbox.0])?;
    }
    Ok(())
}

fn put_message(
    transaction: &Transaction<'_>,
    mailbox: MailboxKey,
    judged_by: i64,
    message: &KeptMessage,
) -> rusqlite::Result<()> {
    let before = transaction
        .prepare_cached("SELECT id FROM message WHERE mailbox = ?1 AND uid = ?2")?
        .query_row(params![mailbox.0, message.uid], |row| row.get::<_, i64>(0))
        .optional()?;
    if let Some(id) = before {
        transaction.prepare_cached("DELETE FROM message WHERE id = ?1")?.execute([id])?;
    }
    let bounce = packed::pack(&message.bounce)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    transaction
        .prepare_cached(
            "INSERT INTO message (mailbox, uid, received, size, message_id, judged_by, bounce)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            mailbox.0,
            message.uid,
            message.received.map(Timestamp::as_millisecond),
            i64::try_from(message.size).unwrap_or(i64::MAX),
            message.bounce.message_id.as_deref(),
            judged_by,
            bounce,
        ])?;
    put_deliveries(transaction, transaction.last_insert_rowid(), &message.deliveries)
}

fn stale(
    connection: &Connection,
    judged_by: i64,
    most: u32,
) -> rusqlite::Result<Vec<StaleMessage>> {
    let mut select = connection.prepare_cached(
        "SELECT id, received, size, bounce FROM message WHERE judged_by <> ?1 LIMIT ?2",
    )?;
    let found = select.query_map(params![judged_by, most], |record| {
        let received: Option<i64> = record.get(1)?;
        let bounce: Vec<u8> = record.get(3)?;
        Ok(StaleMessage {
            key: MessageKey(record.get(0)?),
            received: received.and_then(|at| Timestamp::from_millisecond(at).ok()),
            size: usize::try_from(record.get::<_, i64>(2)?).unwrap_or(0),
            bounce: packed::unpack(&bounce).map_err(unpacked)?,
        })
    })?;
    found.collect()
}

fn judge_again(
    connection: &mut Connection,
    judged_by: i64,
    judged: &[(MessageKey, Vec<StoredDelivery>)],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (message, deliveries) in judged {
        transaction
            .prepare_cached("DELETE FROM delivery WHERE message = ?1")?
            .execute([message.0])?;
        put_deliveries(&transaction, message.0, deliveries)?;
        transaction
            .prepare_cached("UPDATE message SET judged_by = ?2 WHERE id = ?1")?
            .execute(params![message.0, judged_by])?;
    }
    transaction.commit()
}

fn remove(connection: &mut Connection, mailbox: MailboxKey, uids: &[u32]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut delete =
            transaction.prepare("DELETE FROM message WHERE mailbox = ?1 AND uid = ?2")?;
        for uid in uids {
            delete.execute(params![mailbox.0, uid])?;
        }
    }
    transaction.commit()
}

fn forget(connection: &mut Connection, account: &str) -> rusqlite::Result<usize> {
    let transaction = connection.transaction()?;
    let count = transaction.query_row(
        "SELECT count(*) FROM message JOIN mailbox ON mailbox.id = message.mailbox
         WHERE account = ?1",
        [account],
        number,
    )?;
    transaction.execute("DELETE FROM mailbox WHERE account = ?1", [account])?;
    journal::forget(&transaction, account)?;
    transaction.commit()?;
    // What was forgotten does not stay readable in the file.
    connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(count)
}

/// The number in the first column.
fn number(record: &rusqlite::Row<'_>) -> rusqlite::Result<usize> {
    Ok(usize::try_from(record.get::<_, i64>(0)?).unwrap_or(0))
}
