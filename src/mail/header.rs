//! Header blocks (RFC 5322 section 2.2), read as they come: folded, misfolded, headed by an mbox
//! line, cut in the middle.

use std::borrow::Cow;

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::charset::lossy;
use super::find::begins;
use super::limits::{HEADER_FIELD_BYTES, HEADER_FIELDS};
use super::{SafeText, address};

/// One header field as it stands in the message.
#[derive(Clone, Copy, Debug)]
pub struct HeaderField<'a> {
    /// The name, ASCII, without the colon.
    pub name: &'a str,
    /// Everything behind the colon, folded lines included.
    pub value: FieldValue<'a>,
}

/// The raw value of a field: folded, undecoded.
#[derive(Clone, Copy, Debug)]
pub struct FieldValue<'a>(pub &'a [u8]);

impl<'a> FieldValue<'a> {
    /// The value on one line: unfolded (RFC 5322 section 2.2.3) and trimmed, nothing decoded.
    #[must_use]
    pub fn unfolded(self) -> Cow<'a, str> {
        let raw = self.0.trim_ascii();
        if memchr::memchr(b'\n', raw).is_none() {
            return lossy(raw);
        }
        let text = lossy(raw);
        let mut out = String::with_capacity(raw.len());
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text[start..end].trim());
            start = end + 1;
        }
        Cow::Owned(out)
    }

    /// The value as people read it: unfolded, encoded words (RFC 2047) decoded, safe to print.
    #[must_use]
    pub fn text(self) -> SafeText {
        if !self.has_encoded_word() {
            return SafeText::new(&self.unfolded());
        }
        let line = self.terminated();
        match MessageStream::new(&line).parse_unstructured() {
            HeaderValue::Text(text) => SafeText::new(&text),
            _ => SafeText::new(&self.unfolded()),
        }
    }

    fn has_encoded_word(self) -> bool {
        memchr::memchr_iter(b'=', self.0).any(|at| self.0.get(at + 1) == Some(&b'?'))
    }

    /// The first mailbox address in the value, without display name and brackets; None for `<>`.
    #[must_use]
    pub fn address(self) -> Option<SafeText> {
        let text = self.unfolded();
        address::first_in(&text).map(SafeText::new)
    }

    /// A Message-ID or similar: what stands between the first `<` and `>`, else the whole value;
    /// None when empty.
    #[must_use]
    pub fn id(self) -> Option<SafeText> {
        let text = self.unfolded();
        let mut id = &*text;
        if let Some((_, rest)) = text.split_once('<')
            && let Some((inner, _)) = rest.split_once('>')
        {
            id = inner;
        }
        if id.trim().is_empty() { None } else { Some(SafeText::new(id)) }
    }

    /// The value with the line end mail-parser's field parsers wait for.
    pub(super) fn terminated(self) -> Vec<u8> {
        let mut line = self.0.trim_ascii().to_vec();
        line.push(b'\n');
        line
    }
}

/// The fields of one header block, in order.
#[derive(Clone, Debug, Default)]
pub struct Headers<'a> {
    fields: Vec<HeaderField<'a>>,
    /// A bit for each shape that a name has: most names that are asked for do not occur.
    shapes: u64,
    /// True when the block went beyond the limits and the rest was left unread.
    pub cut: bool,
}

impl<'a> Headers<'a> {
    /// Reads the header block at the start of `message` (LF line ends) and returns what follows it.
    /// Leading blank lines and mbox `From ` lines are skipped. A line that is neither a field nor a
    /// continuation ends the block.
    #[must_use]
    pub fn read(message: &'a [u8]) -> (Self, &'a [u8]) {
        let fields = Vec::with_capacity(USUAL);
        Self { fields, ..Self::default() }.filled(skip_preamble(message))
    }

    /// Reads the header block of a part of a message: a blank line in front means that it has none.
    #[must_use]
    pub fn of_part(part: &'a [u8]) -> (Self, &'a [u8]) {
        Self::default().filled(part)
    }

    /// Adds the fields of a header block, and returns what follows it.
    fn filled(self, block: &'a [u8]) -> (Self, &'a [u8]) {
        let mut headers = self;
        let mut rest = block;
        loop {
            let (line, after) = split_line(rest);
            if line.is_empty() {
                return (headers, after);
            }
            let Some((name, value)) = field_name(line) else {
                if line.starts_with(b"From ") || line.starts_with(b">From ") {
                    rest = after;
                    continue;
                }
                return (headers, if line.trim_ascii().is_empty() { after } else { rest });
            };
            let length = rest.len() - after.len() + folded_length(after);
            let (raw, after) = rest.split_at(length);
            rest = after;
            if headers.fields.len() == HEADER_FIELDS || raw.len() > HEADER_FIELD_BYTES {
                headers.cut = true;
                continue;
            }
            let value = &raw[line.len() - value.len()..];
            headers.shapes |= shape(name);
            headers.fields.push(HeaderField { name, value: FieldValue(value) });
        }
    }

    /// The first field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<FieldValue<'a>> {
        self.all(name).next()
    }

    /// All fields of that name, in order.
    pub fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = FieldValue<'a>> {
        let occurs = self.shapes & shape(name) != 0;
        let fields = if occurs { &self.fields[..] } else { &[] };
        fields.iter().filter(move |f| is_same(f.name, name)).map(|f| f.value)
    }

    /// True when a field of that name exists.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All fields, in order.
    #[must_use]
    pub fn fields(&self) -> &[HeaderField<'a>] {
        &self.fields
    }

    /// True when there is no field at all: then the input has no header.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Bytes of the longest name of a field: it and its colon stand on one line (RFC 5322 section
/// 2.1.1).
const NAME_BYTES: usize = 76;
/// Fields of the header of a usual message.
const USUAL: usize = 24;

/// True for the same name, whatever its case. Most names differ in their length or first letter.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && begins(one, other)
}

/// A bit for the length of a name and its first letter, whatever its case.
fn shape(name: &str) -> u64 {
    let first = name.as_bytes().first().map_or(0, |byte| usize::from(byte | 0x20));
    1 << ((name.len() * 7 + first) % 64)
}

/// The next line without its line end, and what follows it.
#[must_use]
pub fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

/// The field name at the start of a line and what follows the colon; None for anything that is no
/// field.
#[must_use]
pub fn field_name(line: &[u8]) -> Option<(&str, &[u8])> {
    let end = line.iter().position(|byte| *byte == b':' || !byte.is_ascii_graphic())?;
    let (name, behind) = line.split_at(end);
    let value = behind.trim_ascii_start().strip_prefix(b":")?;
    if name.is_empty() || name.len() > NAME_BYTES {
        return None;
    }
    Some((std::str::from_utf8(name).ok()?, value))
}

fn skip_preamble(mut message: &[u8]) -> &[u8] {
    loop {
        let (line, after) = split_line(message);
        let skip = line.trim_ascii().is_empty()
            || line.starts_with(b"From ")
            || line.starts_with(b">From ");
        if after.is_empty() || !skip {
            return message;
        }
        message = after;
    }
}

/// Length of the lines at the start of `bytes` that carry on the field above: they begin with a
/// blank.
fn folded_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    while let Some(b' ' | b'\t') = bytes.get(end) {
        let (line, after) = split_line(&bytes[end..]);
        if line.trim_ascii().is_empty() {
            break;
        }
        end = bytes.len() - after.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_encoded_and_mbox_lines() {
        let (h, body) = Headers::read(
            b"From x Thu Jan  1\nSubject: =?utf-8?q?Z=C3=BCrich?=\n a\nTo : <b@c.example>\n\nbody",
        );
        assert_eq!(h.get("subject").map(FieldValue::text), Some("Zürich a".into()));
        assert_eq!(h.get("to").and_then(FieldValue::address), Some("b@c.example".into()));
        assert_eq!(body, b"body");
    }

    #[test]
    fn text_without_a_header() {
        let (h, body) = Headers::read(b"no header here\nat all\n");
        assert!(h.is_empty());
        assert_eq!(body, b"no header here\nat all\n");
    }

    #[test]
    fn floods_are_cut_and_the_body_is_kept() {
        let mut flood = b"To: a@b.example\n".repeat(HEADER_FIELDS + 5);
        flood.extend_from_slice(b"\nbody");
        let (h, body) = Headers::read(&flood);
        assert_eq!((h.fields().len(), h.cut, body), (HEADER_FIELDS, true, &b"body"[..]));
    }
}
