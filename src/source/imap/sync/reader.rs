//! Single messages, whole, on a connection of their own: opening one does not wait for the stream
//! beside it.

use crate::source::{Canceller, Error as SourceError, Place, Reader};

use super::super::error::Error;
use super::super::net::cancel::Cancellation;
use super::super::session::access::Access;
use super::super::session::dialogue::Dialogue;
use super::super::session::end::End;
use super::super::session::fetch::FetchAnswer;

/// Fetches single messages of an IMAP mailbox. It connects when it is first asked, and again when
/// the connection has gone stale.
pub(crate) struct ImapReader {
    access: Access,
    cancel: Cancellation,
    connection: Option<OpenMailbox>,
}

/// A connection on which the mailbox is open.
struct OpenMailbox {
    dialogue: Dialogue,
    validity: u32,
}

/// The bytes of a message, and whether they are all of it.
type Bytes = (Vec<u8>, bool);

impl ImapReader {
    /// A reader that has not connected yet.
    pub(crate) fn new(access: Access) -> Self {
        Self { access, cancel: Cancellation::new(), connection: None }
    }

    /// The first `most` bytes of a message.
    fn answer(&mut self, place: Place, most: u32) -> Result<Bytes, SourceError> {
        let result = self.fetch(place, most);
        if self.cancel.answer() {
            self.connection = None;
            return Err(SourceError::Cancelled);
        }
        result?.ok_or(SourceError::Gone)
    }

    /// None when the mailbox holds no such message.
    fn fetch(&mut self, place: Place, most: u32) -> Result<Option<Bytes>, Error> {
        let kept = self.connection.is_some();
        match self.try_fetch(place, most) {
            Err(error) if kept && error.passes() && !self.cancel.is_asked() => {
                self.connection = None;
                self.try_fetch(place, most)
            }
            // A message that came after the mailbox was opened may need another look.
            Ok(None) if kept => {
                if let Some(open) = &mut self.connection {
                    open.validity = open.dialogue.examine(&self.access)?.validity;
                }
                self.try_fetch(place, most)
            }
            done => done,
        }
    }

    /// A connection that fails is not kept.
    fn try_fetch(&mut self, place: Place, most: u32) -> Result<Option<Bytes>, Error> {
        let mut open = match self.connection.take() {
            Some(kept) => kept,
            None => self.open()?,
        };
        let mut found = None;
        if open.validity == place.validity {
            found = self.ask(&mut open.dialogue, place.uid, most)?;
        }
        self.connection = Some(open);
        Ok(found)
    }

    fn open(&self) -> Result<OpenMailbox, Error> {
        let mut dialogue = Dialogue::open(&self.access, &self.cancel)?;
        let validity = dialogue.examine(&self.access)?.validity;
        Ok(OpenMailbox { dialogue, validity })
    }

    /// The first `keep` bytes of a message, on a connection that has opened the mailbox.
    fn ask(&self, dialogue: &mut Dialogue, uid: u32, keep: u32) -> Result<Option<Bytes>, Error> {
        let Access { at, limits, .. } = &self.access;
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{keep}>)");
        let mut fetching = dialogue
            .fetch(&command, keep)
            .map_err(|e| Error::wire(at, &e))?
            .until(limits.deadline(limits.open));
        let mut found = None;
        let mut bare = false;
        let end = loop {
            let arrived = match fetching.read_next().map_err(|e| Error::wire(at, &e))? {
                FetchAnswer::End(end) => break end,
                FetchAnswer::Arrived(arrived) => arrived,
            };
            if arrived.uid != uid || found.is_some() {
                continue;
            }
            bare |= arrived.bare;
            found = arrived.bytes.map(|bytes| (bytes.into_owned(), arrived.whole));
        };
        let at = at.clone();
        let command = "FETCH";
        match (end, found) {
            (End::Done | End::Refused(_), Some(found)) => Ok(Some(found)),
            (End::Done, None) if bare => {
                let said = "the server sent it without its text".into();
                Err(Error::Refused { at, command, said })
            }
            (End::Done, None) => Ok(None),
            (End::Later(said), _) => Err(Error::Busy { at, said }),
            (End::Refused(said) | End::Bad(said), _) => Err(Error::Refused { at, command, said }),
        }
    }
}

impl Reader for ImapReader {
    fn whole(&mut self, place: Place) -> Result<Vec<u8>, SourceError> {
        let (bytes, _) = self.answer(place, self.access.limits.whole)?;
        Ok(bytes)
    }

    fn beginning(&mut self, place: Place) -> Result<(Vec<u8>, bool), SourceError> {
        self.answer(place, self.access.limits.keep)
    }

    fn canceller(&self) -> Canceller {
        self.cancel.canceller()
    }
}
