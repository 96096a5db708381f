//! Text in columns: measuring, cutting, wrapping, and times in words. Shared by everything that is
//! read by people.

use std::ops::Range;

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::mail::Stamp;

/// Columns a text takes in a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to so many columns, with an ellipsis if something was cut.
#[must_use]
pub fn clip(text: &str, columns: usize, ascii: bool) -> String {
    if text.width() <= columns {
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
    if text.width() <= columns {
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
    let rest = " ".repeat(lead.width());
    let options = textwrap::Options::new(columns.max(lead.width() + 1))
        .initial_indent(lead)
        .subsequent_indent(&rest)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Seconds as a person says them: `7 s`, `1 min 45 s`, `2 h 3 min`, `3 d 4 h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a delay between two dates fits")]
    let whole = seconds.round() as i64;
    let (sign, s) =
        if whole < 0 { ("-", whole.unsigned_abs()) } else { ("", whole.unsigned_abs()) };
    let two = |a: u64, ua: &str, b: u64, ub: &str| match b {
        0 => format!("{sign}{a} {ua}"),
        b => format!("{sign}{a} {ua} {b} {ub}"),
    };
    match s {
        0..60 => format!("{sign}{s} s"),
        60..3600 => two(s / 60, "min", s % 60, "s"),
        3600..86_400 => two(s / 3600, "h", s % 3600 / 60, "min"),
        _ => two(s / 86_400, "d", s % 86_400 / 3600, "h"),
    }
}

/// How long ago, in four columns: `now`, `3m`, `7h`, `12d`, `5w`, `3y`; a dash where the time is
/// unknown.
#[must_use]
pub fn age(then: Option<Timestamp>, now: Timestamp) -> String {
    let Some(then) = then else { return "-".to_owned() };
    match now.as_second().saturating_sub(then.as_second()) {
        ..60 => "now".to_owned(),
        s @ 60..3600 => format!("{}m", s / 60),
        s @ 3600..86_400 => format!("{}h", s / 3600),
        s @ 86_400..5_184_000 => format!("{}d", s / 86_400),
        s @ 5_184_000..31_536_000 => format!("{}w", s / 604_800),
        s => format!("{}y", s / 31_536_000),
    }
}

/// A date and time in UTC, to the minute.
#[must_use]
pub fn date(stamp: Stamp) -> String {
    stamp.at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with a comma between thousands.
#[must_use]
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
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
    }

    #[test]
    fn wrapped_under_their_lead() {
        assert_eq!(wrap("1. ", "one two three", 9), ["1. one", "   two", "   three"]);
    }

    #[test]
    fn times_in_words() {
        assert_eq!(duration(105.0), "1 min 45 s");
        assert_eq!(duration(-3.0), "-3 s");
        assert_eq!(duration(7200.0), "2 h");
        let now: Timestamp = "2026-05-04T07:00:00Z".parse().expect("a time");
        let then = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(age(then("2026-05-04T06:57:00Z"), now), "3m");
        assert_eq!(age(then("2026-05-04T07:57:00Z"), now), "now");
        assert_eq!(age(then("2026-04-04T07:00:00Z"), now), "30d");
        assert_eq!(age(None, now), "-");
        assert_eq!(count(1_284_000), "1,284,000");
        assert_eq!(count(84), "84");
    }
}
