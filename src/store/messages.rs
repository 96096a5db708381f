//! The messages of mailboxes.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use crate::bounce::Bounce;
use crate::mail::SafeText;

use super::dictionary::unpacked;
use super::error::Error;
use super::journal;
use super::key::MailboxKey;
use super::open::Store;
use super::packed;
use super::row::{DeliveryMark, Shared, StoredDelivery};

/// A message that is to be judged again.
#[derive(Clone, Debug)]
pub struct StaleMessage {
    /// UID in its mailbox.
    pub uid: u32,
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
    /// Its Message-ID.
    pub message_id: Option<SafeText>,
    /// What it says, if that is to be kept.
    pub bounce: PackedBounce,
    /// What that means.
    pub deliveries: Vec<StoredDelivery>,
}

/// What a message says, as few bytes; nothing of one that is not kept.
#[derive(Clone, Debug, Default)]
pub struct PackedBounce(Vec<u8>);

impl PackedBounce {
    /// Packs what a message says; that takes its time.
    #[must_use]
    pub fn of(bounce: &Bounce) -> Self {
        // What cannot be packed is read from its mailbox again when it is to be judged again.
        Self(packed::pack(bounce).unwrap_or_default())
    }
}

/// What came of putting messages into the store.
#[derive(Debug, Default)]
pub struct Put {
    /// The deliveries of these messages.
    pub marks: Vec<DeliveryMark>,
    /// True where others stood in their place.
    pub replaced: bool,
}

impl Store {
    /// Keeps messages of a mailbox that has this validity, all or none; those that are there
    /// already are replaced, the others came in visit number `came`. Under another validity everything that was held is void.
    ///
    /// # Errors
    /// When the store fails; then nothing of these messages is kept.
    pub fn put(
        &mut self,
        mailbox: MailboxKey,
        validity: u32,
        judged_by: i64,
        came: u32,
        messages: &[KeptMessage],
    ) -> Result<Put, Error> {
        let Self { connection, shared, lasts, .. } = self;
        let mut putting = Putting { shared, mailbox, judged_by, came, lasts: *lasts };
        let put = putting.put(connection, validity, messages);
        self.settled(put)
    }

    /// Puts other rows in the place of those of a message.
    ///
    /// # Errors
    /// When the store fails; then the old ones stay.
    pub fn put_rows(
        &mut self,
        mailbox: MailboxKey,
        uid: u32,
        deliveries: &[StoredDelivery],
    ) -> Result<(), Error> {
        let put = put_rows(&mut self.connection, &mut self.shared, (mailbox, uid), deliveries);
        self.settled(put)
    }

    /// What was written together with something that failed is not there.
    fn settled<T>(&mut self, written: rusqlite::Result<T>) -> Result<T, Error> {
        written.map_err(|error| {
            self.shared.clear();
            self.failed(error)
        })
    }

    /// Nothing of what is held of a mailbox is there any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reset(&mut self, mailbox: MailboxKey) -> Result<(), Error> {
        let reset = reset(&mut self.connection, mailbox);
        reset.map_err(|error| self.failed(error))
    }

    /// Some messages of a mailbox that were judged by other means than `judged_by`, at most so
    /// many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn stale(
        &self,
        mailbox: MailboxKey,
        judged_by: i64,
        most: u32,
    ) -> Result<Vec<StaleMessage>, Error> {
        stale(&self.connection, mailbox, judged_by, most).map_err(|error| self.failed(error))
    }

    /// Keeps new verdicts on messages, all or none.
    ///
    /// # Errors
    /// When the store fails; then the old ones stay.
    pub fn judge_again(
        &mut self,
        mailbox: MailboxKey,
        judged_by: i64,
        judged: &[(u32, Vec<StoredDelivery>)],
    ) -> Result<(), Error> {
        let Self { connection, shared, .. } = self;
        let judged = judge_again(connection, shared, mailbox, judged_by, judged);
        self.settled(judged)
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

/// Messages of one mailbox on their way into the store.
struct Putting<'a> {
    shared: &'a mut Shared,
    mailbox: MailboxKey,
    judged_by: i64,
    came: u32,
    lasts: bool,
}

impl Putting<'_> {
    fn put(
        &mut self,
        connection: &mut Connection,
        validity: u32,
        messages: &[KeptMessage],
    ) -> rusqlite::Result<Put> {
        let transaction = connection.transaction()?;
        let mut put =
            Put { replaced: self.set_validity(&transaction, validity)?, ..Put::default() };
        for message in messages {
            let place = (self.mailbox, message.uid);
            let before = take_rows_out(&transaction, place)?;
            put.replaced |= take_out(&transaction, place)? || before.is_some();
            let came = before.unwrap_or(self.came);
            if self.lasts {
                self.put_message(&transaction, message)?;
            }
            put.marks.extend(self.shared.put(&transaction, place, came, &message.deliveries)?);
        }
        transaction.commit()?;
        Ok(put)
    }

    /// True when the mailbox is another one now: nothing of what was held of it is left.
    fn set_validity(&self, transaction: &Transaction<'_>, validity: u32) -> rusqlite::Result<bool> {
        let changed = transaction.execute(
            "UPDATE mailbox SET validity = ?2 WHERE id = ?1 AND validity <> ?2",
            params![self.mailbox.0, validity],
        )?;
        Ok(changed > 0 && empty(transaction, self.mailbox)?)
    }

    fn put_message(
        &self,
        transaction: &Transaction<'_>,
        message: &KeptMessage,
    ) -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "INSERT INTO message (mailbox, uid, received, size, message_id, judged_by, bounce)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.mailbox.0,
                message.uid,
                message.received.map(Timestamp::as_millisecond),
                i64::try_from(message.size).unwrap_or(i64::MAX),
                message.message_id.as_deref(),
                self.judged_by,
                message.bounce.0,
            ])?;
        Ok(())
    }
}

/// Takes a message out; true when it was there.
fn take_out(
    transaction: &Transaction<'_>,
    (mailbox, uid): (MailboxKey, u32),
) -> rusqlite::Result<bool> {
    let taken = transaction
        .prepare_cached("DELETE FROM message WHERE mailbox = ?1 AND uid = ?2")?
        .execute(params![mailbox.0, uid])?;
    Ok(taken > 0)
}

/// Takes everything out of a mailbox; true when there was something.
fn empty(transaction: &Transaction<'_>, mailbox: MailboxKey) -> rusqlite::Result<bool> {
    let unsettle = "UPDATE mailbox SET next = 0, modseq = 0 WHERE id = ?1";
    transaction.execute(unsettle, [mailbox.0])?;
    let mut taken = 0;
    for table in ["message", "delivery"] {
        let delete = format!("DELETE FROM {table} WHERE mailbox = ?1");
        taken += transaction.execute(&delete, [mailbox.0])?;
    }
    Ok(taken > 0)
}

fn put_rows(
    connection: &mut Connection,
    shared: &mut Shared,
    place: (MailboxKey, u32),
    deliveries: &[StoredDelivery],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    replace(&transaction, shared, place, deliveries)?;
    transaction.commit()
}

/// Puts other rows in the place of those of a message; of a message that is gone, none.
fn replace(
    transaction: &Transaction<'_>,
    shared: &mut Shared,
    place: (MailboxKey, u32),
    deliveries: &[StoredDelivery],
) -> rusqlite::Result<()> {
    if let Some(came) = take_rows_out(transaction, place)? {
        shared.put(transaction, place, came, deliveries)?;
    }
    Ok(())
}

/// Takes the rows of a message out; the visit in which they came, if there were any.
fn take_rows_out(
    transaction: &Transaction<'_>,
    (mailbox, uid): (MailboxKey, u32),
) -> rusqlite::Result<Option<u32>> {
    let came = transaction
        .prepare_cached("SELECT min(came) FROM delivery WHERE mailbox = ?1 AND uid = ?2")?
        .query_row(params![mailbox.0, uid], |record| record.get(0))?;
    transaction
        .prepare_cached("DELETE FROM delivery WHERE mailbox = ?1 AND uid = ?2")?
        .execute(params![mailbox.0, uid])?;
    Ok(came)
}

fn reset(connection: &mut Connection, mailbox: MailboxKey) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    empty(&transaction, mailbox)?;
    transaction.commit()
}

fn stale(
    connection: &Connection,
    mailbox: MailboxKey,
    judged_by: i64,
    most: u32,
) -> rusqlite::Result<Vec<StaleMessage>> {
    let mut select = connection.prepare_cached(
        "SELECT uid, received, size, bounce FROM message
         WHERE mailbox = ?1 AND judged_by <> ?2 AND length(bounce) > 0 LIMIT ?3",
    )?;
    let found = select.query_map(params![mailbox.0, judged_by, most], |record| {
        let received: Option<i64> = record.get(1)?;
        let bounce: Vec<u8> = record.get(3)?;
        Ok(StaleMessage {
            uid: record.get(0)?,
            received: received.and_then(|at| Timestamp::from_millisecond(at).ok()),
            size: usize::try_from(record.get::<_, i64>(2)?).unwrap_or(0),
            bounce: packed::unpack(&bounce).map_err(unpacked)?,
        })
    })?;
    found.collect()
}

fn judge_again(
    connection: &mut Connection,
    shared: &mut Shared,
    mailbox: MailboxKey,
    judged_by: i64,
    judged: &[(u32, Vec<StoredDelivery>)],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (uid, deliveries) in judged {
        let place = (mailbox, *uid);
        let kept = transaction
            .prepare_cached("UPDATE message SET judged_by = ?3 WHERE mailbox = ?1 AND uid = ?2")?
            .execute(params![mailbox.0, uid, judged_by])?;
        if kept > 0 {
            let came = take_rows_out(&transaction, place)?.unwrap_or(0);
            shared.put(&transaction, place, came, deliveries)?;
        } else {
            replace(&transaction, shared, place, deliveries)?;
        }
    }
    transaction.commit()
}

fn remove(connection: &mut Connection, mailbox: MailboxKey, uids: &[u32]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for uid in uids {
        take_rows_out(&transaction, (mailbox, *uid))?;
        take_out(&transaction, (mailbox, *uid))?;
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
    transaction.execute(
        "DELETE FROM delivery WHERE mailbox IN (SELECT id FROM mailbox WHERE account = ?1)",
        [account],
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
