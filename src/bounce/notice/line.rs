//! One line of a report.

use crate::mail::find::{begins, behind_marks};

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
        let mut columns = 0;
        for byte in self.text.bytes() {
            columns += match byte {
                b' ' => 1,
                b'\t' => 8,
                _ => break,
            };
        }
        columns
    }

    /// The line without blanks and rules of dashes or stars in front.
    #[must_use]
    pub fn words(&self) -> &'t str {
        behind_marks(self.text, b" \t-*|=_#")
    }

    /// True when its words begin with the phrase, whatever its case.
    #[must_use]
    pub fn begins(&self, phrase: &str) -> bool {
        begins(self.words(), phrase)
    }

    /// True when its words begin with one of the phrases, whatever its case.
    #[must_use]
    pub fn begins_with_any(&self, phrases: &[&str]) -> bool {
        let words = self.words();
        phrases.iter().any(|phrase| begins(words, phrase))
    }
}
