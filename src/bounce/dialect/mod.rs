//! One small file for each mail system: how to recognise its reports and where they depart from the usual layout.
//!
//! A new dialect is one new file and one line in [`ALL`].

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use crate::mail::Headers;

use super::blocks::{Block, Grammar};
use super::page::{Page, position};

/// How a mail system's reports are recognised and read.
#[derive(Debug)]
pub struct Dialect {
    /// The system's name.
    pub name: &'static str,
    /// Sentences at the start of a line that only this system writes, in lower case.
    pub marks: &'static [&'static str],
    /// Header fields and what they hold (lower case) that only this system writes.
    pub fields: &'static [(&'static str, &'static str)],
    /// How its text is laid out.
    pub grammar: Grammar,
    /// Reads what the grammar cannot; called instead of it.
    pub reader: Option<fn(&Page<'_>, &Grammar) -> Vec<Block>>,
}

impl Dialect {
    /// The recipients of a page.
    #[must_use]
    pub fn read(&self, page: &Page<'_>) -> Vec<Block> {
        match self.reader {
            Some(reader) => reader(page, &self.grammar),
            None => self.grammar.read(page),
        }
    }
}

/// All dialects; where two share a sentence the more special one comes first.
pub static ALL: &[&Dialect] = &[&GENERIC];

/// Everybody else.
pub static GENERIC: Dialect = Dialect { name: "generic", marks: &[], fields: &[], grammar: super::blocks::PLAIN, reader: None };

/// All marks in one automaton, with the dialect each belongs to.
static MARKS: LazyLock<(Option<AhoCorasick>, Vec<usize>)> = LazyLock::new(|| {
    let marks: Vec<(usize, &str)> = ALL.iter().enumerate().flat_map(|(i, d)| d.marks.iter().map(move |m| (i, *m))).collect();
    let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(marks.iter().map(|(_, m)| m)).ok();
    (automaton, marks.into_iter().map(|(i, _)| i).collect())
});

/// How many bytes of the text are searched for marks.
const HEAD: usize = 6_000;

/// The dialect of a report, by the sentences in its text or the fields of its header. Only sentences at the start of a
/// line count, so that a person who quotes a bounce is not taken for one.
#[must_use]
pub fn recognise(headers: &Headers<'_>, page: &Page<'_>) -> Option<&'static Dialect> {
    let text = page.own_text();
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (automaton, owners) = &*MARKS;
    let found = automaton.iter().flat_map(|a| a.find_overlapping_iter(&text[..end])).filter(|m| starts_line(text, m.start()));
    let by_text = found.map(|m| owners[m.pattern().as_usize()]).min();
    let by_field = ALL.iter().position(|d| d.fields.iter().any(|(name, holds)| headers.all(name).any(|v| position(&v.unfolded(), holds).is_some())));
    by_text.into_iter().chain(by_field).min().map(|i| ALL[i])
}

fn starts_line(text: &str, at: usize) -> bool {
    text[..at].trim_end_matches([' ', '\t', '-', '*', '|', '=', '#', '_', '+', '<']).chars().next_back().is_none_or(|c| c == '\n')
}
