//! The human text of a report as lines, with the returned message cut off.

use std::borrow::Cow;

use crate::mail::limits::TEXT_BYTES;

use super::line::Line;
use super::returned::{find_marker, find_returned, refolded, unquoted};
use crate::bounce::said::{Part, Said};

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
        let text = &text[..text.floor_char_boundary(TEXT_BYTES)];
        let mut lines = Vec::with_capacity(text.len() / 32 + 1);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            lines.push(Line { start, text: text[start..end].trim_end() });
            start = end + 1;
        }
        let Some(cut) = find_returned(&lines) else {
            lines.truncate(find_marker(&lines).unwrap_or(lines.len()));
            return Self { text, part, lines, returned_at: None, unfolded: false };
        };
        let returned_at = Some(lines[cut.message].start);
        lines.truncate(cut.separator);
        Self { text, part, lines, returned_at, unfolded: cut.unfolded }
    }

    /// The returned message that stands below the report as text. Quote marks in front of its lines
    /// are taken away.
    #[must_use]
    pub fn returned(&self) -> Option<Cow<'t, str>> {
        let message = &self.text[self.returned_at?..];
        if self.unfolded {
            return Some(Cow::Owned(refolded(message)));
        }
        if !message.starts_with('>') {
            return Some(Cow::Borrowed(message));
        }
        let spaced = message.starts_with("> ");
        let mut bare = Vec::new();
        for line in message.lines() {
            bare.push(if spaced { unquoted(line) } else { line.strip_prefix('>').unwrap_or(line) });
        }
        Some(Cow::Owned(bare.join("\n")))
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
