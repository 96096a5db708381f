//! A delivery between its row in a list and its columns in the store.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Row as Record, Transaction, params};

use crate::filter::searchable;
use crate::incident::{Cause, Counted, fingerprint};
use crate::listing::{Class, DeliveryId, MessageId, Row};
use crate::mail::SafeText;

use super::dictionary::Dictionary;
use super::key::MailboxKey;

/// Characters of the evidence that are kept beside the row; the whole line stands in the message.
const EVIDENCE: usize = 300;
/// Stands for a time that is not known: such deliveries come last.
const UNTIMED: i64 = i64::MIN;

/// A delivery to be kept.
#[derive(Clone, Debug)]
pub struct StoredDelivery {
    /// What a list shows of it.
    pub row: Row,
    /// The line its verdict rests on.
    pub evidence: Option<SafeText>,
}

/// Where a delivery stands in the list, newest first; its name in the store as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    time: Reverse<i64>,
    pub(super) mailbox: u32,
    /// UID of its message.
    pub uid: u32,
    /// Which of the recipients.
    pub number: u32,
}

impl Spot {
    /// The spot of a delivery of which the time is known, or is known to be none.
    #[must_use]
    pub fn new(time: Option<Timestamp>, mailbox: MailboxKey, uid: u32, number: u32) -> Self {
        let time = time.map_or(UNTIMED, Timestamp::as_millisecond);
        Self { time: Reverse(time), mailbox: mailbox.0, uid, number }
    }

    /// The mailbox.
    #[must_use]
    pub fn mailbox(&self) -> MailboxKey {
        MailboxKey(self.mailbox)
    }

    /// When the report was written.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        if self.time.0 == UNTIMED { None } else { moment(Some(self.time.0)) }
    }
}

/// As much of a delivery as counting needs.
#[derive(Clone, Debug)]
pub struct DeliveryMark {
    /// Where it stands.
    pub spot: Spot,
    /// What it has in common with others.
    pub class: Arc<Class>,
    /// What it failed on.
    pub cause: Arc<Cause>,
    /// The number of that cause in the store.
    pub cause_number: u32,
    /// How many deliveries the row stands for.
    pub deliveries: u32,
    /// The visit in which it came.
    pub came: u32,
    /// The text that was asked for.
    pub text: Option<String>,
    sender: Option<u64>,
}

impl DeliveryMark {
    /// What is counted of it.
    #[must_use]
    pub fn counted(&self) -> Counted {
        Counted {
            deliveries: self.deliveries,
            reason: self.class.reason,
            time: self.spot.time(),
            status: self.class.status,
            permanence: self.class.permanence,
            sender: self.sender,
            recipient: None,
        }
    }
}

/// What deliveries have in common, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) classes: Dictionary<Class>,
    pub(super) causes: Dictionary<Cause>,
}

impl Shared {
    pub(super) fn clear(&mut self) {
        self.classes.clear();
        self.causes.clear();
    }

    /// Writes the deliveries of a message that has none.
    pub(super) fn put(
        &mut self,
        transaction: &Transaction<'_>,
        (mailbox, uid): (MailboxKey, u32),
        came: u32,
        deliveries: &[StoredDelivery],
    ) -> rusqlite::Result<Vec<DeliveryMark>> {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO delivery (mailbox, uid, number, time, class, cause, further, sender_print,
                 recipient, sender, host, queue_id, words, evidence, came)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?;
        let mut marks = Vec::with_capacity(deliveries.len());
        for StoredDelivery { row, evidence } in deliveries {
            let class = Arc::new(row.class);
            let cause_number = self.causes.number(transaction, &row.cause)?;
            let sender = row.sender.as_deref().map(fingerprint);
            insert.execute(params![
                mailbox.0,
                uid,
                row.id.recipient,
                row.time.map(Timestamp::as_millisecond),
                self.classes.number(transaction, &class)?,
                cause_number,
                row.further,
                sender.map(u64::cast_signed),
                row.recipient.as_deref(),
                row.sender.as_deref(),
                row.host.as_deref(),
                row.queue_id.as_deref(),
                words(row),
                evidence.as_deref().map(beginning),
                came,
            ])?;
            marks.push(DeliveryMark {
                spot: Spot::new(row.time, mailbox, uid, row.id.recipient),
                class,
                cause: Arc::clone(&row.cause),
                cause_number,
                deliveries: row.further.max(1),
                came,
                text: None,
                sender,
            });
        }
        Ok(marks)
    }

    pub(super) fn mark(
        &mut self,
        connection: &Connection,
        record: &Record<'_>,
    ) -> rusqlite::Result<DeliveryMark> {
        let (further, cause_number) = (record.get::<_, u32>(6)?, record.get(5)?);
        let spot = Spot {
            time: Reverse(record.get::<_, Option<i64>>(0)?.unwrap_or(UNTIMED)),
            mailbox: record.get(1)?,
            uid: record.get(2)?,
            number: record.get(3)?,
        };
        Ok(DeliveryMark {
            spot,
            class: self.classes.value(connection, record.get(4)?)?,
            cause: self.causes.value(connection, cause_number)?,
            cause_number,
            deliveries: further.max(1),
            came: record.get(8)?,
            text: record.get(9)?,
            sender: record.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
        })
    }

    pub(super) fn row(
        &mut self,
        connection: &Connection,
        record: &Record<'_>,
    ) -> rusqlite::Result<Row> {
        let class = self.classes.value(connection, record.get("class")?)?;
        let text = |name: &str| -> rusqlite::Result<Option<SafeText>> {
            Ok(record.get::<_, Option<String>>(name)?.map(|text| SafeText::line(&text)))
        };
        let message = MessageId { uid: record.get("uid")?, ..MessageId::default() };
        Ok(Row {
            id: DeliveryId { message, recipient: record.get("number")? },
            time: moment(record.get("time")?),
            class: *class,
            recipient: text("recipient")?,
            sender: text("sender")?,
            host: text("host")?,
            queue_id: text("queue_id")?,
            further: record.get("further")?,
            cause: self.causes.value(connection, record.get("cause")?)?,
        })
    }
}

/// What is looked for when a word is: the texts of a row, a line each.
fn words(row: &Row) -> String {
    let mut words = String::new();
    for text in [&row.recipient, &row.host, &row.sender, &row.queue_id].into_iter().flatten() {
        words.push_str(&searchable(text));
        words.push('\n');
    }
    words
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(EVIDENCE)]
}

fn moment(milliseconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds?).ok()
}
