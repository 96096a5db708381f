//! A cursor that is an identity, and the rows around it that are on the screen.

use crate::listing::RowName;

/// A cursor among rows that have names, and the first of them that is on the screen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowCursor {
    /// What it is on; None until the user has moved: until then it stays on the first.
    on: Option<RowName>,
    /// Where that stands, or stood.
    place: usize,
    /// First row on the screen, counted among those shown.
    top: usize,
}

impl RowCursor {
    /// What it is on; None while it waits at the top.
    pub(super) fn on(&self) -> Option<RowName> {
        self.on
    }

    /// Where it stands.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// The first row on the screen.
    pub(super) fn top(&self) -> usize {
        self.top
    }

    /// Puts it on something that stands at a place.
    pub(super) fn put(&mut self, on: RowName, place: usize) {
        self.on = Some(on);
        self.place = place;
    }

    /// What it is on stands at another place now; on the screen it stays where it was.
    pub(super) fn moved(&mut self, place: usize) {
        let below = self.place.saturating_sub(self.top);
        self.place = place;
        self.top = place.saturating_sub(below);
    }

    /// Keeps it on a screen of so many of `length` rows.
    pub(super) fn follow(&mut self, length: usize, height: usize) {
        if self.place < self.top {
            self.top = self.place;
        } else if height > 0 && self.place >= self.top + height {
            self.top = self.place + 1 - height;
        }
        self.top = self.top.min(length.saturating_sub(height.max(1)));
    }
}
