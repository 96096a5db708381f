//! The line of a message that a verdict rests on.

use std::ops::Range;

use crate::bounce::{Answer, Bounce, Delivery, Part, Said};
use crate::mail::SafeText;
use crate::mail::find::position;

/// An evidence line is cut at about this many bytes: the deciding words of long answers stand far
/// from their first ones, and the page that helps at their end.
const LINE: usize = 900;

/// The line of the message that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The line, literally, only unfolded.
    pub text: SafeText,
    /// The part it stands in.
    pub part: Part,
    /// First byte in the decoded part (LF line ends).
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Where in `text` the words that decided stand; empty when none in particular did.
    pub focus: Range<usize>,
}

/// The server's own words in a line of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<'a> {
    /// The words.
    pub text: &'a str,
    /// Where in them those that decided stand.
    pub focus: Range<usize>,
}

impl Evidence {
    /// The server's own words, without what the reporting host put around them.
    #[must_use]
    pub fn words(&self) -> Words<'_> {
        let answer = Answer::of(&self.text);
        let Range { start: from, end: to } = self.focus;
        let focus = from.saturating_sub(answer.start)..to.saturating_sub(answer.start);
        Words { text: answer.words, focus }
    }

    /// What was said about a delivery, else its Status field.
    pub(super) fn passage(delivery: &Delivery) -> Option<&Said> {
        let said = delivery.last_error.as_ref().or(delivery.said.as_ref());
        let telling = said.filter(|said| said.literal.len() >= 4);
        telling.or(delivery.status_line.as_ref())
    }

    /// The same line where another passage has it.
    pub(super) fn standing_in(&self, said: &Said) -> Self {
        let Self { text, focus, .. } = self.clone();
        Self { text, part: said.part, start: said.start, end: said.end, focus }
    }

    /// What another passage says in the same words, folded otherwise.
    pub(super) fn of_passage(&self, said: &Said) -> Self {
        let wording = &self.text[self.focus.clone()];
        let text = line(&said.literal, wording);
        let focus = place(&text, wording).unwrap_or_default();
        Self { text, part: said.part, start: said.start, end: said.end, focus }
    }

    /// The passage a verdict rests on: what was said (around the words that decided, if it is
    /// long), else the Status field, else the subject of the report.
    #[must_use]
    pub fn of(bounce: &Bounce, delivery: &Delivery, wording: &str) -> Option<Self> {
        if let Some(said) = Self::passage(delivery) {
            let text = line(&said.literal, wording);
            let focus = place(&text, wording).unwrap_or_default();
            return Some(Self { text, part: said.part, start: said.start, end: said.end, focus });
        }
        let subject = bounce.subject.clone()?;
        Some(Self { end: subject.len(), text: subject, part: Part::Header, start: 0, focus: 0..0 })
    }
}

/// Where the words stand in a text, whatever their case.
fn place(text: &str, words: &str) -> Option<Range<usize>> {
    let at = position(text, &words.to_ascii_lowercase())?;
    Some(at..at + words.len())
}

/// The whole text if it is short, else the words around the deciding ones.
fn line(literal: &SafeText, wording: &str) -> SafeText {
    if literal.len() <= LINE {
        return literal.clone();
    }
    let Range { start, end } = place(literal, wording).unwrap_or_default();
    let mut from = 0;
    if end > LINE {
        from = start.saturating_sub(LINE / 3);
    }
    let mut to = literal.floor_char_boundary((from + LINE).max(end));
    if to < literal.len() {
        to = last_blank(literal, end..to).unwrap_or(to);
    }
    if from > 0 {
        from = match last_blank(literal, from.saturating_sub(LINE / 3)..from + 1) {
            Some(at) => at + 1,
            None => literal.floor_char_boundary(from),
        };
    }
    SafeText::new(&literal[from..to])
}

/// The last blank in a range of bytes.
fn last_blank(text: &str, range: Range<usize>) -> Option<usize> {
    let start = range.start;
    Some(start + memchr::memrchr(b' ', &text.as_bytes()[range])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_deciding_words() {
        let long =
            |before: &str, after: &str| SafeText::new(&format!("{before}User Unknown{after}"));
        for (before, after) in [
            ("word ".repeat(100), " word".repeat(100)),
            ("†".repeat(150), "†".repeat(150)),
            ("x".repeat(1_000), "x".repeat(1_000)),
            (format!("first {}", "†x".repeat(80)), String::new()),
            (String::new(), "—".repeat(300)),
        ] {
            let text = line(&long(&before, &after), "USER unknown");
            assert!(text.contains("User Unknown"), "{text}");
            assert!((100..=LINE * 3 / 2).contains(&text.len()), "{} bytes: {text}", text.len());
        }
    }

    #[test]
    fn a_long_line_without_the_words_begins_at_its_beginning() {
        let text = line(&SafeText::new(&"a †".repeat(200)), &"words ".repeat(2_000));
        assert!(text.starts_with("a †a †") && (200..=LINE).contains(&text.len()), "{text}");
    }
}
