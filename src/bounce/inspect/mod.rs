//! Everything a message holds, for the person who looks closer: headers, the decoded parts line by
//! line, the source, and what was not understood. Made on demand for one message.

use crate::mail::charset::lossy;
use crate::mail::header::FieldValue;
use crate::mail::{Headers, SafeText, Walk, language};

mod decoded;
mod kept;
mod known;

use super::delivery::Delivery;
use super::letter::Letter;
use super::notice::errors::looks_like_error;
use super::notice::text::NoticeText;
use super::report::is_queue_id;
use super::said::{Part, Said};
use super::status::{Codes, codes};
use super::told::Told;

use self::kept::{LINE_BYTES, LINES_BYTES, beginning};
use self::known::KnownAnswers;

pub use self::decoded::Decoded;

/// Lines of the source that are kept.
const SOURCE_LINES: usize = 20_000;
/// Lines of one decoded part that are kept.
const PART_LINES: usize = 5_000;
/// Lines that were not understood that are kept.
const UNREAD_LINES: usize = 50;
/// Fields of a delivery report that have a place of their own (RFC 3464 section 2; Sendmail's,
/// Postfix's and Exchange's additions).
const KNOWN_FIELDS: [&str; 21] = [
    "reporting-mta",
    "dsn-gateway",
    "received-from-mta",
    "arrival-date",
    "original-envelope-id",
    "final-recipient",
    "original-recipient",
    "action",
    "status",
    "remote-mta",
    "diagnostic-code",
    "last-attempt-date",
    "final-log-id",
    "disposition",
    "original-message-id",
    "reporting-ua",
    "will-retry-until",
    "x-actual-recipient",
    "x-display-name",
    "x-original-arrival-date",
    "x-supplementary-info",
];

/// A message taken apart.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Its own words for people.
    pub told: Told,
    /// Header of the report, as written.
    pub report_headers: Vec<HeaderLine>,
    /// Header of the returned message, as written.
    pub original_headers: Vec<HeaderLine>,
    /// The parts that verdicts can rest on, decoded.
    pub parts: Vec<PartLines>,
    /// Fields and lines that mean something to somebody and were not understood.
    pub not_understood: Vec<SafeText>,
    /// The message as it came, line by line.
    pub source: Vec<SafeText>,
    /// True when the source has more lines than are kept here.
    pub source_cut: bool,
    /// All its parts as text, where that was asked for.
    pub decoded: Option<Decoded>,
    /// The language it seems to be written in (BCP 47).
    pub language: Option<String>,
}

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLine {
    /// Its name.
    pub name: SafeText,
    /// Its value, unfolded and decoded.
    pub value: SafeText,
}

/// A decoded part, line by line.
#[derive(Clone, Debug, Default)]
pub struct PartLines {
    /// Which part.
    pub part: Part,
    /// One past its last byte that is kept.
    pub end: usize,
    /// First byte of each line in the decoded part, and the line.
    pub lines: Vec<(usize, SafeText)>,
}

impl Inspection {
    /// Adds the message as it came, its line ends canonical.
    pub(super) fn add_source(&mut self, headers: &Headers<'_>, bytes: &[u8]) {
        self.report_headers = header_lines(headers);
        let mut room = LINES_BYTES;
        for line in bytes.split(|b| *b == b'\n') {
            if self.source.len() == SOURCE_LINES || room == 0 {
                self.source_cut = true;
                break;
            }
            let beginning = &line[..line.len().min(LINE_BYTES)];
            self.source_cut |= beginning.len() < line.len();
            room = room.saturating_sub(beginning.len());
            self.source.push(SafeText::line(&lossy(beginning)));
        }
    }

    /// Adds the parts of the report, which may lie deeper in the message.
    pub(super) fn add_report(
        &mut self,
        letter: &Letter<'_>,
        notice: &NoticeText<'_>,
        returned: Option<&[u8]>,
        deliveries: &[Delivery],
    ) {
        self.language = suggestion(letter, returned);
        if let Some(returned) = returned {
            self.original_headers = header_lines(&Headers::read(returned).0);
        }
        self.parts.push(PartLines::of(letter.text_part, &letter.text));
        if let Some(report) = &letter.report {
            self.parts.push(PartLines::of(Part::Report, report));
        }
        self.not_understood = not_understood(letter, notice, &self.told, deliveries);
    }

    /// Where a quotation stands: its part, and the number of its first and last line counted from
    /// 1.
    #[must_use]
    pub fn place(
        &self,
        part: Part,
        start: usize,
        end: usize,
    ) -> Option<(&PartLines, usize, usize)> {
        let lines = self.parts.iter().find(|lines| lines.part == part && lines.end > start)?;
        let last = end.saturating_sub(1).max(start);
        Some((lines, lines.number_of(start), lines.number_of(last)))
    }
}

impl PartLines {
    fn of(part: Part, text: &str) -> Self {
        let mut lines = Self { part, end: 0, lines: Vec::new() };
        let mut room = LINES_BYTES;
        for line in text.split('\n').take(PART_LINES) {
            let beginning = beginning(line);
            room = room.saturating_sub(beginning.len());
            lines.lines.push((lines.end, SafeText::line(beginning)));
            lines.end += line.len() + 1;
            if room == 0 {
                break;
            }
        }
        lines
    }

    /// The number of the line that holds a byte, counted from 1.
    fn number_of(&self, byte: usize) -> usize {
        self.lines.partition_point(|(start, _)| *start <= byte).max(1)
    }
}

fn header_lines(headers: &Headers<'_>) -> Vec<HeaderLine> {
    let mut lines = Vec::with_capacity(headers.fields().len());
    let mut room = LINES_BYTES;
    for field in headers.fields() {
        let mut value = field.value.text();
        if value.len() > LINE_BYTES {
            value = SafeText::new(&format!("{} ...", beginning(&value)));
        }
        room = room.saturating_sub(value.len());
        lines.push(HeaderLine { name: SafeText::new(beginning(field.name)), value });
        if room == 0 {
            break;
        }
    }
    lines
}

/// The language of the returned message if its text came back, else of the report.
fn suggestion(letter: &Letter<'_>, returned: Option<&[u8]>) -> Option<String> {
    if let Some(returned) = returned
        && let Some(language) = language_of(returned)
    {
        return Some(language);
    }
    language::of(letter.headers, &letter.text)
}

/// The language of a message, by its header, its subject and its first text.
fn language_of(message: &[u8]) -> Option<String> {
    let entity = Walk::default().message(message);
    let mut words =
        entity.headers.get("subject").map(FieldValue::text).unwrap_or_default().to_string();
    words.push(' ');
    if let Some(leaf) = entity.leaves().into_iter().find(|leaf| leaf.is_readable()) {
        words.push_str(&leaf.text());
    }
    language::of(&entity.headers, &words)
}

/// Unknown fields of the report, and lines of the text that carry a code and belong to no delivery.
/// What says over again what a delivery tells is left out, and what the report says in sections of
/// its own.
fn not_understood(
    letter: &Letter<'_>,
    notice: &NoticeText<'_>,
    told: &Told,
    deliveries: &[Delivery],
) -> Vec<SafeText> {
    let known = KnownAnswers::of(deliveries);
    let mut left = Vec::new();
    for line in letter.report.iter().flat_map(|report| report.lines()) {
        if left.len() < UNREAD_LINES && is_unknown_field(line) && !known.holds(line) {
            left.push(SafeText::new(beginning(line)));
        }
    }
    let mut quotations = quotations(deliveries, letter.text_part).into_iter().peekable();
    let (mut quoted_to, mut start) = (0, 0);
    let end = notice.returned_at.unwrap_or(usize::MAX);
    for line in letter.text.split('\n') {
        let at = start;
        start += line.len() + 1;
        if at >= end || left.len() >= UNREAD_LINES {
            break;
        }
        while let Some(said) = quotations.next_if(|said| said.start < start) {
            quoted_to = quoted_to.max(said.end);
        }
        let read = quoted_to > at || told.covers(at);
        if !read && tells_code(line) && !known.holds(line) {
            left.push(SafeText::new(beginning(line.trim())));
        }
    }
    left
}

/// True for the first line of a field that has no place of its own.
fn is_unknown_field(line: &str) -> bool {
    let Some((name, _)) = line.split_once(':') else { return false };
    let name = name.trim_end().to_ascii_lowercase();
    let known = KNOWN_FIELDS.contains(&name.as_str())
        || is_queue_id(&name)
        || name.starts_with("x-") && name.ends_with("-sender");
    !line.starts_with([' ', '\t']) && !name.contains(' ') && !known
}

/// True for an error with a code.
fn tells_code(line: &str) -> bool {
    looks_like_error(line.trim()) && codes(line) != Codes::default()
}

/// What is quoted of a part, in its order.
fn quotations(deliveries: &[Delivery], part: Part) -> Vec<&Said> {
    let mut quotations: Vec<&Said> = Vec::new();
    for delivery in deliveries {
        quotations.extend(&delivery.said);
        quotations.extend(&delivery.last_error);
        quotations.extend(&delivery.status_line);
    }
    quotations.retain(|said| said.part == part);
    quotations.sort_unstable_by_key(|said| said.start);
    quotations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::{Depth, read_with};

    const REPORT: &[u8] = b"From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n550 5.7.1 odd thing\n\nFailed with code: 550 5.1.1\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\nX-Vendor-Trace: 88a1\nX-Vendor-Said: 550 5.1.1 No such user\n\nFinal-Recipient: rfc822; u@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user\n--b\nContent-Type: text/rfc822-headers\n\nSubject: Oferta\nContent-Language: pl\n--b--\n";

    #[test]
    fn a_message_is_taken_apart() {
        let (bounce, inspection) = read_with(REPORT, Depth::Inspect);
        assert_eq!(inspection.report_headers.len(), 2);
        assert_eq!(inspection.original_headers[0].value.as_str(), "Oferta");
        assert_eq!(inspection.language.as_deref(), Some("pl"));
        let unread: Vec<&str> = inspection.not_understood.iter().map(SafeText::as_str).collect();
        assert_eq!(unread, ["X-Vendor-Trace: 88a1", "550 5.7.1 odd thing"]);
        let said = bounce.deliveries[0].said.as_ref().expect("it says something");
        let (lines, first, last) =
            inspection.place(said.part, said.start, said.end).expect("it stands somewhere");
        assert_eq!((first, last), (8, 8));
        assert!(lines.lines[7].1.contains("550 5.1.1 No such user"));
    }
}
