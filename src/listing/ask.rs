//! What the screen asks for and what it is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::detail::Detail;
use super::extent::Extent;
use super::id::MessageId;
use super::row::Row;

/// Something the screen asks for. Asking never waits; the answer comes as an [`Update`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Read one message for the views.
    Open(MessageId, Extent),
    /// The rows of all recipients of a message, whose rows have this time in the list.
    Recipients(MessageId, Option<Timestamp>),
    /// Look for new messages in all mailboxes.
    Refresh,
}

/// Something the screen is told. Mailboxes are named by their numbers, in the order in which they
/// were opened.
#[derive(Clone, Debug)]
pub enum Update {
    /// How a mailbox is doing.
    Health(u16, Health),
    /// Rows that are new or changed.
    Rows(Vec<Row>),
    /// A mailbox is another one now: its rows are void.
    Reset(u16),
    /// Messages that another program has taken away: their rows are void.
    Gone(BTreeSet<MessageId>),
    /// It was learnt from a mailbox who we are: its messages were judged again.
    Rejudged(u16),
    /// A message that was asked for.
    Opened(Arc<Detail>),
    /// A message that was asked for cannot be had, and why.
    Unopened(MessageId, SafeText),
    /// Something a person should read.
    Notice(SafeText),
}

/// How a mailbox is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Resolving, connecting, TLS, login.
    Connecting,
    /// Messages are coming.
    Fetching {
        /// Messages that came so far.
        done: u32,
        /// Messages of the mailbox, as far as known.
        total: u32,
    },
    /// All there; the connection is open. The text names it ("TLS 1.3", "3 files").
    Idle(SafeText),
    /// The connection broke; the next attempt comes after so many seconds.
    Waiting {
        /// Seconds until the next attempt.
        seconds: u64,
        /// Why.
        why: SafeText,
    },
    /// It will not go on by itself, and why.
    Stopped(SafeText),
}

impl Health {
    /// True while there is a connection over which messages can be had.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Fetching { .. } | Self::Idle(_))
    }
}
