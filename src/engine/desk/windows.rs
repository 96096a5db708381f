//! What is held of mailboxes, and the part of it that is on the screen.

use std::sync::Arc;

use crate::diagnosis::Ours;
use crate::filter;
use crate::listing::{
    Ask, ColumnWords, Completion, DeliveryRow, IncidentRow, ListWindow, MessageId, Of, Query, Row,
    RowName, Rows, Tally,
};
use crate::store::{
    self, HeldMessages, KeptMessage, MailboxKey, MailboxName, Spot, StaleMessage, Store,
    StoredDelivery,
};

use super::causes::{CauseGroup, Causes};
use super::view::DeskView;

/// Steps of the trend of an incident.
const STEPS: usize = 8;
/// The most rows of a window before and behind its middle.
const FARTHEST: usize = 2_000;

/// The store of the mailboxes of this run, and what is shown of it.
#[derive(Debug)]
pub struct Desk {
    store: Store,
    /// In the order of their numbers.
    mailboxes: Vec<DeskMailbox>,
    all: Causes,
    view: DeskView,
    /// The store has changed so that both have to be made anew.
    stale: bool,
}

/// A mailbox in the store.
#[derive(Clone, Copy, Debug)]
struct DeskMailbox {
    key: MailboxKey,
    validity: u32,
}

impl Desk {
    /// A desk for mailboxes of these names, which are numbered in their order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn new(store: Store, names: &[MailboxName]) -> Result<Self, store::Error> {
        let mut mailboxes = Vec::new();
        for name in names {
            let key = store.mailbox(name)?;
            mailboxes.push(DeskMailbox { key, validity: store.validity(key)? });
        }
        let (all, view) = (Causes::default(), DeskView::default());
        Ok(Self { store, mailboxes, all, view, stale: true })
    }

    /// What is held of a mailbox from an earlier run.
    ///
    /// # Errors
    /// When the store fails.
    pub fn held(&self, mailbox: u16) -> Result<HeldMessages, store::Error> {
        match self.key(mailbox) {
            Some(key) => self.store.held(key),
            None => Ok(HeldMessages::default()),
        }
    }

    /// Who we were learnt to be from a mailbox in an earlier run.
    pub(super) fn learnt(&self, mailbox: u16) -> Result<Option<Ours>, store::Error> {
        match self.key(mailbox) {
            Some(key) => self.store.learnt(key),
            None => Ok(None),
        }
    }

    /// Keeps who we were learnt to be from a mailbox.
    pub(super) fn learn(&self, mailbox: u16, ours: &Ours) -> Result<(), store::Error> {
        match self.key(mailbox) {
            Some(key) => self.store.learn(key, ours),
            None => Ok(()),
        }
    }

    fn key(&self, mailbox: u16) -> Option<MailboxKey> {
        Some(self.mailboxes.get(usize::from(mailbox))?.key)
    }

    /// Takes messages in.
    ///
    /// # Errors
    /// When the store fails; then nothing of these messages is kept.
    pub fn put(
        &mut self,
        mailbox: u16,
        validity: u32,
        judged_by: i64,
        messages: &[KeptMessage],
    ) -> Result<(), store::Error> {
        let Some(known) = self.mailboxes.get_mut(usize::from(mailbox)) else { return Ok(()) };
        known.validity = validity;
        let put = self.store.put(known.key, validity, judged_by, messages)?;
        self.stale |= put.replaced;
        if self.stale {
            return Ok(());
        }
        for mark in &put.marks {
            self.all.add(mark);
        }
        self.view.put(&mut self.store, &put.marks)
    }

    /// Puts other rows in the place of those of a message.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put_rows(&mut self, id: MessageId, rows: &[StoredDelivery]) -> Result<(), store::Error> {
        let Some(key) = self.key(id.mailbox) else { return Ok(()) };
        self.stale = true;
        self.store.put_rows(key, id.uid, rows)
    }

    /// Forgets messages that are no longer in their mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove(&mut self, mailbox: u16, uids: &[u32]) -> Result<(), store::Error> {
        let Some(key) = self.key(mailbox) else { return Ok(()) };
        self.stale = true;
        self.store.remove(key, uids)
    }

    /// Forgets everything of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub fn reset(&mut self, mailbox: u16) -> Result<(), store::Error> {
        let Some(key) = self.key(mailbox) else { return Ok(()) };
        self.stale = true;
        self.store.reset(key)
    }

    /// Messages of a mailbox that were judged by other means, at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn stale(
        &self,
        mailbox: u16,
        judged_by: i64,
        most: u32,
    ) -> Result<Vec<StaleMessage>, store::Error> {
        match self.key(mailbox) {
            Some(key) if self.store.lasts() => self.store.stale(key, judged_by, most),
            _ => Ok(Vec::new()),
        }
    }

    /// Takes new verdicts on messages of a mailbox.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn judge_again(
        &mut self,
        mailbox: u16,
        judged_by: i64,
        judged: &[(u32, Vec<StoredDelivery>)],
    ) -> Result<(), store::Error> {
        let Some(key) = self.key(mailbox) else { return Ok(()) };
        self.stale = true;
        self.store.judge_again(key, judged_by, judged)
    }

    /// The part of a list that is asked for.
    ///
    /// # Errors
    /// When the store fails.
    pub fn window(&mut self, ask: &Ask) -> Result<ListWindow, store::Error> {
        self.refresh(&ask.query)?;
        let len = self.len();
        let at = self.place_of(ask).min(len.saturating_sub(1));
        let reach = ask.reach.min(FARTHEST);
        let start = at.saturating_sub(reach);
        let end = len.min(at.saturating_add(reach + 1));
        let rows = match ask.query.of {
            Of::Incidents => Rows::Incidents(self.incidents(start, end)?),
            Of::Deliveries | Of::Inside(_) => Rows::Deliveries(self.deliveries(start, end)?),
        };
        let (inside, tally) = (self.inside()?, self.tally());
        Ok(ListWindow { ask: ask.clone(), at, start, rows, len, inside, tally })
    }

    /// Makes anew what is not up to date.
    fn refresh(&mut self, query: &Arc<Query>) -> Result<(), store::Error> {
        let keys: Vec<MailboxKey> = self.mailboxes.iter().map(|mailbox| mailbox.key).collect();
        let stale = std::mem::take(&mut self.stale);
        if stale {
            self.all = Causes::default();
            let (all, wanted) = (&mut self.all, store::Scope::all_of(&keys));
            self.store.scan(wanted, &mut |mark| all.add(&mark))?;
        }
        if stale || self.view.query != *query {
            let (store, all) = (&mut self.store, &mut self.all);
            self.view = DeskView::of(query, store, &keys, all, &self.view)?;
        }
        Ok(())
    }

    /// The causes of what passes the filter.
    fn shown(&mut self) -> &mut Causes {
        self.view.passing.as_mut().unwrap_or(&mut self.all)
    }

    fn len(&mut self) -> usize {
        match self.view.query.of {
            Of::Incidents => self.shown().groups().len(),
            Of::Deliveries | Of::Inside(_) => self.view.spots.len(),
        }
    }

    /// Where the row stands that is named, or would stand.
    fn place_of(&mut self, ask: &Ask) -> usize {
        match (ask.on, ask.query.of) {
            (Some(RowName::Incident(name)), Of::Incidents) => {
                CauseGroup::place_of(self.shown().groups(), name).unwrap_or(ask.place)
            }
            (Some(RowName::Delivery(key)), Of::Deliveries | Of::Inside(_)) => {
                let message = key.id.message;
                let Some(mailbox) = self.key(message.mailbox) else { return ask.place };
                let spot = Spot::new(key.time(), mailbox, message.uid, key.id.recipient);
                match self.view.spots.binary_search(&spot) {
                    Ok(at) | Err(at) => at,
                }
            }
            _ => ask.place,
        }
    }

    fn deliveries(&mut self, start: usize, end: usize) -> Result<Vec<DeliveryRow>, store::Error> {
        let spots = self.view.spots.get(start..end).unwrap_or_default().to_vec();
        let rows = self.rows(&spots)?;
        let sizes = self.all.sizes();
        let mut listed = Vec::with_capacity(rows.len());
        for row in rows {
            let size = sizes.get(&row.cause.id()).copied().unwrap_or(0);
            let own = u64::from(row.further.max(1));
            let others = if row.kind.is_bounce() { size.saturating_sub(own) } else { 0 };
            listed.push(DeliveryRow { row, others });
        }
        Ok(listed)
    }

    fn incidents(&mut self, start: usize, end: usize) -> Result<Vec<IncidentRow>, store::Error> {
        let shown = self.shown().groups().get(start..end).unwrap_or_default();
        let newest: Vec<Spot> = shown.iter().map(|group| group.newest).collect();
        let rows = self.rows(&newest)?;
        let mut incidents = Vec::with_capacity(rows.len());
        let shown = self.shown().groups().get(start..end).unwrap_or_default();
        for (group, newest) in shown.iter().zip(rows) {
            incidents.push(incident(group, newest));
        }
        Ok(incidents)
    }

    /// The incident that is open, as it is now.
    fn inside(&mut self) -> Result<Option<IncidentRow>, store::Error> {
        let Some(inside) = &self.view.inside else { return Ok(None) };
        let name = inside.name;
        let groups = self.shown().groups();
        let Some(at) = CauseGroup::place_of(groups, name) else { return Ok(None) };
        Ok(self.incidents(at, at + 1)?.pop())
    }

    /// The rows of deliveries, with the mailboxes they are in.
    fn rows(&mut self, spots: &[Spot]) -> Result<Vec<Row>, store::Error> {
        let mut rows = Vec::with_capacity(spots.len());
        for (spot, row) in spots.iter().zip(self.store.rows(spots)?) {
            // Another program may have taken it out of the store: it is left blank until we hear.
            let mut row = row.unwrap_or_else(|| Row::unreadable(MessageId::default(), None));
            for (number, mailbox) in (0..).zip(&self.mailboxes) {
                if mailbox.key == spot.mailbox() {
                    row.id.message.mailbox = number;
                    row.id.message.validity = mailbox.validity;
                }
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn tally(&mut self) -> Tally {
        let Causes { rows, deliveries: total, unknown, .. } = self.all;
        let shown = self.view.passing.as_ref().unwrap_or(&self.all);
        let deliveries = match &self.view.inside {
            Some(inside) => shown.deliveries_of(&inside.causes),
            None => shown.deliveries,
        };
        Tally { total, rows, unknown, deliveries, shares: shown.shares() }
    }

    /// How the beginning of a filter can go on.
    ///
    /// # Errors
    /// When the store fails.
    pub fn complete(&mut self, head: &str, query: &Query) -> Result<Completion, store::Error> {
        let keys: Vec<MailboxKey> = self.mailboxes.iter().map(|mailbox| mailbox.key).collect();
        let mut spots = Vec::new();
        self.store.scan(store::Scope::all_of(&keys), &mut |mark| spots.push(mark.spot))?;
        let rows = self.rows(&spots)?;
        let words = ColumnWords::of(query.language);
        Ok(filter::complete(head, rows.iter(), &words, query.now))
    }
}

fn incident(group: &CauseGroup, newest: Row) -> IncidentRow {
    let incident = &group.incident;
    IncidentRow {
        cause: group.cause(),
        names: group.names.clone(),
        count: incident.count,
        reason: incident.reason(),
        status: incident.status(),
        senders: incident.senders(),
        first: incident.first,
        last: incident.last,
        trend: incident.trend(STEPS),
        newest,
    }
}
