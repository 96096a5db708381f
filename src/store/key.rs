//! Which mailbox, in the store.

/// Which mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxKey(pub(super) u32);
