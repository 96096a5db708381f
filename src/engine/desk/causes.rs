//! Deliveries by what they failed on, and the incidents they make.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnosis::Party;
use crate::incident::{Cause, Incident, IncidentId, completed};
use crate::store::{DeliveryMark, Spot};

/// Deliveries by their causes.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// By the number that a cause has in the store.
    tallies: HashMap<u32, CauseTally>,
    /// The incidents as they were when they were last told, the largest first.
    groups: Vec<CauseGroup>,
    /// Deliveries have come since then.
    stale: bool,
    /// Rows; one may stand for many deliveries.
    pub(super) rows: usize,
    /// Deliveries.
    pub(super) deliveries: u64,
    /// Failures of which nobody knows who must act.
    pub(super) unknown: u64,
}

/// The deliveries of one cause.
#[derive(Debug)]
struct CauseTally {
    id: IncidentId,
    incident: Incident,
    newest: Spot,
}

/// An incident.
#[derive(Debug)]
pub(super) struct CauseGroup {
    /// The names of its causes, its own first.
    pub(super) names: Vec<IncidentId>,
    /// Their numbers.
    pub(super) causes: BTreeSet<u32>,
    pub(super) incident: Incident,
    pub(super) newest: Spot,
}

impl Causes {
    /// A delivery has come.
    pub(super) fn add(&mut self, mark: &DeliveryMark) {
        self.stale = true;
        self.rows += 1;
        self.deliveries += u64::from(mark.deliveries);
        if mark.class.is_unknown() {
            self.unknown += u64::from(mark.deliveries);
        }
        let tally = self.tallies.entry(mark.cause_number).or_insert_with(|| CauseTally {
            id: mark.cause.id(),
            incident: Incident::new(Cause::clone(&mark.cause)),
            newest: mark.spot,
        });
        tally.newest = tally.newest.min(mark.spot);
        tally.incident.count(&mark.counted());
    }

    /// The incidents, the largest first. Making them takes as long as there are causes, not
    /// deliveries; where causes that say less than others are told with them, also as long as these
    /// have senders.
    pub(super) fn groups(&mut self) -> &[CauseGroup] {
        if self.stale {
            self.stale = false;
            self.groups = self.fold();
        }
        &self.groups
    }

    fn fold(&self) -> Vec<CauseGroup> {
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
            let Incident { count, last, .. } = group.incident;
            (Reverse(count), Reverse(last), group.names.first().copied())
        });
        groups
    }

    fn group(&self, numbers: &[u32]) -> Option<CauseGroup> {
        let whole = self.tallies.get(numbers.first()?)?;
        let mut group = CauseGroup {
            names: Vec::new(),
            causes: BTreeSet::new(),
            incident: whole.incident.clone(),
            newest: whole.newest,
        };
        for (at, number) in numbers.iter().enumerate() {
            let Some(tally) = self.tallies.get(number) else { continue };
            group.names.push(tally.id);
            group.causes.insert(*number);
            group.newest = group.newest.min(tally.newest);
            if at > 0 {
                group.incident.join(tally.incident.clone());
            }
        }
        Some(group)
    }

    /// How many deliveries the incident of each cause has, by the name of the cause.
    pub(super) fn sizes(&mut self) -> HashMap<IncidentId, u64> {
        let mut sizes = HashMap::new();
        for group in self.groups() {
            for name in &group.names {
                sizes.insert(*name, group.incident.count);
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

impl CauseGroup {
    /// The place of the incident that has a name, among others.
    pub(super) fn place_of(groups: &[Self], name: IncidentId) -> Option<usize> {
        groups.iter().position(|group| group.names.contains(&name))
    }

    /// What it failed on.
    pub(super) fn cause(&self) -> Arc<Cause> {
        Arc::new(self.incident.cause.clone())
    }
}
