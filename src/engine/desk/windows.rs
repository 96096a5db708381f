//! What is held of mailboxes, and the part of it that is on the screen.

use std::sync::Arc;

use crate::diagnosis::Ours;
use crate::filter;
use crate::listing::{
    Ask, ColumnWords, Completion, DeliveryRow, GroupRow, ListWindow, MessageId, Of, Query, Row,
    RowName, Rows, Seek, Tally,
};
use crate::store::{
    self, HeldMessages, KeptMessage, MailboxKey, MailboxName, Only, Spot, StaleMessage, Store,
    StoredDelivery,
};

use super::causes::Causes;
use super::groups::ListGroup;
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
    /// The number of this visit.
    visit: u32,
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
    /// It is read for the first time: nothing of it is new.
    fills: bool,
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
            let (validity, fills) = (store.validity(key)?, store.is_empty(key)?);
            mailboxes.push(DeskMailbox { key, validity, fills });
        }
        let (visit, all, view) = (store.visit()?, Causes::default(), DeskView::default());
        Ok(Self { store, mailboxes, visit, all, view, stale: true })
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
        let came = if known.fills { 0 } else { self.visit };
        let put = self.store.put(known.key, validity, judged_by, came, messages)?;
        self.stale |= put.replaced;
        if self.stale {
            return Ok(());
        }
        for mark in &put.marks {
            self.all.add(mark, self.visit);
        }
        self.view.put(&mut self.store, &put.marks)
    }

    /// A mailbox is all there: what comes now is new.
    pub fn filled(&mut self, mailbox: u16) {
        if let Some(known) = self.mailboxes.get_mut(usize::from(mailbox)) {
            known.fills = false;
        }
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
        let mut at = self.place_of(ask).min(len.saturating_sub(1));
        let found = match ask.seek {
            Some(seek) => self.next(seek, at)?,
            None => None,
        };
        at = found.unwrap_or(at);
        let reach = ask.reach.min(FARTHEST);
        let start = at.saturating_sub(reach);
        let end = len.min(at.saturating_add(reach + 1));
        let rows = match ask.query.of {
            Of::Groups(_) => Rows::Groups(self.groups(start, end)?),
            Of::Deliveries | Of::Inside(..) => Rows::Deliveries(self.deliveries(start, end)?),
        };
        let (inside, tally) = (self.inside()?, self.tally());
        let (ask, found) = (ask.clone(), found.is_some());
        Ok(ListWindow { ask, at, found, start, rows, len, inside, tally })
    }

    /// Makes anew what is not up to date.
    fn refresh(&mut self, query: &Arc<Query>) -> Result<(), store::Error> {
        let keys = self.keys();
        let stale = std::mem::take(&mut self.stale);
        if stale {
            self.all = Causes::default();
            let (all, visit) = (&mut self.all, self.visit);
            self.store.scan(store::Scope::all_of(&keys), &mut |mark| all.add(&mark, visit))?;
        }
        if stale || self.view.query != *query {
            let (store, all) = (&mut self.store, (&mut self.all, self.visit));
            self.view = DeskView::of(query, store, &keys, all, &self.view)?;
        }
        Ok(())
    }

    fn len(&mut self) -> usize {
        match self.view.query.of {
            Of::Groups(_) => self.view.groups(&mut self.all),
            Of::Deliveries | Of::Inside(..) => self.view.spots.len(),
        }
    }

    /// Where the row stands that is named, or would stand.
    fn place_of(&mut self, ask: &Ask) -> usize {
        match (ask.on, ask.query.of) {
            (Some(RowName::Group(name)), Of::Groups(_)) => {
                self.view.place_of(&mut self.all, name).unwrap_or(ask.place)
            }
            (Some(RowName::Delivery(key)), Of::Deliveries | Of::Inside(..)) => {
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

    /// The next row behind a place that is looked for.
    fn next(&mut self, seek: Seek, behind: usize) -> Result<Option<usize>, store::Error> {
        if let Of::Groups(_) = self.view.query.of {
            for at in behind + 1..self.len() {
                let Some(group) = self.view.group(&mut self.all, at) else { break };
                let is_it = match seek {
                    Seek::New => group.new > 0,
                    Seek::Unknown => group.unknown > 0,
                };
                if is_it {
                    return Ok(Some(at));
                }
            }
            return Ok(None);
        }
        let only = match seek {
            Seek::New => Only::Since(self.visit),
            Seek::Unknown => Only::Unknown,
        };
        let keys = self.keys();
        self.view.next_delivery(&mut self.store, &keys, only, behind)
    }

    fn keys(&self) -> Vec<MailboxKey> {
        self.mailboxes.iter().map(|mailbox| mailbox.key).collect()
    }

    fn deliveries(&mut self, start: usize, end: usize) -> Result<Vec<DeliveryRow>, store::Error> {
        let spots = self.view.spots.get(start..end).unwrap_or_default().to_vec();
        let rows = self.rows(&spots)?;
        let mut listed = Vec::with_capacity(rows.len());
        for (row, came) in rows {
            let size = self.all.size(row.cause.id().into());
            let own = u64::from(row.further.max(1));
            let others = if row.class.kind.is_bounce() { size.saturating_sub(own) } else { 0 };
            listed.push(DeliveryRow { row, others, is_new: came >= self.visit });
        }
        Ok(listed)
    }

    fn groups(&mut self, start: usize, end: usize) -> Result<Vec<GroupRow>, store::Error> {
        let mut groups = Vec::with_capacity(end - start);
        for at in start..end {
            groups.extend(self.group(at)?);
        }
        Ok(groups)
    }

    /// The group at a place, counted from 0.
    fn group(&mut self, at: usize) -> Result<Option<GroupRow>, store::Error> {
        let Some(group) = self.view.group(&mut self.all, at) else { return Ok(None) };
        let newest = group.newest;
        let Some((newest, _)) = self.rows(&[newest])?.pop() else { return Ok(None) };
        let group = self.view.group(&mut self.all, at);
        Ok(group.map(|group| group_row(group, newest)))
    }

    /// The group that is open, as it is now.
    fn inside(&mut self) -> Result<Option<GroupRow>, store::Error> {
        let Of::Inside(_, name) = self.view.query.of else { return Ok(None) };
        match self.view.place_of(&mut self.all, name) {
            Some(at) => self.group(at),
            None => Ok(None),
        }
    }

    /// The rows of deliveries, with the mailboxes they are in, and the visits in which they came.
    fn rows(&mut self, spots: &[Spot]) -> Result<Vec<(Row, u32)>, store::Error> {
        let mut rows = Vec::with_capacity(spots.len());
        for (spot, row) in spots.iter().zip(self.store.rows(spots)?) {
            let (mut row, came) = match row {
                Some(row) => row,
                // Another program has taken it out of the store: it is blank until we hear.
                None => (blank(spot), 0),
            };
            for (number, mailbox) in (0..).zip(&self.mailboxes) {
                if mailbox.key == spot.mailbox() {
                    row.id.message.mailbox = number;
                    row.id.message.validity = mailbox.validity;
                }
            }
            rows.push((row, came));
        }
        Ok(rows)
    }

    fn tally(&mut self) -> Tally {
        let Causes { rows, deliveries: total, unknown, new, .. } = self.all;
        let shown = self.view.passing.as_ref().unwrap_or(&self.all);
        let deliveries = self.view.deliveries(&self.all);
        Tally { total, rows, unknown, new, deliveries, shares: shown.shares() }
    }

    /// How the beginning of a filter can go on.
    ///
    /// # Errors
    /// When the store fails.
    pub fn complete(&mut self, head: &str, query: &Query) -> Result<Completion, store::Error> {
        let keys = self.keys();
        let mut spots = Vec::new();
        self.store.scan(store::Scope::all_of(&keys), &mut |mark| spots.push(mark.spot))?;
        let rows = self.rows(&spots)?;
        let words = ColumnWords::of(query.language);
        Ok(filter::complete(head, rows.iter().map(|(row, _)| row), &words, query.now))
    }
}

/// A delivery of which nothing is known but where it stands.
fn blank(spot: &Spot) -> Row {
    let id = MessageId { uid: spot.uid, ..MessageId::default() };
    let mut row = Row::unreadable(id, spot.time());
    row.id.recipient = spot.number;
    row
}

fn group_row(group: &ListGroup, newest: Row) -> GroupRow {
    let counts = &group.counts;
    GroupRow {
        what: group.what.clone(),
        names: group.names.clone(),
        party: group.party(),
        kind: newest.class.kind,
        count: counts.count,
        new: group.new,
        status: counts.status(),
        senders: counts.senders(),
        first: counts.first,
        last: counts.last,
        trend: counts.trend(STEPS),
        newest,
    }
}
