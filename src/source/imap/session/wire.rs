//! The one owner of the stream from a server: one buffer, lines and literals out of it, limits on
//! both.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use super::super::error::Goodbye;
use super::super::net::limits::Limits;
use super::super::net::socket::{BoxedTransport, Transport};
use super::heard::Heard;

/// A stream of responses, cut into lines and literals.
pub(crate) struct Wire<S = BoxedTransport> {
    stream: S,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    tags: u32,
    /// The bounds that hold on it.
    pub(crate) limits: Limits,
    /// What the server said besides.
    pub(crate) heard: Heard,
}

impl<S: Transport> Wire<S> {
    /// Takes a stream from which nothing has been read.
    pub(crate) fn new(stream: S, limits: Limits) -> Self {
        let buffer = vec![0; 256 << 10].into();
        Self { stream, buffer, start: 0, end: 0, tags: 0, limits, heard: Heard::default() }
    }

    /// The stream, when nothing was read ahead of what was asked for; none when something was.
    pub(crate) fn into_stream(self) -> Option<S> {
        if self.start == self.end { Some(self.stream) } else { None }
    }

    /// True when something was read from the system and not taken yet.
    pub(crate) fn has_unread(&self) -> bool {
        self.start < self.end || self.stream.has_unread()
    }

    /// The socket below, to wait for.
    ///
    /// # Errors
    /// When there is none, or the system has none left.
    pub(crate) fn socket(&self) -> io::Result<OwnedFd> {
        self.stream.socket()
    }

    /// Sets the moment by which everything must have come.
    pub(crate) fn set_deadline(&mut self, deadline: Instant) {
        self.stream.set_deadline(Some(deadline));
    }

    /// From now on, so much time is left for what comes.
    pub(crate) fn allow(&mut self, time: Duration) {
        let deadline = self.limits.deadline(time);
        self.set_deadline(deadline);
    }

    /// Bytes that have come and were not taken: at least one.
    fn ready(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            match self.stream.read(&mut self.buffer) {
                Ok(0) => return Err(self.closed()),
                // However the connection ends after a goodbye, the goodbye is the reason.
                Err(_) if self.heard.bye.is_some() => return Err(self.closed()),
                Err(error) => return Err(error),
                Ok(read) => (self.start, self.end) = (0, read),
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Why reading came to an end.
    pub(crate) fn closed(&self) -> io::Error {
        let kind = io::ErrorKind::UnexpectedEof;
        match &self.heard.bye {
            Some(bye) => io::Error::new(kind, Goodbye(bye.clone())),
            None => io::Error::new(kind, "the server closed it"),
        }
    }

    /// Appends one line with its end to `out` and returns its length.
    ///
    /// # Errors
    /// When it is longer than the limit, or reading fails.
    pub(crate) fn line(&mut self, out: &mut Vec<u8>) -> io::Result<usize> {
        let before = out.len();
        loop {
            let limit = self.limits.line;
            let ready = self.ready()?;
            let found = memchr::memchr(b'\n', ready);
            let piece = match found {
                Some(at) => &ready[..=at],
                None => ready,
            };
            if out.len() - before + piece.len() > limit {
                return Err(violation(&format!("a line longer than {limit} bytes")));
            }
            out.extend_from_slice(piece);
            self.start += piece.len();
            if found.is_some() {
                return Ok(out.len() - before);
            }
        }
    }

    /// At most `most` bytes that have come, handed to `take`; returns how many.
    pub(crate) fn some(&mut self, most: usize, take: impl FnOnce(&[u8])) -> io::Result<usize> {
        let ready = self.ready()?;
        let piece = &ready[..ready.len().min(most)];
        take(piece);
        let taken = piece.len();
        self.start += taken;
        Ok(taken)
    }

    /// A literal of `length` bytes, handed to `take` piece by piece.
    ///
    /// # Errors
    /// When it is longer than the limit, before anything of it is read; or reading fails.
    pub(crate) fn literal(&mut self, length: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        self.admit(length)?;
        let mut left = length;
        while left > 0 {
            left -= self.some(usize::try_from(left).unwrap_or(usize::MAX), &mut take)? as u64;
        }
        Ok(())
    }

    /// Refuses a literal that is longer than the limit.
    pub(crate) fn admit(&self, length: u64) -> io::Result<()> {
        if length > self.limits.literal {
            return Err(violation(&format!(
                "a literal of {length} bytes, more than {}",
                self.limits.literal
            )));
        }
        Ok(())
    }

    /// Nothing more can be asked of a server that has said goodbye.
    ///
    /// # Errors
    /// When it has.
    pub(crate) fn expect_answers(&self) -> io::Result<()> {
        if self.heard.bye.is_some() { Err(self.closed()) } else { Ok(()) }
    }

    /// Sends a command under a tag of our own, which is returned.
    ///
    /// # Errors
    /// When the server has said goodbye, or writing fails.
    pub(crate) fn send(&mut self, command: &str) -> io::Result<String> {
        self.expect_answers()?;
        self.tags += 1;
        let tag = format!("d{}", self.tags);
        self.stream.write_all(format!("{tag} {command}\r\n").as_bytes())?;
        self.stream.flush()?;
        Ok(tag)
    }

    /// The stream, to write to.
    pub(crate) fn out(&mut self) -> &mut impl Write {
        &mut self.stream
    }
}

/// What no IMAP server may send.
pub(crate) fn violation(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the server sent {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::script::Script;
    use super::*;

    fn script(said: &[u8], piece: usize) -> Wire {
        Script::wire(said, piece, Limits::default())
    }

    #[test]
    fn lines_and_literals_do_not_depend_on_how_they_arrive() {
        for piece in [1, 2, 3, 7, 100] {
            let mut wire = script(b"one {5}\r\na\r\nbc two\r\nthree\n", piece);
            let (mut line, mut literal) = (Vec::new(), Vec::new());
            assert_eq!(wire.line(&mut line).unwrap(), 9);
            wire.literal(5, |b| literal.extend_from_slice(b)).unwrap();
            assert_eq!(literal, b"a\r\nbc");
            assert_eq!(wire.line(&mut line).unwrap(), 6);
            assert_eq!(wire.line(&mut line).unwrap(), 6);
            assert_eq!(line, b"one {5}\r\n two\r\nthree\n");
            assert_eq!(wire.line(&mut line).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn a_line_has_a_limit() {
        let mut wire = script(&vec![b'x'; 3 << 20], 70_000);
        let mut line = Vec::new();
        let error = wire.line(&mut line).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(line.capacity() <= 2 << 20);
    }

    #[test]
    fn a_literal_is_refused_before_it_is_read() {
        let mut wire = script(b"", 1);
        assert_eq!(wire.literal(u64::MAX, |_| ()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(
            wire.literal((64 << 20) + 1, |_| ()).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }

    #[test]
    fn the_stream_comes_back_only_when_nothing_is_left_in_the_buffer() {
        let mut line = Vec::new();
        let mut wire = script(b"OK\r\n", 100);
        wire.line(&mut line).unwrap();
        assert!(wire.into_stream().is_some());
        let mut wire = script(b"OK\r\nmore", 100);
        wire.line(&mut line).unwrap();
        assert!(wire.into_stream().is_none());
    }
}
