//! Deliveries by what they failed on, and the incidents they make.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnosis::Party;
use crate::incident::{Cause, Incident, IncidentId, completed};
use crate::listing::{GroupId, GroupTitle};
use crate::store::{DeliveryMark, Spot};

use super::groups::ListGroup;

/// Deliveries by their causes.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// By the number that a cause has in the store.
    tallies: HashMap<u32, CauseTally>,
    /// The incidents as they were when they were last told, the largest first.
    groups: Vec<ListGroup>,
    /// Deliveries have come since then.
    stale: bool,
    /// Rows; one may stand for many deliveries.
    pub(super) rows: usize,
    /// Deliveries.
    pub(super) deliveries: u64,
    /// Failures of which nobody knows who must act.
    pub(super) unknown: u64,
    /// Deliveries that came since the last visit.
    pub(super) new: u64,
}

/// The deliveries of one cause.
#[derive(Debug)]
struct CauseTally {
    id: IncidentId,
    incident: Incident,
    newest: Spot,
    new: u64,
    unknown: u64,
}

impl Causes {
    /// A delivery has come; what came in visit `since` or after it is new.
    pub(super) fn add(&mut self, mark: &DeliveryMark, since: u32) {
        self.stale = true;
        self.rows += 1;
        self.deliveries += u64::from(mark.deliveries);
        let tally = self.tallies.entry(mark.cause_number).or_insert_with(|| CauseTally {
            id: mark.cause.id(),
            incident: Incident::new(Cause::clone(&mark.cause)),
            newest: mark.spot,
            new: 0,
            unknown: 0,
        });
        if mark.class.is_unknown() {
            self.unknown += u64::from(mark.deliveries);
            tally.unknown += u64::from(mark.deliveries);
        }
        if mark.came >= since {
            self.new += u64::from(mark.deliveries);
            tally.new += u64::from(mark.deliveries);
        }
        tally.newest = tally.newest.min(mark.spot);
        tally.incident.count(&mark.counted());
    }

    /// The incidents, the largest first. Making them takes as long as there are causes, not
    /// deliveries; where causes that say less than others are told with them, also as long as these
    /// have senders.
    pub(super) fn groups(&mut self) -> &[ListGroup] {
        if self.stale {
            self.stale = false;
            self.groups = self.fold();
        }
        &self.groups
    }

    fn fold(&self) -> Vec<ListGroup> {
        let completed = completed(self.tallies.values().map(|tally| &tally.incident.cause));
        let mut parts: HashMap<&Cause, Vec<u32>> = HashMap::new();
        for (number, tally) in &self.tallies {
            let cause = &tally.incident.cause;
            match completed.get(cause) {
                Some(whole) => parts.entry(*whole).or_default().push(*number),
                None => parts.entry(cause).or_default().insert(0, *number),
            }
        }
        let mut groups = Vec::with_capacity(parts.len());
        for numbers in parts.values() {
            groups.extend(self.group(numbers));
        }
        groups.sort_by_cached_key(|group| {
            let Incident { count, last, .. } = group.counts;
            (Reverse(count), Reverse(last), group.names.first().copied())
        });
        groups
    }

    fn group(&self, numbers: &[u32]) -> Option<ListGroup> {
        let whole = self.tallies.get(numbers.first()?)?;
        let cause = whole.incident.cause.clone();
        let what = GroupTitle::Cause(Arc::new(cause.clone()), cause.reason);
        let mut group = ListGroup::new(what, whole.id.into(), whole.newest, cause);
        group.counts = whole.incident.clone();
        for (at, number) in numbers.iter().enumerate() {
            let Some(tally) = self.tallies.get(number) else { continue };
            group.causes.insert(*number);
            group.newest = group.newest.min(tally.newest);
            group.new += tally.new;
            group.unknown += tally.unknown;
            if at > 0 {
                group.names.push(tally.id.into());
                group.counts.join(tally.incident.clone());
            }
        }
        if let GroupTitle::Cause(_, reason) = &mut group.what {
            *reason = group.counts.reason();
        }
        Some(group)
    }

    /// How many deliveries the incident of each cause has, by the name of the cause.
    pub(super) fn sizes(&mut self) -> HashMap<GroupId, u64> {
        let mut sizes = HashMap::new();
        for group in self.groups() {
            for name in &group.names {
                sizes.insert(*name, group.counts.count);
            }
        }
        sizes
    }

    /// How many deliveries some causes have.
    pub(super) fn deliveries_of(&self, causes: &BTreeSet<u32>) -> u64 {
        let mut count = 0;
        for cause in causes {
            count += self.tallies.get(cause).map_or(0, |tally| tally.incident.count);
        }
        count
    }

    /// How many deliveries each party has to act on, in the order of the parties; none of those
    /// that have nothing to do.
    pub(super) fn shares(&self) -> Vec<(Party, u64)> {
        let mut counts: HashMap<Party, u64> = HashMap::new();
        for tally in self.tallies.values() {
            *counts.entry(tally.incident.cause.party).or_default() += tally.incident.count;
        }
        let mut shares = Vec::new();
        for party in Party::NEAREST_FIRST {
            if let Some(count) = counts.get(&party) {
                shares.push((party, *count));
            }
        }
        shares
    }
}
