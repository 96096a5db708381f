//! What one FETCH asks for, and what came of it.

use super::progress::UidRange;

/// How many messages of one window may come without their text before the others are only missed.
const BARE: usize = 100;

/// What one FETCH asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct FetchWindow {
    /// The UIDs that may come.
    pub(super) range: UidRange,
    /// The UID with which the answer begins, if it is known.
    pub(super) from: Option<u32>,
    /// Messages in the mailbox.
    pub(super) total: u32,
}

/// What one FETCH brought.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    /// Messages that had not come before.
    pub(super) new: u32,
    low: u32,
    high: u32,
    disordered: bool,
    /// UIDs of messages that the server listed, as asked, but without their text: it cannot read
    /// them.
    bare: Vec<u32>,
    /// Whether the last response was one of those.
    bare_last: bool,
}

impl Arrivals {
    /// A message came.
    pub(super) fn note(&mut self, uid: u32) {
        self.disordered |= uid < self.high;
        self.low = if self.low == 0 { uid } else { self.low.min(uid) };
        self.high = self.high.max(uid);
        self.bare_last = false;
    }

    /// A message came without its text.
    pub(super) fn note_bare(&mut self, uid: u32) {
        if self.bare.len() < BARE {
            self.bare.push(uid);
            self.bare_last = true;
        }
    }

    /// The message without text at which the answer stopped, if it did.
    pub(super) fn last_bare(&self) -> Option<u32> {
        if self.bare_last { self.bare.last().copied() } else { None }
    }

    /// The messages that came without their text, all but one at which the connection broke.
    pub(super) fn bare(&self, broke: bool) -> &[u32] {
        let open = usize::from(broke && self.bare_last);
        &self.bare[..self.bare.len() - open]
    }

    /// The range in which nothing is missing, when the server sent in ascending order.
    pub(super) fn settled(&self, window: FetchWindow) -> Option<UidRange> {
        if self.high == 0 || self.disordered {
            return None;
        }
        Some(UidRange { low: window.from.unwrap_or(self.low), high: self.high })
    }
}
