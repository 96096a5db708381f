//! A cursor that is an identity, and the window around it.

/// A cursor among things that have names, and the first of them that is on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowCursor<I> {
    /// What it is on; None until the user has moved: until then it stays on the first.
    on: Option<I>,
    /// Where that stood when the cursor was put there.
    place: usize,
    /// First row on the screen, counted among those shown.
    top: usize,
}

impl<I> Default for RowCursor<I> {
    fn default() -> Self {
        Self { on: None, place: 0, top: 0 }
    }
}

impl<I: Copy> RowCursor<I> {
    /// What it is on; None while it waits at the top.
    pub(super) fn on(&self) -> Option<I> {
        self.on
    }

    /// Where it was put.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// The first row on the screen.
    pub(super) fn top(&self) -> usize {
        self.top
    }

    /// Puts it on something that stands at a place.
    pub(super) fn put(&mut self, on: I, place: usize) {
        self.on = Some(on);
        self.place = place;
    }

    /// Keeps it on a screen of so many of `length` rows; it stands `at` one of them.
    pub(super) fn follow(&mut self, at: Option<usize>, length: usize, height: usize) {
        let Some(at) = at else {
            self.top = 0;
            return;
        };
        if at < self.top {
            self.top = at;
        } else if height > 0 && at >= self.top + height {
            self.top = at + 1 - height;
        }
        self.top = self.top.min(length.saturating_sub(height.max(1)));
    }

    /// Brings what stands `at` a row back to so many rows below the first.
    pub(super) fn stand(&mut self, at: usize, below: usize) {
        self.top = at.saturating_sub(below);
    }
}
