//! Documents made of the program's own tables, tested fresh.
//! `UPDATE_DOCS=1 cargo test --test papers docs` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

mod faults;
mod filter;
mod formats;
mod hostile;
mod json;
mod keys;
mod links;
mod pages;
mod reasons;
mod security;
mod settings;

/// A path below the repository.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// True when the documents are to be written, not tested.
fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|value| !value.is_empty())
}

/// Holds that a file is what the program's tables say, or writes it anew.
fn fresh(name: &str, text: &str) {
    let path = path(name);
    if updating() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder that can be made");
        fs::write(&path, text).expect("a file that can be written");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found != text {
        let line =
            found.lines().zip(text.lines()).take_while(|(found, wanted)| found == wanted).count();
        let shown = |text: &str| text.lines().nth(line).unwrap_or("the end").to_owned();
        panic!(
            "{name} is not fresh, from line {} on:\n  it says   {}\n  should be {}\nrun UPDATE_DOCS=1 cargo test --test papers docs",
            line + 1,
            shown(&found),
            shown(text)
        );
    }
}

/// The same for the part of a file between two texts.
fn fresh_part(name: &str, after: &str, before: &str, part: &str) {
    let found = fs::read_to_string(path(name)).expect("a document");
    let (head, rest) = found.split_once(after).expect("where the part begins");
    let end = rest.find(before).expect("where the part ends");
    fresh(name, &format!("{head}{after}{part}{}", &rest[end..]));
}

/// A text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// The anchor that renderers of Markdown give a heading.
fn anchor(heading: &str) -> String {
    let plain = heading.to_lowercase();
    plain
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>()
        .replace(' ', "-")
}
