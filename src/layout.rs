//! Text in columns: measuring, cutting, wrapping. Shared by everything that is read by people.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a text takes in a terminal, which draws what belongs to one letter in its place and knows
/// no ligatures.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The text cut to so many columns, with an ellipsis if something was cut.
#[must_use]
pub fn clip(text: &str, columns: usize, ascii: bool) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > columns {
            break;
        }
        out.push(c);
    }
    if columns > 0 {
        out.push(if ascii { '~' } else { '…' });
    }
    out
}

/// What of a text fits into so many columns: its beginning, or the part around `focus` (bytes) when
/// that would not be seen.
#[must_use]
pub fn clip_around(text: &str, focus: Range<usize>, columns: usize, ascii: bool) -> String {
    if width(text) <= columns || focus.end < columns || focus.end > text.len() {
        return clip(text, columns, ascii);
    }
    let mut from = text.floor_char_boundary(focus.start.saturating_sub(columns / 4));
    if let Some(blank) = text[from..focus.start.max(from)].find(' ') {
        from += blank + 1;
    }
    let lead = if ascii { '~' } else { '…' };
    clip(&format!("{lead}{}", &text[from..]), columns, ascii)
}

/// The text cut to so many columns in front, so that its end stays: `…box.example.org`.
#[must_use]
pub fn clip_front(text: &str, columns: usize, ascii: bool) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut used = 1;
    for c in text.chars().rev() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(c);
    }
    if columns > 0 {
        kept.push(if ascii { '~' } else { '…' });
    }
    kept.into_iter().rev().collect()
}

/// The lines of a paragraph, wrapped; the first begins with `lead`, the others are indented as far.
#[must_use]
pub fn wrap(lead: &str, text: &str, columns: usize) -> Vec<String> {
    let rest = " ".repeat(width(lead));
    let options = textwrap::Options::new(columns.max(width(lead) + 1))
        .initial_indent(lead)
        .subsequent_indent(&rest)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_by_columns() {
        assert_eq!(clip("Übermaß", 4, false), "Übe…");
        assert_eq!(clip("日本語", 4, true), "日~");
        assert_eq!(clip_front("mx.example.org", 8, false), "…ple.org");
        assert_eq!(clip("abc", 0, false), "");
        assert_eq!(clip("abc", 3, false), "abc");
        assert_eq!((width("لا"), width("👍🏽"), width("e\u{301}")), (2, 2, 1));
    }

    #[test]
    fn wrapped_under_their_lead() {
        assert_eq!(wrap("1. ", "one two three", 9), ["1. one", "   two", "   three"]);
    }
}
