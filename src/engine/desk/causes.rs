//! Deliveries by what they failed on, and the incidents they make.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnosis::Party;
use crate::incident::{Cause, completed};
use crate::listing::{GroupId, GroupTitle};
use crate::store::DeliveryMark;

use super::groups::ListGroup;

/// Deliveries by their causes.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// By the number that a cause has in the store.
    tallies: HashMap<u32, ListGroup>,
    /// The incidents as they were when they were last told, the largest first.
    groups: Vec<ListGroup>,
    /// How many deliveries the incident of each cause had then, by the name of the cause.
    sizes: HashMap<GroupId, u64>,
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

impl Causes {
    /// A delivery has come; what came in visit `since` or after it is new.
    pub(super) fn add(&mut self, mark: &DeliveryMark, since: u32) {
        self.stale = true;
        self.rows += 1;
        self.deliveries += u64::from(mark.deliveries);
        if mark.class.is_unknown() {
            self.unknown += u64::from(mark.deliveries);
        }
        if mark.came >= since {
            self.new += u64::from(mark.deliveries);
        }
        let tally = self.tallies.entry(mark.cause_number).or_insert_with(|| {
            let title = GroupTitle::Cause(Arc::clone(&mark.cause), mark.cause.reason);
            ListGroup::new(title, mark.cause.id().into(), mark)
        });
        tally.add(mark, since);
    }

    /// The incidents, the largest first. Making them takes as long as there are causes, not
    /// deliveries; where causes that say less than others are told with them, also as long as these
    /// have senders.
    pub(super) fn groups(&mut self) -> &[ListGroup] {
        self.refresh();
        &self.groups
    }

    /// How many deliveries the incident of a cause has; 0 where none was read.
    pub(super) fn size(&mut self, cause: GroupId) -> u64 {
        self.refresh();
        self.sizes.get(&cause).copied().unwrap_or(0)
    }

    fn refresh(&mut self) {
        if !self.stale {
            return;
        }
        self.stale = false;
        self.groups = self.fold();
        self.sizes.clear();
        for group in &self.groups {
            for name in &group.names {
                self.sizes.insert(*name, group.counts.count);
            }
        }
    }

    fn fold(&self) -> Vec<ListGroup> {
        let completed = completed(self.tallies.values().map(ListGroup::cause));
        let mut parts: HashMap<&Cause, Vec<u32>> = HashMap::new();
        for (number, tally) in &self.tallies {
            let cause = tally.cause();
            match completed.get(cause) {
                Some(whole) => parts.entry(*whole).or_default().push(*number),
                None => parts.entry(cause).or_default().insert(0, *number),
            }
        }
        let mut groups = Vec::with_capacity(parts.len());
        for numbers in parts.values() {
            groups.extend(self.group(numbers));
        }
        groups.sort_by_cached_key(ListGroup::order);
        groups
    }

    /// The incident of these causes, of which the first gives it its name.
    fn group(&self, numbers: &[u32]) -> Option<ListGroup> {
        let mut group = self.tallies.get(numbers.first()?)?.clone();
        for number in &numbers[1..] {
            if let Some(tally) = self.tallies.get(number) {
                group.join(tally);
            }
        }
        if let GroupTitle::Cause(_, reason) = &mut group.what {
            *reason = group.counts.reason();
        }
        Some(group)
    }

    /// How many deliveries some causes have.
    pub(super) fn deliveries_of(&self, causes: &BTreeSet<u32>) -> u64 {
        let mut count = 0;
        for cause in causes {
            count += self.tallies.get(cause).map_or(0, |tally| tally.counts.count);
        }
        count
    }

    /// How many deliveries each party has to act on, in the order of the parties; none of those
    /// that have nothing to do.
    pub(super) fn shares(&self) -> Vec<(Party, u64)> {
        let mut counts: HashMap<Party, u64> = HashMap::new();
        for tally in self.tallies.values() {
            *counts.entry(tally.cause().party).or_default() += tally.counts.count;
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
