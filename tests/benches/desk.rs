//! What a large store costs: until the first rows are there, a filter, another grouping, memory, and
//! bytes a delivery on the disk. `cargo bench --bench desk -- 100000 1000000`; a line for each number
//! of deliveries. The store lies in a folder of its own, and is read by a process of its own.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a bench tells what it measured, and ends where it cannot"
)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use deadletter::bounce::{Kind, Status};
use deadletter::diagnosis::remedy::Permanence;
use deadletter::diagnosis::{Backscatter, Confidence, Language, Party, Reason};
use deadletter::engine::Desk;
use deadletter::incident::Cause;
use deadletter::listing::{Ask, By, Class, DeliveryId, MessageId, Of, Query, Row};
use deadletter::mail::SafeText;
use deadletter::store::{KeptMessage, MailboxName, PackedBounce, Store, StoredDelivery};
use jiff::Timestamp;

/// Messages of a batch.
const BATCH: u32 = 256;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [word, folder] = arguments.as_slice()
        && word == "open"
    {
        return open(Path::new(folder));
    }
    let mut counts: Vec<u32> = arguments.iter().filter_map(|count| count.parse().ok()).collect();
    if counts.is_empty() {
        counts.push(100_000);
    }
    for count in counts {
        let home = tempfile::tempdir().expect("a folder");
        let begun = Instant::now();
        fill(home.path(), count);
        let seconds = begun.elapsed().as_secs_f64();
        let bytes = std::fs::metadata(home.path().join("store.db")).expect("a store").len();
        println!(
            "{count} deliveries: written in {seconds:.1} s, {} bytes each",
            bytes / u64::from(count)
        );
        let this = std::env::current_exe().expect("this program");
        let opened = Command::new(this).arg("open").arg(home.path()).status();
        assert!(opened.expect("it runs").success());
    }
}

fn names() -> [MailboxName; 1] {
    [MailboxName { account: "birch".into(), folder: "INBOX".into() }]
}

fn fill(folder: &Path, count: u32) {
    let store = Store::open(folder).expect("a store").store;
    let mut desk = Desk::new(store, &names()).expect("a store");
    let mut messages = Vec::new();
    for uid in 1..=count {
        messages.push(message(uid));
        if uid % BATCH == 0 || uid == count {
            desk.put(0, 1, 1, &messages).expect("room");
            messages.clear();
        }
    }
}

/// A bounce of one of some two hundred causes, to one of many recipients.
fn message(uid: u32) -> KeptMessage {
    let which = uid.wrapping_mul(2_654_435_761) >> 8;
    let domain = format!("{}.example", ["oak", "elm", "birch", "ash"][(which % 4) as usize]);
    let reason = Reason::ALL[(which % 50) as usize % Reason::ALL.len()];
    let party = Party::ALL[(which % 50) as usize % Party::ALL.len()];
    let base = Row::unreadable(MessageId { uid, ..MessageId::default() }, None);
    let cause = Cause {
        reason,
        party,
        at: Some(SafeText::new(&domain)),
        ..Cause::apart(Kind::Failure, Backscatter::No)
    };
    let row = Row {
        id: DeliveryId { message: base.id.message, recipient: 0 },
        time: Timestamp::from_second(1_790_000_000 - i64::from(uid) * 7).ok(),
        class: Class {
            kind: Kind::Failure,
            status: Some(Status::new(5, 7, (which % 9) as u16)),
            reply: Some(550),
            reason,
            party,
            confidence: Confidence::High,
            permanence: Permanence::Permanent,
            origin: Backscatter::No,
            mixed: false,
        },
        recipient: Some(SafeText::new(&format!("user{uid}@{domain}"))),
        host: Some(SafeText::new(&format!("mx{}.{domain}", which % 5))),
        sender: Some(SafeText::new(&format!("sender{}@birch.example", which % 3_000))),
        queue_id: Some(SafeText::new(&format!("4gX{which:07x}"))),
        cause: Arc::new(cause),
        ..base
    };
    let evidence = Some(SafeText::new("550 5.7.1 refused, as the list of birch.example says"));
    KeptMessage {
        uid,
        received: None,
        size: 8_000,
        message_id: Some(SafeText::new(&format!("{uid}@mx.birch.example"))),
        bounce: PackedBounce::default(),
        deliveries: vec![StoredDelivery { row, evidence }],
    }
}

/// What it takes to look at a store that is there.
fn open(folder: &Path) {
    let begun = Instant::now();
    let store = Store::open(folder).expect("a store").store;
    let mut desk = Desk::new(store, &names()).expect("a store");
    println!("  opened             {:7.1} ms", 1e3 * begun.elapsed().as_secs_f64());
    let shows = [
        ("first incidents", "", Of::Groups(By::Incident)),
        ("deliveries", "", Of::Deliveries),
        ("by reason", "", Of::Groups(By::Reason)),
        ("by host", "", Of::Groups(By::Host)),
        ("status:5.7.1", "status:5.7.1", Of::Deliveries),
        ("a word", "user9999", Of::Deliveries),
        ("to:elm.example", "to:elm.example", Of::Groups(By::Incident)),
        ("/user.*7/", "/user.*7/", Of::Deliveries),
        ("no filter", "", Of::Groups(By::Incident)),
    ];
    for (name, filter, of) in shows {
        let begun = Instant::now();
        let now = Timestamp::from_second(1_790_000_000).expect("a moment");
        let filter = filter.to_owned();
        let query = Query { filter, now, language: Language::default(), of };
        let ask = Ask { query: Arc::new(query), reach: 200, ..Ask::default() };
        let window = desk.window(&ask).expect("rows");
        let milliseconds = 1e3 * begun.elapsed().as_secs_f64();
        println!("  {name:18} {milliseconds:7.1} ms   {} rows", window.len);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("  {line}");
    }
}
