//! From causes to the incidents that are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::cause::Cause;
use super::gathered::{Contribution, Incident};

/// Gathers deliveries by their causes. What some of them do not tell (which address of ours, who
/// refused) is taken from the others where only one cause fits: the result does not depend on the
/// order in which they come. The largest first, of several the one that went on last.
#[must_use]
pub fn incidents(contributions: impl IntoIterator<Item = Contribution>) -> Vec<Incident> {
    let mut by_cause: BTreeMap<Cause, Incident> = BTreeMap::new();
    for contribution in contributions {
        if let Some(known) = by_cause.get_mut(&contribution.cause) {
            known.add(contribution);
            continue;
        }
        let cause = contribution.cause.clone();
        let mut begun = Incident::new(cause.clone());
        begun.add(contribution);
        by_cause.insert(cause, begun);
    }
    for less in incomplete(&by_cause) {
        if let Some(more) = only_fitting(&by_cause, &less)
            && let Some(part) = by_cause.remove(&less)
            && let Some(whole) = by_cause.get_mut(&more)
        {
            whole.join(part);
        }
    }
    let mut incidents: Vec<Incident> = by_cause.into_values().collect();
    incidents.sort_by_key(|found| (Reverse(found.count), Reverse(found.last), found.id()));
    incidents
}

/// The causes in which something is not told, those first that tell most.
fn incomplete(by_cause: &BTreeMap<Cause, Incident>) -> Vec<Cause> {
    let missing = |cause: &Cause| u8::from(cause.at.is_none()) + u8::from(cause.about.is_none());
    let mut causes: Vec<Cause> = by_cause.keys().filter(|c| missing(c) > 0).cloned().collect();
    causes.sort_by_key(missing);
    causes
}

/// The one cause that says what `less` says and more; None where there are several.
fn only_fitting(by_cause: &BTreeMap<Cause, Incident>, less: &Cause) -> Option<Cause> {
    let mut fitting = by_cause.keys().filter(|more| less.says_less_than(more));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::Kind;
    use crate::diagnosis::{Party, Reason};
    use crate::mail::SafeText;

    fn cause(at: Option<&str>, about: Option<&str>) -> Cause {
        Cause {
            kind: Kind::Failure,
            not_ours: false,
            reason: Reason::IpReputation,
            party: Party::OurSystem,
            at: at.map(SafeText::new),
            about: about.map(SafeText::new),
            words: None,
        }
    }

    fn counts(causes: &[Cause]) -> Vec<u64> {
        let contributions = causes.iter().cloned().map(|c| Contribution::of_message(c, None));
        incidents(contributions).iter().map(|incident| incident.count).collect()
    }

    #[test]
    fn what_is_not_told_is_taken_from_the_others() {
        let (list, address) = (Some("list.example"), Some("192.0.2.25"));
        let told = cause(list, address);
        assert_eq!(counts(&[told.clone(), cause(list, None), cause(None, None)]), [3]);
        assert_eq!(counts(&[cause(None, None), cause(list, None), told.clone()]), [3]);
        let other = cause(list, Some("192.0.2.26"));
        assert_eq!(counts(&[told.clone(), told.clone(), other, cause(list, None)]), [2, 1, 1]);
        let theirs = Cause { party: Party::RecipientSystem, ..told.clone() };
        assert_eq!(counts(&[told, theirs]), [1, 1]);
    }

    #[test]
    fn names_stay_the_same() {
        assert_eq!(cause(Some("list.example"), None).id().to_string().len(), 16);
        assert_ne!(cause(Some("a"), None).id(), cause(None, Some("a")).id());
    }
}
