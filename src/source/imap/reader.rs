//! Single messages, whole, on a connection of their own: opening one does not wait for the stream
//! beside it.

use std::ops::ControlFlow;

use crate::source::{Canceller, Error as SourceError, MessageId, Reader};

use super::access::Access;
use super::error::Error;
use super::fetch::End;
use super::link::Link;
use super::stop::Stop;

/// Fetches single messages of an IMAP mailbox. It connects when it is first asked, and again when
/// the connection has gone stale.
pub struct ImapReader {
    access: Access,
    stop: Stop,
    link: Option<(Link, u32)>,
}

impl ImapReader {
    pub(super) fn new(access: Access) -> Self {
        Self { access, stop: Stop::new(), link: None }
    }

    /// The first `most` bytes of a message, and whether they are all of it; none when the mailbox
    /// holds no such message.
    fn fetch(&mut self, id: MessageId, most: u32) -> Result<Option<(Vec<u8>, bool)>, Error> {
        let kept = self.link.is_some();
        match self.try_fetch(id, most) {
            Err(error) if kept && error.passes() && !self.stop.is_asked() => {
                self.link = None;
                self.try_fetch(id, most)
            }
            // A message that came after the mailbox was opened may need another look.
            Ok(None) if kept => {
                if let Some((link, validity)) = &mut self.link {
                    *validity = link.examine(&self.access)?.validity;
                }
                self.try_fetch(id, most)
            }
            done => done,
        }
    }

    fn try_fetch(&mut self, id: MessageId, most: u32) -> Result<Option<(Vec<u8>, bool)>, Error> {
        let (mut link, validity) = self.link.take().map_or_else(|| self.open(), Ok)?;
        let mut body = None;
        if validity == id.validity {
            body = self.ask(&mut link, id.uid, most)?;
        }
        self.link = Some((link, validity));
        Ok(body)
    }

    fn open(&self) -> Result<(Link, u32), Error> {
        let mut link = Link::open(&self.access, &self.stop)?;
        let validity = link.examine(&self.access)?.validity;
        Ok((link, validity))
    }

    fn ask(&self, link: &mut Link, uid: u32, keep: u32) -> Result<Option<(Vec<u8>, bool)>, Error> {
        let (mut found, mut whole) = (false, false);
        let end = link.fetch(
            &format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{keep}>)"),
            keep,
            &mut |arrived| {
                if arrived.bytes.is_some() {
                    (found, whole) = (arrived.uid == uid, arrived.whole);
                }
                ControlFlow::Continue(())
            },
        );
        match end.map_err(|e| Error::wire(&self.access.at, &e))? {
            End::Refused(_) if found => Ok(Some((link.take_body(), whole))),
            End::Done | End::Stopped => Ok(found.then(|| (link.take_body(), whole))),
            End::Later(said) => Err(Error::Busy { at: self.access.at.clone(), said }),
            End::Refused(said) | End::Bad(said) => {
                Err(Error::Refused { at: self.access.at.clone(), command: "FETCH", said })
            }
        }
    }
}

impl ImapReader {
    fn answer(&mut self, id: MessageId, most: u32) -> Result<(Vec<u8>, bool), SourceError> {
        let result = self.fetch(id, most);
        if self.stop.answer() {
            self.link = None;
            return Err(SourceError::Cancelled);
        }
        result?.ok_or(SourceError::Gone)
    }
}

impl Reader for ImapReader {
    fn whole(&mut self, id: MessageId) -> Result<Vec<u8>, SourceError> {
        self.answer(id, self.access.limits.whole).map(|(bytes, _)| bytes)
    }

    fn beginning(&mut self, id: MessageId) -> Result<(Vec<u8>, bool), SourceError> {
        self.answer(id, self.access.limits.keep)
    }

    fn canceller(&self) -> Canceller {
        self.stop.canceller()
    }
}
