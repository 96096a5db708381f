//! What the store hands out is what passes: conditions in SQL against the meaning of a filter, and
//! windows against the plain list of rows in order.

use std::sync::Arc;

use deadletter::bounce::{Kind, Status};
use deadletter::diagnosis::remedy::Permanence;
use deadletter::diagnosis::{Backscatter, Confidence, Language, Party, Reason};
use deadletter::engine::Desk;
use deadletter::filter::Filter;
use deadletter::incident::{Cause, incidents};
use deadletter::listing::{
    Ask, By, Class, ColumnWords, DeliveryId, GroupId, ListWindow, MessageId, Of, Query, Row,
    RowName, Rows,
};
use deadletter::mail::SafeText;
use deadletter::store::{KeptMessage, MailboxName, PackedBounce, Store, StoredDelivery};
use jiff::Timestamp;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-05-12T10:00:00Z".parse().expect("a moment")
}

/// Texts that are alike in parts, with what people and mail systems write.
const NAMES: &[&str] = &[
    "ann@oak.example",
    "Ann@Sub.Oak.example",
    "ANN@OAK.EXAMPLE.",
    "-",
    "@",
    "x@-",
    "mx1.oak.example",
    "mx.birch.example",
    "4gX1yz",
    "4gX1YZ9",
    "Ὀδυσσεύς@elm.example",
    "ΟΔΥΣΣΕΥΣ",
    "straße@elm.example",
    "İ@elm.example",
    "a\u{301}nn@oak.example",
    "postmaster",
    "10.0.0.1",
    "",
    "%_",
    "'; --",
    "us",
];

fn name() -> impl Strategy<Value = Option<SafeText>> {
    prop::option::of(prop::sample::select(NAMES).prop_map(SafeText::line))
}

fn status() -> impl Strategy<Value = Option<Status>> {
    let codes = vec![(5, 7, 1), (5, 7, 133), (5, 1, 1), (4, 7, 1), (5, 0, 0), (5, 71, 1)];
    prop::option::of(prop::sample::select(codes).prop_map(|(c, s, d)| Status::new(c, s, d)))
}

prop_compose! {
    fn row()(
        (recipient, host, sender, queue_id) in (name(), name(), name(), name()),
        status in status(),
        reply in prop::option::of(prop::sample::select(vec![550_u16, 554, 421, 55])),
        kind in prop::sample::select(Kind::ALL),
        reason in prop::sample::select(Reason::ALL),
        party in prop::sample::select(Party::ALL),
        origin in prop::sample::select(Backscatter::ALL),
        minutes in prop::option::of(-3_000..100_i64),
        (further, mixed) in (0..3_u32, prop::bool::weighted(0.1)),
    ) -> Row {
        let at = minutes.and_then(|minutes| {
            Timestamp::from_second(now().as_second() + 60 * minutes).ok()
        });
        Row {
            recipient, host, sender, queue_id, further,
            class: Class {
                status, reply, kind, reason, party, origin, mixed,
                confidence: Confidence::Medium,
                permanence: Permanence::Either,
            },
            time: at,
            cause: Arc::new(Cause {
                reason,
                party,
                kind,
                ..Cause::apart(Kind::Failure, Backscatter::No)
            }),
            ..Row::unreadable(MessageId::default(), None)
        }
    }
}

/// Rows in some messages.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((row(), any::<bool>()), 1..60).prop_map(|made| {
        let (mut rows, mut id): (Vec<Row>, DeliveryId) = (Vec::new(), DeliveryId::default());
        id.message.uid = 1;
        for (row, next) in made {
            if next {
                id = DeliveryId {
                    message: MessageId { uid: id.message.uid + 1, ..id.message },
                    recipient: 0,
                };
            } else {
                id.recipient += 1;
            }
            rows.push(Row { id, ..row });
        }
        rows
    })
}

/// A term of a filter.
fn term() -> impl Strategy<Value = String> {
    let mut terms: Vec<String> = [
        "status:5.7",
        "status:5.7.1",
        "code:55",
        "code:550",
        "is:failed",
        "is:unknown",
        "is:ours",
        "is:delayed",
        "is:backscatter",
        "kind:delay",
        "kind:failure",
        "who:us",
        "who:their_sys",
        "who:?",
        "age:<1d",
        "age:>2h",
        "since:2h",
        "before:1d",
        "since:2026-05-11T09:59:00.5Z",
        "/oak/",
        "/^mx/",
        "to:/ann/",
        "host:/^$/",
        "reason:user_unknown",
        "reason:/spam|ip/",
        "domain:oak.example",
        "domain:oak.example.",
        "domain:example",
        "to:ann",
        "to:oak.example",
        "to:ANN@",
        "from:elm.example",
        "queue:4gx1",
        "queue:4gX1yz",
        "host:1",
        "5.7",
        "550",
        "blocklist",
        "us",
        "mx",
        "ode",
        "user",
        "delayed",
        "σ",
        "ß",
        "i",
        "\"'; --\"",
        "%_",
        "failure",
        "unknown",
        "mixed",
    ]
    .iter()
    .map(|term| (*term).to_owned())
    .collect();
    for name in NAMES.iter().filter(|name| !name.is_empty()) {
        terms.push(format!("\"{name}\""));
        terms.push(format!("to:\"{name}\""));
    }
    prop::sample::select(terms)
}

fn filter() -> impl Strategy<Value = String> {
    let leaf = term()
        .prop_flat_map(|term| prop_oneof![3 => Just(term.clone()), 1 => Just(format!("-{term}"))]);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let several = prop::collection::vec(inner, 2..4);
        prop_oneof![
            several.clone().prop_map(|terms| terms.join(" ")),
            several.clone().prop_map(|terms| format!("({})", terms.join(" | "))),
            several.prop_map(|terms| format!("-({})", terms.join(" "))),
        ]
    })
}

fn messages(rows: &[Row]) -> Vec<KeptMessage> {
    let mut messages: Vec<KeptMessage> = Vec::new();
    for row in rows {
        let uid = row.id.message.uid;
        let delivery = StoredDelivery { row: row.clone(), evidence: None };
        match messages.last_mut() {
            Some(last) if last.uid == uid => last.deliveries.push(delivery),
            _ => messages.push(KeptMessage {
                uid,
                received: None,
                size: 1,
                message_id: None,
                bounce: PackedBounce::default(),
                deliveries: vec![delivery],
            }),
        }
    }
    messages
}

fn desk() -> Desk {
    let name = MailboxName { account: "birch".into(), folder: "INBOX".into() };
    Desk::new(Store::temporary().expect("memory"), &[name]).expect("memory")
}

fn query(filter: &str, of: Of) -> Arc<Query> {
    let language = Language::default();
    Arc::new(Query { filter: filter.to_owned(), now: now(), language, of })
}

fn all_of(desk: &mut Desk, query: &Arc<Query>) -> ListWindow {
    let ask = Ask { query: Arc::clone(query), reach: 1_000, ..Ask::default() };
    desk.window(&ask).expect("memory")
}

fn deliveries(window: &ListWindow) -> Vec<Row> {
    let Rows::Deliveries(rows) = &window.rows else { panic!("{window:?}") };
    rows.iter().map(|one| one.row.clone()).collect()
}

/// What passes, in the order of the list.
fn passing(rows: &[Row], filter: &str) -> Vec<Row> {
    let filter = Filter::read(filter, now()).expect("a filter");
    let words = ColumnWords::of(Language::default());
    let mut passing: Vec<Row> =
        rows.iter().filter(|row| filter.passes(row, &words)).cloned().collect();
    passing.sort_by_key(Row::key);
    passing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The same passes in SQL, whether the rows were there before the filter or came behind it.
    #[test]
    fn what_passes_in_sql_passes(rows in rows(), filter in filter(), cut in 0..100_usize) {
        let wanted = passing(&rows, &filter);
        let query = query(&filter, Of::Deliveries);
        let messages = messages(&rows);
        let cut = cut.min(messages.len());
        let mut desk = desk();
        desk.put(0, 0, 0, &messages[..cut]).expect("memory");
        all_of(&mut desk, &query);
        for some in messages[cut..].chunks(3) {
            desk.put(0, 0, 0, some).expect("memory");
        }
        let window = all_of(&mut desk, &query);
        prop_assert_eq!(deliveries(&window), wanted.clone(), "{}", filter);
        prop_assert_eq!(window.len, wanted.len());
        let count = |rows: &[Row]| rows.iter().map(|row| u64::from(row.further.max(1))).sum::<u64>();
        prop_assert_eq!((window.tally.total, window.tally.rows), (count(&rows), rows.len()));
        prop_assert_eq!(window.tally.deliveries, count(&wanted));
    }

    /// The incidents are those that the same deliveries make in any other place.
    #[test]
    fn incidents_of_what_passes(rows in rows(), filter in filter()) {
        let contributions = passing(&rows, &filter).into_iter().map(|row| row.contribution(None));
        let wanted: Vec<_> =
            incidents(contributions)
                .iter()
                .map(|one| (Some(GroupId::from(one.id())), one.count, one.last))
                .collect();
        let mut desk = desk();
        desk.put(0, 0, 0, &messages(&rows)).expect("memory");
        let window = all_of(&mut desk, &query(&filter, Of::Groups(By::Incident)));
        let Rows::Groups(found) = &window.rows else { panic!("{window:?}") };
        let found: Vec<_> = found.iter().map(|one| (one.id(), one.count, one.last)).collect();
        prop_assert_eq!(found, wanted.clone());
        if let Some((Some(name), count, _)) = wanted.first() {
            let inside = all_of(&mut desk, &query(&filter, Of::Inside(By::Incident, *name)));
            prop_assert_eq!(inside.tally.deliveries, *count);
            prop_assert_eq!(inside.inside.as_ref().map(|one| one.count), Some(*count));
            let rows = deliveries(&inside);
            prop_assert_eq!(rows.iter().map(|row| u64::from(row.further.max(1))).sum::<u64>(), *count);
        }
    }

    /// Whatever they have in common: every delivery is in one group, and each group opens into its
    /// own.
    #[test]
    fn groups_of_what_passes(rows in rows(), filter in filter(), by in prop::sample::select(By::ALL), cut in 0..100_usize) {
        let wanted = passing(&rows, &filter);
        let messages = messages(&rows);
        let cut = cut.min(messages.len());
        let mut desk = desk();
        desk.put(0, 0, 0, &messages[..cut]).expect("memory");
        let grouped = query(&filter, Of::Groups(by));
        all_of(&mut desk, &grouped);
        desk.put(0, 0, 0, &messages[cut..]).expect("memory");
        let window = all_of(&mut desk, &grouped);
        let Rows::Groups(groups) = &window.rows else { panic!("{window:?}") };
        let mut found = Vec::new();
        for group in groups {
            let name = group.id().expect("a name");
            let inside = all_of(&mut desk, &query(&filter, Of::Inside(by, name)));
            prop_assert_eq!(inside.tally.deliveries, group.count, "{:?}", group);
            prop_assert_eq!(inside.inside.as_ref().map(|one| &one.what), Some(&group.what));
            let rows = deliveries(&inside);
            prop_assert_eq!(rows.first().map(|row| row.id), Some(group.newest.id));
            found.extend(rows);
        }
        found.sort_by_key(Row::key);
        prop_assert_eq!(found, wanted);
    }

    /// A window shows the rows around a row that is named, or around where it would stand.
    #[test]
    fn a_window_is_a_part_of_the_list(rows in rows(), on in 0..60_usize, reach in 0..9_usize, gone in any::<bool>()) {
        let mut desk = desk();
        desk.put(0, 0, 0, &messages(&rows)).expect("memory");
        let mut list = passing(&rows, "");
        let key = list[on % list.len()].key();
        if gone {
            desk.remove(0, &[key.id.message.uid]).expect("memory");
            list.retain(|row| row.id.message != key.id.message);
        }
        let at = list.partition_point(|row| row.key() < key).min(list.len().saturating_sub(1));
        let ask = Ask {
            query: query("", Of::Deliveries),
            on: Some(RowName::Delivery(key)),
            place: 0,
            reach,
            ..Ask::default()
        };
        let window = desk.window(&ask).expect("memory");
        let start = at.saturating_sub(reach);
        prop_assert_eq!((window.at, window.start, window.len), (at, start, list.len()));
        prop_assert_eq!(deliveries(&window), list[start..list.len().min(at + reach + 1)].to_vec());
    }
}
