//! Incidents as they begin and grow, delivery by delivery.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};

use crate::export::list::{Grouped, Listed};
use crate::export::watch as lines;
use crate::incident::{Cause, Contribution, Incident, IncidentId, completed};
use crate::mail::SafeText;
use crate::store::{self, Store};

/// All incidents of what is kept.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    by_cause: BTreeMap<Cause, Incident>,
    known: BTreeSet<IncidentId>,
}

impl Incidents {
    /// The incidents of what is kept now; they are not told of.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn of(store: &mut Store) -> Result<Self, store::Error> {
        let mut incidents = Self::default();
        store.deliveries(None, &mut |kept| {
            let delivery = kept.delivery;
            incidents.add(delivery.row.contribution(delivery.evidence));
        })?;
        let whole = incidents.whole();
        incidents.known = incidents.by_cause.keys().map(|cause| whole.of(cause)).collect();
        Ok(incidents)
    }

    fn add(&mut self, contribution: Contribution) {
        if let Some(incident) = self.by_cause.get_mut(&contribution.cause) {
            incident.add(contribution);
            return;
        }
        let cause = contribution.cause.clone();
        let mut begun = Incident::new(cause.clone());
        begun.add(contribution);
        self.by_cause.insert(cause, begun);
    }

    /// Writes the deliveries that have come, and which incidents begin and grow by them.
    pub(super) fn tell(
        &mut self,
        mailbox: &SafeText,
        mut came: Vec<Listed>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        for listed in &came {
            self.add(listed.contribution());
        }
        let whole = self.whole();
        for listed in &mut came {
            listed.incident = whole.of(&listed.row.cause);
        }
        let mut reports: BTreeMap<IncidentId, Vec<&str>> = BTreeMap::new();
        for listed in &came {
            lines::delivery_came(mailbox, listed, out)?;
            let ids = reports.entry(listed.incident).or_default();
            if let Some(id) = listed.message_id.as_deref()
                && ids.last() != Some(&id)
            {
                ids.push(id);
            }
        }
        for (id, message_ids) in reports {
            let Some(incident) = self.joined(id, &whole) else { continue };
            let begins = self.known.insert(id);
            lines::incident_grew(begins, &Grouped { incident: &incident, message_ids }, out)?;
        }
        Ok(())
    }

    /// Which incident each cause goes into.
    fn whole(&self) -> WholeOf {
        let mut whole = HashMap::new();
        for (less, more) in completed(self.by_cause.keys()) {
            whole.insert(less.id(), more.id());
        }
        WholeOf(whole)
    }

    /// An incident with all its causes.
    fn joined(&self, id: IncidentId, whole: &WholeOf) -> Option<Incident> {
        let mut parts: Vec<&Incident> = Vec::new();
        for (cause, part) in &self.by_cause {
            if whole.of(cause) == id {
                // The one that gives its name comes first.
                let at = if cause.id() == id { 0 } else { parts.len() };
                parts.insert(at, part);
            }
        }
        let mut parts = parts.into_iter();
        let mut incident = parts.next()?.clone();
        for part in parts {
            incident.join(part.clone());
        }
        Some(incident)
    }
}

/// The incidents into which causes go that say less than another.
struct WholeOf(HashMap<IncidentId, IncidentId>);

impl WholeOf {
    fn of(&self, cause: &Cause) -> IncidentId {
        let id = cause.id();
        self.0.get(&id).copied().unwrap_or(id)
    }
}
