//! docs/json.md names everything that JSON says of the corpus.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::path;

/// The names in a value.
fn names(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                all.insert(name.clone());
                names(value, all);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, all)),
        _ => {}
    }
}

#[test]
fn the_page_of_json_names_everything() {
    let said = Command::new(env!("CARGO_BIN_EXE_deadletter"))
        .args(["explain", "--format", "jsonl"])
        .arg(path("tests/corpus"))
        .output()
        .expect("the program runs");
    let mut all = BTreeSet::new();
    for line in String::from_utf8(said.stdout).expect("UTF-8").lines() {
        names(&serde_json::from_str(line).expect("JSON"), &mut all);
    }
    assert!(all.len() > 50, "{all:?}");
    let page = fs::read_to_string(path("docs/json.md")).expect("the page");
    let missing: Vec<_> = all.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md does not name {missing:?}");
}
