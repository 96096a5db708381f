//! Untrusted bytes made displayable.
//!
//! Every byte of a bounce is chosen by a stranger. [`SafeText`] is the only type a widget, a log
//! line or a report may print: one line, no control characters, nothing that reorders or hides what
//! stands beside it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::charset::lossy;

/// How many combining marks one letter may carry; real scripts need three or four.
const MAX_COMBINING: usize = 6;

/// One line of text from the outside that is safe to print: control, bidirectional, zero-width and
/// tag characters are shown as escapes (`\x1b`, `\u{202e}`), white space is single blanks, runs of
/// combining marks are cut. A clone shares the text: a report may say the same to fifty thousand
/// recipients.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeText(Arc<str>);

impl SafeText {
    /// Takes text that was already decoded to Unicode. Runs of white space, line ends included,
    /// become one blank.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        if is_plain(text) {
            return Self(text.into());
        }
        if text.bytes().all(|b| b.is_ascii_graphic() || matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
            return Self(squeezed(text).into());
        }
        Self(scrub(text, true).into())
    }

    /// Like [`SafeText::new`] but keeps the blanks of the line: for source views, where columns
    /// matter. Tabs become the blanks up to the next multiple of eight.
    #[must_use]
    pub fn line(text: &str) -> Self {
        let text = text.trim_end_matches(['\n', '\r']);
        if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
            return Self(text.into());
        }
        Self(scrub(text, false).into())
    }

    /// Takes raw bytes: UTF-8 if they are, else Windows-1252, which names every byte.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(&lossy(bytes))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True for printable ASCII without runs of blanks: the common case, copied as it is. Every byte is
/// looked at, with no way out before the end: so they are looked at many at once.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut odd = false;
    for byte in bytes {
        odd |= !matches!(byte, 0x20..=0x7e);
    }
    for (byte, next) in bytes.iter().zip(bytes.iter().skip(1)) {
        odd |= [*byte, *next] == [b' ', b' '];
    }
    !odd
}

/// The words of a harmless text with one blank between them.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn scrub(text: &str, squeeze: bool) -> String {
    use fmt::Write;
    let mut out = String::with_capacity(text.len() + 16);
    let (mut column, mut combining, mut blank) = (0usize, 0usize, false);
    for c in text.chars() {
        let space = c.is_whitespace() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}');
        if squeeze && space {
            if !blank {
                out.push(' ');
            }
            blank = true;
            continue;
        }
        blank = false;
        match c {
            '\t' => {
                let stop = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', stop));
                column += stop;
                continue;
            }
            _ if space && c != '\n' && !c.is_control() => out.push(' '),
            c if c.is_control() => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if is_treacherous(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c if is_combining(c) => {
                combining += 1;
                if combining <= MAX_COMBINING {
                    out.push(c);
                }
                continue;
            }
            c => out.push(c),
        }
        combining = 0;
        column += 1;
    }
    out
}

/// True for a character that is shown as an escape.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || is_treacherous(c)
}

/// Characters that reorder, hide or impersonate their neighbours without showing themselves.
fn is_treacherous(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
            | '\u{f0000}'..='\u{10ffff}'
    )
}

/// Zero-width marks that pile up on the letter before them.
fn is_combining(c: char) -> bool {
    !c.is_ascii() && unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

impl Deref for SafeText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SafeText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl PartialEq<str> for SafeText {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for SafeText {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_visible() {
        assert_eq!(SafeText::new("a\u{1b}[2Jb"), "a\\x1b[2Jb");
        assert_eq!(SafeText::new("moc.elpmaxe\u{202e}@x"), "moc.elpmaxe\\u{202e}@x");
        assert_eq!(SafeText::from_bytes(b"caf\xe9"), "café");
        assert_eq!(SafeText::from_bytes(b"a\x9bb"), "a\u{203a}b");
        assert_eq!(SafeText::new("  two\r\n\t lines "), "two lines");
        assert_eq!(SafeText::line("a\tb"), "a       b");
    }

    #[test]
    fn piled_up_marks_are_cut() {
        let pile = format!("e{}", "\u{301}".repeat(10_000));
        assert_eq!(SafeText::new(&pile).chars().count(), 1 + MAX_COMBINING);
    }

    proptest! {
        #[test]
        fn never_holds_what_a_terminal_obeys(bytes: Vec<u8>, text: String) {
            for safe in [SafeText::from_bytes(&bytes), SafeText::new(&text), SafeText::line(&text)] {
                prop_assert!(!safe.chars().any(|c| c.is_control() || is_treacherous(c)), "{safe:?}");
            }
        }

        #[test]
        fn is_stable(text: String) {
            let once = SafeText::new(&text);
            prop_assert_eq!(SafeText::new(&once), once);
        }
    }
}
