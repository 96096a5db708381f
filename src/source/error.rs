//! Why a source cannot go on.

use crate::mail::SafeText;

use super::imap;

/// Why a source cannot go on. Each message names what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The path as given.
        path: SafeText,
        /// What the system said.
        reason: SafeText,
    },
    /// Nothing of what was named can be read.
    #[error("{0}")]
    Unread(SafeText),
    /// Anything about an IMAP connection.
    #[error(transparent)]
    Imap(#[from] imap::Error),
    /// The message is not there any more.
    #[error("the message is no longer in the mailbox; press r to refresh the list")]
    Gone,
    /// The message is not in its file any more.
    #[error("the message is no longer in {0}: another program changed it; press r to refresh")]
    GoneFrom(SafeText),
    /// Somebody asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl Error {
    /// True when trying again later may help.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Imap(error) if error.passes())
    }
}
