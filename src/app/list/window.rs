//! The window of the list: asking for it, taking it, and moving in it.

use std::ops::Range;
use std::sync::Arc;

use crate::listing::{Ask, DeliveryRow, GroupRow, ListWindow, Of, Rows};

use super::super::cursor::RowCursor;
use super::List;

/// Screens of rows that a window reaches beyond the cursor in each direction.
const SCREENS: usize = 4;
/// The least rows that it does.
const LEAST: usize = 100;

impl List {
    /// What has to be asked for, so that there are rows to show; None where that has been done.
    pub fn take_ask(&mut self) -> Option<Ask> {
        let has_asked = self.asked.as_ref().is_some_and(|ask| ask.seek.is_none());
        if has_asked && self.is_there() && self.covers() && !self.astray {
            return None;
        }
        let cursor = self.cursor_of(self.query.of);
        let ask = Ask {
            query: Arc::clone(&self.query),
            on: if self.target.is_some() { None } else { cursor.on() },
            place: self.target.unwrap_or(cursor.place()),
            reach: (SCREENS * self.height).max(LEAST),
            seek: self.seeking,
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
        self.window.ask.query == self.query && self.target.is_none() && self.seeking.is_none()
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
        if window.ask.query != self.query || window.ask.seek != self.seeking {
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
        let (target, sought) = (self.target.take(), self.seeking.take());
        if target.is_some() || sought.is_some() && self.window.found {
            self.put_on(at);
        } else if sought.is_some() {
            self.missed = sought;
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
        if self.seeking.is_some() {
            return Some(window.at);
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
            found: false,
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

    /// The cursor among what is shown.
    fn cursor(&self) -> &RowCursor {
        self.cursor_of(self.window.ask.query.of)
    }

    fn cursor_mut(&mut self) -> &mut RowCursor {
        match self.window.ask.query.of {
            Of::Groups(_) => &mut self.on_group,
            Of::Deliveries | Of::Inside(..) => &mut self.on_delivery,
        }
    }

    /// The cursor of a list of these.
    fn cursor_of(&self, of: Of) -> &RowCursor {
        match of {
            Of::Groups(_) => &self.on_group,
            Of::Deliveries | Of::Inside(..) => &self.on_delivery,
        }
    }

    /// Where the cursor stands among the rows shown, counted from 0.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        Some(self.cursor().place().min(last))
    }

    /// The deliveries on the screen, with their places; none where groups are.
    #[must_use]
    pub fn window(&self) -> Vec<(usize, &DeliveryRow)> {
        let Rows::Deliveries(rows) = &self.window.rows else { return Vec::new() };
        let places = self.places();
        let within = self.within(&places);
        let first = self.window.start + within.start;
        (first..).zip(rows.get(within).unwrap_or_default()).collect()
    }

    /// The groups on the screen, with their places; None where deliveries are.
    #[must_use]
    pub fn groups(&self) -> Option<Vec<(usize, &GroupRow)>> {
        let Rows::Groups(_) = &self.window.rows else { return None };
        Some(self.places().filter_map(|at| Some((at, self.group_at(at)?))).collect())
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
