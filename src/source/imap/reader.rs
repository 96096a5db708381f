//! Single messages, whole, on a connection of their own: opening one does not wait for the stream beside it.

use std::ops::ControlFlow;

use crate::source::{Canceller, Error as SourceError, MessageId, Reader};

use super::access::Access;
use super::error::Error;
use super::fetch::End;
use super::link::Link;
use super::stop::Stop;

/// Fetches single messages of an IMAP mailbox. It connects when it is first asked, and again when the connection has
/// gone stale.
pub struct ImapReader {
    access: Access,
    stop: Stop,
    link: Option<(Link, u32)>,
}

impl ImapReader {
    pub(super) fn new(access: Access) -> Self {
        Self { access, stop: Stop::new(), link: None }
    }

    /// The message; none when the mailbox holds no such message.
    fn fetch(&mut self, id: MessageId) -> Result<Option<Vec<u8>>, Error> {
        let kept = self.link.is_some();
        match self.try_fetch(id) {
            Err(error) if kept && error.passes() && !self.stop.is_asked() => {
                self.link = None;
                self.try_fetch(id)
            }
            // A message that came after the mailbox was opened may need another look.
            Ok(None) if kept => {
                if let Some((link, validity)) = &mut self.link {
                    *validity = link.examine(&self.access)?.validity;
                }
                self.try_fetch(id)
            }
            done => done,
        }
    }

    fn try_fetch(&mut self, id: MessageId) -> Result<Option<Vec<u8>>, Error> {
        let (mut link, validity) = self.link.take().map_or_else(|| self.open(), Ok)?;
        let mut body = None;
        if validity == id.validity {
            body = self.ask(&mut link, id.uid)?;
        }
        self.link = Some((link, validity));
        Ok(body)
    }

    fn open(&self) -> Result<(Link, u32), Error> {
        let mut link = Link::open(&self.access, &self.stop)?;
        let validity = link.examine(&self.access)?.validity;
        Ok((link, validity))
    }

    fn ask(&self, link: &mut Link, uid: u32) -> Result<Option<Vec<u8>>, Error> {
        let keep = self.access.limits.whole;
        let mut found = false;
        let end = link.fetch(&format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{keep}>)"), keep, &mut |arrived| {
            found = if arrived.bytes.is_some() { arrived.uid == uid } else { found };
            ControlFlow::Continue(())
        });
        match end.map_err(|e| Error::wire(&self.access.at, &e))? {
            End::Refused(_) if found => Ok(Some(link.take_body())),
            End::Done | End::Stopped => Ok(found.then(|| link.take_body())),
            End::Later(said) => Err(Error::Busy { at: self.access.at.clone(), said }),
            End::Refused(said) | End::Bad(said) => {
                Err(Error::Refused { at: self.access.at.clone(), command: "FETCH", said })
            }
        }
    }
}

impl Reader for ImapReader {
    fn whole(&mut self, id: MessageId) -> Result<Vec<u8>, SourceError> {
        let result = self.fetch(id);
        if self.stop.answer() {
            self.link = None;
            return Err(SourceError::Cancelled);
        }
        result?.ok_or(SourceError::Gone)
    }

    fn canceller(&self) -> Canceller {
        self.stop.canceller()
    }
}
