//! What a query shows of the store: which deliveries in which order, or which incidents.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::filter::{Filter, RowCondition};
use crate::incident::IncidentId;
use crate::listing::{ColumnWords, Of, Query};
use crate::store::{self, DeliveryMark, MailboxKey, Scope, Spot, Store};

use super::causes::{CauseGroup, Causes};

/// What a query shows.
#[derive(Debug, Default)]
pub(super) struct DeskView {
    pub(super) query: Arc<Query>,
    condition: Option<RowCondition>,
    /// The deliveries, the newest first; none where incidents are shown.
    pub(super) spots: Vec<Spot>,
    /// What passes the filter; None without one, where everything does.
    pub(super) passing: Option<Causes>,
    /// The causes of the incident that is open.
    pub(super) inside: Option<Inside>,
}

/// An incident that is open.
#[derive(Debug)]
pub(super) struct Inside {
    pub(super) name: IncidentId,
    pub(super) causes: BTreeSet<u32>,
}

impl DeskView {
    /// What a query shows. `all`: every delivery there is; `before`: what was shown until now.
    pub(super) fn of(
        query: &Arc<Query>,
        store: &mut Store,
        mailboxes: &[MailboxKey],
        all: &mut Causes,
        before: &Self,
    ) -> Result<Self, store::Error> {
        // Only what can be read is asked for.
        let filter = Filter::read(&query.filter, query.now).unwrap_or_default();
        let condition = filter.condition(&ColumnWords::of(query.language));
        let mut view = Self { query: Arc::clone(query), condition, ..Self::default() };
        if view.condition.is_none() && query.of == Of::Incidents {
            return Ok(view);
        }
        let (mut passing, mut marked) = (Causes::default(), Vec::new());
        let wanted = Scope { mailboxes, condition: view.condition.as_ref(), uids: None };
        store.scan(wanted, &mut |mark| {
            if view.condition.is_some() {
                passing.add(&mark);
            }
            if query.of != Of::Incidents {
                marked.push((mark.spot, mark.cause_number));
            }
        })?;
        if view.condition.is_some() {
            view.passing = Some(passing);
        }
        if let Of::Inside(name) = query.of {
            let inside = view.opened(name, all, before);
            marked.retain(|(_, cause)| inside.causes.contains(cause));
            view.inside = Some(inside);
        }
        view.spots = marked.into_iter().map(|(spot, _)| spot).collect();
        view.spots.sort_unstable();
        Ok(view)
    }

    /// The incident of this name: as it was opened, as long as it is open.
    fn opened(&mut self, name: IncidentId, all: &mut Causes, before: &Self) -> Inside {
        if let Some(inside) = &before.inside
            && inside.name == name
        {
            return Inside { name, causes: inside.causes.clone() };
        }
        let groups = self.passing.as_mut().unwrap_or(all).groups();
        let place = CauseGroup::place_of(groups, name);
        let causes = match place.and_then(|at| groups.get(at)) {
            Some(group) => group.causes.clone(),
            None => BTreeSet::new(),
        };
        Inside { name, causes }
    }

    /// Takes deliveries in that have just been put into the store.
    pub(super) fn put(
        &mut self,
        store: &mut Store,
        marks: &[DeliveryMark],
    ) -> Result<(), store::Error> {
        let Some(condition) = &self.condition else {
            self.take(marks);
            return Ok(());
        };
        let mut new: Vec<DeliveryMark> = Vec::new();
        for mailbox in marks.iter().map(|mark| mark.spot.mailbox()).collect::<BTreeSet<_>>() {
            let spots: BTreeSet<Spot> =
                marks.iter().map(|mark| mark.spot).filter(|s| s.mailbox() == mailbox).collect();
            let uids = spots.iter().map(|spot| spot.uid);
            let Some(range) = uids.clone().min().zip(uids.max()) else { continue };
            let wanted =
                Scope { mailboxes: &[mailbox], condition: Some(condition), uids: Some(range) };
            store.scan(wanted, &mut |mark| {
                if spots.contains(&mark.spot) {
                    new.push(mark);
                }
            })?;
        }
        self.take(&new);
        Ok(())
    }

    fn take(&mut self, marks: &[DeliveryMark]) {
        for mark in marks {
            if let Some(passing) = &mut self.passing {
                passing.add(mark);
            }
            let shown = match (self.query.of, &self.inside) {
                (Of::Incidents, _) => false,
                (Of::Deliveries, _) | (Of::Inside(_), None) => true,
                (Of::Inside(_), Some(inside)) => inside.causes.contains(&mark.cause_number),
            };
            if shown {
                self.spots.push(mark.spot);
            }
        }
        // Two runs that are in order already: they are joined.
        self.spots.sort();
    }
}
