//! Charsets and transfer encodings of leaf parts: mail-parser's decoders, with a tolerant end.

use std::borrow::Cow;

use mail_parser::decoders::{base64::base64_decode, charsets::map::charset_decoder};

use super::find::begins;

/// Text of `bytes` in the charset called `label`. Labels nobody knows, and ASCII or UTF-8 labels
/// that lie, fall back to UTF-8 if the bytes are UTF-8 and to Windows-1252 if not; no byte is lost.
#[must_use]
pub fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, str> {
    let label = label.unwrap_or("");
    if is_unicode(label) || bytes.is_ascii() && !shifts_in(bytes, label) {
        return lossy(bytes);
    }
    match charset_decoder(label.as_bytes()) {
        Some(decoder) => Cow::Owned(decoder(bytes)),
        None => lossy(bytes),
    }
}

/// Text of bytes whose part names no character set, in that of the text beside them; UTF-8 is told
/// by its shape, `Shift_JIS` and EUC by the syllables they spell.
#[must_use]
pub fn decode_undeclared<'a>(bytes: &'a [u8], beside: Option<&str>) -> Cow<'a, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if is_unicode(beside.unwrap_or("")) {
        for label in ["shift_jis", "euc-jp"] {
            let text = decode(bytes, Some(label));
            if is_japanese(&text) {
                return text;
            }
        }
    }
    decode(bytes, beside)
}

/// True for a text with a few syllables of Japanese and nothing that could not be decoded.
fn is_japanese(text: &str) -> bool {
    let syllables = text.chars().filter(|c| matches!(c, '\u{3041}'..='\u{30fe}')).count();
    syllables >= 4 && !text.contains('\u{fffd}')
}

/// True when ASCII bytes mean something else than ASCII.
fn shifts_in(bytes: &[u8], label: &str) -> bool {
    let shifts = shifts(label);
    !shifts.is_empty() && bytes.iter().any(|byte| shifts.contains(byte))
}

fn is_unicode(label: &str) -> bool {
    const LABELS: [&str; 5] = ["", "utf-8", "utf8", "us-ascii", "ascii"];
    LABELS.iter().any(|known| label.eq_ignore_ascii_case(known))
}

/// The ASCII bytes with which text leaves ASCII in a charset whose bytes all look like it:
/// ISO-2022-*, HZ, UTF-7, UTF-16.
fn shifts(label: &str) -> &'static [u8] {
    const CODED: [(&str, &[u8]); 6] = [
        ("iso-2022", b"\x1b\x0e"),
        ("csiso2022", b"\x1b\x0e"),
        ("hz", b"~"),
        ("utf-7", b"+"),
        ("utf-16", b"\0"),
        ("unicode", b"+\0"),
    ];
    for (prefix, shifts) in CODED {
        if begins(label, prefix) {
            return shifts;
        }
    }
    &[]
}

/// Bytes as text: UTF-8 where they are UTF-8, else byte for byte as Windows-1252.
#[must_use]
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(windows_1252(bytes)),
    }
}

/// Bytes as Windows-1252, which has a character for every byte.
fn windows_1252(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decoder) => decoder(bytes),
        None => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// How the body of a part is coded (RFC 2045 section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// `7bit`, `8bit`, `binary` or nothing said.
    #[default]
    Plain,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
}

impl Transfer {
    /// Reads the value of a Content-Transfer-Encoding field.
    #[must_use]
    pub fn named(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        if value.eq_ignore_ascii_case(b"base64") {
            Self::Base64
        } else if value.eq_ignore_ascii_case(b"quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Plain
        }
    }

    /// Undoes the coding. Broken base64 comes back as it stood; broken quoted-printable keeps what
    /// is broken literally.
    #[must_use]
    pub fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Plain => Cow::Borrowed(body),
            Self::QuotedPrintable => quoted_printable(body),
            Self::Base64 => match base64_decode(body) {
                Some(bytes) => Cow::Owned(bytes),
                None => Cow::Borrowed(body),
            },
        }
    }
}

/// Quoted-printable (RFC 2045 section 6.7) of a body with LF line ends. Reports cut and re-wrapped
/// on their way hold stray `=` signs, so these stay as they are instead of spoiling the part.
fn quoted_printable(body: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'=', body) else { return Cow::Borrowed(body) };
    let mut out = Vec::with_capacity(body.len());
    out.extend_from_slice(&body[..first]);
    let mut rest = &body[first..];
    while let [b'=', tail @ ..] = rest {
        rest = if let [hi, lo, after @ ..] = tail
            && let (Some(hi), Some(lo)) = (hex(*hi), hex(*lo))
        {
            out.push(hi << 4 | lo);
            after
        } else if let [b'\n', next_line @ ..] = after_blanks(tail) {
            next_line
        } else {
            out.push(b'=');
            tail
        };
        let next = memchr::memchr(b'=', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

fn after_blanks(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_known_lying_and_unheard_of() {
        assert_eq!(decode(b"\xb3\xf3d\xbc", Some("iso-8859-2")), "łódź");
        assert_eq!(decode("łódź".as_bytes(), Some("us-ascii")), "łódź");
        assert_eq!(decode(b"caf\xe9", Some("uft-8")), "café");
        assert_eq!(decode(b"\x1b$B$\"\x1b(B", Some("ISO-2022-JP")), "あ");
        assert_eq!(decode(b"plain", Some(&"x".repeat(300))), "plain");
    }

    #[test]
    fn transfer_codings() {
        assert_eq!(&*Transfer::named(b" Base64 ").decode(b"aGVs\nbG8="), b"hello");
        assert_eq!(&*Transfer::QuotedPrintable.decode(b"a=3Db =\nc=C3=A9"), "a=b cé".as_bytes());
        assert_eq!(&*Transfer::QuotedPrintable.decode(b"a = b =zz ="), b"a = b =zz =");
    }
}
