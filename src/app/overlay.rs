//! What can lie on top of the screen.

use crate::diagnosis::tree571::Question;

/// Something on top of list and views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Keys and what they do.
    Help {
        /// First line shown.
        scroll: usize,
    },
    /// The messages so far, newest first.
    Messages {
        /// First line shown.
        scroll: usize,
    },
    /// The view without borders, to select text with the terminal's own means.
    Select {
        /// First line shown.
        scroll: usize,
    },
    /// The questions of the 5.7.1 tree.
    Tree {
        /// The question that is read, an index into [`Question::ALL`].
        at: usize,
        /// First line shown of what it leads to.
        scroll: usize,
    },
}

impl Overlay {
    /// Moves by so many lines or branches.
    pub fn step(&mut self, by: isize) {
        match self {
            Self::Help { scroll } | Self::Messages { scroll } | Self::Select { scroll } => {
                *scroll = scroll.saturating_add_signed(by);
            }
            Self::Tree { at, scroll, .. } => {
                *at = at.saturating_add_signed(by).min(Question::ALL.len() - 1);
                *scroll = 0;
            }
        }
    }

    /// Moves by pages of so many lines.
    pub fn page(&mut self, by: isize, lines: usize) {
        let by = by.saturating_mul(isize::try_from(lines).unwrap_or(isize::MAX));
        match self {
            Self::Tree { scroll, .. } => *scroll = scroll.saturating_add_signed(by),
            _ => self.step(by),
        }
    }

    /// Keeps the scrolling inside what the last frame showed.
    pub fn clamp(&mut self, last: usize) {
        let (Self::Help { scroll }
        | Self::Messages { scroll }
        | Self::Select { scroll }
        | Self::Tree { scroll, .. }) = self;
        *scroll = (*scroll).min(last);
    }
}
