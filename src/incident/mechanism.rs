//! By which proof a sender is known, and did not pass: one domain may fail at several.

use crate::diagnosis::Case;
use crate::diagnosis::remedy::Remedy;
use crate::mail::SafeText;
use crate::mail::find::contains;

/// What answers call the proofs. A policy comes before what it rests on, and of an answer that
/// names two the first is missing as well.
const PROOFS: [&str; 3] = ["DMARC", "SPF", "DKIM"];

/// The proof that an answer speaks of, else the one that the rule knows helps; None where there
/// may be several.
pub(super) fn mechanism(case: &Case<'_>) -> Option<SafeText> {
    if let Some(said) = &case.delivery.said {
        for proof in PROOFS {
            if contains(said.answer().words, proof) {
                return Some(SafeText::new(proof));
            }
        }
    }
    let mut only = None;
    for action in &case.verdict.rule.as_ref()?.actions {
        let proof = match action {
            Remedy::CheckDmarc => "DMARC",
            Remedy::CheckSpf => "SPF",
            Remedy::CheckDkim => "DKIM",
            Remedy::CheckSenderDomain => "address",
            _ => continue,
        };
        if only.is_some() {
            return None;
        }
        only = Some(SafeText::new(proof));
    }
    only
}
