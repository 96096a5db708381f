//! The list as the screen has it: what it is to show, the cursor, which is an identity, and a
//! window of the rows around that. The rows lie in the store; who needs others than those of the
//! window asks for them, and goes on with these until they come.

mod window;

use std::sync::Arc;

use crate::diagnosis::{Language, Party};
use crate::filter::Filter;
use crate::listing::{
    Ask, By, ColumnWords, DeliveryId, GroupRow, ListWindow, Of, Query, Row, Rows, Seek,
};

use super::cursor::RowCursor;

/// What the list shows.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// What it is to show.
    query: Arc<Query>,
    filter: Filter,
    words: ColumnWords,
    /// What was told of it last; of an earlier query until the answer to this one comes.
    window: ListWindow,
    /// What was asked for last.
    asked: Option<Ask>,
    /// A place outside the window, on its way to which the cursor is.
    target: Option<usize>,
    /// What was told last does not reach to the cursor, which has moved since it was asked for.
    astray: bool,
    /// What the cursor is on its way to.
    seeking: Option<Seek>,
    /// Nothing more of it was found the last time.
    missed: Option<Seek>,
    /// The group that is open.
    inside: Option<GroupRow>,
    on_delivery: RowCursor,
    on_group: RowCursor,
    /// Where the cursor stood among all deliveries when a group was opened.
    outside: RowCursor,
    /// Rows the screen has room for.
    height: usize,
}

impl List {
    /// A list in a language, by what its rows have in common; None: one by one.
    #[must_use]
    pub fn new(language: Language, by: Option<By>) -> Self {
        let of = by.map_or(Of::Deliveries, Of::Groups);
        let query = Arc::new(Query { language, of, ..Query::default() });
        // Before anything was asked for, nothing is what there is.
        let ask = Ask { query: Arc::clone(&query), ..Ask::default() };
        let window = ListWindow { ask, ..ListWindow::default() };
        Self { query, words: ColumnWords::of(language), window, ..Self::default() }
    }

    /// Shows only rows that pass the filter.
    pub fn set_filter(&mut self, filter: Filter) {
        if filter.text() != self.filter.text() {
            self.ask_of(|query| {
                filter.text().clone_into(&mut query.filter);
                query.now = filter.read_at();
            });
            self.filter = filter;
        }
    }

    /// Shows the rows in another language, in which the filter is read from now on.
    pub fn set_language(&mut self, language: Language) {
        self.words = ColumnWords::of(language);
        self.ask_of(|query| query.language = language);
    }

    /// Goes to the next row of a kind, once it is known where that stands.
    pub fn seek(&mut self, seek: Seek) {
        if !self.is_empty() {
            self.seeking = Some(seek);
        }
    }

    /// What was looked for last and not found; told once.
    pub fn take_missed(&mut self) -> Option<Seek> {
        self.missed.take()
    }

    /// From now on something else is to be shown.
    fn ask_of(&mut self, change: impl FnOnce(&mut Query)) {
        let mut query = Query::clone(&self.query);
        change(&mut query);
        self.query = Arc::new(query);
        self.target = None;
        self.seeking = None;
    }

    /// Shows the rows by the next thing they may have in common, in the order of [`By::ALL`]; behind
    /// the last one by one.
    pub fn regroup(&mut self) {
        self.close_group();
        let next = match self.query.of {
            Of::Groups(by) => By::ALL.get(by as usize + 1),
            Of::Deliveries | Of::Inside(..) => By::ALL.first(),
        };
        self.group_by(next.copied());
    }

    /// Shows the rows by what they have in common; None: one by one.
    fn group_by(&mut self, by: Option<By>) {
        self.on_group = RowCursor::default();
        self.ask_of(|query| query.of = by.map_or(Of::Deliveries, Of::Groups));
    }

    /// True when the rows are groups.
    #[must_use]
    pub fn grouped(&self) -> bool {
        matches!(self.query.of, Of::Groups(_))
    }

    /// By what the rows shown are grouped; None where they are deliveries.
    #[must_use]
    pub fn by(&self) -> Option<By> {
        match self.window.ask.query.of {
            Of::Groups(by) => Some(by),
            Of::Deliveries | Of::Inside(..) => None,
        }
    }

    /// Shows the deliveries of the group under the cursor.
    pub fn open_group(&mut self) {
        let (Some(at), Of::Groups(by)) = (self.position(), self.query.of) else { return };
        self.go(at);
        let Some(group) = self.group_at(at) else { return };
        let Some(name) = group.id() else { return };
        self.inside = Some(group.clone());
        self.outside = std::mem::take(&mut self.on_delivery);
        self.ask_of(|query| query.of = Of::Inside(by, name));
    }

    fn group_at(&self, place: usize) -> Option<&GroupRow> {
        match &self.window.rows {
            Rows::Groups(rows) => rows.get(place.checked_sub(self.window.start)?),
            Rows::Deliveries(_) => None,
        }
    }

    /// Goes back to the groups; false when none was opened.
    pub fn close_group(&mut self) -> bool {
        let Of::Inside(by, _) = self.query.of else { return false };
        self.inside = None;
        self.on_delivery = self.outside;
        self.ask_of(|query| query.of = Of::Groups(by));
        true
    }

    /// The group of which the deliveries are shown.
    #[must_use]
    pub fn inside(&self) -> Option<&GroupRow> {
        self.inside.as_ref()
    }

    /// What is asked of the store.
    #[must_use]
    pub fn query(&self) -> &Arc<Query> {
        &self.query
    }

    /// How many of the deliveries shown each party has to act on, those first who read it.
    #[must_use]
    pub fn shares(&self) -> &[(Party, u64)] {
        &self.window.tally.shares
    }

    /// The words of the rows.
    #[must_use]
    pub fn words(&self) -> &ColumnWords {
        &self.words
    }

    /// The filter that the rows shown have passed, as it was written.
    #[must_use]
    pub fn passed(&self) -> &str {
        &self.window.ask.query.filter
    }

    /// The filter that is in force; what has passed it may be on its way.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Deliveries in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.window.tally.total
    }

    /// Deliveries in the group that is open; of the groups those that pass the filter.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.window.tally.deliveries
    }

    /// Rows in all; one may stand for many deliveries.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.window.tally.rows
    }

    /// Failures of which nobody knows who must act.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.window.tally.unknown
    }

    /// Deliveries that came since the last visit.
    #[must_use]
    pub fn new_ones(&self) -> u64 {
        self.window.tally.new
    }

    /// Rows shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.window.len
    }

    /// True when no row is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The delivery that stands at a place among those shown, of a group the newest; None
    /// outside the window.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Row> {
        self.window.rows.delivery(place.checked_sub(self.window.start)?)
    }

    /// The row of a delivery, if it is in the window.
    #[must_use]
    pub fn find(&self, id: DeliveryId) -> Option<&Row> {
        let rows = &self.window.rows;
        (0..rows.len()).filter_map(|at| rows.delivery(at)).find(|row| row.id == id)
    }

    /// How many other deliveries, shown or not, failed on the same thing as the one under the
    /// cursor.
    #[must_use]
    pub fn others(&self) -> u64 {
        let Some(at) = self.position().and_then(|at| at.checked_sub(self.window.start)) else {
            return 0;
        };
        match &self.window.rows {
            Rows::Deliveries(rows) => rows.get(at).map_or(0, |one| one.others),
            Rows::Groups(rows) => rows.get(at).map_or(0, GroupRow::others),
        }
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
