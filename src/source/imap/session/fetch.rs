//! Streams the answer to a FETCH: every message once, in buffers that are used again, whatever the
//! mailbox holds.

use std::io;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::item::{Body, Items, opens_body};
use super::response::{Condition, ParenthesisDepth, StatusResponse, literal};
use super::wire::{Wire, violation};

/// A FETCH response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived<'a> {
    /// UID; never 0.
    pub(crate) uid: u32,
    /// The message, as far as it was asked for and kept; none in a flag update.
    pub(crate) bytes: Option<&'a [u8]>,
    /// True when nothing of it is missing.
    pub(crate) whole: bool,
    /// INTERNALDATE.
    pub(crate) date: Option<Timestamp>,
}

/// How a FETCH ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The server has said all.
    Done,
    /// The server could not, or not all of it.
    Refused(SafeText),
    /// The server cannot now.
    Later(SafeText),
    /// The server did not understand.
    Bad(SafeText),
}

/// What comes next of the answer to a FETCH.
#[derive(Clone, Debug)]
pub(crate) enum FetchAnswer<'a> {
    /// A message, or news of one.
    Arrived(Arrived<'a>),
    /// Nothing more.
    End(End),
}

/// The buffers in which answers are read, used again from one FETCH to the next.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// A response, with small literals in it.
    text: Vec<u8>,
    /// The message in it, as far as it is kept.
    body: Vec<u8>,
}

/// A FETCH that was sent, and its answer as it comes.
pub(crate) struct Fetching<'a> {
    wire: &'a mut Wire,
    buffers: &'a mut Buffers,
    tag: String,
    /// Bytes that are kept of each message.
    keep: u32,
    depth: ParenthesisDepth,
    /// Bytes that have come since the last message.
    idle: u64,
    /// UID of the message whose bytes are being read.
    current: Option<u32>,
}

impl<'a> Fetching<'a> {
    /// Sends a FETCH or UID FETCH.
    ///
    /// # Errors
    /// When the connection fails.
    pub(super) fn send(
        wire: &'a mut Wire,
        buffers: &'a mut Buffers,
        command: &str,
        keep: u32,
    ) -> io::Result<Self> {
        let tag = wire.send(command)?;
        Ok(Self {
            wire,
            buffers,
            tag,
            keep,
            depth: ParenthesisDepth::default(),
            idle: 0,
            current: None,
        })
    }

    /// Reads on to the next message, or to the end. Responses without a UID are dropped.
    ///
    /// # Errors
    /// When the connection fails, or the server breaks the limits or the protocol.
    pub(crate) fn read_next(&mut self) -> io::Result<FetchAnswer<'_>> {
        loop {
            self.idle += self.response()?;
            let Some(items) = Items::read(&self.buffers.text) else {
                if let Some(end) = self.other()? {
                    return Ok(FetchAnswer::End(end));
                }
                self.limit_idle()?;
                continue;
            };
            if items.uid != 0 {
                let arrived_body = items.body != Body::Absent;
                if arrived_body {
                    self.idle = 0;
                }
                self.limit_idle()?;
                return Ok(FetchAnswer::Arrived(self.arrived(items)));
            }
        }
    }

    /// The UID of the message in whose middle reading failed; none when it was between messages.
    pub(crate) fn broken(&self) -> Option<u32> {
        self.current
    }

    /// The last message that was read, taken out: for one that was asked for alone.
    pub(crate) fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffers.body)
    }

    fn limit_idle(&self) -> io::Result<()> {
        if self.idle > self.wire.limits.response {
            return Err(violation("more and more, but no messages"));
        }
        Ok(())
    }

    fn arrived(&mut self, items: Items) -> Arrived<'_> {
        let keep = u64::from(self.keep);
        let (is_body, whole) = match items.body {
            Body::Absent => (false, false),
            // A part as long as what was asked for is most likely not all.
            Body::Literal { length, partial: true } => (true, length < keep),
            Body::Literal { length, partial: false } => (true, length <= keep),
            Body::Quoted(text) => {
                let whole = text.len() as u64 <= keep;
                self.buffers.body = text;
                self.buffers.body.truncate(self.keep as usize);
                (true, whole)
            }
        };
        let bytes = if is_body { Some(self.buffers.body.as_slice()) } else { None };
        Arrived { uid: items.uid, bytes, whole, date: items.date }
    }

    /// A response that is no FETCH; what it ends, if it ends something.
    fn other(&mut self) -> io::Result<Option<End>> {
        let text = &self.buffers.text;
        self.wire.heard.take(text);
        let Some(status) = StatusResponse::read(text) else {
            let known = text.starts_with(b"* ") || text.starts_with(b"+");
            return if known { Ok(None) } else { Err(violation("what is no IMAP response")) };
        };
        match (status.tag == self.tag.as_bytes(), status.condition) {
            (true, Condition::Ok) => Ok(Some(End::Done)),
            (true, Condition::No) if status.passes() => Ok(Some(End::Later(status.shown()))),
            (true, Condition::No) => Ok(Some(End::Refused(status.shown()))),
            (true, _) => Ok(Some(End::Bad(status.shown()))),
            (false, Condition::Bye) => Err(self.wire.closed()),
            (false, _) if status.tag == b"*" => Ok(None),
            (false, _) => Err(violation("the answer to a command that was not given")),
        }
    }

    /// Reads one response: its text with small literals in it, and apart from that the message.
    /// Returns its length.
    fn response(&mut self) -> io::Result<u64> {
        self.buffers.text.clear();
        self.depth = ParenthesisDepth::default();
        let limit = self.wire.limits.response;
        let mut length = 0;
        loop {
            let start = self.buffers.text.len();
            length += self.text_line()?;
            let Some((open, bytes)) = self.announced(start) else { break };
            if opens_body(&self.buffers.text, open) {
                self.note_uid();
                self.read_body(bytes)?;
            } else {
                self.read_inline(bytes)?;
            }
            length += bytes;
            if length > limit {
                return Err(violation(&format!("a response longer than {limit} bytes")));
            }
        }
        self.current = None;
        Ok(length)
    }

    /// Appends one line to the text and returns its length.
    fn text_line(&mut self) -> io::Result<u64> {
        let text = &mut self.buffers.text;
        let start = text.len();
        let read = self.wire.line(text)?;
        let limit = self.wire.limits.depth;
        if !self.depth.follow(&text[start..], limit) {
            return Err(violation(&format!("parentheses nested deeper than {limit}")));
        }
        Ok(read as u64)
    }

    /// The literal that the line from `start` on announces: where in the text its brace opens, and
    /// its length.
    fn announced(&self, start: usize) -> Option<(usize, u64)> {
        let text = &self.buffers.text;
        let (open, bytes) = literal(&text[start..])?;
        // The text of a status response may end like a literal, and is none.
        if start == 0 && StatusResponse::read(text).is_some() {
            return None;
        }
        Some((start + open, bytes))
    }

    /// Remembers whose bytes come next.
    fn note_uid(&mut self) {
        self.current = match Items::read(&self.buffers.text) {
            Some(Items { uid: uid @ 1.., .. }) => Some(uid),
            _ => None,
        };
    }

    fn read_body(&mut self, length: u64) -> io::Result<()> {
        let keep = self.keep as usize;
        let body = &mut self.buffers.body;
        body.clear();
        self.wire.literal(length, |bytes| {
            let room = keep - body.len();
            body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        })
    }

    fn read_inline(&mut self, length: u64) -> io::Result<()> {
        let text = &mut self.buffers.text;
        let limit = self.wire.limits.line as u64;
        if length > limit || text.len() as u64 + length > limit {
            return Err(violation("a literal too long for where it stands"));
        }
        self.wire.literal(length, |bytes| text.extend_from_slice(bytes))
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
        buffers: Buffers,
    }

    fn run(said: &[u8], piece: usize, keep: u32) -> Outcome {
        let mut wire = Script::wire(said, piece, Limits::default());
        let mut buffers = Buffers::default();
        let mut seen = Vec::new();
        let mut fetching =
            Fetching::send(&mut wire, &mut buffers, "UID FETCH 1:* x", keep).unwrap();
        let end = loop {
            match fetching.read_next() {
                Ok(FetchAnswer::Arrived(a)) => {
                    seen.push(Seen(a.uid, a.bytes.map(<[u8]>::to_vec), a.whole));
                }
                Ok(FetchAnswer::End(end)) => break Ok(end),
                Err(error) => break Err(error),
            }
        };
        let broken = fetching.broken();
        Outcome { seen, end, broken, buffers }
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
        let Outcome { seen, end, buffers, .. } = run(&said, 1 << 20, 1000);
        assert_eq!(end.unwrap(), End::Done);
        assert_eq!(seen, [Seen(5, Some(vec![b'x'; 1000]), false)]);
        assert!(buffers.body.capacity() <= 4096);
        let deep = [b"* 1 FETCH (X ".to_vec(), vec![b'('; 101], b"\r\n".to_vec()].concat();
        assert_eq!(run(&deep, 99, 8).end.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let inline = b"* 1 FETCH (X {2000000}\r\n";
        assert_eq!(run(inline, 99, 8).end.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
