//! Input of which any number of bytes can be looked at before their turn.

use std::io::{self, ErrorKind, Read};

use memchr::memchr;

/// A line beyond this comes in pieces, in bytes.
const LONG: usize = 1 << 20;

/// Input of which any number of bytes can be looked at before their turn. An error of the input is
/// its end; [`Window::finish`] tells it.
pub(super) struct Window<R> {
    input: R,
    /// Bytes that are asked for together.
    chunk: usize,
    buffer: Vec<u8>,
    /// Where in the buffer the bytes begin whose turn has not come.
    start: usize,
    /// Bytes of the input that came before those of the buffer.
    before: u64,
    ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Window<R> {
    /// A window on an input that is asked for `chunk` bytes at a time.
    pub(super) fn new(input: R, chunk: usize) -> Self {
        Self { input, chunk, buffer: Vec::new(), start: 0, before: 0, ended: false, error: None }
    }

    /// The same window where the first byte of the input is number `at`.
    pub(super) fn counted_from(mut self, at: u64) -> Self {
        self.before = at;
        self
    }

    /// Number of the byte whose turn is next.
    pub(super) fn at(&self) -> u64 {
        self.before + self.start as u64
    }

    /// The bytes ahead: so many at least, unless the input ends before.
    pub(super) fn ahead(&mut self, count: usize) -> &[u8] {
        while self.buffer.len() - self.start < count && !self.ended {
            self.fill();
        }
        &self.buffer[self.start..]
    }

    /// So many of the bytes ahead have had their turn.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.buffer.len());
    }

    /// Length of the line that begins `skip` bytes ahead, its end included; of a long line, that of
    /// its next piece. 0 at the end of the input.
    pub(super) fn line(&mut self, skip: usize) -> usize {
        let mut seen = 0;
        loop {
            let ahead = self.ahead(skip + seen + 1);
            let Some(new) = ahead.get(skip + seen..) else { return seen };
            if let Some(end) = memchr(b'\n', new) {
                return seen + end + 1;
            }
            if new.is_empty() || seen + new.len() >= LONG {
                return seen + new.len();
            }
            seen += new.len();
        }
    }

    /// The error that ended the input, if one did.
    pub(super) fn finish(self) -> io::Result<()> {
        self.error.map_or(Ok(()), Err)
    }

    /// True when an error has ended the input.
    pub(super) fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn fill(&mut self) {
        // What is moved is never more than what had its turn.
        if self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.before += self.start as u64;
            self.start = 0;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + self.chunk, 0);
        let count = match read(&mut self.input, &mut self.buffer[length..]) {
            Ok(count) => count,
            Err(error) => {
                self.error = Some(error);
                0
            }
        };
        self.buffer.truncate(length + count);
        self.ended = count == 0;
    }
}

/// Reads what is there, however often a signal comes between.
fn read(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(into) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_whatever_the_chunks() {
        let text = b"one\n\nthree\r\nfour".as_slice();
        for chunk in 1..20 {
            let mut window = Window::new(text, chunk);
            let mut lines = Vec::new();
            loop {
                assert!(window.line(window_skip(&lines)) <= text.len());
                let length = window.line(0);
                if length == 0 {
                    break;
                }
                lines.push(window.ahead(length)[..length].to_vec());
                window.consume(length);
            }
            assert_eq!(lines.concat(), text);
            assert_eq!((lines.len(), window.at()), (4, text.len() as u64));
        }
    }

    /// Any number of bytes may be skipped.
    fn window_skip(lines: &[Vec<u8>]) -> usize {
        lines.len() * 7
    }

    #[test]
    fn an_error_is_the_end_and_is_told() {
        let broken = b"some".chain(Broken);
        let mut window = Window::new(broken, 100);
        assert_eq!(window.ahead(100), b"some");
        assert_eq!(window.line(0), 4);
        assert!(window.failed() && window.finish().is_err());
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
}
