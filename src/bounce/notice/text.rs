//! The human text of a report as lines, with the returned message cut off.

use std::borrow::Cow;

use crate::mail::find::begins;
use crate::mail::header::field_name;
use crate::mail::limits::TEXT_BYTES;

use crate::bounce::said::{Part, Said};

/// One line of a report and where it begins in its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// Byte offset in the decoded part.
    pub start: usize,
    /// The line without its end and without trailing blanks.
    pub text: &'t str,
}

impl<'t> Line<'t> {
    /// The line without leading blanks.
    #[must_use]
    pub fn trimmed(&self) -> &'t str {
        self.text.trim_start()
    }

    /// True for an empty line.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Where the line ends, in bytes.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// How far the line is indented; a tab counts for eight.
    #[must_use]
    pub fn indent(&self) -> usize {
        self.text
            .bytes()
            .map_while(|b| match b {
                b' ' => Some(1),
                b'\t' => Some(8),
                _ => None,
            })
            .sum()
    }

    /// True when the line, blanks and rules of dashes or stars in front left out, begins with the
    /// phrase, whatever its case.
    #[must_use]
    pub fn begins(&self, phrase: &str) -> bool {
        begins(self.text.trim_start_matches([' ', '\t', '-', '*', '|', '=', '_', '#']), phrase)
    }

    /// True when it begins with one of the phrases: see [`Line::begins`].
    #[must_use]
    pub fn begins_with_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.begins(phrase))
    }
}

/// The report's own words, and the returned message where it stands below them as text.
#[derive(Clone, Debug)]
pub struct NoticeText<'t> {
    text: &'t str,
    /// Plain text or text made of HTML.
    pub part: Part,
    /// The lines above the returned message.
    pub lines: Vec<Line<'t>>,
    /// Byte offset of the returned message; None when there is none in the text.
    pub returned_at: Option<usize>,
    /// The returned header has lost the blanks in front of its folded lines.
    unfolded: bool,
}

impl<'t> NoticeText<'t> {
    /// Splits the human text of a report.
    #[must_use]
    pub fn new(text: &'t str, part: Part) -> Self {
        let mut end = text.len().min(TEXT_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let base = text.as_ptr() as usize;
        let mut lines: Vec<Line<'t>> = text
            .split('\n')
            .map(|line| Line { start: line.as_ptr() as usize - base, text: line.trim_end() })
            .collect();
        let cut = returned_message(&lines);
        let returned_at = cut.map(|cut| lines[cut.message].start);
        let unfolded = cut.is_some_and(|cut| cut.unfolded);
        if let Some(cut) = cut {
            lines.truncate(cut.separator);
        }
        Self { text, part, lines, returned_at, unfolded }
    }

    /// The returned message that stands below the report as text. Quote marks in front of its lines
    /// are taken away.
    #[must_use]
    pub fn returned(&self) -> Option<Cow<'t, str>> {
        let message = &self.text[self.returned_at?..];
        if self.unfolded {
            return Some(Cow::Owned(refolded(message)));
        }
        let quote = ["> ", ">"].into_iter().find(|quote| message.starts_with(quote));
        let Some(quote) = quote else { return Some(Cow::Borrowed(message)) };
        let lines: Vec<_> = message
            .lines()
            .map(|line| line.strip_prefix(quote).or_else(|| line.strip_prefix('>')).unwrap_or(line))
            .collect();
        Some(Cow::Owned(lines.join("\n")))
    }

    /// The words above the returned message.
    #[must_use]
    pub fn own_text(&self) -> &'t str {
        let end = self.lines.last().map_or(0, Line::end);
        &self.text[..end]
    }

    /// The line that holds a byte.
    #[must_use]
    pub fn line_at(&self, byte: usize) -> Option<Line<'t>> {
        self.lines.get(self.lines.partition_point(|line| line.end() < byte)).copied()
    }

    /// The text between two bytes.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The passage from the start of one line to the end of another as an error text.
    #[must_use]
    pub fn passage(&self, start: usize, end: usize) -> Said {
        Said::new(self.slice(start, end), self.part, start)
    }

    /// The first line that begins with the phrase and what follows the phrase in it.
    #[must_use]
    pub fn after(&self, phrase: &str) -> Option<&'t str> {
        self.lines.iter().find_map(|line| {
            begins(line.trimmed(), phrase).then(|| line.trimmed()[phrase.len()..].trim())
        })
    }
}

/// Where the returned message begins: the first line that is no longer the report's, and the first
/// line of the message.
#[derive(Clone, Copy)]
struct Cut {
    separator: usize,
    message: usize,
    unfolded: bool,
}

/// Finds the header of the returned message by its shape; a separator line in any language may
/// stand above it.
fn returned_message(lines: &[Line<'_>]) -> Option<Cut> {
    let mut at = 0;
    while at < lines.len() {
        let line = unquoted(lines[at].text);
        if field_name(line.as_bytes()).is_none() || line.starts_with(' ') {
            at += 1;
            continue;
        }
        let separator = separator_above(lines, at);
        let mut run = header_run(&lines[at..], false);
        let unfolded = separator.is_some() && run.fields < 3;
        if unfolded {
            run = header_run(&lines[at..], true);
        }
        let message = run.fields >= 3 && run.transport
            || separator.is_some() && run.fields >= 2 && run.known >= 2;
        if message {
            return Some(Cut {
                separator: separator.filter(|&above| !tells_code(lines[above].text)).unwrap_or(at),
                message: at,
                unfolded,
            });
        }
        at += run.lines.max(1);
    }
    None
}

/// A header whose folding was lost, folded again: lines that are no fields get a blank in front.
fn refolded(message: &str) -> String {
    let mut header = true;
    let mut out = String::with_capacity(message.len() + 64);
    for line in message.split_inclusive('\n') {
        header &= !line.trim().is_empty();
        if header && !line.starts_with([' ', '\t']) && field_name(line.as_bytes()).is_none() {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}

/// How a run of header lines looks.
struct Run {
    lines: usize,
    fields: usize,
    /// Fields every message has.
    known: usize,
    /// A field that only a message on its way has.
    transport: bool,
}

/// Looks at the fields from the first line on. `unfolded`: lines that are no fields carry the one
/// before on.
fn header_run(lines: &[Line<'_>], unfolded: bool) -> Run {
    let mut run = Run { lines: 0, fields: 0, known: 0, transport: false };
    for line in lines.iter().take(200) {
        let text = unquoted(line.text);
        if text.starts_with([' ', '\t']) && run.lines > 0 && !text.trim().is_empty() {
            run.lines += 1;
            continue;
        }
        let Some((name, _)) = field_name(text.as_bytes()) else {
            if unfolded && run.lines > 0 && !text.trim().is_empty() {
                run.lines += 1;
                continue;
            }
            break;
        };
        if !is_header_name(name) {
            break;
        }
        run.lines += 1;
        run.fields += 1;
        let lower = name.to_ascii_lowercase();
        run.known += usize::from(matches!(
            &*lower,
            "from"
                | "to"
                | "subject"
                | "date"
                | "message-id"
                | "received"
                | "mime-version"
                | "content-type"
                | "return-path"
        ));
        run.transport |= matches!(
            &*lower,
            "received"
                | "mime-version"
                | "return-path"
                | "dkim-signature"
                | "content-type"
                | "content-transfer-encoding"
                | "x-received"
                | "arc-seal"
                | "x-mailer"
                | "user-agent"
                | "delivered-to"
        );
    }
    run
}

/// A header name in the wild: no report field, no label of a report.
fn is_header_name(name: &str) -> bool {
    !matches!(
        name.to_ascii_lowercase().as_str(),
        "final-recipient"
            | "original-recipient"
            | "action"
            | "status"
            | "diagnostic-code"
            | "remote-mta"
            | "reporting-mta"
            | "arrival-date"
            | "last-attempt-date"
            | "reason"
            | "error"
            | "recipient"
            | "http"
            | "https"
            | "mailto"
            | "550"
            | "554"
    ) && name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
}

fn unquoted(line: &str) -> &str {
    line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).unwrap_or(line)
}

/// A line that is more than a separator: Exchange's error line with the next heading glued to it.
fn tells_code(text: &str) -> bool {
    crate::bounce::status::statuses(text).next().is_some()
        || crate::bounce::status::replies(text).next().is_some()
}

/// Words that announce a returned message, in the languages reports are written in.
const ANNOUNCING: [&str; 22] = [
    "original",
    "returned",
    "unsent",
    "header",
    "copy of",
    "message follows",
    "message contents",
    "text follows",
    "below is",
    "below this",
    "en-têtes",
    "intestazion",
    "kopfzeile",
    "koptekst",
    "berichtkoppen",
    "meldingshoder",
    "nagłówk",
    "cabeçalho",
    "encabezado",
    "ursprung",
    "заголов",
    "元の",
];

/// The line above a header run that announces it: a rule, a label, anything that names a message,
/// header or copy.
fn separator_above(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let above = (at.saturating_sub(3)..at).rev().find(|&i| !lines[i].is_blank())?;
    let text = lines[above].trimmed();
    let ruled = text.starts_with(['-', '=', '*', '|', '+', '_', '#']) && text.len() > 8;
    let lower = text.to_lowercase();
    (ruled || ANNOUNCING.iter().any(|w| lower.contains(w))).then_some(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_returned_message_is_cut_off() {
        let text = "I could not deliver.\n<a@b.example>:\nno such user\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.example>\nReceived: from a\n by b; x\nSubject: hi\n\nbody";
        let notice = NoticeText::new(text, Part::Text);
        assert_eq!(notice.lines.len(), 4);
        assert!(notice.returned().is_some_and(|m| m.starts_with("Return-Path")));
        assert_eq!(
            notice.passage(notice.lines[2].start, notice.lines[2].end()).text,
            "no such user"
        );
    }

    #[test]
    fn a_summary_of_the_message_is_no_returned_message() {
        let text = "This report relates to a message you sent with the following fields:\n\n  Message-id: <1@x.example>\n  From: a@b.example\n  To: c@d.example\n\nYour message cannot be delivered to:\n c@d.example";
        assert_eq!(NoticeText::new(text, Part::Text).returned_at, None);
    }

    #[test]
    fn a_heading_in_any_language_or_none() {
        for heading in ["Oorspronkelijke berichtkoppen:", "===", ""] {
            let text = format!(
                "text\n\n{heading}\nReceived: from a by b; x\nFrom: a@b.example\nTo: c@d.example\n"
            );
            assert!(
                NoticeText::new(&text, Part::Text)
                    .returned()
                    .is_some_and(|m| m.starts_with("Received")),
                "{heading}"
            );
        }
    }

    #[test]
    fn an_error_glued_to_the_heading_stays() {
        let text = "a@b.example\nmx.b.example #<mx #5.7.1 smtp;530 5.7.1 no> #SMTP#Original message headers:\n\nReceived: from a by b; x\nFrom: a@b.example\nTo: c@d.example\n";
        let notice = NoticeText::new(text, Part::Text);
        assert_eq!(notice.lines.len(), 3);
        assert!(notice.returned_at.is_some());
    }
}
