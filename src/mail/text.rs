//! Untrusted bytes made displayable.
//!
//! Every byte of a bounce is chosen by a stranger. [`SafeText`] is the only type a widget, a log
//! line or a report may print: one line, no control characters, nothing that reorders or hides what
//! stands beside it.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use super::charset::lossy;
use super::disguise::{Name, is_at_home, is_combining, is_treacherous};

/// How many combining marks one letter may carry; real scripts need three or four.
const MAX_COMBINING: usize = 6;

/// One line of text from the outside that is safe to print: control, bidirectional, zero-width and
/// tag characters are shown as escapes (`\x1b`, `\u{202e}`), as are letters in addresses, hosts and
/// links that pass for those of another alphabet; white space is single blanks, runs of combining
/// marks are cut. What a script or a picture needs to be written is left out of prose. A short text
/// lies in the value itself; a clone of a longer one shares it: a report may say the same to fifty
/// thousand recipients.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeText(SmolStr);

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

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_str(self)
    }
}

/// Only what was safe is read back as it is.
impl<'de> Deserialize<'de> for SafeText {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Ok(Self::line(&Cow::<'de, str>::deserialize(reader)?))
    }
}

/// True for printable ASCII without runs of blanks: the common case, copied as it is.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(behind) = bytes.get(1..) else { return true };
    let mut odd = !is_printable(bytes[0]);
    // No way out before the end: so many bytes are looked at at once.
    for (&byte, &next) in bytes.iter().zip(behind) {
        odd |= !is_printable(next) || byte == b' ' && next == b' ';
    }
    !odd
}

/// True for printable ASCII.
fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
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

/// The words of a text, each made harmless, with what may stand between them.
fn scrub(text: &str, squeeze: bool) -> String {
    let mut out = Scrubber { text: String::with_capacity(text.len() + 16), squeeze, column: 0 };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(is_blank).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        if word.is_empty() {
            out.blank(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.word(word);
            rest = after;
        }
    }
    out.text
}

/// True for white space between words. What moves the paper or ends a line of its own kind is none.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A line that is being made harmless.
struct Scrubber {
    text: String,
    /// Runs of white space become one blank.
    squeeze: bool,
    column: usize,
}

impl Scrubber {
    fn blank(&mut self, c: char) {
        match c {
            _ if self.squeeze => {
                if !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
            }
            '\t' => {
                let stop = 8 - self.column % 8;
                self.text.extend(std::iter::repeat_n(' ', stop));
                self.column += stop;
            }
            '\n' | '\r' => self.escape(c),
            _ => {
                self.text.push(' ');
                self.column += 1;
            }
        }
    }

    fn escape(&mut self, c: char) {
        let before = self.text.len();
        let code = c as u32;
        // Writing to memory cannot fail.
        let _ = if c.is_control() {
            write!(self.text, "\\x{code:02x}")
        } else {
            write!(self.text, "\\u{{{code:x}}}")
        };
        self.column += self.text.len() - before;
    }

    fn word(&mut self, word: &str) {
        if word.bytes().all(|b| b.is_ascii_graphic()) {
            self.text.push_str(word);
            self.column += word.len();
            return;
        }
        let Name { is_name, impostors } = Name::of(word);
        let mut impostors = impostors.into_iter().peekable();
        // The letter that marks and styles belong to, and how many marks it has.
        let (mut letter, mut marks) = (None, 0);
        let mut rest = word.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let impostor = impostors.next_if_eq(&at).is_some();
            if impostor || c.is_control() {
                self.escape(c);
                letter = None;
            } else if is_treacherous(c) {
                let after = rest.peek().map(|(_, after)| *after);
                if let Some(before) = letter
                    && !is_name
                    && is_at_home(before, c, after)
                {
                    continue;
                }
                self.escape(c);
                letter = None;
            } else if !is_combining(c) {
                self.text.push(c);
                self.column += 1;
                (letter, marks) = (Some(c), 0);
            } else if letter.is_none() {
                // A mark without a letter would fall on what stands beside the text.
                self.escape(c);
            } else {
                marks += 1;
                if marks <= MAX_COMBINING {
                    self.text.push(c);
                }
            }
        }
    }
}

/// True for a character that is shown as an escape, unless a script needs it where it stands.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control() || !c.is_ascii() && is_treacherous(c)
}

/// True for a character that has no place of its own in a line.
pub(super) fn is_unseen(c: char) -> bool {
    !c.is_ascii() && (is_treacherous(c) || is_combining(c))
}

/// Length of the escape (`\\u{202e}`, `\\x1b`) at the start of a text that was made harmless; 0
/// where there is none.
pub(super) fn escape_length(text: &str) -> usize {
    let Some(code) = text.strip_prefix('\\') else { return 0 };
    if let Some(code) = code.strip_prefix("u{") {
        let digits = code.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = (1..=6).contains(&digits) && code[digits..].starts_with('}');
        return if ends { digits + 4 } else { 0 };
    }
    let Some(pair) = code.strip_prefix('x').and_then(|code| code.get(..2)) else { return 0 };
    match u8::from_str_radix(pair, 16) {
        Ok(0..0x20 | 0x7f..0xa0) => 4,
        _ => 0,
    }
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
        assert_eq!(SafeText::new("OK\u{b}\u{c}\u{8}FAILED"), "OK\\x0b\\x0c\\x08FAILED");
        for (text, length) in
            [("\\u{202e}x", 8), ("\\x1bx", 4), ("\\x41", 0), ("\\u{}", 0), ("x", 0), ("\\x1", 0)]
        {
            assert_eq!(escape_length(text), length, "{text}");
        }
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
