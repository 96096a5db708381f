//! Tests of the list.

use super::*;
use crate::bounce::read;
use crate::diagnosis::{Ours, Party, Rules, diagnose};

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
