//! Where a message lies.

/// Where a message lies in its mailbox: never a row, never a sequence number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// UIDVALIDITY of an IMAP mailbox (RFC 3501 section 2.3.1.1); 0 for files.
    pub validity: u32,
    /// UID of an IMAP message; the number of the message, counted from 1, in files.
    pub uid: u32,
}

/// A state of a mailbox: what changes later has a higher number (RFC 7162).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncMark {
    /// UIDVALIDITY.
    pub validity: u32,
    /// UIDNEXT: messages with this UID or a higher one came later.
    pub next: u32,
    /// HIGHESTMODSEQ; never 0.
    pub modseq: u64,
}
