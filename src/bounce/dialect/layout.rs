//! What makes a dialect, and the layout of everybody who has none.

use super::super::notice::blocks::{Grammar, PLAIN, ReportBlock};
use super::super::notice::text::NoticeText;

/// How a mail system's reports are recognised and read.
#[derive(Debug)]
pub struct Dialect {
    /// The system's name.
    pub name: &'static str,
    /// Sentences at the start of a line that only this system writes, in lower case.
    pub marks: &'static [&'static str],
    /// Such sentences that others write too, each with what must stand somewhere in the text
    /// besides.
    pub together: &'static [(&'static str, &'static str)],
    /// Header fields and what they hold (lower case) that only this system writes.
    pub fields: &'static [(&'static str, &'static str)],
    /// Header fields that all messages of this system carry: they speak for it where the text tells
    /// of a failure.
    pub stamps: &'static [(&'static str, &'static str)],
    /// What the text must hold besides when only a header field speaks for the system (lower case).
    pub needs: &'static [&'static str],
    /// How its text is laid out.
    pub grammar: Grammar,
    /// Reads what the grammar cannot; called instead of it.
    pub reader: Option<fn(&NoticeText<'_>, &Grammar) -> Vec<ReportBlock>>,
    /// A notice, not a bounce, unless it names a recipient.
    pub notice: bool,
}

/// Everybody else: what a dialect does not say, it has from here.
pub const GENERIC: Dialect = Dialect {
    name: "generic",
    marks: &[],
    together: &[],
    fields: &[],
    stamps: &[],
    needs: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};

impl Dialect {
    /// The recipients of a notice.
    #[must_use]
    pub fn read(&self, notice: &NoticeText<'_>) -> Vec<ReportBlock> {
        match self.reader {
            Some(reader) => reader(notice, &self.grammar),
            None => self.grammar.read(notice),
        }
    }
}
