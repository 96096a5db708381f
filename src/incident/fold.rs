//! From causes to the incidents that are shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::diagnosis::Reason;
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
        let told = (cause.kind, cause.not_ours, cause.reason, cause.party, template(cause));
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

/// The words of a cause that is known by nothing else: others have other words.
fn template(cause: &Cause) -> Option<&SafeText> {
    if cause.reason == Reason::Unknown { cause.words.as_ref() } else { None }
}

/// What a cause hangs on, as far as it is told.
type Pegs<'c> = [Option<&'c SafeText>; 3];

fn told(cause: &Cause) -> Pegs<'_> {
    let words = if cause.reason == Reason::Unknown { None } else { cause.words.as_ref() };
    [cause.at.as_ref(), cause.about.as_ref(), words]
}

/// The same among causes that differ only in what they hang on. What tells most comes first: by
/// then it stands for what it tells of, and for all that tells less of the same.
fn complete<'c>(alike: &[&'c Cause], completed: &mut HashMap<&'c Cause, &'c Cause>) {
    let mut sorted: Vec<(Pegs<'c>, &'c Cause)> = Vec::with_capacity(alike.len());
    for cause in alike {
        sorted.push((told(cause), cause));
    }
    sorted.sort_by_key(|(told, _)| Reverse(told.iter().flatten().count()));
    let mut fitting: HashMap<Pegs<'c>, Fitting<'c>> = HashMap::new();
    for (told, cause) in sorted {
        if let Some(more) = fitting.get(&told).and_then(Fitting::only) {
            completed.insert(cause, more);
            continue;
        }
        for left_out in 1..1_usize << told.len() {
            let less = without(told, left_out);
            if less != told {
                fitting.entry(less).or_default().add(cause);
            }
        }
    }
}

/// The same without the parts whose bits are set.
fn without(mut told: Pegs<'_>, left_out: usize) -> Pegs<'_> {
    for (at, part) in told.iter_mut().enumerate() {
        if left_out & (1 << at) != 0 {
            *part = None;
        }
    }
    told
}

/// The causes that fit another one.
#[derive(Default)]
struct Fitting<'c> {
    first: Option<&'c Cause>,
    several: bool,
}

impl<'c> Fitting<'c> {
    fn add(&mut self, cause: &'c Cause) {
        match self.first {
            Some(first) => self.several |= first != cause,
            None => self.first = Some(cause),
        }
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
    use crate::diagnosis::Party;

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
    fn a_domain_may_fail_by_several_proofs() {
        let by = |proof: Option<&str>| Cause {
            reason: Reason::SenderAuth,
            words: proof.map(SafeText::new),
            ..cause(None, Some("birch.example"))
        };
        assert_eq!(counts(&[by(Some("SPF")), by(None)]), [2]);
        assert_eq!(counts(&[by(Some("SPF")), by(Some("DKIM")), by(None)]), [1, 1, 1]);
        let unknown = |words: Option<&str>| Cause { reason: Reason::Unknown, ..by(words) };
        assert_eq!(counts(&[unknown(Some("moon")), unknown(None)]), [1, 1]);
    }

    #[test]
    fn names_stay_the_same() {
        assert_eq!(cause(Some("list.example"), None).id().to_string().len(), 16);
        assert_ne!(cause(Some("a"), None).id(), cause(None, Some("a")).id());
    }
}
