//! Streams the answer to a FETCH: every message once, in memory that is used again, whatever the
//! mailbox holds.

use std::borrow::Cow;
use std::io;
use std::time::Instant;

use jiff::Timestamp;

use super::end::{End, end};
use super::item::{Body, Items, opens_body};
use super::raw::RawResponse;
use super::response::{ParenthesisDepth, StatusResponse, literal};
use super::wire::{Wire, violation};

/// Bytes of a message after which a server that sends it has not stood still.
const STEP: u64 = 256 << 10;

/// A FETCH response.
#[derive(Clone, Debug)]
pub(crate) struct Arrived<'a> {
    /// UID; never 0.
    pub(crate) uid: u32,
    /// The message, as far as it was asked for and kept; none where the response holds none.
    pub(crate) bytes: Option<Cow<'a, [u8]>>,
    /// True when nothing of it is missing.
    pub(crate) whole: bool,
    /// True when the server answers with everything but the message; a flag update is no answer.
    pub(crate) bare: bool,
    /// INTERNALDATE.
    pub(crate) date: Option<Timestamp>,
}

/// What comes next of the answer to a FETCH.
#[derive(Clone, Debug)]
pub(crate) enum FetchAnswer<'a> {
    /// A message, or news of one.
    Arrived(Arrived<'a>),
    /// Nothing more.
    End(End),
}

/// A FETCH that was sent, and its answer as it comes.
pub(crate) struct Fetching<'a> {
    wire: &'a mut Wire,
    /// The response that is being read, or was read last.
    response: &'a mut RawResponse,
    tag: String,
    /// Bytes that are kept of each message.
    keep: u32,
    /// UIDVALIDITY as said before.
    validity: Option<u32>,
    depth: ParenthesisDepth,
    /// Bytes of the answer so far.
    taken: u64,
    /// How many had come when the last message was of use.
    useful: u64,
    /// How many had come before this response.
    began: u64,
    /// The moment by which all of the answer must have come, however steadily it comes.
    until: Option<Instant>,
    /// UID of the message that is being read.
    current: Option<u32>,
    /// Messages that came without a UID.
    nameless: u32,
}

impl<'a> Fetching<'a> {
    /// Sends a FETCH or UID FETCH.
    ///
    /// # Errors
    /// When the connection fails.
    pub(super) fn send(
        wire: &'a mut Wire,
        response: &'a mut RawResponse,
        command: &str,
        keep: u32,
    ) -> io::Result<Self> {
        wire.allow(wire.limits.patience);
        let tag = wire.send(command)?;
        let validity = wire.heard.validity;
        Ok(Self {
            wire,
            response,
            tag,
            keep,
            validity,
            depth: ParenthesisDepth::default(),
            taken: 0,
            useful: 0,
            began: 0,
            until: None,
            current: None,
            nameless: 0,
        })
    }

    /// Gives one long message more time, while it comes steadily: until then.
    pub(crate) fn until(mut self, until: Instant) -> Self {
        self.until = Some(until);
        self
    }

    /// Reads on to the next message, or to the end. Messages without a UID are only counted.
    ///
    /// # Errors
    /// When the connection fails, the server breaks the limits or the protocol, or the mailbox is
    /// another one now.
    pub(crate) fn read_next(&mut self) -> io::Result<FetchAnswer<'_>> {
        loop {
            self.read_response()?;
            if self.taken - self.useful > self.wire.limits.response {
                return Err(violation("more and more, but no messages"));
            }
            let Some(items) = Items::read(self.response) else {
                self.current = None;
                if let Some(end) = end(self.wire, self.response.text(), &self.tag, self.validity)? {
                    return Ok(FetchAnswer::End(end));
                }
                continue;
            };
            self.current = items.uid;
            if let Some(fault) = items.fault {
                return Err(violation(fault));
            }
            self.current = None;
            match items.uid {
                Some(uid) => return Ok(FetchAnswer::Arrived(self.arrived(uid, items))),
                None if items.body != Body::Absent => self.nameless += 1,
                None => {}
            }
        }
    }

    /// The message that was read last was of use: there is time and room for the next.
    pub(crate) fn accept(&mut self) {
        self.useful = self.taken;
        self.wire.allow(self.wire.limits.patience);
    }

    /// The UID of the message in whose middle reading failed; none when it was between messages.
    pub(crate) fn broken(&self) -> Option<u32> {
        self.current
    }

    /// How many messages came without a UID.
    pub(crate) fn nameless(&self) -> u32 {
        self.nameless
    }

    /// The bytes of the answer in which the response that was read last stood.
    #[cfg(any(test, fuzzing))]
    pub(super) fn extent(&self) -> std::ops::Range<u64> {
        self.began..self.taken
    }

    fn arrived(&self, uid: u32, items: Items) -> Arrived<'_> {
        let keep = self.keep as usize;
        let bare = items.body == Body::Nil || items.body == Body::Absent && items.date.is_some();
        let (bytes, length, partial) = match items.body {
            Body::Absent | Body::Nil => {
                let (bytes, whole) = (None, false);
                return Arrived { uid, bytes, whole, bare, date: items.date };
            }
            Body::Literal { index, partial } => {
                let literal = &self.response.literals()[index];
                let kept = self.response.kept(literal);
                (Cow::Borrowed(&kept[..kept.len().min(keep)]), literal.length, partial)
            }
            Body::Quoted { mut text, partial } => {
                let length = text.len() as u64;
                text.truncate(keep);
                (Cow::Owned(text), length, partial)
            }
        };
        // A part as long as what was asked for is most likely not all.
        let limit = u64::from(self.keep) - u64::from(partial && self.keep > 0);
        Arrived { uid, bytes: Some(bytes), whole: length <= limit, bare, date: items.date }
    }

    /// Reads one response: its lines, and apart from them its literals.
    fn read_response(&mut self) -> io::Result<()> {
        *self.response = RawResponse::instead_of(std::mem::take(self.response));
        self.depth = ParenthesisDepth::default();
        self.began = self.taken;
        loop {
            let start = self.response.text().len();
            self.read_line()?;
            let Some((open, length)) = self.announced(start) else { break };
            self.read_literal(open, length)?;
            let limit = self.wire.limits.response;
            if self.taken - self.began > limit {
                return Err(violation(&format!("a response longer than {limit} bytes")));
            }
        }
        Ok(())
    }

    /// Appends one line to the response.
    fn read_line(&mut self) -> io::Result<()> {
        let text = self.response.text_mut();
        let start = text.len();
        self.taken += self.wire.line(text)? as u64;
        let limit = self.wire.limits.depth;
        if !self.depth.follow(&text[start..], limit) {
            return Err(violation(&format!("parentheses nested deeper than {limit}")));
        }
        Ok(())
    }

    /// The literal that the line from `start` on announces: where in the text its brace opens, and
    /// its length.
    fn announced(&self, start: usize) -> Option<(usize, u64)> {
        let text = self.response.text();
        let (open, length) = literal(&text[start..])?;
        // What is meant for people may end like a literal, and is none.
        if start == 0 && (text.starts_with(b"+") || StatusResponse::read(text).is_some()) {
            return None;
        }
        Some((start + open, length))
    }

    fn read_literal(&mut self, open: usize, length: u64) -> io::Result<()> {
        let is_message = opens_body(self.response.text(), open);
        if let Some(items) = Items::read(self.response) {
            // Whose bytes come next, should it break off in their middle.
            self.current = items.uid;
            if is_message && items.body != Body::Absent {
                return Err(violation("two texts for one message"));
            }
        }
        let line = self.wire.limits.line as u64;
        if !is_message && self.response.size() as u64 + length > line {
            return Err(violation("a literal too long for where it stands"));
        }
        self.wire.admit(length)?;
        let most = if is_message { self.keep as usize } else { usize::MAX };
        self.response.begin_literal(open, length);
        let mut left = length;
        while left > 0 {
            let piece = left.min(STEP);
            self.wire.literal(piece, |bytes| self.response.keep(bytes, most))?;
            self.taken += piece;
            left -= piece;
            if let Some(until) = self.until {
                let patience = self.wire.limits.deadline(self.wire.limits.patience);
                self.wire.set_deadline(patience.min(until));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::net::limits::Limits;
    use super::super::script::Script;
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Seen(u32, Option<Vec<u8>>, bool);

    /// What came of a FETCH: the messages, the end, and the message at which it broke.
    struct Outcome {
        seen: Vec<Seen>,
        end: io::Result<End>,
        broken: Option<u32>,
        response: RawResponse,
    }

    fn run(said: &[u8], piece: usize, keep: u32) -> Outcome {
        let mut wire = Script::wire(said, piece, Limits::default());
        let mut response = RawResponse::default();
        let mut seen = Vec::new();
        let mut fetching =
            Fetching::send(&mut wire, &mut response, "UID FETCH 1:* x", keep).unwrap();
        let end = loop {
            match fetching.read_next() {
                Ok(FetchAnswer::Arrived(a)) => {
                    seen.push(Seen(a.uid, a.bytes.map(Cow::into_owned), a.whole));
                }
                Ok(FetchAnswer::End(end)) => break Ok(end),
                Err(error) => break Err(error),
            }
        };
        let broken = fetching.broken();
        Outcome { seen, end, broken, response }
    }

    #[test]
    fn messages_are_streamed_and_cut() {
        let said = b"* 1 FETCH (UID 5 BODY[]<0> {4}\r\nab\r\n)\r\n* OK Searched 59% of the mailbox {9}\r\n* 2 EXISTS\r\n\
            * 2 FETCH (BODY[]<0> {8}\r\n12345678 UID 6)\r\n* NO careful\r\n* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n\
            * CAPABILITY IMAP4rev1\r\n* 3 FETCH (UID 7 BODY[] {9}\r\n123456789)\r\n* 4 FETCH (UID 8 BODY[] \"q\\\"\")\r\n\
            * 5 FETCH (UID 0 BODY[] {1}\r\nx)\r\n* 6 FETCH (BODY[] {1}\r\nx)\r\n* 7 FETCH (UID 9 BODY[] NIL)\r\nd1 OK done\r\n";
        for piece in [1, 5, 4096] {
            let Outcome { seen, end, .. } = run(said, piece, 8);
            assert_eq!(end.unwrap(), End::Done);
            let expected = [
                Seen(5, Some(b"ab\r\n".to_vec()), true),
                Seen(6, Some(b"12345678".to_vec()), false),
                Seen(5, None, false),
                Seen(7, Some(b"12345678".to_vec()), false),
                Seen(8, Some(b"q\"".to_vec()), true),
                Seen(9, None, false),
            ];
            assert_eq!(seen, expected);
        }
    }

    #[test]
    fn the_end_of_a_command_is_told_apart() {
        assert_eq!(
            run(b"d1 NO [SERVERBUG] oops\r\n", 99, 8).end.unwrap(),
            End::Refused("SERVERBUG: oops".into())
        );
        assert_eq!(run(b"d1 BAD what\r\n", 99, 8).end.unwrap(), End::Bad("what".into()));
        for (said, kind) in [
            (&b"d7 OK done\r\n"[..], io::ErrorKind::InvalidData),
            (b"\x16\x03\x01garbage\r\n", io::ErrorKind::InvalidData),
            (b"* BYE going\r\nd1 OK\r\n", io::ErrorKind::UnexpectedEof),
            (b"* 1 FETCH (UID 5 BODY[] {4}\r\nab", io::ErrorKind::UnexpectedEof),
        ] {
            assert_eq!(run(said, 99, 8).end.unwrap_err().kind(), kind);
        }
    }

    #[test]
    fn the_message_that_broke_is_named() {
        let Outcome { seen, end, broken, .. } =
            run(b"* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 6 BODY[] {4}\r\nab", 3, 8);
        assert!(end.is_err());
        assert_eq!((seen.len(), broken), (1, Some(6)));
        let Outcome { end, broken, .. } = run(b"* 2 FETCH (UID 6 BODY[] {99999999999}\r\nab", 3, 8);
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(broken, Some(6));
    }

    #[test]
    fn memory_is_bounded() {
        let said = [
            b"* 1 FETCH (UID 5 BODY[] {10000000}\r\n".to_vec(),
            vec![b'x'; 10_000_000],
            b")\r\nd1 OK\r\n".to_vec(),
        ]
        .concat();
        let Outcome { seen, end, response, .. } = run(&said, 1 << 20, 1000);
        assert_eq!(end.unwrap(), End::Done);
        assert_eq!(seen, [Seen(5, Some(vec![b'x'; 1000]), false)]);
        assert!(response.size() <= 4096);
        let deep = [b"* 1 FETCH (X ".to_vec(), vec![b'('; 101], b"\r\n".to_vec()].concat();
        assert_eq!(run(&deep, 99, 8).end.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let inline = b"* 1 FETCH (X {2000000}\r\n";
        assert_eq!(run(inline, 99, 8).end.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
