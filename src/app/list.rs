//! The list as the screen has it: what it is to show, the cursor, which is an identity, and a
//! window of the rows around that. The rows lie in the store; who needs others than those of the
//! window asks for them, and goes on with these until they come.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnosis::{Language, Party};
use crate::filter::Filter;
use crate::listing::{Ask, ColumnWords, DeliveryId, IncidentRow, ListWindow, Of, Query, Row, Rows};

use super::cursor::RowCursor;

/// Screens of rows that a window reaches beyond the cursor in each direction.
const SCREENS: usize = 4;
/// The least rows that it does.
const LEAST: usize = 100;

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
    /// The incident that is open.
    inside: Option<IncidentRow>,
    on_delivery: RowCursor,
    on_incident: RowCursor,
    /// Where the cursor stood among all deliveries when an incident was opened.
    outside: RowCursor,
    /// Rows the screen has room for.
    height: usize,
}

impl List {
    /// A list in a language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let query = Arc::new(Query { language, ..Query::default() });
        // Before anything was asked for, nothing is what there is.
        let ask = Ask { query: Arc::clone(&query), ..Ask::default() };
        let window = ListWindow { ask, ..ListWindow::default() };
        Self { query, words: ColumnWords::of(language), window, ..Self::default() }
    }

    /// What has to be asked for, so that there are rows to show; None where that has been done.
    pub fn take_ask(&mut self) -> Option<Ask> {
        if self.asked.is_some() && self.is_there() && self.covers() && !self.astray {
            return None;
        }
        let cursor = self.cursor_of(self.query.of);
        let ask = Ask {
            query: Arc::clone(&self.query),
            on: if self.target.is_some() { None } else { cursor.on() },
            place: self.target.unwrap_or(cursor.place()),
            reach: (SCREENS * self.height).max(LEAST),
        };
        if self.asked.as_ref() == Some(&ask) {
            return None;
        }
        self.asked = Some(ask.clone());
        Some(ask)
    }

    /// True when what is to be shown is there, at the cursor at least.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.window.ask.query == self.query && self.target.is_none()
    }

    /// True when the window has all rows of this screen and the ones next to it.
    fn covers(&self) -> bool {
        let top = self.cursor().top();
        let first = top.saturating_sub(self.height);
        let end = self.window.len.min(top + 2 * self.height);
        self.window.start <= first && self.window.start + self.window.rows.len() >= end
    }

    /// Takes a window; true when that changes what is on the screen.
    pub fn take(&mut self, window: ListWindow) -> bool {
        if window.ask.query != self.query {
            return false;
        }
        let Some(at) = self.place_in(&window) else {
            self.astray = true;
            return false;
        };
        let before = self.on_screen();
        self.astray = false;
        if window.inside.is_some() {
            self.inside.clone_from(&window.inside);
        }
        self.window = window;
        self.cursor_mut().moved(at);
        if self.target.take().is_some() {
            self.put_on(at);
        }
        self.follow();
        self.on_screen() != before
    }

    /// Where the cursor stands in a window; None where that does not reach to it.
    fn place_in(&self, window: &ListWindow) -> Option<usize> {
        let last = window.len.saturating_sub(1);
        if let Some(target) = self.target {
            let is_answer = window.ask.on.is_none() && window.ask.place == target;
            return is_answer.then_some(target.min(last));
        }
        let cursor = self.cursor_of(self.query.of);
        let Some(on) = cursor.on() else { return Some(0) };
        if let Some(at) = window.rows.find(on) {
            return Some(window.start + at);
        }
        if window.ask.on == Some(on) {
            return Some(window.at);
        }
        None
    }

    /// What is on the screen, to compare it.
    fn on_screen(&self) -> (Range<usize>, Option<usize>, ListWindow) {
        let places = self.places();
        let shown = ListWindow {
            ask: Ask { query: Arc::clone(&self.window.ask.query), ..Ask::default() },
            at: 0,
            start: 0,
            rows: self.window.rows.part(self.within(&places)),
            len: self.window.len,
            inside: self.inside.clone(),
            tally: self.window.tally.clone(),
        };
        (places, self.position(), shown)
    }

    /// The places on the screen.
    fn places(&self) -> Range<usize> {
        let top = self.cursor().top();
        top..self.window.len.min(top + self.height)
    }

    /// Which rows of the window stand at these places.
    fn within(&self, places: &Range<usize>) -> Range<usize> {
        let (start, rows) = (self.window.start, self.window.rows.len());
        let first = places.start.saturating_sub(start).min(rows);
        first..places.end.saturating_sub(start).clamp(first, rows)
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

    /// From now on something else is to be shown.
    fn ask_of(&mut self, change: impl FnOnce(&mut Query)) {
        let mut query = Query::clone(&self.query);
        change(&mut query);
        self.query = Arc::new(query);
        self.target = None;
    }

    /// Shows incidents where deliveries are shown, and the other way round.
    pub fn regroup(&mut self) {
        self.close_incident();
        let of = match self.query.of {
            Of::Incidents => Of::Deliveries,
            Of::Deliveries | Of::Inside(_) => Of::Incidents,
        };
        self.ask_of(|query| query.of = of);
    }

    /// True when the rows are incidents.
    #[must_use]
    pub fn grouped(&self) -> bool {
        self.query.of == Of::Incidents
    }

    /// Shows the deliveries of the incident under the cursor.
    pub fn open_incident(&mut self) {
        let Some(at) = self.position() else { return };
        self.go(at);
        let Some(incident) = self.incident_at(at) else { return };
        let name = incident.id();
        self.inside = Some(incident.clone());
        self.outside = std::mem::take(&mut self.on_delivery);
        self.ask_of(|query| query.of = Of::Inside(name));
    }

    fn incident_at(&self, place: usize) -> Option<&IncidentRow> {
        match &self.window.rows {
            Rows::Incidents(rows) => rows.get(place.checked_sub(self.window.start)?),
            Rows::Deliveries(_) => None,
        }
    }

    /// Goes back to the incidents; false when none was opened.
    pub fn close_incident(&mut self) -> bool {
        if self.inside.take().is_none() {
            return false;
        }
        self.on_delivery = self.outside;
        self.ask_of(|query| query.of = Of::Incidents);
        true
    }

    /// The incident of which the deliveries are shown.
    #[must_use]
    pub fn incident(&self) -> Option<&IncidentRow> {
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

    /// Deliveries in the incident that is open; of the incidents those that pass the filter.
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

    /// The delivery that stands at a place among those shown, of an incident the newest; None
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
            Rows::Incidents(rows) => rows.get(at).map_or(0, IncidentRow::others),
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

    /// The cursor among what is shown.
    fn cursor(&self) -> &RowCursor {
        self.cursor_of(self.window.ask.query.of)
    }

    fn cursor_mut(&mut self) -> &mut RowCursor {
        match self.window.ask.query.of {
            Of::Incidents => &mut self.on_incident,
            Of::Deliveries | Of::Inside(_) => &mut self.on_delivery,
        }
    }

    /// The cursor of a list of these.
    fn cursor_of(&self, of: Of) -> &RowCursor {
        match of {
            Of::Incidents => &self.on_incident,
            Of::Deliveries | Of::Inside(_) => &self.on_delivery,
        }
    }

    /// Where the cursor stands among the rows shown, counted from 0.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        Some(self.cursor().place().min(last))
    }

    /// The rows on the screen, with their places.
    pub fn window(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.places().filter_map(|at| Some((at, self.at(at)?)))
    }

    /// The incidents on the screen, with their places; None where deliveries are.
    #[must_use]
    pub fn incidents(&self) -> Option<Vec<(usize, &IncidentRow)>> {
        let Rows::Incidents(_) = &self.window.rows else { return None };
        Some(self.places().filter_map(|at| Some((at, self.incident_at(at)?))).collect())
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, by: isize) {
        let Some(last) = self.len().checked_sub(1) else { return };
        let at = self.target.unwrap_or(self.position().unwrap_or(0));
        self.go(at.saturating_add_signed(by).min(last));
    }

    /// Puts the cursor on a place; if that lies outside the window, once its rows are there.
    pub fn go(&mut self, place: usize) {
        let place = place.min(self.len().saturating_sub(1));
        if self.at(place).is_some() {
            self.target = None;
            self.put_on(place);
            self.follow();
        } else if !self.is_empty() {
            self.target = Some(place);
        }
    }

    fn put_on(&mut self, place: usize) {
        let Some(at) = place.checked_sub(self.window.start) else { return };
        if let Some(name) = self.window.rows.name(at) {
            self.cursor_mut().put(name, place);
        }
    }

    /// Rows of one page.
    #[must_use]
    pub fn page(&self) -> usize {
        self.height.max(1)
    }

    /// Says how many rows the screen has room for.
    pub fn set_height(&mut self, height: usize) {
        self.height = height;
        self.follow();
    }

    /// Keeps the cursor on the screen.
    fn follow(&mut self) {
        let (length, height) = (self.len(), self.height);
        self.cursor_mut().follow(length, height);
    }
}
