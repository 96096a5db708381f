//! What a question brought to light.

use jiff::Timestamp;

use crate::mail::SafeText;

use super::check::Check;
use super::world::{DnsName, DnsReply, Proof, RecordKind, Trouble};

names! {
    /// What the answers prove about a delivery that failed.
    pub enum FindingVerdict {
        /// What it failed on is still there.
        StillBroken "still_broken" "still broken",
        /// The message tells of a fault that is no longer there.
        FixedSince "fixed_since" "fixed since",
        /// A fault that was only suspected is not there: it was something else.
        NeverSo "never_so" "never so",
        /// Nobody knows.
        CannotTell "cannot_tell" "cannot tell",
    }
}

/// An answered question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// About what.
    pub about: SafeText,
    /// What that proves.
    pub verdict: FindingVerdict,
    /// The same as a sentence.
    pub says: SafeText,
    /// The records it rests on.
    pub proof: Vec<Proof>,
    /// When it was asked.
    pub asked: Timestamp,
    /// Why nothing was learnt, where nothing was.
    pub trouble: Option<Trouble>,
}

/// How something looks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Soundness {
    Broken,
    Sound,
    Unclear,
}

/// How something looks now, why, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proven {
    pub(super) state: Soundness,
    pub(super) says: String,
    pub(super) proof: Vec<Proof>,
    pub(super) trouble: Option<Trouble>,
}

impl Proven {
    pub(super) fn new(state: Soundness, says: impl Into<String>, proof: Vec<Proof>) -> Self {
        Self { state, says: says.into(), proof, trouble: None }
    }

    pub(super) fn broken(says: impl Into<String>, proof: Vec<Proof>) -> Self {
        Self::new(Soundness::Broken, says, proof)
    }

    pub(super) fn sound(says: impl Into<String>, proof: Vec<Proof>) -> Self {
        Self::new(Soundness::Sound, says, proof)
    }

    pub(super) fn unclear(says: impl Into<String>, proof: Vec<Proof>) -> Self {
        Self::new(Soundness::Unclear, says, proof)
    }

    /// Nobody knows, because a question was not answered.
    pub(super) fn trouble(name: &DnsName, kind: RecordKind, trouble: Trouble) -> Self {
        let proof = DnsReply::Trouble(trouble).proof(name, kind);
        let says = format!("{} of {name} is not known: {}", kind.slug(), trouble.label());
        Self { trouble: Some(trouble), ..Self::unclear(says, proof) }
    }

    pub(super) fn verdict(&self, claimed: bool) -> FindingVerdict {
        match (self.state, claimed) {
            (Soundness::Broken, _) => FindingVerdict::StillBroken,
            (Soundness::Sound, true) => FindingVerdict::FixedSince,
            (Soundness::Sound, false) => FindingVerdict::NeverSo,
            (Soundness::Unclear, _) => FindingVerdict::CannotTell,
        }
    }
}
