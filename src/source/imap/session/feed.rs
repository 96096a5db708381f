//! The stream as the crate `imap` sees it. That crate reads ahead, trusts every length, and gives
//! up on responses that are legal but unknown to it; so it gets one line a read, bounded, cleaned,
//! and without what it cannot stand.
//!
//! A session of the crate never gives out the stream it was made of. So it is made of a [`Feed`],
//! to which the wire is lent for one command: [`Loan::run`] hands it over, and with the answer it
//! comes back.

use std::io::{self, Read, Write};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::heard::Heard;
use super::response::{ParenthesisDepth, StatusResponse, literal, word};
use super::wire::{Wire, violation};

/// How long the answer to a command may come after a goodbye: some servers say why they refuse only
/// then.
const AFTER_GOODBYE: Duration = Duration::from_millis(500);

/// How often a server may ask for more of one command; a login takes three at most.
const ASKED: u32 = 20;

/// The owner of a wire, who lends it to a [`Feed`].
pub(super) struct Loan {
    /// None after a command that broke off: nothing more can be said on such a connection.
    wire: Option<Wire>,
    lend: Sender<Wire>,
    /// What was lent and not taken: a command that the crate itself refuses sends nothing.
    unused: Receiver<Wire>,
    back: Receiver<Wire>,
}

impl Loan {
    /// Takes a wire; the feed is what it will be lent to.
    pub(super) fn new(wire: Wire) -> (Self, Feed) {
        let (lend, lent) = bounded(1);
        let (give_back, back) = bounded(1);
        let feed = Feed {
            wire: None,
            lent: lent.clone(),
            give_back,
            tag: Vec::new(),
            line: Vec::new(),
            given: 0,
            literal: 0,
            inside: false,
            last: false,
            depth: ParenthesisDepth::default(),
            taken: 0,
            asked: 0,
            grants: false,
        };
        (Self { wire: Some(wire), lend, unused: lent, back }, feed)
    }

    /// Lends the wire for one command of the crate.
    pub(super) fn run<T>(&mut self, command: impl FnOnce() -> T) -> T {
        if let Some(wire) = self.wire.take() {
            // There is room for one, and there is only one.
            let _ = self.lend.send(wire);
        }
        let result = command();
        self.wire = self.back.try_recv().or_else(|_| self.unused.try_recv()).ok();
        result
    }

    /// The wire, between commands of the crate.
    ///
    /// # Errors
    /// When it did not come back from one.
    pub(super) fn wire(&mut self) -> io::Result<&mut Wire> {
        self.wire.as_mut().ok_or_else(broken_off)
    }

    /// What was heard on the wire, while it is here.
    pub(super) fn heard(&self) -> Option<&Heard> {
        Some(&self.wire.as_ref()?.heard)
    }
}

fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "a command broke off")
}

/// A `Read + Write` view of a [`Wire`], for as long as one command has it.
pub(super) struct Feed {
    wire: Option<Wire>,
    lent: Receiver<Wire>,
    give_back: Sender<Wire>,
    /// The tag of the command.
    tag: Vec<u8>,
    /// The line that is being handed out, and how much of it is gone.
    line: Vec<u8>,
    given: usize,
    /// Bytes of the current literal that are still to come.
    literal: u64,
    /// True while the lines of one response are read.
    inside: bool,
    /// True when the line ends the command.
    last: bool,
    depth: ParenthesisDepth,
    /// Bytes of the answer to the current command.
    taken: u64,
    /// How often the server has asked for more of the current command.
    asked: u32,
    /// True while the next command is answered here, with OK, and never sent.
    grants: bool,
}

impl Feed {
    /// The same, which grants the first command by itself: the crate makes a session of a login
    /// alone, and a server that greeted us as logged in wants none.
    pub(super) fn granting(mut self) -> Self {
        self.grants = true;
        self
    }

    /// The wire, taken when the first byte of a command is written.
    fn wire(&mut self) -> io::Result<&mut Wire> {
        if self.wire.is_none() {
            self.wire = self.lent.try_recv().ok();
        }
        self.wire.as_mut().ok_or_else(broken_off)
    }

    fn return_wire(&mut self) {
        if let Some(wire) = self.wire.take() {
            let _ = self.give_back.send(wire);
        }
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.taken += bytes as u64;
        let limit = self.wire()?.limits.answer;
        if self.taken > limit {
            return Err(violation(&format!("an answer longer than {limit} bytes")));
        }
        Ok(())
    }

    /// Reads the next line that is to be handed out.
    fn next_line(&mut self) -> io::Result<()> {
        while self.read_line()? {
            self.skip()?;
        }
        Ok(())
    }

    /// Reads one line; true when it begins a response that nobody needs to see.
    fn read_line(&mut self) -> io::Result<bool> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        self.given = 0;
        let read = self.wire()?.line(&mut line)?;
        self.line = line;
        self.count(read)?;
        let first = !std::mem::replace(&mut self.inside, false);
        if first {
            self.depth = ParenthesisDepth::default();
        }
        let limit = self.wire()?.limits.depth;
        if !self.depth.follow(&self.line, limit) {
            return Err(violation(&format!("parentheses nested deeper than {limit}")));
        }
        clean(&mut self.line);
        if first {
            return self.begin_response();
        }
        self.expect_literal()?;
        Ok(false)
    }

    /// Looks at the first line of a response; true when nobody needs to see the response.
    fn begin_response(&mut self) -> io::Result<bool> {
        let line = std::mem::take(&mut self.line);
        let heard = &mut self.wire()?.heard;
        let ends = heard.bye.is_some();
        let swallow = heard.take(&line);
        let begins_to_end = !ends && heard.bye.is_some();
        let status = StatusResponse::read(&line);
        // A `+` asks for more of the same command; it and the text of a status response may end
        // like a literal, and are none.
        let asks = line.starts_with(b"+");
        let is_text = status.is_some() || asks;
        if asks {
            self.asked += 1;
        }
        if self.asked > ASKED {
            return Err(violation("one request after another for more of a command"));
        }
        self.last = false;
        if let Some(status) = status
            && !matches!(status.tag, b"*" | b"+")
        {
            if status.tag != self.tag {
                return Err(violation("the answer to a command that was not given"));
            }
            self.last = true;
        }
        self.line = line;
        if !is_text {
            self.expect_literal()?;
        }
        if begins_to_end {
            self.wire()?.allow(AFTER_GOODBYE);
        }
        Ok(swallow)
    }

    /// Gets ready for the literal that the line announces at its end, if any.
    fn expect_literal(&mut self) -> io::Result<()> {
        if let Some((_, length)) = literal(&self.line) {
            self.wire()?.admit(length)?;
            self.literal = length;
            self.inside = true;
        }
        Ok(())
    }

    /// Reads the rest of a response that nobody needs to see.
    fn skip(&mut self) -> io::Result<()> {
        while self.inside {
            let length = std::mem::take(&mut self.literal);
            let mut read = 0;
            self.wire()?.literal(length, |piece| read += piece.len())?;
            self.count(read)?;
            self.read_line()?;
        }
        Ok(())
    }

    /// Hands out a piece of the current literal.
    fn read_literal(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.literal).unwrap_or(usize::MAX));
        let read = self.wire()?.some(most, |piece| out[..piece.len()].copy_from_slice(piece))?;
        self.literal -= read as u64;
        self.count(read)?;
        Ok(read)
    }

    /// Hands out a piece of the current line, or of the next one.
    fn read_piece(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let is_given = self.given == self.line.len();
        if is_given && self.literal > 0 {
            return self.read_literal(out);
        }
        if is_given {
            self.next_line()?;
        }
        let piece = &self.line[self.given..];
        let length = piece.len().min(out.len());
        out[..length].copy_from_slice(&piece[..length]);
        self.given += length;
        self.grants = false;
        if self.last && self.given == self.line.len() {
            self.return_wire();
        }
        Ok(length)
    }
}

/// Replaces what the grammar does not allow outside literals (RFC 3501 section 9: CHAR is 7-bit,
/// without NUL), and gives the line the end it should have.
fn clean(line: &mut Vec<u8>) {
    for byte in line.iter_mut() {
        if *byte == 0 || !byte.is_ascii() {
            *byte = b'?';
        }
    }
    if line.ends_with(b"\n") && !line.ends_with(b"\r\n") {
        line.truncate(line.len() - 1);
        line.extend_from_slice(b"\r\n");
    }
}

impl Read for Feed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut result = self.read_piece(out);
        if result.is_err() {
            // Whatever ends the waiting after a goodbye, the goodbye is the reason.
            if let Some(wire) = &self.wire
                && wire.heard.bye.is_some()
            {
                result = Err(wire.closed());
            }
            self.return_wire();
        }
        result
    }
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.grants {
            if self.line.is_empty() {
                self.line = [word(bytes).0, b" OK logged in already\r\n"].concat();
            }
            return Ok(bytes.len());
        }
        self.taken = 0;
        if self.wire.is_none() {
            self.tag = word(bytes).0.to_vec();
            self.asked = 0;
        }
        let result = self.wire()?.out().write(bytes);
        if result.is_err() {
            self.return_wire();
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.wire {
            Some(wire) => wire.out().flush(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::net::limits::Limits;
    use super::super::script::Script;
    use super::*;

    #[expect(clippy::result_large_err, reason = "the crate hands the client back with a refusal")]
    fn session(said: &[u8]) -> (imap::Session<Feed>, Loan) {
        let said = [b"a1 OK\r\n", said].concat();
        let (mut loan, feed) = Loan::new(Script::wire(&said, 1 << 20, Limits::default()));
        let mut client = imap::Client::new(feed);
        client.greeting_read = true;
        (loan.run(|| client.login("u", "p")).map_err(|(e, _)| e).unwrap(), loan)
    }

    #[test]
    fn hands_out_one_line_a_read() {
        let said = b"* OK a\r\n* LIST () NIL {3}\r\nabc\r\nx OK\n";
        let (mut loan, mut feed) = Loan::new(Script::wire(said, 99, Limits::default()));
        loan.run(|| {
            feed.write_all(b"x LIST\r\n").unwrap();
            for expected in ["* OK a\r\n", "* LIST () NIL {3}\r\n", "abc", "\r\n", "x OK\r\n"] {
                let mut out = [0; 100];
                let n = feed.read(&mut out).unwrap();
                assert_eq!(&out[..n], expected.as_bytes());
            }
        });
        assert!(loan.wire().is_ok());
        assert!(feed.read(&mut [0]).is_err(), "between commands there is nothing to read");
    }

    #[test]
    fn a_command_that_sends_nothing_leaves_the_wire_here() {
        let (mut session, mut loan) = session(b"");
        assert!(loan.run(|| session.examine("a\nb")).is_err());
        assert!(loan.wire().is_ok());
    }

    #[test]
    fn examine_survives_legal_noise() {
        let said = b"* NO Disk almost full\r\n* BAD Really full\r\n* FLAGS (\\Seen caf\xc3\xa9)\r\n* OK [UIDVALIDITY 3] \0hi {12}\r\n\
            * CAPABILITY IMAP4rev1 IDLE\r\n* ENABLED X\r\n* NAMESPACE ((\"\" \"/\")(\"a\" {1}\r\n/)) NIL NIL\r\n\
            * ESEARCH (TAG \"x\") COUNT 4\r\n* VANISHED 1:9\r\n* 7 EXISTS\r\n* OK [UIDNEXT 8] next\r\na2 OK [READ-ONLY] done\r\n\
            a3 OK noop\r\n";
        let (mut session, mut loan) = session(said);
        let mailbox = loan.run(|| session.examine("INBOX")).unwrap();
        assert_eq!((mailbox.exists, mailbox.uid_validity, mailbox.uid_next), (7, Some(3), Some(8)));
        assert!(loan.heard().unwrap().can("IDLE"));
        assert!(loan.run(|| session.noop()).is_ok());
    }

    #[test]
    fn lf_only_lines_are_understood() {
        let (mut session, mut loan) = session(b"* 7 EXISTS\n* OK [UIDVALIDITY 3] x\na2 OK done\n");
        assert_eq!(loan.run(|| session.examine("INBOX")).unwrap().exists, 7);
    }

    #[test]
    fn too_deep_too_long_too_much_is_refused() {
        let deep = [b"* 1 FETCH (BODYSTRUCTURE ".to_vec(), b"(".repeat(200_000), b"\r\n".to_vec()]
            .concat();
        let flood = b"* OK still here\r\n".repeat(600_000);
        for said in [deep, b"* LIST () \"/\" {4000000000}\r\n".to_vec(), vec![b'x'; 2 << 20], flood]
        {
            let (mut session, mut loan) = session(&said);
            let error = loan.run(|| session.noop()).unwrap_err();
            let imap::Error::Io(error) = error else { panic!("{error}") };
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        }
    }

    #[test]
    fn an_answer_under_another_tag_is_none() {
        for said in [&b"a7 OK noop\r\na2 OK noop\r\n"[..], b"x OK\r\n", b"a1 OK again\r\n"] {
            let (mut session, mut loan) = session(said);
            let error = loan.run(|| session.noop()).unwrap_err();
            assert!(error.to_string().contains("a command that was not given"), "{error}");
        }
    }

    #[test]
    fn a_refusal_after_a_goodbye_is_heard() {
        let (mut session, mut loan) = session(b"* BYE too many\r\na2 NO [LIMIT] not you\r\n");
        assert!(matches!(loan.run(|| session.noop()), Err(imap::Error::No(_))));
    }

    #[test]
    fn a_goodbye_is_named_when_the_connection_ends() {
        let (mut session, mut loan) = session(b"* BYE [UNAVAILABLE] Restarting\r\n");
        let error = loan.run(|| session.noop()).unwrap_err();
        assert!(error.to_string().contains("UNAVAILABLE: Restarting"), "{error}");
        assert!(loan.heard().unwrap().bye.is_some());
    }
}
