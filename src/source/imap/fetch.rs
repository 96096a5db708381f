//! Streams the answer to a FETCH: every message once, in buffers that are used again, whatever the
//! mailbox holds.

use std::io;
use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::item::{Body, Items, opens_body};
use super::response::{Condition, Depth, Status, literal};
use super::wire::{Wire, violation};

/// A FETCH response.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived<'a> {
    /// UID; never 0.
    pub(super) uid: u32,
    /// The message, as far as it was asked for and kept; none in a flag update.
    pub(super) bytes: Option<&'a [u8]>,
    /// True when nothing of it is missing.
    pub(super) whole: bool,
    /// INTERNALDATE.
    pub(super) date: Option<Timestamp>,
}

/// How a FETCH ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The server has said all.
    Done,
    /// The server could not, or not all of it.
    Refused(SafeText),
    /// The server cannot now.
    Later(SafeText),
    /// The server did not understand.
    Bad(SafeText),
    /// Whoever took the messages wants no more; the rest of the answer was not read.
    Stopped,
}

/// Reads answers to FETCH commands.
#[derive(Debug, Default)]
pub(super) struct Fetcher {
    text: Vec<u8>,
    body: Vec<u8>,
    depth: Depth,
    /// UID of the message whose bytes were being read when reading failed; none when it was between
    /// messages.
    pub(super) broken: Option<u32>,
}

impl Fetcher {
    /// Sends a FETCH or UID FETCH and hands over each message as it comes, at most `keep` bytes of
    /// it. Responses without a UID are dropped.
    ///
    /// # Errors
    /// When the connection fails, or the server breaks the limits or the protocol.
    pub(super) fn run(
        &mut self,
        wire: &mut Wire,
        command: &str,
        keep: u32,
        take: &mut dyn FnMut(Arrived<'_>) -> ControlFlow<()>,
    ) -> io::Result<End> {
        self.broken = None;
        let tag = wire.send(command)?;
        let mut idle = 0;
        loop {
            idle += self.response(wire, keep as usize)?;
            if let Some(items) = Items::read(&self.text) {
                let Some(arrived) = self.arrived(items, keep) else { continue };
                idle = if arrived.bytes.is_some() { 0 } else { idle };
                if take(arrived).is_break() {
                    return Ok(End::Stopped);
                }
            } else if let Some(end) = self.other(wire, &tag)? {
                return Ok(end);
            }
            if idle > wire.limits.response {
                return Err(violation("more and more, but no messages"));
            }
        }
    }

    /// The last message that was read, taken out: for one that was asked for alone.
    pub(super) fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    fn arrived(&mut self, items: Items, keep: u32) -> Option<Arrived<'_>> {
        let (bytes, whole) = match items.body {
            Body::Absent => (None, false),
            // A part as long as what was asked for is most likely not all.
            Body::Literal { length, partial } => {
                let whole =
                    if partial { length < u64::from(keep) } else { length <= u64::from(keep) };
                (Some(self.body.as_slice()), whole)
            }
            Body::Quoted(text) => {
                self.body = text;
                (
                    Some(&self.body[..self.body.len().min(keep as usize)]),
                    self.body.len() <= keep as usize,
                )
            }
        };
        (items.uid != 0).then_some(Arrived { uid: items.uid, bytes, whole, date: items.date })
    }

    /// A response that is no FETCH; what it ends, if it ends something.
    fn other(&self, wire: &mut Wire, tag: &str) -> io::Result<Option<End>> {
        wire.heard.take(&self.text);
        let Some(status) = Status::read(&self.text) else {
            let known = self.text.starts_with(b"* ") || self.text.starts_with(b"+");
            return if known { Ok(None) } else { Err(violation("what is no IMAP response")) };
        };
        match (status.tag == tag.as_bytes(), status.condition) {
            (true, Condition::Ok) => Ok(Some(End::Done)),
            (true, Condition::No) if status.passes() => Ok(Some(End::Later(status.shown()))),
            (true, Condition::No) => Ok(Some(End::Refused(status.shown()))),
            (true, _) => Ok(Some(End::Bad(status.shown()))),
            (false, Condition::Bye) => Err(wire.closed()),
            (false, _) if status.tag == b"*" => Ok(None),
            (false, _) => Err(violation("the answer to a command that was not given")),
        }
    }

    /// Reads one response: its text with small literals in it, and apart from that the message.
    /// Returns its length.
    fn response(&mut self, wire: &mut Wire, keep: usize) -> io::Result<u64> {
        self.text.clear();
        self.depth = Depth::default();
        let mut length = 0;
        loop {
            let start = self.text.len();
            length += wire.line(&mut self.text)? as u64;
            if !self.depth.follow(&self.text[start..], wire.limits.depth) {
                return Err(violation(&format!(
                    "parentheses nested deeper than {}",
                    wire.limits.depth
                )));
            }
            // The text of a status response may end like a literal, and is none.
            let found = literal(&self.text[start..])
                .filter(|_| start > 0 || Status::read(&self.text).is_none());
            let Some((open, bytes)) = found else { break };
            if opens_body(&self.text, start + open) {
                self.note_uid();
                self.read_body(wire, bytes, keep)?;
            } else {
                self.read_inline(wire, bytes)?;
            }
            length += bytes;
            if length > wire.limits.response {
                return Err(violation(&format!(
                    "a response longer than {} bytes",
                    wire.limits.response
                )));
            }
        }
        self.broken = None;
        Ok(length)
    }

    /// Remembers whose bytes come next.
    fn note_uid(&mut self) {
        self.broken = Items::read(&self.text).map(|i| i.uid).filter(|&uid| uid != 0);
    }

    fn read_body(&mut self, wire: &mut Wire, length: u64, keep: usize) -> io::Result<()> {
        self.body.clear();
        let body = &mut self.body;
        wire.literal(length, |bytes| {
            let room = keep - body.len();
            body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        })
    }

    fn read_inline(&mut self, wire: &mut Wire, length: u64) -> io::Result<()> {
        if length > wire.limits.line as u64
            || self.text.len() as u64 + length > wire.limits.line as u64
        {
            return Err(violation("a literal too long for where it stands"));
        }
        let text = &mut self.text;
        wire.literal(length, |bytes| text.extend_from_slice(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::Script;
    use super::*;

    type Seen = Vec<(u32, Option<Vec<u8>>, bool)>;

    fn run(said: &[u8], piece: usize, keep: u32) -> (Seen, io::Result<End>, Fetcher) {
        let mut fetcher = Fetcher::default();
        let mut seen = Vec::new();
        let mut wire = Script::new(said, piece).wire();
        let end = fetcher.run(&mut wire, "UID FETCH 1:* x", keep, &mut |a| {
            seen.push((a.uid, a.bytes.map(<[u8]>::to_vec), a.whole));
            ControlFlow::Continue(())
        });
        (seen, end, fetcher)
    }

    #[test]
    fn messages_are_streamed_and_cut() {
        let said = b"* 1 FETCH (UID 5 BODY[]<0> {4}\r\nab\r\n)\r\n* OK Searched 59% of the mailbox {9}\r\n* 2 EXISTS\r\n\
            * 2 FETCH (BODY[]<0> {8}\r\n12345678 UID 6)\r\n* NO careful\r\n* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n\
            * CAPABILITY IMAP4rev1\r\n* 3 FETCH (UID 7 BODY[] {9}\r\n123456789)\r\n* 4 FETCH (UID 8 BODY[] \"q\\\"\")\r\n\
            * 5 FETCH (UID 0 BODY[] {1}\r\nx)\r\n* 6 FETCH (BODY[] {1}\r\nx)\r\n* 7 FETCH (UID 9 BODY[] NIL)\r\nd1 OK done\r\n";
        for piece in [1, 5, 4096] {
            let (seen, end, _) = run(said, piece, 8);
            assert_eq!(end.unwrap(), End::Done);
            let expected = [
                (5, Some(b"ab\r\n".to_vec()), true),
                (6, Some(b"12345678".to_vec()), false),
                (5, None, false),
                (7, Some(b"12345678".to_vec()), false),
                (8, Some(b"q\"".to_vec()), true),
                (9, None, false),
            ];
            assert_eq!(seen, expected);
        }
    }

    #[test]
    fn the_end_of_a_command_is_told_apart() {
        assert_eq!(
            run(b"d1 NO [SERVERBUG] oops\r\n", 99, 8).1.unwrap(),
            End::Refused("SERVERBUG: oops".into())
        );
        assert_eq!(run(b"d1 BAD what\r\n", 99, 8).1.unwrap(), End::Bad("what".into()));
        for (said, kind) in [
            (&b"d7 OK done\r\n"[..], io::ErrorKind::InvalidData),
            (b"\x16\x03\x01garbage\r\n", io::ErrorKind::InvalidData),
            (b"* BYE going\r\nd1 OK\r\n", io::ErrorKind::UnexpectedEof),
            (b"* 1 FETCH (UID 5 BODY[] {4}\r\nab", io::ErrorKind::UnexpectedEof),
        ] {
            assert_eq!(run(said, 99, 8).1.unwrap_err().kind(), kind);
        }
    }

    #[test]
    fn the_message_that_broke_is_named() {
        let (seen, end, fetcher) =
            run(b"* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n* 2 FETCH (UID 6 BODY[] {4}\r\nab", 3, 8);
        assert!(end.is_err());
        assert_eq!((seen.len(), fetcher.broken), (1, Some(6)));
        let (_, end, fetcher) = run(b"* 2 FETCH (UID 6 BODY[] {99999999999}\r\nab", 3, 8);
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fetcher.broken, Some(6));
    }

    #[test]
    fn memory_is_bounded() {
        let said = [
            b"* 1 FETCH (UID 5 BODY[] {10000000}\r\n".to_vec(),
            vec![b'x'; 10_000_000],
            b")\r\nd1 OK\r\n".to_vec(),
        ]
        .concat();
        let (seen, end, fetcher) = run(&said, 1 << 20, 1000);
        assert_eq!(end.unwrap(), End::Done);
        assert_eq!(seen, [(5, Some(vec![b'x'; 1000]), false)]);
        assert!(fetcher.body.capacity() <= 4096);
        let deep = [b"* 1 FETCH (X ".to_vec(), vec![b'('; 101], b"\r\n".to_vec()].concat();
        assert_eq!(run(&deep, 99, 8).1.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let inline = b"* 1 FETCH (X {2000000}\r\n";
        assert_eq!(run(inline, 99, 8).1.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn who_takes_can_stop() {
        let mut fetcher = Fetcher::default();
        let mut wire = Script::new(b"* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n", 9).wire();
        let end = fetcher.run(&mut wire, "UID FETCH 1:* x", 8, &mut |_| ControlFlow::Break(()));
        assert_eq!(end.unwrap(), End::Stopped);
    }
}
