//! Why a filter cannot be read, and where.

use std::fmt;

/// Why a filter cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where, in characters from the beginning of the filter.
    pub at: usize,
    /// What is wrong and what to write, as a sentence.
    pub what: String,
}

impl Error {
    pub(super) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}
