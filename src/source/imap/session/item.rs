//! The items of a FETCH response (RFC 3501 section 7.4.2) that matter here; the others are stepped
//! over.

use jiff::Timestamp;

use crate::mail::{charset, date};

use super::response::{literal, number, word};

/// The body in a FETCH response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Body {
    /// None: a flag update, or NIL.
    #[default]
    Absent,
    /// A literal, read apart from the text: its announced length, and whether it is the answer to a
    /// partial fetch.
    Literal {
        /// Length in bytes.
        length: u64,
        /// True for `BODY[]<0>`.
        partial: bool,
    },
    /// A quoted string.
    Quoted(Vec<u8>),
}

/// What one FETCH response says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Items {
    /// UID; 0 when none was given.
    pub(crate) uid: u32,
    /// INTERNALDATE.
    pub(crate) date: Option<Timestamp>,
    /// BODY[].
    pub(crate) body: Body,
}

impl Items {
    /// Reads a response, or as much of one as has come; none when it is no FETCH response. The
    /// bytes of body literals are not in `response`, those of other literals are.
    pub(crate) fn read(response: &[u8]) -> Option<Self> {
        let (number_of, rest) = word(response.strip_prefix(b"* ")?);
        number::<u32>(number_of)?;
        let (name, rest) = word(rest);
        if !name.eq_ignore_ascii_case(b"FETCH") {
            return None;
        }
        let mut items = Self::default();
        let mut scan = Scan(rest.strip_prefix(b"(")?);
        while let Some(name) = scan.name() {
            items.take(name, &mut scan);
        }
        Some(items)
    }

    fn take(&mut self, name: &[u8], scan: &mut Scan<'_>) {
        let partial = is_body(name);
        match (scan.value(partial.is_none()), partial) {
            (ItemValue::Plain(value), _) if name.eq_ignore_ascii_case(b"UID") => {
                self.uid = number(value).unwrap_or(0);
            }
            (ItemValue::Quoted(value), _) if name.eq_ignore_ascii_case(b"INTERNALDATE") => {
                self.date = date::parse(&charset::lossy(value)).map(|stamp| stamp.at);
            }
            (ItemValue::Quoted(value), Some(_)) => self.body = Body::Quoted(unquote(value)),
            (ItemValue::Literal(length), Some(partial)) => {
                self.body = Body::Literal { length, partial }
            }
            _ => {}
        }
    }
}

/// Whether a name of an item is that of the whole message; and then, whether only a part of it was
/// asked for.
fn is_body(name: &[u8]) -> Option<bool> {
    let rest = name.get(6..)?;
    if !name[..6].eq_ignore_ascii_case(b"BODY[]") {
        return None;
    }
    if rest.is_empty() {
        return Some(false);
    }
    let origin = rest.strip_prefix(b"<")?.strip_suffix(b">")?;
    number::<u32>(origin)?;
    Some(true)
}

/// True when the literal that opens at `open` in a line is a message, to be read apart from the
/// text.
pub(crate) fn opens_body(line: &[u8], open: usize) -> bool {
    let before = line[..open].strip_suffix(b"~").unwrap_or(&line[..open]);
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let start = memchr::memrchr2(b' ', b'(', before).map_or(0, |at| at + 1);
    is_body(&before[start..]).is_some()
}

fn unquote(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        out.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    out
}

enum ItemValue<'a> {
    Plain(&'a [u8]),
    Quoted(&'a [u8]),
    Literal(u64),
}

/// Steps through names and values without recursion.
struct Scan<'a>(&'a [u8]);

impl<'a> Scan<'a> {
    fn cut(&mut self, at: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(at.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// The next name of an item; blanks inside its brackets belong to it. None at the end of the
    /// list.
    fn name(&mut self) -> Option<&'a [u8]> {
        self.0 = self.0.trim_ascii_start();
        let mut bracket = false;
        let end = self.0.iter().position(|&b| match b {
            b'[' => {
                bracket = true;
                false
            }
            b']' => {
                bracket = false;
                false
            }
            b' ' | b')' | b'(' | b'"' | b'\r' | b'\n' => !bracket,
            _ => false,
        });
        let name = self.cut(end.unwrap_or(usize::MAX));
        self.0 = self.0.trim_ascii_start();
        if name.is_empty() { None } else { Some(name) }
    }

    /// The value that follows a name; `inline` says whether the bytes of a literal stand in the
    /// text.
    fn value(&mut self, inline: bool) -> ItemValue<'a> {
        match self.0.first() {
            Some(b'"') => ItemValue::Quoted(self.quoted()),
            Some(b'(') => ItemValue::Plain(self.list()),
            Some(b'{' | b'~') => self.literal(inline),
            _ => {
                let end = self.0.iter().position(|b| matches!(b, b' ' | b')' | b'\r' | b'\n'));
                ItemValue::Plain(self.cut(end.unwrap_or(usize::MAX)))
            }
        }
    }

    /// A quoted string without its quotes, still escaped.
    fn quoted(&mut self) -> &'a [u8] {
        self.cut(1);
        let mut escaped = false;
        let end = self.0.iter().position(|&b| {
            let ends = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            ends
        });
        let inner = self.cut(end.unwrap_or(usize::MAX));
        self.cut(1);
        inner
    }

    fn literal(&mut self, inline: bool) -> ItemValue<'a> {
        let end = memchr::memchr(b'\n', self.0).map_or(self.0.len(), |at| at + 1);
        let line = self.cut(end);
        let length = literal(line).map_or(0, |(_, length)| length);
        if inline {
            return ItemValue::Plain(self.cut(usize::try_from(length).unwrap_or(usize::MAX)));
        }
        ItemValue::Literal(length)
    }

    /// A list in parentheses with everything in it.
    fn list(&mut self) -> &'a [u8] {
        let whole = self.0;
        let mut open = 0usize;
        while let Some(&byte) = self.0.first() {
            match byte {
                b'"' => {
                    self.quoted();
                    continue;
                }
                b'{' => {
                    self.literal(true);
                    continue;
                }
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            self.cut(1);
            if open == 0 {
                break;
            }
        }
        &whole[..whole.len() - self.0.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Items {
        Items::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn items_come_in_any_order() {
        let items = read(
            "* 12 FETCH (FLAGS (\\Seen \"odd)\\\" (\" x) X-GM-LABELS (a {3}\r\n)) b) BODY[]<0> {700}\r\n INTERNALDATE \
             \"17-Jul-1996 02:44:25 -0700\" MODSEQ (624140003) UID 4294967295)\r\n",
        );
        assert_eq!(items.uid, u32::MAX);
        assert_eq!(items.date, Some("1996-07-17T09:44:25Z".parse().unwrap()));
        assert_eq!(items.body, Body::Literal { length: 700, partial: true });
        let items = read(
            "* 1 fetch (uid 7 internaldate \" 1-Jan-2020 00:00:00 +0000\" body[] {5}\r\n)\r\n",
        );
        assert_eq!((items.uid, items.body), (7, Body::Literal { length: 5, partial: false }));
        assert_eq!(items.date, Some("2020-01-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn bodies_may_be_quoted_or_nil_or_of_a_part() {
        assert_eq!(
            read("* 1 FETCH (UID 7 BODY[] \"a\\\"b\\\\\")").body,
            Body::Quoted(b"a\"b\\".to_vec())
        );
        assert_eq!(read("* 1 FETCH (UID 7 BODY[] NIL)").body, Body::Absent);
        assert_eq!(
            read("* 1 FETCH (BODY[HEADER.FIELDS (\"A B\" C)] {2}\r\n)) UID 7)").body,
            Body::Absent
        );
        assert_eq!(read("* 1 FETCH (BODY[HEADER.FIELDS (\"A B\" C)] {2}\r\n)) UID 7)").uid, 7);
    }

    #[test]
    fn what_is_no_fetch_response_is_none() {
        for line in [
            "* 12 EXISTS",
            "* OK FETCH (UID 7)",
            "a1 OK FETCH",
            "* x FETCH (UID 7)",
            "* 1 FETCH",
            "",
            "* 1 FETCHED (UID 1)",
        ] {
            assert_eq!(Items::read(line.as_bytes()), None, "{line}");
        }
        for line in [
            "* 1 FETCH (UID -1)",
            "* 1 FETCH (UID 99999999999)",
            "* 1 FETCH (FLAGS ())",
            "* 1 FETCH (UID",
        ] {
            assert_eq!(read(line).uid, 0, "{line}");
        }
    }

    #[test]
    fn literals_of_messages_are_told_from_others() {
        for (line, is) in [
            ("* 1 FETCH (UID 1 BODY[] {5}", true),
            ("* 1 FETCH (body[]<0> ~{5}", true),
            ("* 1 FETCH (BODY[]<x> {5}", false),
            ("* 1 FETCH (BODY[HEADER] {5}", false),
            ("* 1 FETCH (X-BODY[] {5}", false),
            ("* LIST () \"/\" {5}", false),
            ("{5}", false),
        ] {
            assert_eq!(opens_body(line.as_bytes(), line.rfind(['{', '~']).unwrap()), is, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_stepped_through(bytes: Vec<u8>) {
            let _ = Items::read(&[b"* 1 FETCH (".to_vec(), bytes].concat());
        }
    }
}
