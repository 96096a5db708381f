//! Text in columns: measuring, cutting, wrapping. Shared by everything that is read by people.

use std::borrow::Cow;
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
    let indent = width(lead);
    let rest = " ".repeat(indent);
    let columns = columns.max(indent + 1);
    let mut lines = Vec::new();
    if let Some(plain) = wrap_plain(text, columns - indent) {
        for line in plain {
            let before = if lines.is_empty() { lead } else { &rest };
            lines.push([before, line].concat());
        }
    } else {
        let options = textwrap::Options::new(columns)
            .initial_indent(lead)
            .subsequent_indent(&rest)
            .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        lines.extend(textwrap::wrap(text, options).into_iter().map(Cow::into_owned));
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The lines of a text whose characters all take one column and whose words all fit, without their
/// leads: most texts are like that, and nothing has to be measured. None for any other.
#[must_use]
pub fn wrap_plain(text: &str, room: usize) -> Option<Vec<&str>> {
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !plain || text.starts_with(' ') || text.ends_with(' ') {
        return None;
    }
    let mut lines = Vec::with_capacity(text.len() / room + 1);
    let mut rest = text;
    while rest.len() > room {
        let (line, behind) = rest.split_at(rest[..=room].rfind(' ')?);
        lines.push(line.trim_end_matches(' '));
        rest = behind.trim_start_matches(' ');
    }
    lines.push(rest);
    Some(lines)
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
        assert_eq!(wrap("→ ", "one  two", 6), ["→ one", "  two"]);
        assert_eq!(wrap("", "", 6), [""]);
        assert_eq!(wrap("1. ", "", 6), ["1."]);
        assert_eq!(wrap("", "two threefour", 5), ["two", "three", "four"]);
    }

    #[test]
    fn what_needs_no_measuring_is_wrapped_as_if_it_did() {
        let words = "a  bb ccc - dddd, (ee) 5.1.1 <f@g.example>   hhhhhhhh i";
        for length in 0..=words.len() {
            let text = &words[..length];
            for columns in 1..30 {
                let Some(lines) = wrap_plain(text, columns) else { continue };
                // A mark that takes no column makes it a text that has to be measured.
                let measured = wrap("", &format!("{text}\u{301}"), columns).join("\n");
                assert_eq!(lines.join("\n"), measured.replace('\u{301}', ""), "in {columns}");
            }
        }
    }
}
