//! Keys: help, filter, evidence, language, clipboard, paste.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

use super::demo;
use crate::terminal::{Launch, Terminal, rows, text};

/// How many deliveries the header counts: those shown, and all.
fn counts(terminal: &Terminal) -> (usize, usize) {
    let header = terminal.row(0);
    let words: Vec<&str> = header.split_whitespace().collect();
    let number = |word: &str| {
        words
            .iter()
            .position(|w| w.starts_with(word))
            .map(|at| words[at - 1].parse().expect("a number"))
    };
    match number("shown") {
        // `3 of 197 shown`
        Some(all) => (words[words.len() - 4].parse().expect("a number"), all),
        None => number("deliver").map_or_else(|| panic!("no count: {header}"), |all| (all, all)),
    }
}

/// The rows of the list.
fn listed(terminal: &Terminal) -> Vec<String> {
    let rows = rows(terminal.screen());
    let list = rows[2..rows.len() - 1]
        .iter()
        .map(|row| row.split('│').next().unwrap_or_default().trim().to_owned());
    list.take_while(|row| !row.is_empty()).collect()
}

#[test]
fn help_says_what_keys_do() {
    let mut terminal = demo(120, 40);
    for close in ["\x1b", "?", "q"] {
        terminal.send("?");
        terminal.shows("Next delivery");
        for word in [
            "Keys",
            "Move",
            "Choose",
            "Copy",
            "General",
            "Filter the list",
            "Quit at once",
            "status:5.7",
        ] {
            assert!(terminal.text().contains(word), "no {word:?}:\n{}", terminal.text());
        }
        terminal.send(close);
        terminal.hides("Next delivery");
    }
    terminal.shows("RECIPIENT");
}

#[test]
fn help_scrolls_where_it_is_longer_than_the_screen() {
    let mut terminal = demo(60, 20);
    terminal.send("?");
    terminal.shows("Next delivery");
    assert!(!terminal.text().contains("Quit at once"));
    terminal.send("G");
    terminal.hides("Next delivery");
    terminal.send("g");
    terminal.send("g");
    terminal.shows("Next delivery");
}

#[test]
fn the_list_narrows_while_the_filter_is_typed() {
    let mut terminal = demo(120, 40);
    let (_, all) = counts(&terminal);
    terminal.send("/");
    terminal.until("a line to type in", |screen| rows(screen)[39] == " /");
    let (mut before, mut typed) = (all, " / ".to_owned());
    for key in "blocklist".chars() {
        typed.push(key);
        terminal.send(&key.to_string());
        let filter = typed.replace(" / ", " /");
        terminal.until("the filter", |screen| {
            rows(screen)[39] == typed && rows(screen)[0].contains(&format!("{filter} "))
        });
        let (shown, total) = counts(&terminal);
        assert!(total == all && shown <= before, "{typed:?}: {shown} of {total}, before {before}");
        before = shown;
    }
    let narrowed = listed(&terminal);
    assert!((1..all).contains(&before) && !narrowed.is_empty());
    assert!(narrowed.iter().all(|row| row.contains("blocklist")), "{narrowed:#?}");
    terminal.send("\x1b");
    terminal.until("all rows", |screen| !rows(screen)[0].contains("shown"));
    assert_eq!(counts(&terminal), (all, all));
}

#[test]
fn a_filter_stays_until_it_is_cleared() {
    let mut terminal = demo(120, 40);
    let (_, all) = counts(&terminal);
    terminal.send("/status:5.1.1\r");
    terminal.until("the filter", |screen| rows(screen)[0].contains("/status:5.1.1"));
    terminal.shows("/ filter");
    let (shown, _) = counts(&terminal);
    assert!((1..all).contains(&shown));
    assert!(listed(&terminal).iter().all(|row| row.contains(" 5.1.1 ")));
    terminal.send("/x");
    terminal.until("another filter", |screen| rows(screen)[0].contains("/status:5.1.1x"));
    terminal.send("\x1b");
    terminal.until("the filter as it was", |screen| rows(screen)[0].contains("/status:5.1.1 "));
    assert_eq!(counts(&terminal).0, shown);
    terminal.send("\x1b");
    terminal.until("all rows", |screen| !rows(screen)[0].contains("shown"));
    assert_eq!(counts(&terminal).0, all);
}

#[test]
fn a_filter_that_nothing_passes_is_explained() {
    let mut terminal = demo(120, 40);
    terminal.send("/no such words anywhere\r");
    terminal.shows("Esc shows");
    terminal.send("2");
    terminal.shows("there is no delivery");
    terminal.send("\x1b");
    terminal.hides("Esc shows");
}

/// The lines behind the bar that marks evidence, as one text.
fn marked(screen: &vt100::Screen) -> String {
    // The bar of the list stands in the first column.
    let behind = |row: &String| {
        row.chars()
            .skip(1)
            .collect::<String>()
            .split_once("▌ ")
            .map(|(_, text)| text.trim().to_owned())
    };
    rows(screen).iter().filter_map(behind).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_evidence_is_gone_to() {
    let mut terminal = demo(80, 24);
    terminal.shows("”");
    // The indicator quotes the evidence, without its beginning and end where there is no room.
    let text = terminal.text();
    let quoted = text.split(['“', '”']).nth(1).expect("a quotation").trim_matches('…').to_owned();
    assert!(quoted.len() > 10, "{quoted:?}");
    terminal.send("2");
    terminal.shows("Generating server");
    assert!(!marked(terminal.screen()).contains(&quoted));
    terminal.send("ge");
    terminal.until("the evidence", |screen| marked(screen).contains(&quoted));
    assert!(terminal.text().contains("[2 Admin]"));
}

#[test]
fn the_user_view_speaks_five_languages() {
    let mut terminal = demo(120, 40);
    let languages =
        ["What to do", "Co zrobić", "Che cosa fare", "Dette kan du gjøre", "Wat u kunt doen"];
    terminal.shows(languages[0]);
    for next in [1, 2, 3, 4, 0] {
        terminal.send("L");
        terminal.shows(languages[next]);
        let shown = languages.iter().filter(|heading| terminal.text().contains(*heading)).count();
        assert_eq!(shown, 1, "{}", terminal.text());
    }
}

#[test]
fn what_is_copied_goes_to_the_clipboard_of_the_terminal() {
    let mut terminal = demo(120, 40);
    terminal.send("2");
    terminal.shows("Rejected recipient");
    let text = terminal.text();
    let address = text
        .lines()
        .find_map(|line| line.split("Rejected recipient").nth(1))
        .expect("an address")
        .trim()
        .to_owned();
    assert!(address.contains('@'), "{address:?}");
    let before = terminal.bytes.len();
    terminal.send("ya");
    terminal.shows("clipboard");
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(&address));
    assert_eq!(
        memmem::find_iter(&terminal.bytes[before..], sequence.as_bytes()).count(),
        1,
        "{address}"
    );
    assert_eq!(memmem::find_iter(&terminal.bytes, b"\x1b]52").count(), 1, "and nothing before");
}

#[test]
fn pasted_text_is_no_keys() {
    let mut terminal = demo(120, 40);
    let before = terminal.text();
    terminal.send("\x1b[200~q2/\rjq\x1b[201~");
    terminal.shows("pasted text is not taken as keys");
    terminal.send("\x1b");
    terminal.until("the screen as it was", |screen| text(screen) == before);
    terminal.send("/");
    terminal.send("\x1b[200~mailbox\x1b]52;c;eA==\x07\nfull\x1b[201~");
    terminal.until("the pasted text", |screen| rows(screen)[39].starts_with(" / mailbox"));
    assert_eq!(memmem::find(&terminal.bytes, b"\x1b]52"), None);
}

#[test]
fn the_screen_opens_on_incidents() {
    let mut terminal = Launch::demo().set("DEADLETTER_GROUP", "incident").start();
    terminal.shows("demo · read-only");
    terminal.until("the incidents", |screen| rows(screen)[0].contains("incidents of 197"));
    terminal.until("the largest under the cursor", |screen| rows(screen)[2].starts_with('▌'));
    terminal.send("\r");
    terminal.shows("RECIPIENT");
    terminal.send("\x1b");
    terminal.until("the incidents again", |screen| rows(screen)[0].contains("incidents of 197"));
    // Keys that are typed ahead do what they do when there is time.
    terminal.send("bbbj\r");
    terminal.until("the deliveries of the second host", |screen| {
        rows(screen)[1].contains("RECIPIENT") && !rows(screen)[0].contains("incidents")
    });
    let header = terminal.row(0);
    assert!(header.contains("deliver") && !header.contains("197"), "{header}");
}
