//! The arrows between the rooms run one way: every `use` of the library is read and held against
//! the table below, which is the one of docs/architecture.md.

mod circles;
mod code;
mod unused;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use code::{files, without_tests};

/// Each room, and the rooms it may know. The pure rooms come first: each knows only what stands
/// above it.
const ROOMS: [(&str, &[&str]); 26] = [
    ("mail", &[]),
    ("layout", &[]),
    ("human", &["mail"]),
    ("clock", &[]),
    ("complaint", &[]),
    ("bounce", &["mail"]),
    ("diagnosis", &["bounce", "complaint", "mail"]),
    ("checks", &["bounce", "diagnosis", "mail"]),
    ("incident", &["bounce", "diagnosis", "mail"]),
    ("listing", &["bounce", "diagnosis", "incident", "mail"]),
    ("filter", &["bounce", "diagnosis", "listing", "mail"]),
    ("triage", &["mail"]),
    ("page", &["bounce", "diagnosis", "human", "layout", "listing", "mail"]),
    // The edges.
    ("config", &["complaint", "diagnosis", "mail"]),
    ("tty", &[]),
    ("credentials", &["config", "mail", "tty"]),
    (
        "export",
        &[
            "bounce",
            "checks",
            "diagnosis",
            "human",
            "incident",
            "layout",
            "listing",
            "mail",
            "page",
        ],
    ),
    ("source", &["config", "credentials", "human", "mail"]),
    ("dns", &["checks", "diagnosis", "mail"]),
    (
        "store",
        &["bounce", "checks", "diagnosis", "filter", "incident", "listing", "mail", "triage"],
    ),
    (
        "engine",
        &[
            "bounce",
            "checks",
            "diagnosis",
            "dns",
            "filter",
            "incident",
            "listing",
            "mail",
            "source",
            "store",
            "triage",
        ],
    ),
    // The screen.
    ("app", &["clock", "diagnosis", "filter", "listing", "mail", "page"]),
    ("ui", &["app", "config", "diagnosis", "filter", "human", "layout", "listing", "page"]),
    ("term", &["app", "listing", "mail", "tty", "ui"]),
    (
        "cli",
        &[
            "app",
            "bounce",
            "checks",
            "clock",
            "config",
            "credentials",
            "diagnosis",
            "dns",
            "engine",
            "export",
            "filter",
            "human",
            "incident",
            "listing",
            "mail",
            "source",
            "store",
            "term",
            "triage",
            "tty",
            "ui",
        ],
    ),
    ("main", &["cli"]),
];

/// Rooms that touch nothing outside: no files, no network, no clock, no threads, no terminal.
const PURE: [&str; 13] = [
    "mail",
    "layout",
    "human",
    "complaint",
    "bounce",
    "diagnosis",
    "checks",
    "incident",
    "listing",
    "filter",
    "triage",
    "page",
    "app",
];

/// What pure rooms may not name.
const WORLD: [&str; 15] = [
    "std::fs",
    "std::net::Tcp",
    "std::thread",
    "std::process",
    "std::env",
    "std::io",
    "Instant::now",
    "SystemTime",
    "crossterm",
    "native_tls",
    "crossbeam_channel",
    "println!",
    "clap::",
    "ratatui::",
    "termios",
];

/// The library's files by room, their tests left out.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in all {
        let inside = path.strip_prefix(&src).expect("below src");
        let room = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).expect("a file");
        let code = without_tests(&text).to_owned();
        // `names` is a macro that every room may use.
        if room != "lib" && room != "names" {
            rooms.entry(room).or_default().push((inside.to_path_buf(), code));
        }
    }
    rooms
}

/// The rooms that a piece of code names: `crate::room` and `deadletter::room`, in `use` and in
/// paths.
fn named(code: &str) -> BTreeSet<String> {
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for prefix in ["crate::", "deadletter::"] {
        for (at, _) in code.match_indices(prefix) {
            let rest = &code[at + prefix.len()..];
            let names = rest.strip_prefix('{').map_or_else(
                || vec![rest],
                |group| group.split('}').next().unwrap_or("").split(',').collect(),
            );
            found.extend(names.into_iter().map(|name| {
                name.trim_start()
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                    .collect::<String>()
            }));
        }
    }
    found.remove("");
    found
}

#[test]
fn arrows_run_one_way() {
    let rooms = rooms();
    let table: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let mut wrong = Vec::new();
    for (room, files) in &rooms {
        let Some(allowed) = table.get(room.as_str()) else {
            panic!("src/{room} is in no table of rooms")
        };
        for (path, code) in files {
            for other in named(code).into_iter().filter(|other| other != room) {
                if !allowed.contains(&other.as_str()) {
                    wrong.push(format!("src/{}: {room} may not know {other}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        rooms.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        table.keys().copied().collect()
    );
}

#[test]
fn no_arrow_is_allowed_that_nobody_uses() {
    for (room, files) in rooms() {
        let used: BTreeSet<String> = files.iter().flat_map(|(_, code)| named(code)).collect();
        let (_, allowed) =
            ROOMS.into_iter().find(|(name, _)| *name == room).expect("it is in the table");
        for other in allowed {
            assert!(
                used.contains(*other),
                "{room} does not use {other}: take the arrow out of the table"
            );
        }
    }
}

#[test]
fn the_pure_rooms_touch_nothing() {
    let mut named = BTreeSet::new();
    for (room, files) in rooms() {
        if !PURE.contains(&room.as_str()) {
            continue;
        }
        for (path, code) in files {
            for outside in WORLD {
                let found = code
                    .lines()
                    .any(|line| line.contains(outside) && !line.trim_start().starts_with("//"));
                if found {
                    named.insert((path.to_string_lossy().into_owned(), outside));
                }
            }
        }
    }
    assert!(named.is_empty(), "what pure rooms may not name: {named:#?}");
}

#[test]
fn the_architecture_document_tells_the_same() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md"))
            .expect("the document");
    for (room, allowed) in ROOMS {
        let wanted = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
        let line = text.lines().find(|line| line.starts_with(&format!("| `{room}` |")));
        let line = line.unwrap_or_else(|| panic!("docs/architecture.md has no line for {room}"));
        assert!(
            line.trim_end().ends_with(&format!("| {wanted} |")),
            "docs/architecture.md, {room}: knows {wanted}"
        );
    }
}

#[test]
fn files_are_small() {
    for (path, code) in rooms().into_values().flatten() {
        let lines = code.lines().count();
        assert!(
            lines <= 450,
            "src/{} has {lines} lines without its tests: split it",
            path.display()
        );
    }
}
