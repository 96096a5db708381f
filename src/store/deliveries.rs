//! Deliveries as rows.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row as Record, Transaction, params};

use crate::bounce::{Kind, Status};
use crate::diagnosis::remedy::Permanence;
use crate::diagnosis::{Backscatter, Confidence, Party, Reason};
use crate::incident::{Cause, Contribution};
use crate::listing::{DeliveryId, MessageId, Row};
use crate::mail::SafeText;

use super::error::Error;
use super::mailbox::MailboxName;
use super::open::Store;
use super::packed;

/// Characters of the evidence that are kept beside the row; the whole line stands in the message.
const EVIDENCE: usize = 300;

/// A delivery in the store.
#[derive(Clone, Debug)]
pub struct StoredDelivery {
    /// What a list shows of it.
    pub row: Row,
    /// What it adds to its incident.
    pub contribution: Contribution,
}

pub(super) fn put_deliveries(
    transaction: &Transaction<'_>,
    message: i64,
    deliveries: &[StoredDelivery],
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO delivery (message, number, time, kind, status, reply, reason, party,
             confidence, permanence, origin, recipient, sender, host, queue_id, further,
             mixed, evidence, cause)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    for StoredDelivery { row, contribution } in deliveries {
        let cause = packed::pack(&contribution.cause)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        insert.execute(params![
            message,
            row.id.recipient,
            row.time.map(Timestamp::as_millisecond),
            row.kind.slug(),
            row.status.map(|status| status.to_string()),
            row.reply,
            row.reason.slug(),
            row.party.slug(),
            row.confidence.slug(),
            contribution.permanence.slug(),
            row.origin.slug(),
            row.recipient.as_deref(),
            row.sender.as_deref(),
            row.host.as_deref(),
            row.queue_id.as_deref(),
            row.further,
            row.mixed,
            contribution.evidence.as_deref().map(beginning),
            cause,
        ])?;
    }
    Ok(())
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(EVIDENCE)]
}

/// A delivery as it is listed: where it is from, and what is known of it.
#[derive(Clone, Debug)]
pub struct ListedDelivery {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// Message-ID of the report.
    pub message_id: Option<SafeText>,
    /// The delivery.
    pub delivery: StoredDelivery,
}

const SELECT: &str = "
    SELECT account, folder, mailbox.id, validity, uid, message_id, number, time, kind, status, reply,
        reason, party, confidence, permanence, origin, recipient, sender, host, queue_id, further,
        mixed, evidence, cause
    FROM delivery JOIN message ON message.id = delivery.message
        JOIN mailbox ON mailbox.id = message.mailbox
    WHERE ?1 IS NULL OR time >= ?1
    ORDER BY time DESC, message.id, number";

impl Store {
    /// Hands over all deliveries since a moment, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn deliveries(
        &self,
        since: Option<Timestamp>,
        mut take: impl FnMut(ListedDelivery),
    ) -> Result<(), Error> {
        each(&self.connection, since, &mut take).map_err(|error| self.failed(error))
    }
}

fn each(
    connection: &Connection,
    since: Option<Timestamp>,
    take: &mut dyn FnMut(ListedDelivery),
) -> rusqlite::Result<()> {
    let mut select = connection.prepare(SELECT)?;
    let mut records = select.query([since.map(Timestamp::as_millisecond)])?;
    while let Some(record) = records.next()? {
        take(listed(record)?);
    }
    Ok(())
}

fn listed(record: &Record<'_>) -> rusqlite::Result<ListedDelivery> {
    let mailbox = MailboxName { account: record.get("account")?, folder: record.get("folder")? };
    let number: i64 = record.get("id")?;
    let message = MessageId {
        mailbox: u16::try_from(number).unwrap_or(u16::MAX),
        validity: record.get("validity")?,
        uid: record.get("uid")?,
    };
    let text = |name: &str| -> rusqlite::Result<Option<SafeText>> {
        Ok(record.get::<_, Option<String>>(name)?.map(|text| SafeText::line(&text)))
    };
    let cause: Vec<u8> = record.get("cause")?;
    let cause: Cause = packed::unpack(&cause).map_err(unpacked)?;
    let row = Row {
        id: DeliveryId { message, recipient: record.get("number")? },
        time: moment(record.get("time")?),
        kind: named(record, "kind", Kind::from_slug)?,
        status: text("status")?.and_then(|status| Status::read(&status)),
        reply: record.get("reply")?,
        reason: named(record, "reason", Reason::from_slug)?,
        party: named(record, "party", Party::from_slug)?,
        confidence: named(record, "confidence", Confidence::from_slug)?,
        origin: named(record, "origin", Backscatter::from_slug)?,
        recipient: text("recipient")?,
        sender: text("sender")?,
        host: text("host")?,
        queue_id: text("queue_id")?,
        further: record.get("further")?,
        mixed: record.get("mixed")?,
        cause: Arc::new(cause.clone()),
    };
    let contribution = Contribution {
        cause,
        deliveries: row.further.max(1),
        reason: row.reason,
        time: row.time,
        status: row.status,
        permanence: named(record, "permanence", Permanence::from_slug)?,
        sender: row.sender.clone(),
        recipient: row.recipient.clone(),
        evidence: text("evidence")?,
    };
    let delivery = StoredDelivery { row, contribution };
    Ok(ListedDelivery { mailbox, message_id: text("message_id")?, delivery })
}

fn moment(milliseconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds?).ok()
}

/// A value by its slug; another text than was written means that the file is damaged.
pub(super) fn named<T>(
    record: &Record<'_>,
    column: &str,
    from_slug: fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let slug: String = record.get(column)?;
    from_slug(&slug).ok_or_else(|| {
        let what = format!("{column} is {}", SafeText::new(&slug));
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, what.into())
    })
}

pub(super) fn unpacked(error: packed::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error))
}
