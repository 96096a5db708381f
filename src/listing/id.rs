//! Identities: of a message, and of one of its deliveries.

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

/// Identity of a delivery: one message, one of its recipients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId {
    /// The message.
    pub message: MessageId,
    /// Which of its recipients, counted from 0; 0 for messages that name none.
    pub recipient: u32,
}
