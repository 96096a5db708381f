//! Everything a message holds, for the person who looks closer: headers, the decoded parts line by
//! line, the source, and what was not understood. Made on demand for one message.

use crate::mail::canonical::canonical;
use crate::mail::charset::lossy;
use crate::mail::{Entity, Headers, SafeText, Walk, language};

mod known;

use super::letter::Letter;
use super::notice::errors::looks_like_error;
use super::notice::text::NoticeText;
use super::read::Bounce;
use super::said::{Part, Said};

use self::known::KnownAnswers;

/// Lines of the source that are kept.
const SOURCE_LINES: usize = 20_000;
/// Lines of one decoded part that are kept.
const PART_LINES: usize = 5_000;
/// Lines that were not understood that are kept.
const UNREAD_LINES: usize = 50;
/// Fields of a delivery report that have a place of their own (RFC 3464 section 2; Sendmail's,
/// Postfix's and Exchange's additions).
const KNOWN_FIELDS: [&str; 20] = [
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
    "will-retry-until",
    "x-actual-recipient",
    "x-display-name",
    "x-postfix-queue-id",
    "x-postfix-sender",
    "x-original-arrival-date",
    "x-supplementary-info",
];

/// A message taken apart.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Header of the report, as written.
    pub report_headers: Vec<HeaderLine>,
    /// Header of the returned message, as written.
    pub original_headers: Vec<HeaderLine>,
    /// The parts that verdicts can rest on, decoded.
    pub parts: Vec<Lines>,
    /// Fields and lines that mean something to somebody and were not understood.
    pub not_understood: Vec<SafeText>,
    /// The message as it came, line by line.
    pub source: Vec<SafeText>,
    /// True when the source has more lines than are kept here.
    pub source_cut: bool,
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
pub struct Lines {
    /// Which part.
    pub part: Part,
    /// One past its last byte that is kept.
    pub end: usize,
    /// First byte of each line in the decoded part, and the line.
    pub lines: Vec<(usize, SafeText)>,
}

impl Inspection {
    /// Takes a message apart that was read as `bounce`.
    #[must_use]
    pub fn of(raw: &[u8], bounce: &Bounce) -> Self {
        let bytes = canonical(raw);
        let mut walk = Walk::default();
        let entity = walk.message(&bytes);
        let letter = Letter::sort(&entity);
        let mut inspection =
            Self { report_headers: header_lines(letter.headers), ..Self::default() };
        inspection.add(&letter, bounce, bounce.wrapped, &mut walk);
        let mut source = bytes.split(|b| *b == b'\n');
        inspection.source =
            source.by_ref().take(SOURCE_LINES).map(|l| SafeText::line(&lossy(l))).collect();
        inspection.source_cut = source.next().is_some();
        inspection
    }

    /// Adds the parts of the report, which stands so many messages deeper.
    fn add(&mut self, letter: &Letter<'_>, bounce: &Bounce, deeper: usize, walk: &mut Walk) {
        let notice = NoticeText::new(&letter.text, letter.text_part);
        let returned = letter.returned_message(&notice);
        if let Some(inside) =
            returned.as_deref().filter(|_| deeper > 0).and_then(|bytes| walk.nested(bytes))
        {
            return self.add(&Letter::sort(&inside), bounce, deeper - 1, walk);
        }
        self.language = suggestion(letter, returned.as_deref());
        self.original_headers =
            returned.map(|bytes| header_lines(&Headers::read(&bytes).0)).unwrap_or_default();
        self.parts.push(Lines::of(letter.text_part, &letter.text));
        self.parts.extend(letter.report.iter().map(|report| Lines::of(Part::Report, report)));
        self.not_understood = not_understood(letter, &notice, bounce);
    }

    /// Where a quotation stands: its part, and the number of its first and last line counted from
    /// 1.
    #[must_use]
    pub fn place(&self, part: Part, start: usize, end: usize) -> Option<(&Lines, usize, usize)> {
        let inside = |lines: &&Lines| lines.part == part && lines.end > start;
        let lines = self.parts.iter().find(inside)?;
        let number = |at: usize| lines.lines.partition_point(|(start, _)| *start <= at).max(1);
        Some((lines, number(start), number(end.saturating_sub(1).max(start))))
    }
}

impl Lines {
    fn of(part: Part, text: &str) -> Self {
        let mut start = 0;
        let lines = text.split('\n').take(PART_LINES).map(|line| {
            let at = start;
            start += line.len() + 1;
            (at, SafeText::line(line))
        });
        let lines = lines.collect();
        Self { part, lines, end: start }
    }
}

fn header_lines(headers: &Headers<'_>) -> Vec<HeaderLine> {
    headers
        .fields()
        .iter()
        .map(|f| HeaderLine { name: SafeText::new(f.name), value: f.value.text() })
        .collect()
}

/// The language of the returned message if its text came back, else of the report.
fn suggestion(letter: &Letter<'_>, returned: Option<&[u8]>) -> Option<String> {
    let of_original = returned.and_then(|returned| {
        let mut walk = Walk::default();
        let entity: Entity<'_> = walk.message(returned);
        let text = entity
            .leaves()
            .into_iter()
            .find(|leaf| leaf.is_readable())
            .map(|leaf| leaf.text().into_owned());
        let subject =
            entity.headers.get("subject").map(|v| v.text().to_string()).unwrap_or_default();
        language::of(&entity.headers, &format!("{subject} {}", text.unwrap_or_default()))
    });
    of_original.or_else(|| language::of(letter.headers, &letter.text))
}

/// Unknown fields of the report, and lines of the text that carry a code and belong to no delivery.
/// What says over again what a delivery tells is left out.
fn not_understood(letter: &Letter<'_>, notice: &NoticeText<'_>, bounce: &Bounce) -> Vec<SafeText> {
    let coded = |line: &str| {
        let codes = crate::bounce::status::codes(line);
        codes.status.is_some() || codes.reply.is_some()
    };
    let unknown_field = |line: &&str| {
        let name = line.split_once(':').map(|(name, _)| name.trim_end().to_ascii_lowercase());
        !line.starts_with([' ', '\t'])
            && name
                .is_some_and(|name| !name.contains(' ') && !KNOWN_FIELDS.contains(&name.as_str()))
    };
    let told = KnownAnswers::of(&bounce.deliveries);
    let fields = letter.report.iter().flat_map(|report| report.lines()).filter(unknown_field);
    let fields = fields.filter(|field| !told.holds(field)).map(SafeText::new);
    let mut used: Vec<&Said> = bounce
        .deliveries
        .iter()
        .flat_map(|d| [&d.said, &d.last_error, &d.status_line])
        .flatten()
        .collect();
    used.sort_unstable_by_key(|said| (said.part != letter.text_part, said.start));
    used.dedup();
    let (mut quoted_to, mut next) = (0, 0);
    let mut start = 0;
    let mut left = Vec::new();
    let returned = notice.returned_at.unwrap_or(usize::MAX);
    for line in letter.text.split('\n') {
        let at = start;
        start += line.len() + 1;
        if at >= returned || left.len() == UNREAD_LINES {
            break;
        }
        while let Some(said) =
            used.get(next).filter(|said| said.part == letter.text_part && said.start < start)
        {
            quoted_to = quoted_to.max(said.end);
            next += 1;
        }
        if quoted_to <= at && looks_like_error(line.trim()) && coded(line) && !told.holds(line) {
            left.push(SafeText::new(line.trim()));
        }
    }
    fields.chain(left).take(UNREAD_LINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::read;

    const REPORT: &[u8] = b"From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n550 5.7.1 odd thing\n\nFailed with code: 550 5.1.1\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\nX-Vendor-Trace: 88a1\nX-Vendor-Said: 550 5.1.1 No such user\n\nFinal-Recipient: rfc822; u@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user\n--b\nContent-Type: text/rfc822-headers\n\nSubject: Oferta\nContent-Language: pl\n--b--\n";

    #[test]
    fn a_message_is_taken_apart() {
        let bounce = read(REPORT);
        let inspection = Inspection::of(REPORT, &bounce);
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
