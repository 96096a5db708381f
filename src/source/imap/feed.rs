//! The stream as the crate `imap` sees it. That crate reads ahead, trusts every length, and gives
//! up on responses that are legal but unknown to it; so it gets one line a read, bounded, cleaned,
//! and without what it cannot stand.

use std::io::{self, Read, Write};

use super::response::{Depth, Status, literal};
use super::wire::{Shared, violation};

/// A `Read + Write` view of a [`Shared`] wire.
pub(super) struct Feed {
    wire: Shared,
    /// The line that is being handed out, and how much of it is gone.
    line: Vec<u8>,
    given: usize,
    /// Bytes of the current literal that are still to come.
    literal: u64,
    /// True while the lines of one response are read.
    inside: bool,
    depth: Depth,
    /// Bytes of the answer to the current command.
    taken: u64,
}

impl Feed {
    /// A view of a wire.
    pub(super) fn new(wire: Shared) -> Self {
        let depth = Depth::default();
        Self { wire, line: Vec::new(), given: 0, literal: 0, inside: false, depth, taken: 0 }
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.taken += bytes as u64;
        let limit = self.wire.lock().limits.answer;
        if self.taken > limit {
            return Err(violation(&format!("an answer longer than {limit} bytes")));
        }
        Ok(())
    }

    /// Reads the next line that is to be handed out.
    fn next_line(&mut self) -> io::Result<()> {
        loop {
            let swallow = self.read_line()?;
            if !swallow {
                return Ok(());
            }
            self.skip()?;
        }
    }

    /// Reads one line; true when it begins a response that nobody needs to see.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.given = 0;
        let read = self.wire.lock().line(&mut self.line)?;
        self.count(read)?;
        let first = !std::mem::replace(&mut self.inside, false);
        if first {
            self.depth = Depth::default();
        }
        let limit = self.wire.lock().limits.depth;
        if !self.depth.follow(&self.line, limit) {
            return Err(violation(&format!("parentheses nested deeper than {limit}")));
        }
        clean(&mut self.line);
        let swallow = first && self.wire.lock().heard.take(&self.line);
        // The text of a status response may end like a literal, and is none.
        if !(first && Status::read(&self.line).is_some())
            && let Some((_, length)) = literal(&self.line)
        {
            self.wire.lock().admit(length)?;
            self.literal = length;
            self.inside = true;
        }
        Ok(swallow)
    }

    /// Reads the rest of a response that nobody needs to see.
    fn skip(&mut self) -> io::Result<()> {
        while self.inside {
            let mut read = 0;
            self.wire.lock().literal(self.literal, |b| read += b.len())?;
            self.literal = 0;
            self.count(read)?;
            self.read_line()?;
        }
        Ok(())
    }
}

/// Replaces what the grammar does not allow outside literals (RFC 3501 section 9: CHAR is 7-bit,
/// without NUL), and gives the line the end it should have.
fn clean(line: &mut Vec<u8>) {
    for byte in line.iter_mut().filter(|b| **b == 0 || !b.is_ascii()) {
        *byte = b'?';
    }
    if line.ends_with(b"\n") && !line.ends_with(b"\r\n") {
        line.truncate(line.len() - 1);
        line.extend_from_slice(b"\r\n");
    }
}

impl Read for Feed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.line.len() && self.literal > 0 {
            let most = out.len().min(usize::try_from(self.literal).unwrap_or(usize::MAX));
            let read = self.wire.lock().some(most, |b| out[..b.len()].copy_from_slice(b))?;
            self.literal -= read as u64;
            self.count(read)?;
            return Ok(read);
        }
        if self.given == self.line.len() {
            self.next_line()?;
        }
        let piece = &self.line[self.given..];
        let n = piece.len().min(out.len());
        out[..n].copy_from_slice(&piece[..n]);
        self.given += n;
        Ok(n)
    }
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.taken = 0;
        self.wire.lock().out().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wire.lock().out().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::Script;
    use super::*;

    fn client(said: &[u8]) -> (imap::Client<Feed>, Shared) {
        let wire = Shared::new(Script::new(said, 1 << 20).wire());
        let mut client = imap::Client::new(Feed::new(wire.clone()));
        client.greeting_read = true;
        (client, wire)
    }

    fn session(said: &[u8]) -> (imap::Session<Feed>, Shared) {
        let (client, wire) = client(&[b"a1 OK\r\n", said].concat());
        (client.login("u", "p").map_err(|(e, _)| e).unwrap(), wire)
    }

    #[test]
    fn hands_out_one_line_a_read() {
        let mut feed = Feed::new(Shared::new(
            Script::new(b"* OK a\r\n* LIST () NIL {3}\r\nabc\r\nx OK\n", 99).wire(),
        ));
        let mut read = || {
            let mut out = [0; 100];
            let n = feed.read(&mut out).unwrap();
            String::from_utf8(out[..n].to_vec()).unwrap()
        };
        for expected in ["* OK a\r\n", "* LIST () NIL {3}\r\n", "abc", "\r\n", "x OK\r\n"] {
            assert_eq!(read(), expected);
        }
    }

    #[test]
    fn examine_survives_legal_noise() {
        let said = b"* NO Disk almost full\r\n* BAD Really full\r\n* FLAGS (\\Seen caf\xc3\xa9)\r\n* OK [UIDVALIDITY 3] \0hi {12}\r\n\
            * CAPABILITY IMAP4rev1 IDLE\r\n* ENABLED X\r\n* NAMESPACE ((\"\" \"/\")(\"a\" {1}\r\n/)) NIL NIL\r\n\
            * ESEARCH (TAG \"x\") COUNT 4\r\n* VANISHED 1:9\r\n* 7 EXISTS\r\n* OK [UIDNEXT 8] next\r\na2 OK [READ-ONLY] done\r\n\
            a3 OK noop\r\n";
        let (mut session, wire) = session(said);
        let mailbox = session.examine("INBOX").unwrap();
        assert_eq!((mailbox.exists, mailbox.uid_validity, mailbox.uid_next), (7, Some(3), Some(8)));
        assert!(wire.lock().heard.can("IDLE"));
        assert!(session.noop().is_ok());
    }

    #[test]
    fn lf_only_lines_are_understood() {
        let (mut session, _) = session(b"* 7 EXISTS\n* OK [UIDVALIDITY 3] x\na2 OK done\n");
        assert_eq!(session.examine("INBOX").unwrap().exists, 7);
    }

    #[test]
    fn too_deep_too_long_too_much_is_refused() {
        let deep = [b"* 1 FETCH (BODYSTRUCTURE ".to_vec(), b"(".repeat(200_000), b"\r\n".to_vec()]
            .concat();
        let flood = b"* OK still here\r\n".repeat(600_000);
        for said in [deep, b"* LIST () \"/\" {4000000000}\r\n".to_vec(), vec![b'x'; 2 << 20], flood]
        {
            let (mut session, _) = session(&said);
            let error = session.noop().unwrap_err();
            let imap::Error::Io(error) = error else { panic!("{error}") };
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        }
    }

    #[test]
    fn a_goodbye_is_named_when_the_connection_ends() {
        let (mut session, wire) = session(b"* BYE [UNAVAILABLE] Restarting\r\n");
        let error = session.noop().unwrap_err();
        assert!(error.to_string().contains("UNAVAILABLE: Restarting"), "{error}");
        assert!(wire.lock().heard.bye.is_some());
    }
}
