//! From causes to the incidents that are shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::mail::SafeText;

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
    let mut joins = Vec::new();
    for (less, more) in completed(by_cause.keys()) {
        joins.push((less.clone(), more.clone()));
    }
    for (less, more) in joins {
        if let Some(part) = by_cause.remove(&less)
            && let Some(whole) = by_cause.get_mut(&more)
        {
            whole.join(part);
        }
    }
    let mut incidents: Vec<Incident> = by_cause.into_values().collect();
    incidents.sort_by_key(|found| (Reverse(found.count), Reverse(found.last), found.id()));
    incidents
}

/// For causes in which something is not told: the cause that says the same and tells it, where
/// only one does. Those that are given for another are never among those that are replaced.
#[must_use]
pub fn completed<'c>(causes: impl IntoIterator<Item = &'c Cause>) -> HashMap<&'c Cause, &'c Cause> {
    let mut alike: HashMap<_, Vec<&'c Cause>> = HashMap::new();
    for cause in causes {
        let told = (cause.kind, cause.not_ours, cause.reason, cause.party, &cause.words);
        alike.entry(told).or_default().push(cause);
    }
    let mut completed = HashMap::new();
    for causes in alike.values() {
        if causes.len() > 1 {
            complete(causes, &mut completed);
        }
    }
    completed
}

/// The same among causes that differ only in what they hang on.
fn complete<'c>(alike: &[&'c Cause], completed: &mut HashMap<&'c Cause, &'c Cause>) {
    let mut by_at: HashMap<&SafeText, Fitting<'c>> = HashMap::new();
    let mut by_about: HashMap<&SafeText, Fitting<'c>> = HashMap::new();
    for cause in alike {
        if let (Some(at), Some(about)) = (&cause.at, &cause.about) {
            by_at.entry(at).or_default().add(cause);
            by_about.entry(about).or_default().add(cause);
        }
    }
    // What tells least is completed last: by then the others stand for what they tell of.
    let mut bare = None;
    let mut others = Fitting::default();
    for cause in alike {
        let fitting = match (&cause.at, &cause.about) {
            (Some(at), None) => by_at.get(at),
            (None, Some(about)) => by_about.get(about),
            (Some(_), Some(_)) => None,
            (None, None) => {
                bare = Some(*cause);
                continue;
            }
        };
        match fitting.and_then(Fitting::only) {
            Some(more) => {
                completed.insert(*cause, more);
            }
            None => others.add(cause),
        }
    }
    if let (Some(bare), Some(more)) = (bare, others.only()) {
        completed.insert(bare, more);
    }
}

/// The causes that fit another one.
#[derive(Default)]
struct Fitting<'c> {
    first: Option<&'c Cause>,
    several: bool,
}

impl<'c> Fitting<'c> {
    fn add(&mut self, cause: &'c Cause) {
        self.several = self.first.is_some();
        self.first = Some(cause);
    }

    /// The one that fits; None where there are several.
    fn only(&self) -> Option<&'c Cause> {
        if self.several { None } else { self.first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::Kind;
    use crate::diagnosis::{Party, Reason};

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
