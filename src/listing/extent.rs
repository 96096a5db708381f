//! How much of a message is read for the views.

/// How much of a message is wanted, or there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Its beginning is enough.
    Beginning,
    /// All of it.
    Whole,
    /// All of it, and its parts as text.
    Decoded,
}
