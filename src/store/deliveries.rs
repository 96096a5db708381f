//! Reading deliveries.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::filter::{RowCondition, TextColumn};
use crate::listing::{Class, Row};
use crate::mail::SafeText;

use super::condition::{WhereClause, column_name};
use super::error::Error;
use super::key::MailboxKey;
use super::mailbox::MailboxName;
use super::open::Store;
use super::row::{DeliveryMark, Shared, Spot, StoredDelivery};

/// Which deliveries are wanted, and what of them.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Of these mailboxes.
    pub mailboxes: &'a [MailboxKey],
    /// Those for which this holds; all without.
    pub condition: Option<&'a RowCondition>,
    /// With this text of each.
    pub text: Option<TextColumn>,
    /// Of these alone; all without.
    pub only: Option<Only>,
    /// Those of messages with UIDs from the first to the last; all without.
    pub uids: Option<(u32, u32)>,
}

/// Deliveries that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Those that came in this visit or after it.
    Since(u32),
    /// Failures of which nobody knows who must act.
    Unknown,
}

impl<'a> Scope<'a> {
    /// Everything of these mailboxes.
    #[must_use]
    pub fn all_of(mailboxes: &'a [MailboxKey]) -> Self {
        Self { mailboxes, condition: None, text: None, only: None, uids: None }
    }
}

impl Store {
    /// Hands over what is wanted, in no order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn scan(
        &mut self,
        scope: Scope<'_>,
        take: &mut dyn FnMut(DeliveryMark),
    ) -> Result<(), Error> {
        let scanned = scan(&self.connection, &mut self.shared, scope, take);
        scanned.map_err(|error| self.failed(error))
    }

    /// The rows of deliveries and the visits in which they came, in the order of these spots; None
    /// for those that are gone. Their mailbox and its validity are left open.
    ///
    /// # Errors
    /// When the store fails.
    pub fn rows(&mut self, spots: &[Spot]) -> Result<Vec<Option<(Row, u32)>>, Error> {
        let rows = rows(&self.connection, &mut self.shared, spots);
        rows.map_err(|error| self.failed(error))
    }

    /// Hands over all deliveries for which the condition holds, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn deliveries(
        &mut self,
        condition: Option<&RowCondition>,
        take: &mut dyn FnMut(ListedDelivery),
    ) -> Result<(), Error> {
        let listed = each(&self.connection, &mut self.shared, condition, take);
        listed.map_err(|error| self.failed(error))
    }
}

fn scan(
    connection: &Connection,
    shared: &mut Shared,
    scope: Scope<'_>,
    take: &mut dyn FnMut(DeliveryMark),
) -> rusqlite::Result<()> {
    let classes = classes(connection, shared)?;
    let clause = WhereClause::of(scope.condition, &classes);
    clause.prepare(connection)?;
    let mut mailboxes = Vec::new();
    for mailbox in scope.mailboxes {
        mailboxes.push(mailbox.0.to_string());
    }
    let uids = match scope.uids {
        Some((first, last)) => format!(" AND uid BETWEEN {first} AND {last}"),
        None => String::new(),
    };
    let text = scope.text.map_or("NULL", column_name);
    let sql = format!(
        "SELECT time, mailbox, uid, number, class, cause, further, sender_print, came, {text} AS text
         FROM delivery
         WHERE mailbox IN ({}){uids}{} AND {}",
        mailboxes.join(", "),
        only(scope.only, &classes),
        clause.sql
    );
    let mut select = connection.prepare(&sql)?;
    let mut records = select.query(params_from_iter(&clause.values))?;
    while let Some(record) = records.next()? {
        take(shared.mark(connection, record)?);
    }
    Ok(())
}

/// What is looked for, as a term behind others.
fn only(only: Option<Only>, classes: &[(u32, Class)]) -> String {
    match only {
        None => String::new(),
        Some(Only::Since(visit)) => format!(" AND came >= {visit}"),
        Some(Only::Unknown) => {
            let unknown = classes.iter().filter(|(_, class)| class.is_unknown());
            let numbers: Vec<String> = unknown.map(|(number, _)| number.to_string()).collect();
            format!(" AND class IN ({})", numbers.join(", "))
        }
    }
}

/// All classes there are, with their numbers.
fn classes(connection: &Connection, shared: &mut Shared) -> rusqlite::Result<Vec<(u32, Class)>> {
    let mut select = connection.prepare_cached("SELECT id FROM class")?;
    let numbers = select.query_map([], |record| record.get(0))?;
    let mut classes = Vec::new();
    for number in numbers {
        let number: u32 = number?;
        classes.push((number, *shared.classes.value(connection, number)?));
    }
    Ok(classes)
}

const COLUMNS: &str = "delivery.uid, number, time, class, cause, further, recipient, sender, host,
    queue_id, evidence, came";

fn rows(
    connection: &Connection,
    shared: &mut Shared,
    spots: &[Spot],
) -> rusqlite::Result<Vec<Option<(Row, u32)>>> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM delivery WHERE mailbox = ?1 AND uid = ?2 AND number = ?3"
    ))?;
    let mut found = Vec::with_capacity(spots.len());
    for spot in spots {
        let mut records = select.query(params![spot.mailbox, spot.uid, spot.number])?;
        found.push(match records.next()? {
            Some(record) => Some((shared.row(connection, record)?, record.get("came")?)),
            None => None,
        });
    }
    Ok(found)
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

fn each(
    connection: &Connection,
    shared: &mut Shared,
    condition: Option<&RowCondition>,
    take: &mut dyn FnMut(ListedDelivery),
) -> rusqlite::Result<()> {
    let clause = WhereClause::of(condition, &classes(connection, shared)?);
    clause.prepare(connection)?;
    let sql = format!(
        "SELECT mailbox.id AS place, account, folder, validity, message_id, {COLUMNS}
         FROM delivery JOIN mailbox ON mailbox.id = delivery.mailbox
             LEFT JOIN message
                 ON message.mailbox = delivery.mailbox AND message.uid = delivery.uid
         WHERE {}
         ORDER BY time DESC, delivery.mailbox, delivery.uid, number",
        clause.sql
    );
    let mut select = connection.prepare(&sql)?;
    let values: &[Value] = &clause.values;
    let mut records = select.query(params_from_iter(values))?;
    while let Some(record) = records.next()? {
        let mailbox =
            MailboxName { account: record.get("account")?, folder: record.get("folder")? };
        let text = |name: &str| -> rusqlite::Result<Option<SafeText>> {
            Ok(record.get::<_, Option<String>>(name)?.map(|text| SafeText::line(&text)))
        };
        let mut row = shared.row(connection, record)?;
        let place: i64 = record.get("place")?;
        row.id.message.mailbox = u16::try_from(place).unwrap_or(u16::MAX);
        row.id.message.validity = record.get("validity")?;
        let delivery = StoredDelivery { row, evidence: text("evidence")? };
        take(ListedDelivery { mailbox, message_id: text("message_id")?, delivery });
    }
    Ok(())
}
