//! What live checks have found, beside the messages they are about.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row as Record, params};

use crate::bounce::Bounce;
use crate::checks::{Check, Finding, FindingVerdict, Trouble};
use crate::mail::SafeText;

use super::dictionary::{named, unpacked};
use super::error::Error;
use super::key::MailboxKey;
use super::open::Store;
use super::packed;

/// Where a kept delivery lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeptPlace {
    /// The mailbox.
    pub mailbox: MailboxKey,
    /// UID of its message.
    pub uid: u32,
    /// Which of the recipients, counted from 0.
    pub number: u32,
}

impl Store {
    /// What a message says; None when it is no longer kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn bounce(&self, place: KeptPlace) -> Result<Option<Bounce>, Error> {
        bounce(&self.connection, place).map_err(|error| self.failed(error))
    }

    /// Keeps findings about deliveries, all or none; each takes the place of an earlier one of the
    /// same check. Deliveries that are no longer kept are left out.
    ///
    /// # Errors
    /// When the store fails; then nothing is kept.
    pub fn put_findings(&mut self, found: &[(KeptPlace, &Finding)]) -> Result<(), Error> {
        put(&mut self.connection, found).map_err(|error| self.failed(error))
    }

    /// What was found about a delivery, in the order of the checks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn findings(&self, place: KeptPlace) -> Result<Vec<Finding>, Error> {
        findings(&self.connection, place).map_err(|error| self.failed(error))
    }
}

fn bounce(connection: &Connection, place: KeptPlace) -> rusqlite::Result<Option<Bounce>> {
    let mut select = connection.prepare_cached(
        "SELECT bounce FROM message WHERE mailbox = ?1 AND uid = ?2 AND length(bounce) > 0",
    )?;
    let packed: Option<Vec<u8>> =
        select.query_row(params![place.mailbox.0, place.uid], |record| record.get(0)).optional()?;
    match packed {
        Some(packed) => packed::unpack(&packed).map(Some).map_err(unpacked),
        None => Ok(None),
    }
}

fn put(connection: &mut Connection, found: &[(KeptPlace, &Finding)]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare(
            "INSERT OR REPLACE INTO finding
                 (message, number, question, about, verdict, says, proof, asked, trouble)
             SELECT id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
             FROM message WHERE mailbox = ?1 AND uid = ?2",
        )?;
        for (place, finding) in found {
            let proof = packed::pack(&finding.proof)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
            insert.execute(params![
                place.mailbox.0,
                place.uid,
                place.number,
                finding.check.slug(),
                finding.about.as_str(),
                finding.verdict.slug(),
                finding.says.as_str(),
                proof,
                finding.asked.as_millisecond(),
                finding.trouble.map(Trouble::slug),
            ])?;
        }
    }
    transaction.commit()
}

fn findings(connection: &Connection, place: KeptPlace) -> rusqlite::Result<Vec<Finding>> {
    let mut select = connection.prepare_cached(
        "SELECT question, about, verdict, says, proof, asked, trouble
         FROM finding JOIN message ON message.id = finding.message
         WHERE mailbox = ?1 AND uid = ?2 AND number = ?3",
    )?;
    let KeptPlace { mailbox, uid, number } = place;
    let found = select.query_map(params![mailbox.0, uid, number], finding)?;
    let mut findings = found.collect::<Result<Vec<Finding>, _>>()?;
    findings.sort_by_key(|finding| finding.check);
    Ok(findings)
}

fn finding(record: &Record<'_>) -> rusqlite::Result<Finding> {
    let text = |name: &str| record.get::<_, String>(name).map(|text| SafeText::line(&text));
    let proof: Vec<u8> = record.get("proof")?;
    let trouble: Option<String> = record.get("trouble")?;
    Ok(Finding {
        check: named(record, "question", Check::from_slug)?,
        about: text("about")?,
        verdict: named(record, "verdict", FindingVerdict::from_slug)?,
        says: text("says")?,
        proof: packed::unpack(&proof).map_err(unpacked)?,
        asked: Timestamp::from_millisecond(record.get("asked")?).unwrap_or_default(),
        trouble: trouble.as_deref().and_then(Trouble::from_slug),
    })
}
