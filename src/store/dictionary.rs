//! What many deliveries share, written once: their classes and their causes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row as Record, Transaction, params};

use crate::bounce::{Kind, Status};
use crate::diagnosis::remedy::Permanence;
use crate::diagnosis::{Backscatter, Confidence, Party, Reason};
use crate::incident::Cause;
use crate::listing::Class;
use crate::mail::SafeText;

use super::packed;

/// Values that are written once, by the numbers they have in the store.
#[derive(Debug)]
pub(super) struct Dictionary<T> {
    /// In the order of their numbers, which have next to no gaps.
    by_number: Vec<Option<Arc<T>>>,
    numbers: HashMap<Arc<T>, u32>,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self { by_number: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Shareable + Eq + Hash> Dictionary<T> {
    /// The number of a value, which is written where it is missing.
    pub(super) fn number(
        &mut self,
        transaction: &Transaction<'_>,
        value: &Arc<T>,
    ) -> rusqlite::Result<u32> {
        if let Some(number) = self.numbers.get(value) {
            return Ok(*number);
        }
        let number = value.write(transaction)?;
        self.keep(number, Arc::clone(value));
        Ok(number)
    }

    /// The value that has a number; another program may have written it.
    pub(super) fn value(
        &mut self,
        connection: &Connection,
        number: u32,
    ) -> rusqlite::Result<Arc<T>> {
        if let Some(Some(value)) = self.by_number.get(place(number)) {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(T::read(connection, number)?);
        self.keep(number, Arc::clone(&value));
        Ok(value)
    }

    fn keep(&mut self, number: u32, value: Arc<T>) {
        if self.by_number.len() <= place(number) {
            self.by_number.resize(place(number) + 1, None);
        }
        self.by_number[place(number)] = Some(Arc::clone(&value));
        self.numbers.insert(value, number);
    }

    /// What was written in a transaction that failed is not there.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Where the value of a number stands.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A value in a table of its own.
pub(super) trait Shareable: Sized {
    /// Writes it where it is missing; returns its number.
    fn write(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u32>;

    /// Reads the one that has this number.
    fn read(connection: &Connection, number: u32) -> rusqlite::Result<Self>;
}

const CLASS: &str = "kind, status, reply, reason, party, confidence, permanence, origin, mixed";

impl Shareable for Class {
    fn write(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u32> {
        let status = self.status.map_or_else(String::new, |status| status.to_string());
        let columns = params![
            self.kind.slug(),
            status,
            self.reply.unwrap_or(0),
            self.reason.slug(),
            self.party.slug(),
            self.confidence.slug(),
            self.permanence.slug(),
            self.origin.slug(),
            self.mixed,
        ];
        let insert = format!(
            "INSERT INTO class ({CLASS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT DO NOTHING"
        );
        transaction.prepare_cached(&insert)?.execute(columns)?;
        let select =
            format!("SELECT id FROM class WHERE ({CLASS}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        transaction.prepare_cached(&select)?.query_row(columns, |record| record.get(0))
    }

    fn read(connection: &Connection, number: u32) -> rusqlite::Result<Self> {
        let select = format!("SELECT {CLASS} FROM class WHERE id = ?1");
        connection.prepare_cached(&select)?.query_row([number], |record| {
            let status: String = record.get("status")?;
            let reply: u16 = record.get("reply")?;
            Ok(Self {
                kind: named(record, "kind", Kind::from_slug)?,
                status: Status::read(&status),
                reply: if reply == 0 { None } else { Some(reply) },
                reason: named(record, "reason", Reason::from_slug)?,
                party: named(record, "party", Party::from_slug)?,
                confidence: named(record, "confidence", Confidence::from_slug)?,
                permanence: named(record, "permanence", Permanence::from_slug)?,
                origin: named(record, "origin", Backscatter::from_slug)?,
                mixed: record.get("mixed")?,
            })
        })
    }
}

impl Shareable for Cause {
    fn write(&self, transaction: &Transaction<'_>) -> rusqlite::Result<u32> {
        let packed = packed::pack(self)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        let known = transaction
            .prepare_cached("SELECT id FROM cause WHERE packed = ?1")?
            .query_row([&packed], |record| record.get(0))
            .optional()?;
        if let Some(number) = known {
            return Ok(number);
        }
        transaction.prepare_cached("INSERT INTO cause (packed) VALUES (?1)")?.execute([packed])?;
        Ok(u32::try_from(transaction.last_insert_rowid()).unwrap_or(u32::MAX))
    }

    fn read(connection: &Connection, number: u32) -> rusqlite::Result<Self> {
        let mut select = connection.prepare_cached("SELECT packed FROM cause WHERE id = ?1")?;
        let packed: Vec<u8> = select.query_row([number], |record| record.get(0))?;
        packed::unpack(&packed).map_err(unpacked)
    }
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
