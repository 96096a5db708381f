//! What failures in the list have in common: the reason, the code, the host.

use crate::bounce::Status;
use crate::diagnosis::Reason;
use crate::mail::SafeText;

use super::row::Row;

/// What failures have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SharedCause {
    reason: Reason,
    status: Option<Status>,
    host: SafeText,
}

impl SharedCause {
    /// What the failure of a row has in common with others; None for what is no failure, or of
    /// which too little is known.
    #[must_use]
    pub fn of(row: &Row) -> Option<Self> {
        if !row.kind.is_bounce() || row.reason == Reason::Unknown {
            return None;
        }
        Some(Self { reason: row.reason, status: row.status, host: row.host.clone()? })
    }
}
