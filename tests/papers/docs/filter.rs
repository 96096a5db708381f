//! docs/filter.md: every example is read, passes some rows and not all, or is refused as the page
//! says.

use deadletter::filter::{Field, Filter};
use deadletter::listing::{ColumnWords, MessageId, Row};
use deadletter::{bounce, diagnosis};

const PAGE: &str = include_str!("../../../docs/filter.md");

/// The examples below a heading: what stands in the first column of its tables.
fn examples(heading: &str) -> Vec<String> {
    let (_, below) = PAGE.split_once(heading).expect("a heading");
    let mut examples = Vec::new();
    for line in below.lines().skip(1).take_while(|line| !line.starts_with("## ")) {
        let cells = line.replace("\\|", "\u{0}");
        let Some(first) = cells.strip_prefix("| `").and_then(|line| line.split(" | ").next())
        else {
            continue;
        };
        for example in first.trim_end_matches('`').split("`, `") {
            examples.push(example.replace('\u{0}', "|"));
        }
    }
    assert!(examples.len() > 4, "{examples:?}");
    examples
}

/// A report of one failure or delay, as Postfix writes it.
fn row(uid: u32, date: &str, recipient: &str, said: &str, action: &str) -> Row {
    let (sender, host, queue) = match uid {
        1 => ("ann@birch.example", "mx1.oak.example", "4gX1yz"),
        _ => ("bob@elsewhere.example", "relay.elm.example", "4hZZyz"),
    };
    let status = said.split(' ').nth(1).expect("a status");
    let text = format!(
        "From: MAILER-DAEMON@birch.example\nDate: {date}\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; out.birch.example\nX-Postfix-Queue-ID: {queue}\n\n\
         Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n\
         Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {said}\n\n--b\n\
         Content-Type: message/rfc822\n\nReturn-Path: <{sender}>\nFrom: {sender}\n\n--b--\n"
    );
    let bounce = bounce::read(text.as_bytes());
    let (rules, ours) = (diagnosis::Rules::standard(), diagnosis::Ours::default());
    let diagnosis = diagnosis::diagnose(&bounce, rules, &ours);
    let id = MessageId { uid, ..MessageId::default() };
    let mut rows = Row::all(id, None, &bounce, &diagnosis, &ours, text.len());
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn rows() -> [Row; 4] {
    let new = "Tue, 12 May 2026 08:00:00 +0000";
    let old = "Wed, 1 Apr 2026 08:00:00 +0000";
    [
        row(1, new, "ann@oak.example", "550 5.1.1 user unknown", "failed"),
        row(2, new, "eve@oak.example", "552 5.2.2 mailbox full", "failed"),
        row(3, old, "bob@elm.example", "450 4.2.0 greylisted, try again later", "delayed"),
        row(4, old, "bob@yew.example", "550 5.7.1 your IP 192.0.2.1 is on a blocklist", "failed"),
    ]
}

#[test]
fn examples_pass_what_they_say() {
    let (rows, words) = (rows(), ColumnWords::default());
    let now = "2026-05-12T10:00:00Z".parse().expect("a moment");
    for example in examples("# The filter").into_iter().chain(examples("## Fields")) {
        let filter = match Filter::read(&example, now) {
            Ok(filter) => filter,
            Err(error) => panic!("{example}: {error}"),
        };
        let passed = rows.iter().filter(|row| filter.passes(row, &words)).count();
        assert!((1..rows.len()).contains(&passed), "{example}: {passed} of {rows:#?}");
    }
    for example in examples("## What cannot be read") {
        assert!(Filter::read(&example, now).is_err(), "{example}");
    }
}

#[test]
fn the_page_names_every_field() {
    let named = examples("## Fields").join(" ");
    for field in Field::ALL {
        assert!(named.contains(&format!("{field}:")), "{field}");
        assert!(!field.about().is_empty());
    }
}
