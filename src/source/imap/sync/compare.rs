//! What an earlier run has brought, or an earlier pass, against what is there now. Where the server
//! can tell what has changed since (QRESYNC, RFC 7162) it is asked that first; but it is believed
//! only as long as the numbers agree, else all is compared.

use std::ops::ControlFlow;

use crate::source::{Event, Place, SyncMark};

use super::super::error::Error;
use super::super::session::dialogue::Examined;
use super::known::{EarlierRun, Known};
use super::window::{Flow, GO_ON, Pass, STOP, UIDS};

/// What a server says has changed.
pub(super) struct Changed {
    /// UIDs of messages that are gone, from the first to the last of each range.
    vanished: Vec<(u32, u32)>,
    /// Since then.
    since: SyncMark,
}

impl Changed {
    /// Those of these UIDs that are gone.
    fn of(&self, known: &[u32]) -> Vec<u32> {
        let mut gone = Vec::new();
        for &(low, high) in &self.vanished {
            let from = known.partition_point(|&uid| uid < low);
            let to = known.partition_point(|&uid| uid <= high);
            gone.extend_from_slice(&known[from..to.max(from)]);
        }
        gone.sort_unstable();
        gone.dedup();
        gone
    }
}

impl Pass<'_> {
    /// Opens the mailbox; asks what has changed where that can be asked.
    pub(super) fn open(&mut self) -> Result<(Examined, Option<Changed>), Error> {
        if self.known.is_kept {
            self.dialogue.enable_qresync(self.access)?;
        }
        if let Some(held) = &mut self.known.held
            && let Some(since) = held.mark.take()
            && let Some(resynced) = self.dialogue.resync(self.access, since)?
        {
            let changed = Changed { vanished: resynced.vanished, since };
            let is_same = resynced.examined.validity == since.validity;
            return Ok((resynced.examined, is_same.then_some(changed)));
        }
        Ok((self.dialogue.examine(self.access)?, None))
    }

    /// Compares what an earlier run has brought with what is there, and tells what is gone.
    pub(super) fn take_over(&mut self, validity: u32, changed: Option<Changed>) -> Flow {
        let Some(held) = self.known.held.take() else { return GO_ON };
        if held.validity != validity {
            let was_there = held.validity != 0;
            return if was_there { Ok(self.sink.take(Event::Reset)) } else { GO_ON };
        }
        if held.uids.is_empty() {
            return GO_ON;
        }
        if let Some(changed) = changed {
            match self.believe(&held, &changed) {
                Ok(Some(flow)) => return Ok(flow),
                Ok(None) => {}
                Err(error) => {
                    self.known.held = Some(held);
                    return Err(error);
                }
            }
        }
        let present = match self.present() {
            Ok(present) => present,
            Err(error) => {
                self.known.held = Some(held);
                return Err(error);
            }
        };
        let gone = self.known.progress.take_over(&held.uids, &present);
        Ok(self.tell_gone(validity, gone, &present))
    }

    /// Takes over what a server says has changed. None when that cannot be: then all is compared.
    fn believe(
        &mut self,
        held: &EarlierRun,
        changed: &Changed,
    ) -> Result<Option<ControlFlow<()>>, Error> {
        let next = changed.since.next;
        let mut gone = changed.of(&held.uids);
        if next > self.known.progress.horizon() || gone.len() > UIDS {
            return Ok(None);
        }
        if !gone.is_empty() {
            let names: Vec<String> = gone.iter().map(u32::to_string).collect();
            let there = self.uids(&format!("UID FETCH {}", names.join(",")))?;
            if there.iter().any(|uid| gone.binary_search(uid).is_ok()) {
                return Ok(None);
            }
        }
        let mut left = held.uids.clone();
        left.retain(|uid| gone.binary_search(uid).is_err());
        self.known.progress.take_over_all(&left, next);
        self.known.is_believed = true;
        if gone.is_empty() {
            return Ok(Some(ControlFlow::Continue(())));
        }
        self.known.changes += 1;
        let validity = held.validity;
        let gone = gone.drain(..).map(|uid| Place { validity, uid }).collect();
        Ok(Some(self.sink.take(Event::Gone(gone))))
    }

    /// Compares what has come with what is there, when the numbers do not agree, and tells what is
    /// gone. Where the server was believed before, what it kept from us is asked for.
    pub(super) fn let_go(&mut self, validity: u32) -> Flow {
        let removed = self.dialogue.removed();
        let expected = self.held.saturating_sub(removed);
        let is_believed = std::mem::take(&mut self.known.is_believed);
        let Known { progress, bisection, .. } = &*self.known;
        let accounted = progress.count().saturating_add(bisection.left_out());
        let agrees = accounted == expected || accounted < expected && !is_believed;
        if removed == 0 && agrees {
            return GO_ON;
        }
        let present = self.present()?;
        let come = self.known.progress.come();
        if is_believed {
            let gone = self.known.progress.take_over(&come, &present);
            if self.tell_gone(validity, gone, &present).is_break() {
                return STOP;
            }
            return self.fetch_all();
        }
        let mut gone = come;
        gone.retain(|uid| present.binary_search(uid).is_err());
        Ok(self.tell_gone(validity, gone, &present))
    }

    /// Tells of messages that are gone. A server that does not name all its messages does not say
    /// that the others are.
    fn tell_gone(&mut self, validity: u32, gone: Vec<u32>, present: &[u32]) -> ControlFlow<()> {
        let expected = self.held.saturating_sub(self.dialogue.removed());
        if gone.is_empty() || present.len() < expected as usize {
            return ControlFlow::Continue(());
        }
        self.known.progress.forget(&gone);
        self.known.changes += 1;
        let gone = gone.into_iter().map(|uid| Place { validity, uid }).collect();
        self.sink.take(Event::Gone(gone))
    }

    /// The UIDs of all messages, ascending.
    fn present(&mut self) -> Result<Vec<u32>, Error> {
        if self.held == 0 {
            return Ok(Vec::new());
        }
        // Others may come while they are named.
        let most = self.total() as usize + UIDS;
        let mut uids = self.uids_among("FETCH 1:*", most)?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Remembers the state of which all has come, if all has.
    pub(super) fn settle(&mut self, validity: u32) {
        let expected = self.held.saturating_sub(self.dialogue.removed());
        let Known { progress, bisection, nameless, .. } = &*self.known;
        let all = progress.count() == expected && *nameless == 0 && bisection.left_out() == 0;
        let next = progress.horizon();
        self.known.settled = match self.dialogue.modseq() {
            Some(modseq) if all => Some(SyncMark { validity, next, modseq }),
            _ => None,
        };
    }
}
