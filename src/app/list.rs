//! The list: rows in order or the incidents they make, a plain filter, a cursor that is an identity,
//! and the window that is on the screen.

mod window;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnosis::{Language, Party};
use crate::filter::Filter;
use crate::incident::{Cause, Incident, IncidentId};
use crate::listing::{ColumnWords, DeliveryId, Key, MessageId, Row};

use super::causes::Causes;
use super::counts::Counts;
use super::cursor::RowCursor;
use super::sorted::Sorted;

/// What a row of the list is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Grouping {
    /// A delivery.
    #[default]
    Deliveries,
    /// All deliveries that failed on the same thing.
    Incidents,
}

/// The deliveries and what of them is shown.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// All rows, newest first.
    rows: Sorted<Row>,
    counts: Counts,
    causes: Causes,
    /// What passes the filter; None without a filter.
    passing: Option<Passing>,
    filter: Filter,
    words: ColumnWords,
    grouping: Grouping,
    /// The incident of which the deliveries are shown.
    inside: Option<Inside>,
    on_delivery: RowCursor<Key>,
    on_incident: RowCursor<IncidentId>,
    /// Rows the screen has room for.
    height: usize,
}

/// What passes the filter.
#[derive(Clone, Debug, Default)]
struct Passing {
    rows: Sorted<Key>,
    /// Their causes, once they are asked for.
    causes: Option<Causes>,
}

/// An incident of which the deliveries are shown.
#[derive(Clone, Debug)]
struct Inside {
    causes: Vec<Arc<Cause>>,
    /// Those that pass the filter.
    rows: Sorted<Key>,
    /// The incident as it was when it was opened.
    incident: Incident,
    /// Where the cursor stood among all deliveries.
    outside: RowCursor<Key>,
}

impl List {
    /// Takes rows that are new or changed.
    pub fn put(&mut self, new: Vec<Row>) {
        let anchor = self.anchor();
        for row in new {
            self.put_one(row);
        }
        if self.grouped() && self.current().is_none() {
            self.shown_causes_mut().fold();
        }
        self.restore(anchor);
    }

    fn put_one(&mut self, mut row: Row) {
        let key = row.key();
        if row.further > 0 {
            self.fold_recipients(key);
        }
        self.take_out(key);
        if let Some(shared) = self.causes.shared(&row.cause) {
            row.cause = shared;
        }
        self.counts.add(&row);
        self.causes.add(&row);
        let passes = self.filter.is_empty() || self.filter.passes(&row, &self.words);
        if passes && let Some(passing) = &mut self.passing {
            passing.rows.put(key);
            if let Some(causes) = &mut passing.causes {
                causes.add(&row);
            }
        }
        if passes
            && let Some(inside) = &mut self.inside
            && inside.causes.contains(&row.cause)
        {
            inside.rows.put(key);
        }
        self.rows.put(row);
    }

    /// Takes a row out of everything.
    fn take_out(&mut self, key: Key) {
        let Some(row) = self.rows.remove(key) else { return };
        self.counts.take(&row);
        self.causes.take(&row);
        if let Some(passing) = &mut self.passing
            && passing.rows.remove(key).is_some()
            && let Some(causes) = &mut passing.causes
        {
            causes.take(&row);
        }
        if let Some(inside) = &mut self.inside {
            inside.rows.remove(key);
        }
    }

    /// Takes the recipients of the same message that stand behind a key out: one row stands for
    /// them again.
    fn fold_recipients(&mut self, key: Key) {
        while let Ok(place) = self.rows.place_of(key)
            && let Some(next) = self.rows.at(place + 1)
            && next.id.message == key.id.message
        {
            self.take_out(next.key());
        }
    }

    /// Forgets the rows of a mailbox that is another one now.
    pub fn forget(&mut self, mailbox: u16) {
        self.drop_those(|row| row.id.message.mailbox == mailbox);
    }

    /// Forgets the rows of messages that are gone.
    pub fn remove(&mut self, messages: &BTreeSet<MessageId>) {
        self.drop_those(|row| messages.contains(&row.id.message));
    }

    fn drop_those(&mut self, goes: impl Fn(&Row) -> bool) {
        let anchor = self.anchor();
        let mut gone = Vec::new();
        for row in self.rows.iter() {
            if goes(row) {
                gone.push(row.key());
            }
        }
        // From the end on: nothing behind them has to move.
        for key in gone.into_iter().rev() {
            self.take_out(key);
        }
        if self.grouped() {
            self.shown_causes_mut().fold();
        }
        self.restore(anchor);
    }

    /// Shows only rows that pass the filter.
    pub fn set_filter(&mut self, filter: Filter) {
        if filter.text() == self.filter.text() {
            return;
        }
        let anchor = self.anchor();
        self.filter = filter;
        self.pass();
        self.restore(anchor);
    }

    /// Shows the rows in another language, in which the filter is read from now on.
    pub fn set_language(&mut self, language: Language) {
        let anchor = self.anchor();
        self.words = ColumnWords::of(language);
        self.pass();
        self.restore(anchor);
    }

    fn pass(&mut self) {
        self.passing = None;
        if !self.filter.is_empty() {
            let mut passing = Passing::default();
            for row in self.rows.iter() {
                if self.filter.passes(row, &self.words) {
                    passing.rows.put(row.key());
                }
            }
            self.passing = Some(passing);
        }
        if self.grouping == Grouping::Incidents {
            self.gather();
        }
        if let Some(mut inside) = self.inside.take() {
            inside.rows = self.shown_causes().rows_of(&inside.causes);
            self.inside = Some(inside);
        }
    }

    /// Makes the incidents of what passes the filter.
    fn gather(&mut self) {
        if let Some(passing) = &mut self.passing
            && passing.causes.is_none()
        {
            let mut causes = Causes::default();
            for key in passing.rows.iter() {
                if let Some(row) = self.rows.get(*key) {
                    causes.add(row);
                }
            }
            passing.causes = Some(causes);
        }
        self.shown_causes_mut().fold();
    }

    /// The causes of what passes the filter.
    fn shown_causes(&self) -> &Causes {
        match &self.passing {
            Some(Passing { causes: Some(causes), .. }) => causes,
            _ => &self.causes,
        }
    }

    fn shown_causes_mut(&mut self) -> &mut Causes {
        match &mut self.passing {
            Some(Passing { causes: Some(causes), .. }) => causes,
            _ => &mut self.causes,
        }
    }

    /// Shows incidents where deliveries are shown, and the other way round.
    pub fn regroup(&mut self) {
        self.close_incident();
        self.grouping = match self.grouping {
            Grouping::Deliveries => Grouping::Incidents,
            Grouping::Incidents => Grouping::Deliveries,
        };
        if self.grouping == Grouping::Incidents {
            self.gather();
        }
        self.follow();
    }

    /// True when the rows shown are incidents.
    #[must_use]
    pub fn grouped(&self) -> bool {
        self.grouping == Grouping::Incidents && self.inside.is_none()
    }

    /// Makes the incidents of the rows that have come, if they are shown.
    pub fn fold(&mut self) {
        if self.grouped() && self.shown_causes().is_stale() {
            let anchor = self.anchor();
            self.shown_causes_mut().fold();
            self.restore(anchor);
        }
    }

    /// Shows the deliveries of the incident under the cursor.
    pub fn open_incident(&mut self) {
        let Some(at) = self.position() else { return };
        self.go(at);
        let shown = self.shown_causes();
        let (causes, incident) = (shown.causes(at).to_vec(), shown.at(at).cloned());
        let Some(incident) = incident else { return };
        let rows = shown.rows_of(&causes);
        let outside = std::mem::take(&mut self.on_delivery);
        self.inside = Some(Inside { causes, rows, incident, outside });
        self.follow();
    }

    /// Goes back to the incidents; false when none was opened.
    pub fn close_incident(&mut self) -> bool {
        let Some(inside) = self.inside.take() else { return false };
        self.on_delivery = inside.outside;
        self.gather();
        self.follow();
        true
    }

    /// The incident of which the deliveries are shown, as it was when it was opened.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        Some(&self.inside.as_ref()?.incident)
    }

    /// How many of the deliveries shown each party has to act on, those first who read it.
    #[must_use]
    pub fn shares(&self) -> Vec<(Party, u64)> {
        self.shown_causes().shares()
    }

    /// The words of the rows.
    #[must_use]
    pub fn words(&self) -> &ColumnWords {
        &self.words
    }

    /// The filter; an empty one without.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// All rows, those that do not pass too.
    pub fn all(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// Deliveries in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.deliveries
    }

    /// Deliveries in the incident that is open; of the incidents those that pass the filter.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        match &self.inside {
            Some(inside) => self.shown_causes().deliveries_of(&inside.causes),
            None => self.shown_causes().shares().iter().map(|(_, count)| count).sum(),
        }
    }

    /// Rows in all; one may stand for many deliveries.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The keys of the deliveries shown; None where all are.
    fn keys(&self) -> Option<&Sorted<Key>> {
        match (&self.inside, &self.passing) {
            (Some(inside), _) => Some(&inside.rows),
            (None, Some(passing)) => Some(&passing.rows),
            (None, None) => None,
        }
    }

    /// Rows shown.
    #[must_use]
    pub fn len(&self) -> usize {
        if self.grouped() {
            return self.shown_causes().len();
        }
        self.keys().map_or(self.rows.len(), Sorted::len)
    }

    /// True when no row is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Failures of which nobody knows who must act.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.counts.unknown
    }

    /// The delivery that stands at a place among those shown; of an incident the newest.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Row> {
        if self.grouped() {
            return self.rows.get(self.shown_causes().newest(position)?);
        }
        match self.keys() {
            Some(keys) => self.rows.get(*keys.at(position)?),
            None => self.rows.at(position),
        }
    }

    /// The row of a delivery, shown or not.
    #[must_use]
    pub fn find(&self, id: DeliveryId) -> Option<&Row> {
        match self.current() {
            Some(row) if row.id == id => Some(row),
            _ => self.rows.iter().find(|row| row.id == id),
        }
    }

    /// How many other deliveries, shown or not, fail for the same reason as the one under the
    /// cursor, with the same code, at the same host.
    #[must_use]
    pub fn same_cause(&self) -> usize {
        let Some(row) = self.current() else { return 0 };
        self.counts.same_cause(row)
    }

    /// The row under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&Row> {
        self.at(self.position()?)
    }

    /// Which delivery is under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<DeliveryId> {
        self.current().map(|row| row.id)
    }
}
