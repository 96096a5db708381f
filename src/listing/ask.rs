//! What the screen asks for and what it is told.

use std::sync::Arc;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::detail::Detail;
use super::extent::Extent;
use super::id::MessageId;
use super::window::{Ask, ListWindow, Query};

/// Something the screen asks for. Asking never waits; the answer comes as an [`Update`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A part of the list.
    Show(Ask),
    /// How the beginning of a filter can go on.
    Complete(String, Arc<Query>),
    /// Read one message for the views.
    Open(MessageId, Extent),
    /// Rows for all recipients of a message, whose rows have this time in the list.
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
    /// Mail has come from a mailbox.
    Heard(u16),
    /// The part of the list that was asked for last, as it is now.
    Window(Box<ListWindow>),
    /// How the beginning of a filter can go on.
    Completed(String, Completion),
    /// A mailbox is another one now: what was shown of it is void.
    Reset(u16),
    /// It was learnt from a mailbox who we are: its messages were judged again.
    Rejudged(u16),
    /// A message that was asked for.
    Opened(Arc<Detail>),
    /// A message that was asked for cannot be had, and why.
    Unopened(MessageId, SafeText),
    /// Something a person should read.
    Notice(SafeText),
}

/// What may stand in a filter in place of what was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The text.
    pub text: String,
    /// How many rows have it.
    pub rows: usize,
}

/// How the beginning of a filter can go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where that begins which a candidate takes the place of, in bytes.
    pub start: usize,
    /// The candidates, the likeliest first.
    pub candidates: Vec<Offered>,
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
