//! The list: rows in order, a plain filter, a cursor that is an identity, and the window that is on
//! the screen.

use std::collections::BTreeSet;

use crate::diagnosis::Language;
use crate::filter::Filter;
use crate::listing::{ColumnWords, DeliveryId, Key, MessageId, Row};

use super::counts::Counts;
use super::sorted::Sorted;

/// The deliveries and what of them is shown.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// All rows, newest first.
    rows: Sorted<Row>,
    counts: Counts,
    /// The rows that pass the filter; None without a filter.
    passing: Option<Sorted<Key>>,
    filter: String,
    /// The filter, read.
    terms: Filter,
    words: ColumnWords,
    cursor: Option<Key>,
    /// True once the user has moved: until then the cursor stays on the newest row.
    moved: bool,
    /// First row on the screen, counted among those shown.
    top: usize,
    /// Rows the screen has room for.
    height: usize,
}

impl List {
    /// Takes rows that are new or changed.
    pub fn put(&mut self, new: Vec<Row>) {
        let anchor = self.anchor();
        for row in new {
            self.put_one(row);
        }
        self.restore(anchor);
    }

    fn put_one(&mut self, row: Row) {
        let key = row.key();
        if row.further > 0 {
            self.fold(key);
        }
        self.counts.add(&row);
        if let Some(passing) = &mut self.passing {
            if self.terms.passes(&row, &self.words) {
                passing.put(key);
            } else {
                passing.remove(key);
            }
        }
        if let Some(before) = self.rows.put(row) {
            self.counts.take(&before);
        }
    }

    /// Takes the recipients of the same message that stand behind a key out: one row stands for
    /// them again.
    fn fold(&mut self, key: Key) {
        while let Ok(place) = self.rows.place_of(key)
            && let Some(next) = self.rows.at(place + 1)
            && next.id.message == key.id.message
        {
            let next = next.key();
            if let Some(row) = self.rows.remove(next) {
                self.counts.take(&row);
            }
            if let Some(passing) = &mut self.passing {
                passing.remove(next);
            }
        }
    }

    /// Forgets the rows of a mailbox that is another one now.
    pub fn forget(&mut self, mailbox: u16) {
        let anchor = self.anchor();
        self.keep(|row| row.id.message.mailbox != mailbox);
        self.restore(anchor);
    }

    /// Forgets the rows of messages that are gone.
    pub fn remove(&mut self, messages: &BTreeSet<MessageId>) {
        let anchor = self.anchor();
        self.keep(|row| !messages.contains(&row.id.message));
        self.restore(anchor);
    }

    /// Keeps the rows for which this holds, and counts them anew.
    fn keep(&mut self, holds: impl FnMut(&Row) -> bool) {
        self.rows.retain(holds);
        self.counts = Counts::default();
        for row in self.rows.iter() {
            self.counts.add(row);
        }
        self.pass();
    }

    /// Shows only rows that pass the filter.
    pub fn set_filter(&mut self, filter: &str) {
        if filter == self.filter {
            return;
        }
        let anchor = self.anchor();
        filter.clone_into(&mut self.filter);
        self.terms = Filter::read(filter);
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

    /// The words of the rows.
    #[must_use]
    pub fn words(&self) -> &ColumnWords {
        &self.words
    }

    /// The text of the filter; empty without one.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Deliveries in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.deliveries
    }

    /// Rows in all; one may stand for many deliveries.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Rows that pass the filter.
    #[must_use]
    pub fn len(&self) -> usize {
        self.passing.as_ref().map_or(self.rows.len(), Sorted::len)
    }

    /// True when no row passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Failures of which nobody knows who must act.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.counts.unknown
    }

    /// The row that stands at a place among those shown.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Row> {
        match &self.passing {
            Some(passing) => self.rows.get(*passing.at(position)?),
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

    /// Where the cursor stands among the rows shown, counted from 0.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        match self.cursor {
            Some(cursor) if self.moved => match self.place_of(cursor) {
                Ok(at) => Some(at),
                Err(next) => Some(next.min(last)),
            },
            _ => Some(0),
        }
    }

    /// The rows on the screen, with their places.
    pub fn window(&self) -> impl Iterator<Item = (usize, &Row)> {
        (self.top..self.len().min(self.top + self.height)).filter_map(|at| Some((at, self.at(at)?)))
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, by: isize) {
        let (Some(at), Some(last)) = (self.position(), self.len().checked_sub(1)) else { return };
        self.go(at.saturating_add_signed(by).min(last));
    }

    /// Puts the cursor on a place.
    pub fn go(&mut self, position: usize) {
        let Some(row) = self.at(position.min(self.len().saturating_sub(1))) else { return };
        self.cursor = Some(row.key());
        self.moved = true;
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
    fn follow(&mut self) {
        let Some(at) = self.position() else {
            self.top = 0;
            return;
        };
        if at < self.top {
            self.top = at;
        } else if self.height > 0 && at >= self.top + self.height {
            self.top = at + 1 - self.height;
        }
        self.top = self.top.min(self.len().saturating_sub(self.height.max(1)));
    }

    /// The cursor's row and how far below the top it stands.
    fn anchor(&self) -> Option<usize> {
        self.position().map(|at| at.saturating_sub(self.top))
    }

    /// Puts the cursor's row back to where it stood on the screen.
    fn restore(&mut self, anchor: Option<usize>) {
        if let (Some(at), Some(below)) = (self.position(), anchor) {
            self.top = at.saturating_sub(below);
        }
        self.follow();
    }

    fn pass(&mut self) {
        if self.terms.is_empty() {
            self.passing = None;
            return;
        }
        let mut passing = Sorted::default();
        for row in self.rows.iter() {
            if self.terms.passes(row, &self.words) {
                passing.put(row.key());
            }
        }
        self.passing = Some(passing);
    }

    /// The place of a key among the rows shown; Err where it would stand.
    fn place_of(&self, key: Key) -> Result<usize, usize> {
        match &self.passing {
            Some(passing) => passing.place_of(key),
            None => self.rows.place_of(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::read;
    use crate::diagnosis::{Ours, Party, Rules, diagnose};

    fn row(uid: u32, minute: u32, to: &str) -> Row {
        let text = format!(
            "Date: Mon, 4 May 2026 06:{minute:02}:00 +0000\nFrom: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n--b--\n"
        );
        let bounce = read(text.as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), &Ours::default());
        let id = MessageId { uid, ..MessageId::default() };
        Row::all(id, None, &bounce, &diagnosis, text.len()).remove(0)
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
        list.set_filter("other");
        assert_eq!((list.len(), shown(&list)), (1, vec![3]));
    }

    #[test]
    fn a_filter_keeps_the_cursor_if_it_can() {
        let mut list = list();
        list.go(2);
        list.set_filter("U4 5.1.1");
        assert_eq!(list.selected().map(|id| id.message.uid), Some(4));
        list.set_filter("u2");
        assert_eq!(list.selected().map(|id| id.message.uid), Some(2));
        list.set_filter("");
        assert_eq!(list.selected().map(|id| id.message.uid), Some(4), "and comes back to it");
        list.set_filter("nothing like this");
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
        list.set_filter("oak");
        list.go(1);
        list.put((0..4).map(|recipient| of(recipient, 0)).collect());
        assert_eq!((list.len(), list.total(), list.position()), (10, 10, Some(1)));
        list.put(vec![of(0, 0), of(1, 3)]);
        assert_eq!((list.len(), list.total(), list.position()), (8, 10, Some(1)));
        list.set_filter("");
        assert_eq!(list.len(), 8);
    }
}
