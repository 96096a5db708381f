//! The screen at every size: list, indicator, the four views; sizes that change, and sizes that are
//! too small.

use rustix::process::Signal;

use super::{cursor, demo, followed, settled};
use crate::terminal::{Launch, Terminal, rows, text};

/// The keys of the views, and words that stand in each.
const VIEWS: [(&str, &str, &[&str]); 4] = [
    ("1", "[1 User]", &["What to do", "high confidence"]),
    ("2", "[2 Admin]", &["Generating server", "Rejected recipient"]),
    ("3", "[3 Hops]", &["time (UTC)", "relay1.birch.example"]),
    ("4", "[4 Source]", &["Return-Path:", "X-Original-To:"]),
];

/// Goes through the views; the indicator stands above all of them.
fn goes_through_the_views(terminal: &mut Terminal) {
    for (key, tab, words) in VIEWS.iter().rev().chain(&VIEWS) {
        terminal.send(key);
        terminal.shows(tab);
        words.iter().for_each(|word| terminal.shows(word));
        assert!(
            terminal.text().to_lowercase().contains("must act"),
            "no indicator:\n{}",
            terminal.text()
        );
    }
}

#[test]
fn list_and_views_side_by_side() {
    let mut terminal = demo(120, 40);
    let text = terminal.text();
    for word in [
        "deadletter",
        "deliveries",
        "AGE",
        "STATUS",
        "WHO",
        "REASON",
        "RECIPIENT",
        "Sender",
        "OUR SERVICE",
    ] {
        assert!(text.contains(word), "no {word:?}:\n{text}");
    }
    goes_through_the_views(&mut terminal);
}

#[test]
fn list_above_views() {
    let mut terminal = demo(80, 24);
    terminal.shows("[1 User]");
    let rows = rows(terminal.screen());
    let place =
        |word: &str| rows.iter().position(|row| row.to_lowercase().contains(word)).expect(word);
    assert!(
        place("recipient") < place("must act") && place("must act") < place("[1 user]"),
        "{rows:#?}"
    );
    goes_through_the_views(&mut terminal);
}

#[test]
fn one_at_a_time() {
    let mut terminal = demo(60, 20);
    assert!(!terminal.text().contains("1 User"), "{}", terminal.text());
    for (open, back) in [("\r", "\x1b"), ("l", "h"), ("o", "q")] {
        terminal.send(open);
        terminal.shows("1 User");
        assert!(!terminal.text().contains("RECIPIENT"), "{}", terminal.text());
        goes_through_the_views(&mut terminal);
        terminal.send(back);
        terminal.shows("RECIPIENT");
        assert!(!terminal.text().contains("1 User"), "{}", terminal.text());
    }
}

#[test]
fn the_whole_screen_for_one_delivery() {
    let mut terminal = demo(120, 40);
    terminal.send("\r");
    terminal.hides("RECIPIENT");
    goes_through_the_views(&mut terminal);
    terminal.send("\x1b");
    terminal.shows("RECIPIENT");
    terminal.shows("[4 Source]");
}

#[test]
fn another_size_is_another_screen() {
    let mut terminal = demo(120, 40);
    terminal.send("jjj");
    terminal.until("the fourth row", |screen| cursor(screen).0 == 5 && followed(screen));
    let before = terminal.text();
    for (columns, rows, word) in [
        (80, 24, "[1 User]"),
        (60, 20, "RECIPIENT"),
        (39, 9, "too small: 39x9"),
        (1, 1, ""),
        (500, 500, "HOST"),
        (40, 10, "RECIPIENT"),
        (120, 40, "[1 User]"),
    ] {
        terminal.resize(columns, rows);
        terminal.frames_come(1);
        terminal.shows(word);
    }
    terminal.until("the screen as it was", |screen| text(screen) == before);
}

#[test]
fn a_key_and_another_size_at_once_are_both_taken() {
    for key_first in [true, false] {
        let mut terminal = demo(120, 40);
        // Both wait when the program goes on.
        terminal.signal(Signal::STOP);
        terminal.process().until("a stop", |stat| stat.state == 'T');
        if key_first {
            terminal.send("2");
            terminal.resize(80, 24);
        } else {
            terminal.resize(80, 24);
            terminal.send("2");
        }
        terminal.signal(Signal::CONT);
        terminal.shows("[2 Admin]");
        terminal.until("list above views", |screen| {
            rows(screen).iter().any(|row| row.starts_with("──"))
        });
        terminal.shows("Generating server");
    }
}

#[test]
fn too_small_is_said_and_survived() {
    for (columns, rows) in [(39, 9), (39, 40), (120, 9)] {
        let mut terminal = Launch::demo().size(columns, rows).start();
        terminal.shows(&format!("too small: {columns}x{rows}"));
        terminal.send("jk?/q\x1bq");
        assert_eq!(terminal.ends(), 0);
    }
    for (columns, rows) in [(1, 1), (2, 1), (1, 40)] {
        let mut terminal = Launch::demo().size(columns, rows).start();
        terminal.until("the alternate screen", vt100::Screen::alternate_screen);
        terminal.send("jk?");
        terminal.send("\x1b");
        terminal.resize(120, 40);
        terminal = settled(terminal);
        terminal.send("q");
        assert_eq!(terminal.ends(), 0);
    }
}

#[test]
fn only_ascii_where_the_locale_asks_for_it() {
    let mut terminal = Launch::demo().set("LC_ALL", "C").start();
    terminal.shows("demo - read-only");
    terminal.shows("OUR SERVICE");
    goes_through_the_views(&mut terminal);
    let foreign = terminal.bytes.iter().position(|byte| !byte.is_ascii());
    let around = foreign.map(|at| {
        String::from_utf8_lossy(&terminal.bytes[at.saturating_sub(40)..][..60]).into_owned()
    });
    assert_eq!(around, None);
}
