//! What many deliveries have in common.

use crate::bounce::{Kind, Status};
use crate::diagnosis::remedy::Permanence;
use crate::diagnosis::{Backscatter, Confidence, Party, Reason};

/// What is the same for many deliveries: kind, codes, reason and who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Class {
    /// What kind of message it is.
    pub kind: Kind,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Basic reply code.
    pub reply: Option<u16>,
    /// Why.
    pub reason: Reason,
    /// Who must act.
    pub party: Party,
    /// How sure that is.
    pub confidence: Confidence,
    /// Whether waiting helps.
    pub permanence: Permanence,
    /// Whether we sent the returned message.
    pub origin: Backscatter,
    /// A row for recipients that failed in different ways: code, reason and who must act are none
    /// of it.
    pub mixed: bool,
}

impl Class {
    /// That of messages of which nothing but this was found.
    pub(super) fn unknown(kind: Kind, origin: Backscatter) -> Self {
        Self {
            kind,
            status: None,
            reply: None,
            reason: Reason::Unknown,
            party: Party::Unknown,
            confidence: Confidence::Low,
            permanence: Permanence::default(),
            origin,
            mixed: false,
        }
    }

    /// True for failures of which nobody knows who must act.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.kind.is_bounce() && self.party == Party::Unknown && !self.mixed
    }
}
