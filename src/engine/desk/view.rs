//! What a query shows of the store: which deliveries in which order, or which groups.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::filter::{Filter, RowCondition};
use crate::listing::{By, ColumnWords, GroupId, Of, Query};
use crate::store::{self, DeliveryMark, MailboxKey, Only, Scope, Spot, Store};

use super::causes::Causes;
use super::groups::{Groups, ListGroup, name_of, text_of};

/// What a query shows.
#[derive(Debug, Default)]
pub(super) struct DeskView {
    pub(super) query: Arc<Query>,
    condition: Option<RowCondition>,
    /// What came in this visit or after it is new.
    since: u32,
    /// The deliveries, the newest first; none where groups are shown.
    pub(super) spots: Vec<Spot>,
    /// What passes the filter; None without one, where everything does.
    pub(super) passing: Option<Causes>,
    /// What passes, by something else than causes; empty where nobody asks for it.
    groups: Groups,
    /// The causes of the incident that is open, by which its deliveries are known.
    causes: BTreeSet<u32>,
}

impl DeskView {
    /// What a query shows. `all`: every delivery there is; `since`: the visit from which on they are
    /// new; `before`: what was shown until now.
    pub(super) fn of(
        query: &Arc<Query>,
        store: &mut Store,
        mailboxes: &[MailboxKey],
        (all, since): (&mut Causes, u32),
        before: &Self,
    ) -> Result<Self, store::Error> {
        // Only what can be read is asked for.
        let filter = Filter::read(&query.filter, query.now).unwrap_or_default();
        let condition = filter.condition(&ColumnWords::of(query.language));
        let mut view = Self { query: Arc::clone(query), condition, since, ..Self::default() };
        if view.condition.is_none() && query.of == Of::Groups(By::Incident) {
            return Ok(view);
        }
        view.passing = view.condition.as_ref().map(|_| Causes::default());
        let condition = view.condition.clone();
        let scope = view.scope(mailboxes, condition.as_ref());
        // Which causes are in an incident is known when all deliveries are.
        let (is_incident, mut of_causes) =
            (matches!(query.of, Of::Inside(By::Incident, _)), Vec::new());
        store.scan(scope, &mut |mark| {
            view.count(&mark);
            if is_incident {
                of_causes.push((mark.spot, mark.cause_number));
            } else if view.shows(&mark) {
                view.spots.push(mark.spot);
            }
        })?;
        if let Of::Inside(By::Incident, name) = query.of {
            view.open(name, all, before);
            of_causes.retain(|(_, cause)| view.causes.contains(cause));
            view.spots = of_causes.into_iter().map(|(spot, _)| spot).collect();
        }
        view.spots.sort_unstable();
        Ok(view)
    }

    /// What is read of the store: of these mailboxes, with the text that tells the groups apart.
    fn scope<'a>(
        &self,
        mailboxes: &'a [MailboxKey],
        condition: Option<&'a RowCondition>,
    ) -> Scope<'a> {
        let text = self.by().and_then(text_of);
        Scope { mailboxes, condition, text, only: None, uids: None }
    }

    /// By what deliveries are grouped; None where they are not.
    fn by(&self) -> Option<By> {
        match self.query.of {
            Of::Deliveries => None,
            Of::Groups(by) | Of::Inside(by, _) => Some(by),
        }
    }

    /// Counts a delivery that passes.
    fn count(&mut self, mark: &DeliveryMark) {
        if let Some(passing) = &mut self.passing {
            passing.add(mark, self.since);
        }
        if let Some(by) = self.by()
            && by != By::Incident
        {
            self.groups.add(by, mark, self.since);
        }
    }

    /// True for a delivery that has a row of its own.
    fn shows(&self, mark: &DeliveryMark) -> bool {
        match self.query.of {
            Of::Deliveries => true,
            Of::Groups(_) => false,
            Of::Inside(By::Incident, _) => self.causes.contains(&mark.cause_number),
            Of::Inside(by, name) => name_of(by, mark) == name,
        }
    }

    /// Opens an incident: one that is open stays what it was when it was opened.
    fn open(&mut self, name: GroupId, all: &mut Causes, before: &Self) {
        if before.query.of == self.query.of {
            self.causes.clone_from(&before.causes);
            return;
        }
        let groups = self.passing.as_mut().unwrap_or(all).groups();
        if let Some(group) = groups.iter().find(|group| group.names.contains(&name)) {
            self.causes.clone_from(&group.causes);
        }
    }

    /// Takes deliveries in that have just been put into the store.
    pub(super) fn put(
        &mut self,
        store: &mut Store,
        marks: &[DeliveryMark],
    ) -> Result<(), store::Error> {
        if self.condition.is_none() && self.by().and_then(text_of).is_none() {
            self.take(marks);
            return Ok(());
        }
        let spots: BTreeSet<Spot> = marks.iter().map(|mark| mark.spot).collect();
        let mailboxes: BTreeSet<MailboxKey> = spots.iter().map(Spot::mailbox).collect();
        let uids = spots.iter().map(|spot| spot.uid);
        let Some(uids) = uids.clone().min().zip(uids.max()) else { return Ok(()) };
        let mut new = Vec::new();
        let mailboxes: Vec<MailboxKey> = mailboxes.into_iter().collect();
        let scope = Scope { uids: Some(uids), ..self.scope(&mailboxes, self.condition.as_ref()) };
        store.scan(scope, &mut |mark| {
            if spots.contains(&mark.spot) {
                new.push(mark);
            }
        })?;
        self.take(&new);
        Ok(())
    }

    fn take(&mut self, marks: &[DeliveryMark]) {
        for mark in marks {
            self.count(mark);
            if self.shows(mark) {
                self.spots.push(mark.spot);
            }
        }
        // Two runs that are in order already: they are joined.
        self.spots.sort();
    }

    /// The first delivery that is looked for and stands behind a place.
    pub(super) fn next_delivery(
        &self,
        store: &mut Store,
        mailboxes: &[MailboxKey],
        only: Only,
        behind: usize,
    ) -> Result<Option<usize>, store::Error> {
        let Some(at) = self.spots.get(behind) else { return Ok(None) };
        let scope = Scope { only: Some(only), ..self.scope(mailboxes, self.condition.as_ref()) };
        let mut next: Option<Spot> = None;
        store.scan(scope, &mut |mark| {
            let is_nearer = next.is_none_or(|next| mark.spot < next);
            if mark.spot > *at && is_nearer && self.shows(&mark) {
                next = Some(mark.spot);
            }
        })?;
        Ok(next.and_then(|spot| self.spots.binary_search(&spot).ok()))
    }

    /// How many groups there are. `all` as above.
    pub(super) fn groups(&mut self, all: &mut Causes) -> usize {
        match self.by() {
            Some(By::Incident) => self.passing.as_mut().unwrap_or(all).groups().len(),
            _ => self.groups.order().len(),
        }
    }

    /// The group at a place, counted from 0.
    pub(super) fn group<'a>(&'a mut self, all: &'a mut Causes, at: usize) -> Option<&'a ListGroup> {
        if self.by() == Some(By::Incident) {
            return self.passing.as_mut().unwrap_or(all).groups().get(at);
        }
        let name = *self.groups.order().get(at)?;
        self.groups.get(name)
    }

    /// The place of the group that has a name.
    pub(super) fn place_of(&mut self, all: &mut Causes, name: GroupId) -> Option<usize> {
        if self.by() == Some(By::Incident) {
            let groups = self.passing.as_mut().unwrap_or(all).groups();
            return groups.iter().position(|group| group.names.contains(&name));
        }
        self.groups.order().iter().position(|one| *one == name)
    }

    /// How many deliveries are shown: those that pass, of the group that is open.
    pub(super) fn deliveries(&self, all: &Causes) -> u64 {
        let shown = self.passing.as_ref().unwrap_or(all);
        match self.query.of {
            Of::Inside(By::Incident, _) => shown.deliveries_of(&self.causes),
            Of::Inside(_, name) => self.groups.get(name).map_or(0, |group| group.counts.count),
            Of::Deliveries | Of::Groups(_) => shown.deliveries,
        }
    }
}
