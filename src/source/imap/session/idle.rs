//! IDLE (RFC 2177): the server tells of changes by itself, until we say DONE. Written by hand: the
//! crate waits for ever where a server ignores DONE, or speaks before it consents.

use std::io::{self, Write};

use crossbeam_channel::{Receiver, bounded, never};
use rustix::event::{PollFd, PollFlags, poll};

use super::super::error::Error;
use super::access::Access;
use super::answer::{AnswerPart, CommandAnswer};
use super::dialogue::Dialogue;

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
        let mut answer = CommandAnswer::new(wire, &tag);
        loop {
            match answer.next()? {
                AnswerPart::Consent => break,
                AnswerPart::End(_) => return Ok(false),
                AnswerPart::News => {}
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
        let mut answer = CommandAnswer::new(wire, tag);
        loop {
            if let AnswerPart::End(_) = answer.next()? {
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
