//! Deliveries and incidents as lines: a table for people, CSV for spreadsheets, JSON for programs.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use crate::bounce::Kind;
use crate::diagnosis::remedy::Permanence;
use crate::diagnosis::{Confidence, Language, Party, Reason};
use crate::human;
use crate::incident::{Contribution, Incident, IncidentId};
use crate::layout::{clip, width};
use crate::listing::{ColumnWords, Row};
use crate::mail::SafeText;

use super::json;

/// Steps of the trend of an incident.
const STEPS: usize = 8;

/// A delivery on its way into a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Where it came from, as `explain` names it.
    pub file: SafeText,
    /// Message-ID of the report.
    pub message_id: Option<SafeText>,
    /// What the list shows of it.
    pub row: Row,
    /// The incident it belongs to.
    pub incident: IncidentId,
    /// The line that its verdict rests on.
    pub evidence: Option<SafeText>,
}

impl Listed {
    /// A delivery that was read.
    #[must_use]
    pub fn new(
        file: SafeText,
        message_id: Option<SafeText>,
        row: Row,
        evidence: Option<SafeText>,
    ) -> Self {
        let incident = row.cause.id();
        Self { file, message_id, row, incident, evidence }
    }

    /// What it adds to its incident.
    #[must_use]
    pub fn contribution(&self) -> Contribution {
        self.row.contribution(self.evidence.clone())
    }
}

/// A delivery as a line. Field names are a public interface.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryLine<'a> {
    file: &'a str,
    message_id: Option<&'a str>,
    time: Option<String>,
    kind: Kind,
    status: Option<String>,
    reply_code: Option<String>,
    reason: Reason,
    owner: Party,
    confidence: Confidence,
    permanence: Permanence,
    recipient: Option<&'a str>,
    sender: Option<&'a str>,
    host: Option<&'a str>,
    queue_id: Option<&'a str>,
    incident: String,
    evidence: Option<&'a str>,
    deliveries: usize,
}

impl<'a> DeliveryLine<'a> {
    pub(super) fn of(listed: &'a Listed) -> Self {
        let row = &listed.row;
        Self {
            file: &listed.file,
            message_id: listed.message_id.as_deref(),
            time: row.time.map(moment),
            kind: row.class.kind,
            status: row.class.status.map(|status| status.to_string()),
            reply_code: row.class.reply.map(|reply| reply.to_string()),
            reason: row.class.reason,
            owner: row.class.party,
            confidence: row.class.confidence,
            permanence: row.class.permanence,
            recipient: row.recipient.as_deref(),
            sender: row.sender.as_deref(),
            host: row.host.as_deref(),
            queue_id: row.queue_id.as_deref(),
            incident: listed.incident.to_string(),
            evidence: listed.evidence.as_deref(),
            deliveries: row.deliveries(),
        }
    }
}

/// An incident as a line. Field names are a public interface.
#[derive(Debug, Serialize)]
pub(super) struct IncidentLine<'a> {
    incident: String,
    count: u64,
    kind: Kind,
    owner: Party,
    reason: Reason,
    status: Option<String>,
    permanence: Permanence,
    at: Option<&'a str>,
    about: Option<&'a str>,
    senders: usize,
    recipients: usize,
    first: Option<String>,
    last: Option<String>,
    trend: Vec<u64>,
    evidence: Option<&'a str>,
    message_ids: Vec<&'a str>,
}

impl<'a> IncidentLine<'a> {
    pub(super) fn of(grouped: &Grouped<'a>) -> Self {
        let incident = grouped.incident;
        Self {
            incident: incident.id().to_string(),
            count: incident.count,
            kind: incident.cause.kind,
            owner: incident.cause.party,
            reason: incident.reason(),
            status: incident.status().map(|status| status.to_string()),
            permanence: incident.permanence(),
            at: incident.cause.at.as_deref(),
            about: incident.cause.about.as_deref(),
            senders: incident.senders(),
            recipients: incident.recipients(),
            first: incident.first.map(moment),
            last: incident.last.map(moment),
            trend: incident.trend(STEPS),
            evidence: incident.evidence.as_deref(),
            message_ids: grouped.message_ids.clone(),
        }
    }
}

/// An incident and the reports that tell of it.
#[derive(Clone, Debug)]
pub struct Grouped<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Message-IDs of the reports.
    pub message_ids: Vec<&'a str>,
}

fn moment(at: Timestamp) -> String {
    at.to_string()
}

/// Writes deliveries as JSON, one object a line.
///
/// # Errors
/// When it cannot be written.
pub fn deliveries_as_json(listed: &[Listed], out: &mut impl Write) -> io::Result<()> {
    for one in listed {
        json_line(&DeliveryLine::of(one), out)?;
    }
    Ok(())
}

/// Writes incidents as JSON, one object a line.
///
/// # Errors
/// When it cannot be written.
pub fn incidents_as_json(grouped: &[Grouped<'_>], out: &mut impl Write) -> io::Result<()> {
    for one in grouped {
        json_line(&IncidentLine::of(one), out)?;
    }
    Ok(())
}

pub(super) fn json_line(line: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    json::write(line, &mut text)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// Writes deliveries as CSV (RFC 4180) with the names of the JSON in the first line. A cell that a
/// spreadsheet would compute begins with an apostrophe.
///
/// # Errors
/// When it cannot be written.
pub fn deliveries_as_csv(listed: &[Listed], out: &mut impl Write) -> io::Result<()> {
    let lines = listed.iter().map(DeliveryLine::of);
    csv(lines.map(serde_json::to_value), out)
}

/// Writes incidents as CSV; see [`deliveries_as_csv`].
///
/// # Errors
/// When it cannot be written.
pub fn incidents_as_csv(grouped: &[Grouped<'_>], out: &mut impl Write) -> io::Result<()> {
    let lines = grouped.iter().map(IncidentLine::of);
    csv(lines.map(serde_json::to_value), out)
}

fn csv(
    lines: impl Iterator<Item = serde_json::Result<serde_json::Value>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut writer =
        csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(out);
    let mut names_written = false;
    for line in lines {
        let serde_json::Value::Object(cells) = line? else { continue };
        if !names_written {
            writer.write_record(cells.keys()).map_err(cause)?;
            names_written = true;
        }
        writer.write_record(cells.values().map(cell)).map_err(cause)?;
    }
    writer.flush()
}

/// What kept the lines from being written.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A value as the text of a cell.
fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => harmless(text),
        serde_json::Value::Array(values) => {
            let mut texts = Vec::new();
            for value in values {
                texts.push(cell(value));
            }
            harmless(&texts.join(" "))
        }
        other => other.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
pub struct TableStyle {
    /// Columns of the terminal; None where it goes into a file, whose lines are as long as they
    /// are.
    pub width: Option<usize>,
    /// Only ASCII characters.
    pub ascii: bool,
    /// The language of the words.
    pub language: Language,
    /// Now, for ages.
    pub now: Timestamp,
}

/// Writes deliveries as a table.
///
/// # Errors
/// When it cannot be written.
pub fn deliveries_as_table(
    listed: &[Listed],
    style: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let words = ColumnWords::of(style.language);
    let mut table = Columns::new(["AGE", "STATUS", "WHO", "REASON", "RECIPIENT", "SENDER", "HOST"]);
    for one in listed {
        let row = &one.row;
        table.add([
            human::age(row.time, style.now),
            row.code(),
            words.who(row).to_owned(),
            words.reason(row).to_owned(),
            recipient(row, &words),
            said(row.sender.as_ref()),
            said(row.host.as_ref()),
        ]);
    }
    table.write(style, out)
}

/// Writes incidents as a table.
///
/// # Errors
/// When it cannot be written.
pub fn incidents_as_table(
    grouped: &[Grouped<'_>],
    style: TableStyle,
    out: &mut impl Write,
) -> io::Result<()> {
    let words = ColumnWords::of(style.language);
    let names = ["COUNT", "STATUS", "WHO", "WHAT", "SENDERS", "FIRST", "LAST", "TREND"];
    let mut table = Columns::new(names);
    for one in grouped {
        let incident = one.incident;
        table.add([
            incident.count.to_string(),
            incident.status().map_or_else(|| "-".to_owned(), |status| status.to_string()),
            words.party_of(incident.cause.kind, incident.cause.party).to_owned(),
            words.incident(&incident.cause, incident.reason()),
            incident.senders().to_string(),
            human::age(incident.first, style.now),
            human::age(incident.last, style.now),
            human::trend(&incident.trend(STEPS), style.ascii),
        ]);
    }
    table.write(style, out)
}

/// The address, or how many recipients a row stands for.
fn recipient(row: &Row, words: &ColumnWords) -> String {
    match row.further {
        0 => said(row.recipient.as_ref()),
        _ => words.more(&human::count(row.deliveries())),
    }
}

fn said(text: Option<&SafeText>) -> String {
    match text {
        Some(text) => text.to_string(),
        None => "-".to_owned(),
    }
}

/// Texts in columns that are as wide as they must be.
struct Columns<const N: usize> {
    lines: Vec<[String; N]>,
}

impl<const N: usize> Columns<N> {
    fn new(names: [&str; N]) -> Self {
        Self { lines: vec![names.map(str::to_owned)] }
    }

    fn add(&mut self, cells: [String; N]) {
        self.lines.push(cells);
    }

    fn write(&self, style: TableStyle, out: &mut impl Write) -> io::Result<()> {
        let mut widths = [0; N];
        for line in &self.lines {
            for (widest, cell) in widths.iter_mut().zip(line) {
                *widest = width(cell).max(*widest);
            }
        }
        for line in &self.lines {
            let mut text = String::new();
            for (cell, columns) in line.iter().zip(widths) {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', columns + 2 - width(cell)));
            }
            let text = text.trim_end();
            match style.width {
                Some(columns) => writeln!(out, "{}", clip(text, columns, style.ascii))?,
                None => writeln!(out, "{text}")?,
            }
        }
        Ok(())
    }
}
