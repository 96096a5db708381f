//! Where the cursor stands in the list, and which rows are on the screen.

use std::ops::Range;

use crate::incident::Incident;
use crate::listing::{Key, Row};

use super::List;

impl List {
    /// Where the cursor stands among the rows shown, counted from 0.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        let at = if self.grouped() {
            let on = self.on_incident.on();
            let place = on.and_then(|name| self.shown_causes().place_of(name));
            place.unwrap_or(self.on_incident.place())
        } else {
            match self.on_delivery.on().map(|key| self.place_of(key)) {
                Some(Ok(at) | Err(at)) => at,
                None => 0,
            }
        };
        Some(at.min(last))
    }

    /// The places on the screen.
    fn places(&self) -> Range<usize> {
        let top = if self.grouped() { self.on_incident.top() } else { self.on_delivery.top() };
        top..self.len().min(top + self.height)
    }

    /// The rows on the screen, with their places.
    pub fn window(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.places().filter_map(|at| Some((at, self.at(at)?)))
    }

    /// The incidents on the screen, with their places.
    pub fn incidents(&self) -> impl Iterator<Item = (usize, &Incident)> {
        let causes = self.shown_causes();
        self.places().filter_map(move |at| Some((at, causes.at(at)?)))
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, by: isize) {
        let (Some(at), Some(last)) = (self.position(), self.len().checked_sub(1)) else { return };
        self.go(at.saturating_add_signed(by).min(last));
    }

    /// Puts the cursor on a place.
    pub fn go(&mut self, position: usize) {
        let place = position.min(self.len().saturating_sub(1));
        if self.grouped() {
            let Some(name) = self.shown_causes().name(place) else { return };
            self.on_incident.put(name, place);
        } else {
            let Some(row) = self.at(place) else { return };
            self.on_delivery.put(row.key(), place);
        }
        self.follow();
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
    pub(super) fn follow(&mut self) {
        let (at, length) = (self.position(), self.len());
        if self.grouped() {
            self.on_incident.follow(at, length, self.height);
        } else {
            self.on_delivery.follow(at, length, self.height);
        }
    }

    /// How far below the top the cursor's row stands.
    pub(super) fn anchor(&self) -> Option<usize> {
        Some(self.position()?.saturating_sub(self.places().start))
    }

    /// Puts the cursor's row back to where it stood on the screen.
    pub(super) fn restore(&mut self, anchor: Option<usize>) {
        if let (Some(at), Some(below)) = (self.position(), anchor) {
            if self.grouped() {
                self.on_incident.stand(at, below);
            } else {
                self.on_delivery.stand(at, below);
            }
        }
        self.follow();
    }

    /// The place of a key among the rows shown; Err where it would stand.
    fn place_of(&self, key: Key) -> Result<usize, usize> {
        match self.keys() {
            Some(keys) => keys.place_of(key),
            None => self.rows.place_of(key),
        }
    }
}
