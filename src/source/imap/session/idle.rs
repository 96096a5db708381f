//! IDLE (RFC 2177): the server tells of changes by itself, until we say DONE. Written by hand: the
//! crate waits for ever where a server ignores DONE, or speaks before it consents.

use std::io::{self, Write};

use crossbeam_channel::{Receiver, bounded, never};
use rustix::event::{PollFd, PollFlags, poll};

use super::super::error::Error;
use super::access::Access;
use super::dialogue::Dialogue;
use super::response::{Condition, ParenthesisDepth, StatusResponse, literal};
use super::wire::{Wire, violation};

/// What a response is to whoever idles.
enum Told {
    /// `+`: the server consents.
    Consent,
    /// The answer to a command.
    Answer,
    /// Anything else.
    News,
}

impl Dialogue {
    /// True while the server tells of changes by itself.
    pub(crate) fn is_idle(&self) -> bool {
        self.idling.is_some()
    }

    /// Asks the server to tell of changes by itself. False when it does not offer that, or refuses:
    /// it is not asked again on this connection.
    ///
    /// # Errors
    /// When the connection fails, or the server does not answer in time.
    pub(crate) fn begin_idle(&mut self, access: &Access) -> Result<bool, Error> {
        if !self.may_idle || !self.can("IDLE") {
            return Ok(false);
        }
        let begun = self.try_begin(access).map_err(|e| Error::wire(&access.at, &e))?;
        self.may_idle = begun;
        Ok(begun)
    }

    fn try_begin(&mut self, access: &Access) -> io::Result<bool> {
        let wire = self.loan.wire()?;
        wire.allow(access.limits.pulse);
        let tag = wire.send("IDLE")?;
        let mut answer = Answer { wire, tag: &tag, taken: 0 };
        loop {
            match answer.next()? {
                Told::Consent => break,
                Told::Answer => return Ok(false),
                Told::News => {}
            }
        }
        self.idling = Some(tag);
        Ok(true)
    }

    /// Ends that. When it returns, the server has answered: it is there.
    ///
    /// # Errors
    /// When the connection fails, or the server does not answer in time.
    pub(crate) fn end_idle(&mut self, access: &Access) -> Result<(), Error> {
        let Some(tag) = self.idling.take() else { return Ok(()) };
        self.try_end(&tag, access).map_err(|e| Error::wire(&access.at, &e))
    }

    fn try_end(&mut self, tag: &str, access: &Access) -> io::Result<()> {
        let wire = self.loan.wire()?;
        wire.allow(access.limits.pulse);
        wire.out().write_all(b"DONE\r\n")?;
        wire.out().flush()?;
        let mut answer = Answer { wire, tag, taken: 0 };
        loop {
            if let Told::Answer = answer.next()? {
                return Ok(());
            }
        }
    }

    /// Something comes through this as soon as the server has sent something.
    pub(crate) fn something_comes(&mut self) -> Receiver<()> {
        let (tell, told) = bounded(1);
        let Ok(wire) = self.loan.wire() else { return never() };
        if wire.has_unread() {
            let _ = tell.send(());
            return told;
        }
        let Ok(socket) = wire.socket() else { return never() };
        let wait = move || {
            let _ = poll(&mut [PollFd::new(&socket, PollFlags::IN)], None);
            let _ = tell.send(());
        };
        match std::thread::Builder::new().name("idle".into()).spawn(wait) {
            Ok(_) => told,
            // Then it is found out by looking.
            Err(_) => never(),
        }
    }
}

/// What comes while the server idles.
struct Answer<'a> {
    wire: &'a mut Wire,
    tag: &'a str,
    /// Bytes so far.
    taken: u64,
}

impl Answer<'_> {
    /// Reads one response.
    fn next(&mut self) -> io::Result<Told> {
        let mut line = Vec::new();
        self.read(&mut line)?;
        self.wire.heard.take(&line);
        if line.starts_with(b"+") {
            return Ok(Told::Consent);
        }
        let Some(status) = StatusResponse::read(&line) else {
            if line.starts_with(b"* ") {
                return Ok(Told::News);
            }
            return Err(violation("what is no IMAP response"));
        };
        match status.condition {
            Condition::Bye if status.tag == b"*" => Err(self.wire.closed()),
            _ if status.tag == b"*" => Ok(Told::News),
            _ if status.tag == self.tag.as_bytes() => Ok(Told::Answer),
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
