//! Answers to commands of our own that bring no messages: IDLE, EXAMINE with QRESYNC.

use std::io;

use super::response::{Condition, ParenthesisDepth, StatusResponse, literal};
use super::wire::{Wire, violation};

/// What a response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerPart {
    /// `+`: the server consents.
    Consent,
    /// The end of the answer.
    End(Condition),
    /// Anything else.
    News,
}

/// The answer to a command of our own: what it says besides is heard, literals are dropped.
pub(super) struct CommandAnswer<'a> {
    wire: &'a mut Wire,
    tag: &'a str,
    /// Bytes so far.
    taken: u64,
}

impl<'a> CommandAnswer<'a> {
    /// The answer to the command under this tag.
    pub(super) fn new(wire: &'a mut Wire, tag: &'a str) -> Self {
        Self { wire, tag, taken: 0 }
    }

    /// Reads one response.
    ///
    /// # Errors
    /// When the connection fails or the server breaks its limits.
    pub(super) fn next(&mut self) -> io::Result<AnswerPart> {
        let mut line = Vec::new();
        self.read(&mut line)?;
        self.wire.heard.take(&line);
        if line.starts_with(b"+") {
            return Ok(AnswerPart::Consent);
        }
        let Some(status) = StatusResponse::read(&line) else {
            if line.starts_with(b"* ") {
                return Ok(AnswerPart::News);
            }
            return Err(violation("what is no IMAP response"));
        };
        match status.condition {
            Condition::Bye if status.tag == b"*" => Err(self.wire.closed()),
            _ if status.tag == b"*" => Ok(AnswerPart::News),
            condition if status.tag == self.tag.as_bytes() => Ok(AnswerPart::End(condition)),
            _ => Err(violation("the answer to a command that was not given")),
        }
    }

    /// The first line of a response; literals, and what follows them, are read and dropped.
    fn read(&mut self, first: &mut Vec<u8>) -> io::Result<()> {
        let mut depth = ParenthesisDepth::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            self.count(|wire| wire.line(&mut line))?;
            if !depth.follow(&line, self.wire.limits.depth) {
                return Err(violation("parentheses nested too deep"));
            }
            if first.is_empty() {
                first.clone_from(&line);
                if line.starts_with(b"+") || StatusResponse::read(&line).is_some() {
                    return Ok(());
                }
            }
            let Some((_, length)) = literal(&line) else { return Ok(()) };
            self.count(|wire| wire.literal(length, |_| ()).map(|()| 0))?;
            self.taken += length;
        }
    }

    fn count(&mut self, read: impl FnOnce(&mut Wire) -> io::Result<usize>) -> io::Result<()> {
        self.taken += read(self.wire)? as u64;
        let limit = self.wire.limits.answer;
        if self.taken > limit {
            return Err(violation(&format!("an answer longer than {limit} bytes")));
        }
        Ok(())
    }
}
