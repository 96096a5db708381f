//! Lines of a report as people read them: those that were wrapped are one again, rules, logos and
//! the links of addresses are gone.

use std::ops::RangeInclusive;

use crate::bounce::notice::line::Line;
use crate::mail::{SafeText, address};

/// Lines that are kept of a section.
const LINES: usize = 60;
/// Bytes that are kept of a line.
const LINE_BYTES: usize = 2_000;
/// Bytes of a line that was wrapped, with the word that had no room: shorter lines end where they do
/// because nothing follows, longer ones were never wrapped.
const WRAPPED: RangeInclusive<usize> = 60..=110;
/// Words of a name in front of an address.
const NAME: usize = 6;

/// Lines that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBlock {
    /// The lines.
    pub lines: Vec<SafeText>,
}

impl TextBlock {
    /// The address that it is about: the one with which it begins.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        address_of(self.lines.first()?)
    }
}

/// The blocks of some lines: blank lines begin one, and addresses that stand no farther in than the
/// block before. `wrapped`: lines may have been cut where they became too long.
pub(super) fn all(lines: &[Line<'_>], wrapped: bool) -> Vec<TextBlock> {
    let mut blocks: Vec<OpenBlock> = Vec::new();
    let mut above: Option<&Line<'_>> = None;
    let mut left = LINES;
    for line in lines {
        if left == 0 || is_binary(line) {
            break;
        }
        let text = bare(line);
        if text.is_empty() {
            above = None;
            continue;
        }
        match (above, blocks.last_mut()) {
            (Some(above), Some(block)) if block.goes_on(line, &text) => {
                block.add(above, line, text, wrapped);
            }
            _ => blocks.push(OpenBlock { indent: line.indent(), lines: vec![text] }),
        }
        left -= 1;
        above = Some(line);
    }
    blocks.into_iter().map(OpenBlock::close).collect()
}

/// A block to which lines are added.
struct OpenBlock {
    /// How far its first line is indented.
    indent: usize,
    lines: Vec<String>,
}

impl OpenBlock {
    /// True when a line below belongs to the block, whatever it begins with if it stands farther in.
    fn goes_on(&self, line: &Line<'_>, text: &str) -> bool {
        line.indent() > self.indent || address_of(text).is_none()
    }

    /// Adds a line, to the one above where that was only cut.
    fn add(&mut self, above: &Line<'_>, line: &Line<'_>, text: String, wrapped: bool) {
        let farther_in = line.indent() > self.indent;
        match self.lines.last_mut() {
            Some(last) if wrapped && was_cut(above, &text, farther_in) => {
                last.push(' ');
                last.push_str(&text);
            }
            _ => self.lines.push(text),
        }
    }

    fn close(self) -> TextBlock {
        let mut block = TextBlock::default();
        for line in self.lines {
            block.lines.push(SafeText::new(&line[..line.floor_char_boundary(LINE_BYTES)]));
        }
        block
    }
}

/// True when a line ended only because the first word of the next had no room on it. Unless the next
/// stands farther in, one that ends with an address or a colon is whole, and lines that begin with
/// the same word are a list.
fn was_cut(above: &Line<'_>, text: &str, farther_in: bool) -> bool {
    let (before, word) = (above.trimmed(), first_word(text));
    let whole = before.ends_with([':', '>']) || address::is_address(before);
    let apart = whole || word == first_word(before);
    if apart && !farther_in || text.starts_with(['*', '•', '-']) {
        return false;
    }
    WRAPPED.contains(&(above.text.len() + word.len()))
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// True for a line of something that is no text, such as a picture.
fn is_binary(line: &Line<'_>) -> bool {
    line.text.chars().any(|c| c.is_control() && c != '\t')
}

/// A line without what is drawn around its words; empty for a rule and for a picture.
fn bare(line: &Line<'_>) -> String {
    let text = line.trimmed();
    let picture = text.starts_with("[http") || text.starts_with("[cid:");
    if picture && text.ends_with(']') {
        return String::new();
    }
    let drawn = ['-', '=', '_', '*', '#', '+', '|'];
    let inner = text.trim_matches(drawn);
    // One sign in front is a bullet.
    let text = if text.len() - inner.len() >= 4 || inner.is_empty() { inner.trim() } else { text };
    without_mailto(text)
}

/// `Ann<mailto:ann@oak.example>` as `Ann <ann@oak.example>`; an address linked to itself alone.
fn without_mailto(text: &str) -> String {
    let Some((before, behind)) = text.split_once("<mailto:") else {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let Some((address, rest)) = behind.split_once('>') else { return text.to_owned() };
    if before.trim().eq_ignore_ascii_case(address) {
        return format!("{address}{rest}");
    }
    format!("{} <{address}>{rest}", before.trim())
}

/// The address with which a line begins, or that stands behind a name and nothing else.
fn address_of(text: &str) -> Option<&str> {
    let start = text.trim_start_matches(['<', '*', '-', ' ', '"', '\'']);
    let found = address::find(start)?;
    if found.start == 0 {
        return Some(found.text);
    }
    let (name, inside) = text.strip_suffix('>')?.rsplit_once('<')?;
    let named = name.split_whitespace().count() <= NAME && !name.contains([':', '@']);
    if named && inside == found.text { Some(found.text) } else { None }
}
