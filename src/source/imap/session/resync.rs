//! What has changed in a mailbox since an earlier visit (QRESYNC, RFC 7162 section 3.2).

use std::io;

use crate::source::SyncMark;

use super::super::error::Error;
use super::access::Access;
use super::answer::{AnswerPart, CommandAnswer};
use super::dialogue::{Dialogue, Examined};
use super::failure::Failure;
use super::response::Condition;
use super::utf7;

/// A mailbox that was opened, and what has gone out of it.
pub(crate) struct Resynced {
    pub(crate) examined: Examined,
    /// UIDs of messages that are gone, from the first to the last of each range.
    pub(crate) vanished: Vec<(u32, u32)>,
}

impl Dialogue {
    /// Asks the server to number what changes, where it can; once a connection.
    ///
    /// # Errors
    /// When the connection fails.
    pub(crate) fn enable_qresync(&mut self, access: &Access) -> Result<(), Error> {
        if self.qresync.is_some() {
            return Ok(());
        }
        self.qresync = Some(false);
        if !self.can("QRESYNC") {
            return Ok(());
        }
        match self.run(access, |session| session.run_command_and_check_ok("ENABLE QRESYNC")) {
            Ok(()) => self.qresync = Some(true),
            Err(Failure::Refused(_)) => {}
            Err(Failure::Broken(error)) => return Err(error),
        }
        Ok(())
    }

    /// Opens the mailbox of the account with EXAMINE, and asks what is gone since then. None when
    /// the server cannot tell, or refuses; then it is to be opened without that.
    ///
    /// # Errors
    /// When the connection fails.
    pub(crate) fn resync(
        &mut self,
        access: &Access,
        since: SyncMark,
    ) -> Result<Option<Resynced>, Error> {
        if self.qresync != Some(true) {
            return Ok(None);
        }
        self.try_resync(access, since).map_err(|e| Error::wire(&access.at, &e))
    }

    fn try_resync(&mut self, access: &Access, since: SyncMark) -> io::Result<Option<Resynced>> {
        self.forget_opened();
        let wire = self.loan.wire()?;
        wire.allow(access.limits.patience);
        let name = utf7::encode(&access.account.mailbox);
        if name.contains(['\r', '\n']) {
            return Ok(None);
        }
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        let SyncMark { validity, modseq, .. } = since;
        let tag = wire.send(&format!("EXAMINE \"{name}\" (QRESYNC ({validity} {modseq}))"))?;
        let mut answer = CommandAnswer::new(wire, &tag);
        let end = loop {
            if let AnswerPart::End(end) = answer.next()? {
                break end;
            }
        };
        let heard = &mut wire.heard;
        let vanished = std::mem::take(&mut heard.vanished);
        let (Condition::Ok, Some(messages), Some(validity @ 1..), Some(vanished)) =
            (end, heard.exists, heard.validity, vanished)
        else {
            return Ok(None);
        };
        let examined = Examined { messages, validity, next: heard.next };
        self.is_opened(messages);
        Ok(Some(Resynced { examined, vanished }))
    }

    /// The number of the last change, as the mailbox was opened.
    pub(crate) fn modseq(&self) -> Option<u64> {
        self.loan.heard()?.modseq
    }
}
