//! What the screen shows of messages: rows for the list, and everything about one message for the
//! views. Made where the bytes are, off the screen's thread; small where there are many of them.

mod ask;
mod detail;
mod row;

pub use ask::{Extent, Health, Request, Update};
pub use detail::Detail;
pub use row::{DeliveryId, Key, Row};

/// Identity of a message inside the mailboxes of this run: never a row, never a sequence number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId {
    /// Which of the opened mailboxes, in the order they were opened.
    pub mailbox: u16,
    /// UIDVALIDITY of an IMAP mailbox (RFC 3501 section 2.3.1.1); 0 for files.
    pub validity: u32,
    /// UID of an IMAP message; the number of the message, counted from 1, in files.
    pub uid: u32,
}
