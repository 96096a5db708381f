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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::bounce::read;
    use crate::diagnosis::{Ours, Party, Rules, diagnose};
    use crate::filter::Filter;
    use crate::listing::MessageId;

    fn filter(text: &str) -> Filter {
        Filter::read(text, jiff::Timestamp::default()).expect("a filter")
    }

    fn row(uid: u32, minute: u32, to: &str) -> Row {
        let text = format!(
            "Date: Mon, 4 May 2026 06:{minute:02}:00 +0000\nFrom: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n--b--\n"
        );
        let bounce = read(text.as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), &Ours::default());
        let id = MessageId { uid, ..MessageId::default() };
        Row::all(id, None, &bounce, &diagnosis, &Ours::default(), text.len()).remove(0)
    }

    fn list() -> List {
        let mut list = List::default();
        list.set_height(3);
        list.put((1..=6).map(|n| row(n, n, &format!("u{n}@oak.example"))).collect());
        list
    }

    fn shown(list: &List) -> Vec<u32> {
        list.window().map(|(_, row)| row.id.message.uid).collect()
    }

    #[test]
    fn the_rows_of_messages_that_are_gone_go() {
        let mut list = List::default();
        list.put((1..=4).map(|uid| row(uid, uid, "u@oak.example")).collect());
        let gone = [1, 3].map(|uid| MessageId { uid, ..MessageId::default() });
        list.remove(&BTreeSet::from(gone));
        let left: BTreeSet<u32> = list.rows.iter().map(|row| row.id.message.uid).collect();
        assert_eq!(left, BTreeSet::from([2, 4]));
    }

    #[test]
    fn newest_first_and_the_cursor_waits_at_the_top() {
        let mut list = list();
        assert_eq!(shown(&list), [6, 5, 4]);
        list.put(vec![row(7, 7, "new@oak.example")]);
        assert_eq!((shown(&list), list.position()), (vec![7, 6, 5], Some(0)));
    }

    #[test]
    fn the_cursor_is_an_identity() {
        let mut list = list();
        list.step(1);
        list.put(vec![row(7, 7, "new@oak.example"), row(8, 8, "new@oak.example")]);
        assert_eq!(list.selected().map(|id| id.message.uid), Some(5));
        assert_eq!(shown(&list), [6, 5, 4], "the row stays where it stood");
    }

    #[test]
    fn a_row_comes_again() {
        let mut list = list();
        list.put(vec![row(3, 3, "other@oak.example")]);
        assert_eq!(list.total(), 6);
        list.set_filter(filter("other"));
        assert_eq!((list.len(), shown(&list)), (1, vec![3]));
    }

    #[test]
    fn a_filter_keeps_the_cursor_if_it_can() {
        let mut list = list();
        list.go(2);
        list.set_filter(filter("U4 5.1.1"));
        assert_eq!(list.selected().map(|id| id.message.uid), Some(4));
        list.set_filter(filter("u2"));
        assert_eq!(list.selected().map(|id| id.message.uid), Some(2));
        list.set_filter(filter(""));
        assert_eq!(list.selected().map(|id| id.message.uid), Some(4), "and comes back to it");
        list.set_filter(filter("nothing like this"));
        assert_eq!((list.selected(), list.is_empty()), (None, true));
    }

    #[test]
    fn moving_stays_inside() {
        let mut list = list();
        list.step(-3);
        assert_eq!(list.position(), Some(0));
        list.step(100);
        assert_eq!((list.position(), shown(&list)), (Some(5), vec![3, 2, 1]));
        list.forget(0);
        assert_eq!(list.selected(), None);
        list.step(1);
    }

    #[test]
    fn counts_follow_the_rows() {
        let mut list = list();
        let refused = |n| Row { host: Some("mx.oak.example".into()), ..row(n, n, "a@oak.example") };
        list.put(vec![refused(1), refused(2), refused(3), Row { further: 40, ..refused(8) }]);
        list.go(0);
        assert_eq!((list.total(), list.unknown(), list.same_cause()), (46, 0, 3));
        list.put(vec![Row { party: Party::Unknown, ..refused(2) }]);
        assert_eq!((list.total(), list.unknown(), list.same_cause()), (46, 1, 3));
        list.go(usize::MAX);
        assert_eq!(list.same_cause(), 42, "forty of them stand in one row");
        list.forget(0);
        assert_eq!((list.total(), list.unknown(), list.same_cause()), (0, 0, 0));
    }

    #[test]
    fn a_row_for_many_unfolds_and_folds() {
        let mut list = list();
        let of = |recipient, further| {
            let mut row = Row { further, ..row(9, 9, "a@oak.example") };
            row.id.recipient = recipient;
            row
        };
        list.put(vec![of(0, 0), of(1, 3)]);
        assert_eq!((list.len(), list.total()), (8, 10));
        list.set_filter(filter("oak"));
        list.go(1);
        list.put((0..4).map(|recipient| of(recipient, 0)).collect());
        assert_eq!((list.len(), list.total(), list.position()), (10, 10, Some(1)));
        list.put(vec![of(0, 0), of(1, 3)]);
        assert_eq!((list.len(), list.total(), list.position()), (8, 10, Some(1)));
        list.set_filter(filter(""));
        assert_eq!(list.len(), 8);
    }
}
