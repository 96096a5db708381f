//! The list of the screen over a real store: the cursor is an identity, and who moves farther than
//! the window reaches gets there.

use std::collections::BTreeSet;

use deadletter::app::List;
use deadletter::diagnosis::{Language, Ours, Party, Rules, diagnose};
use deadletter::engine::Desk;
use deadletter::filter::Filter;
use deadletter::listing::{MessageId, Row, Seek};
use deadletter::store::{KeptMessage, MailboxName, PackedBounce, Store, StoredDelivery};

/// A list and the store behind it; nothing waits.
struct Shelf {
    list: List,
    desk: Desk,
}

fn filter(text: &str) -> Filter {
    Filter::read(text, jiff::Timestamp::default()).expect("a filter")
}

fn row(uid: u32, minute: u32, to: &str) -> Row {
    let text = format!(
        "Date: Mon, 4 May 2026 {:02}:{:02}:00 +0000\nFrom: MAILER-DAEMON@a.example\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n\
         Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n--b--\n",
        6 + minute / 60,
        minute % 60
    );
    let bounce = deadletter::bounce::read(text.as_bytes());
    let diagnosis = diagnose(&bounce, Rules::standard(), &Ours::default());
    let id = MessageId { uid, ..MessageId::default() };
    Row::all(id, None, &bounce, &diagnosis, &Ours::default(), text.len()).remove(0)
}

fn message(rows: Vec<Row>) -> KeptMessage {
    let deliveries =
        rows.into_iter().map(|row| StoredDelivery { row, evidence: None }).collect::<Vec<_>>();
    KeptMessage {
        uid: deliveries[0].row.id.message.uid,
        received: None,
        size: 1,
        message_id: None,
        bounce: PackedBounce::default(),
        deliveries,
    }
}

impl Shelf {
    fn new(height: usize) -> Self {
        let name = MailboxName { account: "birch".into(), folder: String::new() };
        let desk = Desk::new(Store::temporary().expect("memory"), &[name]).expect("memory");
        let mut list = List::new(Language::default(), None);
        list.set_height(height);
        Self { list, desk }
    }

    fn of_six() -> Self {
        let mut shelf = Self::new(3);
        shelf.put((1..=6).map(|n| row(n, n, &format!("u{n}@oak.example"))).collect());
        shelf
    }

    /// Messages of one row each come.
    fn put(&mut self, rows: Vec<Row>) {
        let messages: Vec<KeptMessage> = rows.into_iter().map(|row| message(vec![row])).collect();
        self.desk.put(0, 0, 0, &messages).expect("memory");
        self.told();
    }

    /// Changes the list, and brings what it asks for then.
    fn then(&mut self, change: impl FnOnce(&mut List)) -> &mut Self {
        change(&mut self.list);
        self.answer();
        self
    }

    /// Says how the list is now, whether it asks or not.
    fn told(&mut self) {
        self.answer();
        let (query, place) = (self.list.query().clone(), self.list.position().unwrap_or(0));
        let on = self.list.current().map(|row| deadletter::listing::RowName::Delivery(row.key()));
        let ask = deadletter::listing::Ask {
            query,
            on,
            place,
            reach: 100,
            ..deadletter::listing::Ask::default()
        };
        let window = self.desk.window(&ask).expect("memory");
        self.list.take(window);
        self.answer();
    }

    fn answer(&mut self) {
        while let Some(ask) = self.list.take_ask() {
            let window = self.desk.window(&ask).expect("memory");
            self.list.take(window);
        }
    }

    fn shown(&self) -> Vec<u32> {
        self.list.window().iter().map(|(_, one)| one.row.id.message.uid).collect()
    }

    fn selected(&self) -> Option<u32> {
        self.list.selected().map(|id| id.message.uid)
    }
}

#[test]
fn newest_first_and_the_cursor_waits_at_the_top() {
    let mut shelf = Shelf::of_six();
    assert_eq!(shelf.shown(), [6, 5, 4]);
    shelf.put(vec![row(7, 7, "new@oak.example")]);
    assert_eq!((shelf.shown(), shelf.list.position()), (vec![7, 6, 5], Some(0)));
}

#[test]
fn the_cursor_is_an_identity() {
    let mut shelf = Shelf::of_six();
    shelf.then(|list| list.step(1));
    shelf.put(vec![row(7, 7, "new@oak.example"), row(8, 8, "new@oak.example")]);
    assert_eq!(shelf.selected(), Some(5));
    assert_eq!(shelf.shown(), [6, 5, 4], "the row stays where it stood");
}

#[test]
fn a_row_comes_again() {
    let mut shelf = Shelf::of_six();
    shelf.put(vec![row(3, 3, "other@oak.example")]);
    assert_eq!(shelf.list.total(), 6);
    shelf.then(|list| list.set_filter(filter("other")));
    assert_eq!((shelf.list.len(), shelf.shown()), (1, vec![3]));
}

#[test]
fn a_filter_keeps_the_cursor_if_it_can() {
    let mut shelf = Shelf::of_six();
    shelf.then(|list| list.go(2));
    for (text, selected) in [("U4 5.1.1", Some(4)), ("u2", Some(2)), ("", Some(4)), ("none", None)]
    {
        shelf.then(|list| list.set_filter(filter(text)));
        assert_eq!(shelf.selected(), selected, "{text}");
    }
    assert!(shelf.list.is_empty());
}

#[test]
fn moving_stays_inside() {
    let mut shelf = Shelf::of_six();
    shelf.then(|list| list.step(-3));
    assert_eq!(shelf.list.position(), Some(0));
    shelf.then(|list| list.step(100));
    assert_eq!((shelf.list.position(), shelf.shown()), (Some(5), vec![3, 2, 1]));
    shelf.desk.reset(0).expect("memory");
    shelf.told();
    assert_eq!(shelf.selected(), None);
    shelf.then(|list| list.step(1));
}

#[test]
fn the_rows_of_messages_that_are_gone_go() {
    let mut shelf = Shelf::of_six();
    shelf.desk.remove(0, &[1, 3]).expect("memory");
    shelf.told();
    shelf.then(|list| list.set_height(10));
    let left: BTreeSet<u32> = shelf.shown().into_iter().collect();
    assert_eq!(left, BTreeSet::from([2, 4, 5, 6]));
}

#[test]
fn who_goes_farther_than_the_window_gets_there() {
    let mut shelf = Shelf::new(10);
    let rows = (1..=3_000).map(|n| row(n, n % 600, &format!("u{n}@oak.example"))).collect();
    shelf.put(rows);
    shelf.then(|list| list.go(usize::MAX));
    assert_eq!((shelf.list.position(), shelf.shown().len()), (Some(2_999), 10));
    let last = shelf.selected();
    shelf.list.go(0);
    assert!(!shelf.list.is_there(), "it is on its way");
    shelf.list.step(1_500);
    shelf.answer();
    assert_eq!((shelf.list.position(), shelf.shown().len()), (Some(1_500), 10));
    for _ in 0..1_499 {
        shelf.then(|list| list.step(1));
        assert_eq!(shelf.shown().len(), 10, "no row is missing on the way");
    }
    assert_eq!(shelf.selected(), last);
}

#[test]
fn counts_follow_the_rows() {
    let mut shelf = Shelf::of_six();
    let many = Row { further: 40, ..row(8, 8, "a@oak.example") };
    shelf.put(vec![many]);
    shelf.then(|list| list.go(0));
    assert_eq!((shelf.list.total(), shelf.list.unknown(), shelf.list.others()), (46, 0, 6));
    shelf.then(|list| list.go(6));
    assert_eq!(shelf.list.others(), 45, "forty of them stand in one row");
    let mut unknown = row(2, 2, "a@oak.example");
    unknown.class.party = Party::Unknown;
    shelf.put(vec![unknown]);
    assert_eq!((shelf.list.total(), shelf.list.unknown()), (46, 1));
}

#[test]
fn a_row_for_many_unfolds_and_folds() {
    let mut shelf = Shelf::of_six();
    let of = |recipient, further| {
        let mut row = Row { further, ..row(9, 9, "a@oak.example") };
        row.id.recipient = recipient;
        row
    };
    let put = |shelf: &mut Shelf, rows: Vec<Row>| {
        shelf.desk.put(0, 0, 0, &[message(rows)]).expect("memory");
        shelf.told();
    };
    put(&mut shelf, vec![of(0, 0), of(1, 3)]);
    assert_eq!((shelf.list.len(), shelf.list.total()), (8, 10));
    shelf.then(|list| list.set_filter(filter("oak"))).then(|list| list.go(1));
    put(&mut shelf, (0..4).map(|recipient| of(recipient, 0)).collect());
    let place = |shelf: &Shelf| (shelf.list.len(), shelf.list.total(), shelf.list.position());
    assert_eq!(place(&shelf), (10, 10, Some(1)));
    put(&mut shelf, vec![of(0, 0), of(1, 3)]);
    assert_eq!(place(&shelf), (8, 10, Some(1)));
    shelf.then(|list| list.set_filter(filter("")));
    assert_eq!(shelf.list.len(), 8);
}

/// The store tells of changes by what it was asked last, which may be long ago.
#[test]
fn the_cursor_is_followed_although_nothing_was_asked_since() {
    let mut shelf = Shelf::new(10);
    shelf.put((2_801..=3_000).map(|n| row(n, 0, "a@oak.example")).collect());
    let ask = deadletter::listing::Ask {
        query: shelf.list.query().clone(),
        reach: 100,
        ..deadletter::listing::Ask::default()
    };
    shelf.then(|list| list.step(10));
    let messages: Vec<KeptMessage> =
        (1..=2_800).map(|n| message(vec![row(n, 0, "a@oak.example")])).collect();
    shelf.desk.put(0, 0, 0, &messages).expect("memory");
    shelf.list.take(shelf.desk.window(&ask).expect("memory"));
    shelf.answer();
    assert_eq!((shelf.selected(), shelf.list.position()), (Some(2_811), Some(2_810)));
    assert_eq!(shelf.shown().len(), 10);
}

#[test]
fn what_came_since_the_last_visit_is_new_and_gone_to() {
    let home = tempfile::tempdir().expect("a folder");
    let visit = || {
        let store = Store::open(home.path()).expect("a store").store;
        let name = MailboxName { account: "birch".into(), folder: String::new() };
        let mut list = List::new(Language::default(), None);
        list.set_height(10);
        let mut shelf = Shelf { list, desk: Desk::new(store, &[name]).expect("a desk") };
        shelf.told();
        shelf
    };
    let news = |shelf: &Shelf| -> Vec<u32> {
        let shown = shelf.list.window();
        let new = shown.iter().filter(|(_, one)| one.is_new);
        new.map(|(_, one)| one.row.id.message.uid).collect()
    };
    let mut shelf = visit();
    shelf.put((1..=5).map(|n| row(n, n, "a@oak.example")).collect());
    assert_eq!((news(&shelf), shelf.list.new_ones()), (vec![], 0), "all of it is");
    shelf.desk.filled(0);
    shelf.put(vec![row(6, 0, "a@oak.example"), row(7, 9, "a@oak.example")]);
    assert_eq!((news(&shelf), shelf.list.new_ones()), (vec![7, 6], 2));
    shelf.then(|list| list.seek(Seek::New));
    assert_eq!(shelf.selected(), Some(6), "the next behind the first");
    shelf.then(|list| list.seek(Seek::New));
    assert_eq!((shelf.selected(), shelf.list.take_missed()), (Some(6), Some(Seek::New)));
    shelf.put(vec![row(8, 3, "a@oak.example")]);
    assert_eq!(shelf.selected(), Some(6), "it goes nowhere by itself");
    drop(shelf);
    let mut shelf = visit();
    assert_eq!((shelf.list.len(), news(&shelf)), (8, vec![]), "they have been seen");
    shelf.put(vec![row(9, 1, "a@oak.example"), row(3, 3, "b@oak.example")]);
    assert_eq!(news(&shelf), [9], "what comes again is not new");
}

#[test]
fn the_next_unknown_is_gone_to() {
    let mut shelf = Shelf::of_six();
    let unknown = |n| {
        let mut row = row(n, n, "a@b.c");
        row.class.party = Party::Unknown;
        row
    };
    shelf.put(vec![unknown(2), unknown(4)]);
    for wanted in [4, 2, 2] {
        shelf.then(|list| list.seek(Seek::Unknown));
        assert_eq!(shelf.selected(), Some(wanted));
    }
    shelf.then(|list| list.set_filter(filter("oak"))).then(|list| list.go(0));
    shelf.then(|list| list.seek(Seek::Unknown));
    assert_eq!(shelf.list.take_missed(), Some(Seek::Unknown), "of what passes");
}
