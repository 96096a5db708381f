//! The list: rows in order, a plain filter, a cursor that is an identity, and the window that is on
//! the screen.

use std::collections::BTreeSet;

use crate::diagnosis::{Language, Party, Reason};
use crate::filter::Filter;
use crate::listing::{ColumnWords, DeliveryId, Key, MessageId, Row};

/// The deliveries and what of them is shown.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// All rows, newest first.
    rows: Vec<Row>,
    /// Indices of the rows that pass the filter; None without a filter.
    passing: Option<Vec<usize>>,
    filter: String,
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
        let mut fresh = Vec::new();
        for row in new {
            match self.rows.binary_search_by_key(&row.key(), Row::key) {
                Ok(at) => self.rows[at] = row,
                Err(_) => fresh.push(row),
            }
        }
        if !fresh.is_empty() {
            self.rows.extend(fresh);
            // Nearly sorted: one run, one tail.
            self.rows.sort_by_key(Row::key);
        }
        self.rows.dedup_by_key(|row| row.key());
        self.pass();
        self.restore(anchor);
    }

    /// Forgets the rows of a mailbox that is another one now.
    pub fn forget(&mut self, mailbox: u16) {
        let anchor = self.anchor();
        self.rows.retain(|row| row.id.message.mailbox != mailbox);
        self.pass();
        self.restore(anchor);
    }

    /// Forgets the rows of messages that are gone.
    pub fn remove(&mut self, messages: &BTreeSet<MessageId>) {
        let anchor = self.anchor();
        self.rows.retain(|row| !messages.contains(&row.id.message));
        self.pass();
        self.restore(anchor);
    }

    /// Shows only rows that pass the filter.
    pub fn set_filter(&mut self, filter: &str) {
        let anchor = self.anchor();
        filter.clone_into(&mut self.filter);
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

    /// Rows in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// Rows that pass the filter.
    #[must_use]
    pub fn len(&self) -> usize {
        self.passing.as_ref().map_or(self.rows.len(), Vec::len)
    }

    /// True when no row passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Failures of which nobody knows who must act.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.rows.iter().filter(|row| row.kind.is_bounce() && row.party == Party::Unknown).count()
    }

    /// The row that stands at a place among those shown.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Row> {
        match &self.passing {
            Some(passing) => self.rows.get(*passing.get(position)?),
            None => self.rows.get(position),
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

    /// How many other deliveries, shown or not, fail for the same reason as this one, with the same
    /// code, at the same host.
    #[must_use]
    pub fn same_cause(&self, id: DeliveryId) -> usize {
        let Some(row) = self.find(id) else { return 0 };
        if !row.kind.is_bounce() || row.reason == Reason::Unknown || row.host.is_none() {
            return 0;
        }
        let mut count = 0;
        for other in &self.rows {
            if other.reason == row.reason
                && other.status == row.status
                && other.host == row.host
                && other.id != row.id
            {
                count += 1;
            }
        }
        count
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
        let filter = Filter::read(&self.filter);
        if filter.is_empty() {
            self.passing = None;
            return;
        }
        let mut passing = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            if filter.passes(row, &self.words) {
                passing.push(at);
            }
        }
        self.passing = Some(passing);
    }

    /// The place of a key among the rows shown; Err where it would stand.
    fn place_of(&self, key: Key) -> Result<usize, usize> {
        match &self.passing {
            Some(passing) => passing.binary_search_by(|&at| self.rows[at].key().cmp(&key)),
            None => self.rows.binary_search_by_key(&key, Row::key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::read;
    use crate::diagnosis::{Ours, Rules, diagnose};

    fn row(uid: u32, minute: u32, to: &str) -> Row {
        let text = format!(
            "Date: Mon, 4 May 2026 06:{minute:02}:00 +0000\nFrom: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n--b--\n"
        );
        let bounce = read(text.as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), &Ours::default());
        Row::all(MessageId { uid, ..MessageId::default() }, None, &bounce, &diagnosis).remove(0)
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
}
