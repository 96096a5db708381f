//! What makes bounces one cause.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bounce::{Bounce, Kind};
use crate::diagnosis::{Backscatter, Case, Diagnosis, Party, Reason};
use crate::mail::SafeText;

use super::hinge::Hinge;

/// The thing that deliveries failed on. Those with the same cause are one incident; two parties
/// never share one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cause {
    /// Failures, delays and what is no bounce stand apart.
    pub kind: Kind,
    /// The returned mail was not ours: somebody wrote in our name.
    pub not_ours: bool,
    /// Why; of an expired message that nobody took, the network.
    pub reason: Reason,
    /// Who must act.
    pub party: Party,
    /// Who refused or is out of reach: a list, a provider, a domain.
    pub at: Option<SafeText>,
    /// What of ours is refused: an address of a host, a domain, a sender.
    pub about: Option<SafeText>,
    /// By which proof a sender did not pass; what was said, without what differs from one message
    /// to the next, where nothing else tells causes apart.
    pub words: Option<SafeText>,
}

impl Cause {
    /// The cause of one delivery.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let kind = case.kind();
        if !kind.is_bounce() || case.origin.verdict == Backscatter::Yes {
            return Self::apart(kind, case.origin.verdict);
        }
        let reason = case.verdict.reason;
        let party = case.verdict.judgement.party;
        let Hinge { at, about, words } = Hinge::of(case);
        Self { kind, not_ours: false, reason: merged(reason), party, at, about, words }
    }

    /// The cause of a message that names no recipient.
    #[must_use]
    pub fn of_message(bounce: &Bounce, diagnosis: &Diagnosis) -> Self {
        Self::apart(bounce.kind, diagnosis.origin.verdict)
    }

    /// One cause for all of a kind: what asks nothing of anybody, or is not ours.
    #[must_use]
    pub fn apart(kind: Kind, origin: Backscatter) -> Self {
        Self {
            kind,
            not_ours: kind.is_bounce() && origin == Backscatter::Yes,
            reason: Reason::Unknown,
            party: if kind.is_bounce() && origin != Backscatter::Yes {
                Party::Unknown
            } else {
                Party::Nobody
            },
            at: None,
            about: None,
            words: None,
        }
    }

    /// The name of the incident: the same today and tomorrow, on every machine.
    #[must_use]
    pub fn id(&self) -> IncidentId {
        let mut hash = Fnv::default();
        let not_ours = if self.not_ours { "not ours" } else { "" };
        for part in [self.kind.slug(), not_ours, self.reason.slug(), self.party.slug()] {
            hash.add(part);
        }
        for part in [&self.at, &self.about, &self.words] {
            hash.add(part.as_deref().unwrap_or(""));
        }
        IncidentId(hash.0)
    }
}

/// A message that expired because nobody took it failed on what keeps the host from being reached:
/// the delays before it say the same. A host that does not know the client says so, or asks it to
/// sign in.
const fn merged(reason: Reason) -> Reason {
    match reason {
        Reason::Expired => Reason::Network,
        Reason::AuthRequired => Reason::RelayDenied,
        other => other,
    }
}

/// The name of an incident, made of its cause; written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(pub u64);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// FNV-1a of 64 bits (RFC 9923): small, and the same everywhere. Names only have to differ; nobody
/// gains by two that do not.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
