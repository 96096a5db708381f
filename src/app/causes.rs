//! The causes behind the rows, kept up as rows come and go, and the incidents they make.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnosis::Party;
use crate::diagnosis::remedy::Permanence;
use crate::incident::{Cause, Contribution, Incident, IncidentId, completed};
use crate::listing::{Key, Row};

use super::sorted::Sorted;

/// Rows by their causes.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    tallies: HashMap<Arc<Cause>, Tally>,
    /// The incidents as they were when they were last told, the largest first.
    groups: Vec<Group>,
    /// Rows have come or gone since then.
    stale: bool,
}

/// The rows of one cause.
#[derive(Clone, Debug)]
struct Tally {
    id: IncidentId,
    incident: Incident,
    rows: Sorted<Key>,
    /// Rows whose time is known; they come first.
    timed: usize,
}

/// An incident on the screen.
#[derive(Clone, Debug)]
struct Group {
    /// The names of its causes, its own first.
    names: Vec<IncidentId>,
    causes: Vec<Arc<Cause>>,
    /// All of its causes together, where there are several.
    together: Option<Incident>,
}

impl Causes {
    /// A row has come.
    pub(super) fn add(&mut self, row: &Row) {
        self.stale = true;
        if !self.tallies.contains_key(&row.cause) {
            let tally = Tally {
                id: row.cause.id(),
                incident: Incident::new(Cause::clone(&row.cause)),
                rows: Sorted::default(),
                timed: 0,
            };
            self.tallies.insert(Arc::clone(&row.cause), tally);
        }
        if let Some(tally) = self.tallies.get_mut(&row.cause) {
            tally.incident.add(contribution(row));
            tally.rows.put(row.key());
            tally.timed += usize::from(row.time.is_some());
        }
    }

    /// A row has gone.
    pub(super) fn take(&mut self, row: &Row) {
        let Some(tally) = self.tallies.get_mut(&row.cause) else { return };
        self.stale = true;
        tally.incident.take(&contribution(row));
        tally.rows.remove(row.key());
        tally.timed -= usize::from(row.time.is_some());
        if tally.rows.len() == 0 {
            self.tallies.remove(&row.cause);
            return;
        }
        tally.incident.last = tally.rows.at(0).and_then(Key::time);
        let oldest = tally.timed.checked_sub(1);
        tally.incident.first = oldest.and_then(|at| tally.rows.at(at)?.time());
    }

    /// The one cause that stands for all that are the same, so that its words are kept once.
    pub(super) fn shared(&self, cause: &Arc<Cause>) -> Option<Arc<Cause>> {
        Some(Arc::clone(self.tallies.get_key_value(cause)?.0))
    }

    /// True when the incidents are not those of the rows any more.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Makes the incidents anew. It takes as long as there are causes, not rows; where causes that
    /// say less than others are told with them, also as long as these have senders.
    pub(super) fn fold(&mut self) {
        self.stale = false;
        let mut parts: HashMap<&Cause, Vec<&Arc<Cause>>> = HashMap::new();
        let completed = completed(self.tallies.keys().map(Arc::as_ref));
        for cause in self.tallies.keys() {
            match completed.get(cause.as_ref()) {
                Some(whole) => parts.entry(*whole).or_default().push(cause),
                None => {
                    parts.entry(cause.as_ref()).or_default().insert(0, cause);
                }
            }
        }
        let mut groups = Vec::with_capacity(parts.len());
        for causes in parts.into_values() {
            groups.push(self.group(&causes));
        }
        groups.sort_by_cached_key(|group| {
            let (count, last) = match self.incident(group) {
                Some(incident) => (incident.count, incident.last),
                None => (0, None),
            };
            (Reverse(count), Reverse(last), group.names.first().copied())
        });
        self.groups = groups;
    }

    fn group(&self, causes: &[&Arc<Cause>]) -> Group {
        let mut group = Group { names: Vec::new(), causes: Vec::new(), together: None };
        let mut together: Option<Incident> = None;
        for cause in causes {
            let Some(tally) = self.tallies.get(*cause) else { continue };
            group.names.push(tally.id);
            group.causes.push(Arc::clone(cause));
            if causes.len() > 1 {
                match &mut together {
                    Some(together) => together.join(tally.incident.clone()),
                    None => together = Some(tally.incident.clone()),
                }
            }
        }
        group.together = together;
        group
    }

    fn incident<'c>(&'c self, group: &'c Group) -> Option<&'c Incident> {
        match &group.together {
            Some(together) => Some(together),
            None => Some(&self.tallies.get(group.causes.first()?)?.incident),
        }
    }

    /// How many incidents there are.
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// The incident at a place, counted from 0.
    pub(super) fn at(&self, position: usize) -> Option<&Incident> {
        self.incident(self.groups.get(position)?)
    }

    /// The name of the incident at a place.
    pub(super) fn name(&self, position: usize) -> Option<IncidentId> {
        self.groups.get(position)?.names.first().copied()
    }

    /// The causes of the incident at a place.
    pub(super) fn causes(&self, position: usize) -> &[Arc<Cause>] {
        match self.groups.get(position) {
            Some(group) => &group.causes,
            None => &[],
        }
    }

    /// The place of the incident that has this cause.
    pub(super) fn place_of(&self, name: IncidentId) -> Option<usize> {
        self.groups.iter().position(|group| group.names.contains(&name))
    }

    /// The newest row of the incident at a place.
    pub(super) fn newest(&self, position: usize) -> Option<Key> {
        let mut newest: Option<Key> = None;
        for cause in self.causes(position) {
            if let Some(tally) = self.tallies.get(cause)
                && let Some(key) = tally.rows.at(0)
                && newest.is_none_or(|newest| *key < newest)
            {
                newest = Some(*key);
            }
        }
        newest
    }

    /// All rows of some causes.
    pub(super) fn rows_of(&self, causes: &[Arc<Cause>]) -> Sorted<Key> {
        let mut rows = Sorted::default();
        for cause in causes {
            let Some(tally) = self.tallies.get(cause) else { continue };
            if rows.len() == 0 {
                rows = tally.rows.clone();
                continue;
            }
            for key in tally.rows.iter() {
                rows.put(*key);
            }
        }
        rows
    }

    /// How many deliveries some causes have.
    pub(super) fn deliveries_of(&self, causes: &[Arc<Cause>]) -> u64 {
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
        for (cause, tally) in &self.tallies {
            *counts.entry(cause.party).or_default() += tally.incident.count;
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

/// What a row adds to its incident, as far as the list shows it.
fn contribution(row: &Row) -> Contribution {
    Contribution {
        cause: Cause::clone(&row.cause),
        deliveries: row.further.max(1),
        reason: row.reason,
        time: row.time,
        status: row.status,
        permanence: Permanence::Either,
        sender: row.sender.clone(),
        recipient: None,
        evidence: None,
    }
}
