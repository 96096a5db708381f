//! The items of a FETCH response (RFC 3501 section 7.4.2) that matter here; the others are stepped
//! over. Whose bytes a body holds is told by its place alone, so the grammar is kept to strictly.

use jiff::Timestamp;

use crate::mail::{charset, date};

use super::raw::RawResponse;
use super::response::{number, word};
use super::scan::{ItemValue, Read, Scan};

/// The body in a FETCH response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Body {
    /// None: a flag update.
    #[default]
    Absent,
    /// NIL: the server has none.
    Nil,
    /// A literal.
    Literal {
        /// Which of the response.
        index: usize,
        /// True for `BODY[]<0>`, the answer to a partial fetch.
        partial: bool,
    },
    /// A quoted string.
    Quoted {
        /// The text that was quoted.
        text: Vec<u8>,
        /// As with a literal.
        partial: bool,
    },
}

/// What one FETCH response says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Items {
    /// UID; none when none was given, or one that cannot be.
    pub(super) uid: Option<u32>,
    /// INTERNALDATE.
    pub(super) date: Option<Timestamp>,
    /// BODY[].
    pub(super) body: Body,
    /// What is wrong with the response. What stands before the fault is there.
    pub(super) fault: Option<&'static str>,
}

impl Items {
    /// Reads a response, or as much of one as has come; none when it is no FETCH response.
    pub(super) fn read(response: &RawResponse) -> Option<Self> {
        let text = response.text();
        let (number_of, rest) = word(text.strip_prefix(b"* ")?);
        number::<u32>(number_of)?;
        let (name, rest) = word(rest);
        if !name.trim_ascii_end().eq_ignore_ascii_case(b"FETCH") {
            return None;
        }
        let at = text.len() - rest.len();
        let scan = Scan::new(text, at, response.literals());
        let mut reader = ItemReader { items: Self::default(), has_uid: false, scan };
        reader.items.fault = reader.read().err();
        Some(reader.items)
    }
}

/// How much of a message was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Portion {
    /// All of it: `BODY[]`.
    Whole,
    /// What lies behind that many bytes: `BODY[]<0>`.
    From(u32),
}

/// How much of a message an item with this name holds; none when it is another item.
fn portion(name: &[u8]) -> Option<Portion> {
    let rest = name.get(6..)?;
    if !name[..6].eq_ignore_ascii_case(b"BODY[]") {
        return None;
    }
    if rest.is_empty() {
        return Some(Portion::Whole);
    }
    let origin = rest.strip_prefix(b"<")?.strip_suffix(b">")?;
    number(origin).map(Portion::From)
}

/// True when the literal that opens at `open` in a text is a message.
pub(super) fn opens_body(text: &[u8], open: usize) -> bool {
    let before = text[..open].strip_suffix(b"~").unwrap_or(&text[..open]);
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let start = memchr::memrchr2(b' ', b'(', before).map_or(0, |at| at + 1);
    portion(&before[start..]).is_some()
}

fn unquote(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        out.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    out
}

/// A response while it is read.
struct ItemReader<'a> {
    items: Items,
    has_uid: bool,
    scan: Scan<'a>,
}

impl ItemReader<'_> {
    fn read(&mut self) -> Read<()> {
        self.scan.open()?;
        while let Some(name) = self.scan.name()? {
            let value = self.scan.value()?;
            self.take(name, value)?;
        }
        self.scan.close()
    }

    fn take(&mut self, name: &[u8], value: ItemValue<'_>) -> Read<()> {
        if let Some(portion) = portion(name) {
            return self.take_body(portion, value);
        }
        if name.eq_ignore_ascii_case(b"UID") {
            let ItemValue::Atom(digits) = value else { return Err("a UID that is no number") };
            if std::mem::replace(&mut self.has_uid, true) {
                return Err("two UIDs for one message");
            }
            self.items.uid = number(digits).filter(|&uid| uid != 0);
        } else if name.eq_ignore_ascii_case(b"INTERNALDATE")
            && let ItemValue::Quoted(text) = value
        {
            self.items.date = date::parse(&charset::lossy(text)).map(|stamp| stamp.at);
        }
        Ok(())
    }

    fn take_body(&mut self, portion: Portion, value: ItemValue<'_>) -> Read<()> {
        if self.items.body != Body::Absent {
            return Err("two texts for one message");
        }
        let partial = match portion {
            Portion::Whole => false,
            Portion::From(0) => true,
            Portion::From(_) => return Err("another part of a message than was asked for"),
        };
        self.items.body = match value {
            ItemValue::Literal(index) => Body::Literal { index, partial },
            ItemValue::Quoted(text) => Body::Quoted { text: unquote(text), partial },
            ItemValue::Atom(nil) if nil.eq_ignore_ascii_case(b"NIL") => Body::Nil,
            _ => return Err("a message that is neither a literal, a string nor NIL"),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::response::literal;
    use super::*;
    use proptest::prelude::*;

    /// A response of these lines and literals, by turns.
    fn raw(pieces: &[&str]) -> RawResponse {
        let mut response = RawResponse::default();
        for piece in pieces.chunks(2) {
            let start = response.text().len();
            response.text_mut().extend_from_slice(piece[0].as_bytes());
            if let [line, bytes] = piece {
                let (open, length) = literal(line.as_bytes()).expect("a literal");
                response.begin_literal(start + open, length);
                response.keep(bytes.as_bytes(), usize::MAX);
            }
        }
        response
    }

    fn read(pieces: &[&str]) -> Items {
        Items::read(&raw(pieces)).unwrap()
    }

    #[test]
    fn items_come_in_any_order() {
        let items = read(&[
            "* 12 FETCH (FLAGS (\\Seen \"odd)\\\" (\" x) X-GM-LABELS (a {3}\r\n",
            ")) ",
            "b) BODY[]<0> {700}\r\n",
            "",
            " INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" MODSEQ (624140003) UID 4294967295)\r\n",
        ]);
        assert_eq!(items.uid, Some(u32::MAX));
        assert_eq!(items.date, Some("1996-07-17T09:44:25Z".parse().unwrap()));
        assert_eq!(items.body, Body::Literal { index: 1, partial: true });
        assert_eq!(items.fault, None);
        let items = read(&[
            "* 1 fetch (uid 7 internaldate \" 1-Jan-2020 00:00:00 +0000\" body[] {5}\r\n",
            "hello",
            ")\r\n",
        ]);
        assert_eq!((items.uid, items.fault), (Some(7), None));
        assert_eq!(items.body, Body::Literal { index: 0, partial: false });
        assert_eq!(items.date, Some("2020-01-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn bodies_may_be_quoted_or_nil_or_of_a_part() {
        let items = read(&["* 1 FETCH (UID 7 BODY[] \"a\\\"b\\\\\")\r\n"]);
        assert_eq!(items.body, Body::Quoted { text: b"a\"b\\".to_vec(), partial: false });
        assert_eq!(read(&["* 1 FETCH (UID 7 BODY[] NIL)\r\n"]).body, Body::Nil);
        let part =
            read(&["* 1 FETCH (BODY[HEADER.FIELDS (\"A B\" C)] {2}\r\n", ")) ", " UID 7)\r\n"]);
        assert_eq!((part.body, part.uid, part.fault), (Body::Absent, Some(7), None));
    }

    #[test]
    fn what_is_no_fetch_response_is_none() {
        for line in [
            "* 12 EXISTS",
            "* OK FETCH (UID 7)",
            "a1 OK FETCH",
            "* x FETCH (UID 7)",
            "",
            "* 1 FETCHED (UID 1)",
        ] {
            assert_eq!(Items::read(&raw(&[line])), None, "{line}");
        }
    }

    #[test]
    fn a_uid_that_cannot_be_is_none() {
        for line in [
            "* 1 FETCH (UID -1)",
            "* 1 FETCH (UID 0)",
            "* 1 FETCH (UID 99999999999)",
            "* 1 FETCH (FLAGS ())",
            "* 1 FETCH ()",
        ] {
            let items = read(&[line]);
            assert_eq!((items.uid, items.fault), (None, None), "{line}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_a_fault() {
        for line in [
            "* 1 FETCH\r\n",
            "* 1 FETCH UID 7\r\n",
            "* 1 FETCH (UID\r\n",
            "* 1 FETCH (UID)\r\n",
            "* 1 FETCH (UID 7\r\n",
            "* 1 FETCH (UID 7))\r\n",
            "* 1 FETCH (UID 7) UID 8\r\n",
            "* 1 FETCH (UID 7 UID 7)\r\n",
            "* 1 FETCH (UID \"7\")\r\n",
            "* 1 FETCH (UID (7))\r\n",
            "* 1 FETCH (UID 7 BODY[] {-1}\r\n",
            "* 1 FETCH (UID 7 BODY[] {}\r\n",
            "* 1 FETCH (UID 7 BODY[] {x}\r\n",
            "* 1 FETCH (UID 7 BODY[] ~{-3}\r\n",
            "* 1 FETCH (UID 7 BODY[] {5+}\r\n",
            "* 1 FETCH (UID 7 BODY[] text)\r\n",
            "* 1 FETCH (UID 7 BODY[] (\"text\"))\r\n",
            "* 1 FETCH (UID 7 BODY[])\r\n",
            "* 1 FETCH (UID 7 BODY[] \"text)\r\n",
            "* 1 FETCH (UID 7 BODY[] \"a\" BODY[] \"b\")\r\n",
            "* 1 FETCH (UID 7 BODY[]<0> NIL BODY[] \"b\")\r\n",
            "* 1 FETCH (UID 7 BODY[]<5> \"b\")\r\n",
            "* 1 FETCH (UID 7 FLAGS (a {3})\r\n",
            "* 1 FETCH (UID 7 FLAGS (a)\r\n",
            "* 1 FETCH (UID 7 \"b\")\r\n",
            "* 1 FETCH (UID 7 BODY[HEADER.FIELDS (A\r\n",
        ] {
            let items = read(&[line]);
            assert!(items.fault.is_some(), "{line:?}");
        }
        assert!(read(&["* 1 FETCH (UID {1}\r\n", "7", ")\r\n"]).fault.is_some());
        assert!(read(&["* 1 FETCH (UID 7 X \"{1}\r\n", "7", "\")\r\n"]).fault.is_some());
        assert!(read(&["* 1 FETCH (UID 7 X y{1}\r\n", "7", ")\r\n"]).fault.is_some());
    }

    #[test]
    fn what_stands_before_a_fault_is_known() {
        assert_eq!(read(&["* 1 FETCH (UID 7 BODY[] {-1}\r\n"]).uid, Some(7));
        assert_eq!(read(&["* 1 FETCH (UID 7 BODY[]<0> {4}\r\n"]).uid, Some(7));
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
            assert_eq!(opens_body(line.as_bytes(), line.rfind('{').unwrap()), is, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_stepped_through(bytes: Vec<u8>) {
            let mut response = RawResponse::default();
            response.text_mut().extend_from_slice(b"* 1 FETCH (");
            response.text_mut().extend_from_slice(&bytes);
            let _ = Items::read(&response);
        }
    }
}
