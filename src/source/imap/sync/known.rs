//! What is known of a mailbox, whatever becomes of the connections to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::mail::SafeText;
use crate::source::SyncMark;

use super::bisect::Bisection;
use super::progress::Progress;

/// How many different texts are remembered as told.
const TOLD: usize = 100;
/// How many pieces of what is missing are asked for again.
const PIECES: usize = 100;

/// Messages that are held from an earlier run.
#[derive(Clone, Debug)]
pub(super) struct EarlierRun {
    pub(super) validity: u32,
    /// Ascending.
    pub(super) uids: Vec<u32>,
    /// A state in which that was all, until it was asked what has changed since.
    pub(super) mark: Option<SyncMark>,
}

/// What is known of a mailbox.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What an earlier run has brought, until it was compared with what is there.
    pub(super) held: Option<EarlierRun>,
    /// True when somebody keeps what comes for another run.
    pub(super) is_kept: bool,
    /// The state of which all has come.
    pub(super) settled: Option<SyncMark>,
    /// True while the server is believed what has changed.
    pub(super) is_believed: bool,
    pub(super) progress: Progress,
    pub(super) bisection: Bisection,
    /// How often the server has shown that it works.
    pub(super) works: u64,
    /// How often something has come or gone.
    pub(super) changes: u64,
    /// Messages that came without a UID.
    pub(super) nameless: u32,
    /// Messages of which the server spoke, and which never came.
    pub(super) missing: u32,
    /// Messages that are left out and not told one by one.
    pub(super) untold: u32,
    /// Texts that were handed over.
    told: BTreeSet<SafeText>,
    /// Why messages are left out, as told.
    reasons: BTreeMap<u32, SafeText>,
}

impl Known {
    /// Nothing but what was told holds of a mailbox that was replaced by another.
    pub(super) fn begin_anew(&mut self, validity: u32) {
        *self = Self {
            progress: Progress::new(validity),
            held: self.held.take(),
            is_kept: self.is_kept,
            told: std::mem::take(&mut self.told),
            works: self.works,
            changes: self.changes + 1,
            ..Self::default()
        };
    }

    /// Somebody wants to know whether there is more: what failed or is missing is asked for again.
    pub(super) fn look_again(&mut self) {
        let nameless = std::mem::take(&mut self.nameless);
        if std::mem::take(&mut self.missing) > 0 || nameless > 0 {
            self.progress.reopen_unseen(PIECES);
        }
        self.bisection.try_again(&mut self.progress);
    }

    /// True when this was not told before.
    pub(super) fn is_news(&mut self, text: &SafeText) -> bool {
        self.told.len() < TOLD && self.told.insert(text.clone())
    }

    /// True when it is to be told that this message is left out; others are counted.
    pub(super) fn is_reason(&mut self, uid: u32, said: &SafeText) -> bool {
        if self.reasons.get(&uid) == Some(said) {
            return false;
        }
        if self.reasons.len() >= TOLD {
            self.untold += 1;
            return false;
        }
        self.reasons.insert(uid, said.clone());
        true
    }
}
