//! The program itself explains all hostile inputs but the largest, from files whose names are as
//! hostile, in every format.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::inputs::grammar::harmless;
use crate::inputs::{FAMILIES, Input};

/// Larger ones are read, and printed in every format, in this process alone.
const LARGEST: usize = 300_000;

/// Names of folders and files.
const NAMES: [&str; 6] = [
    "plain",
    "\u{1b}]0;pwned\u{7}",
    "-rf $(id) `id` ;id",
    "\u{202e}liam\u{200b}\u{fe0f}",
    "\u{9b}31m\u{9d}52;c;ZXZpbA==\u{9c}",
    "l\u{435}aves.example\u{e0061}",
];

/// The inputs, each in a file that begins with its number.
fn stored(folder: &Path) -> Vec<Input> {
    let mut stored: Vec<Input> = Vec::new();
    for family in FAMILIES {
        for input in (family.inputs)() {
            let bytes = input.bytes();
            if bytes.len() > LARGEST {
                continue;
            }
            let number = stored.len();
            let name = NAMES[number % NAMES.len()];
            let inside = folder.join(name);
            fs::create_dir_all(&inside).expect("a folder");
            fs::write(inside.join(format!("{number} {name}.eml")), bytes).expect("a file");
            stored.push(input);
        }
    }
    stored
}

/// What the program prints; nothing of it is obeyed.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
    let said = command.args(arguments).arg(folder).output().expect("the program runs");
    assert!(matches!(said.status.code(), Some(0 | 1)), "{:?}", said.status);
    let printed = String::from_utf8(said.stdout).expect("UTF-8");
    printed.lines().for_each(harmless);
    String::from_utf8(said.stderr).expect("UTF-8").lines().for_each(harmless);
    printed
}

fn explained(folder: &Path, format: &str) -> String {
    printed(folder, &["explain", "--format", format])
}

/// The number at the beginning of the name of a file.
fn number(record: &Value) -> usize {
    let file = record["file"].as_str().expect("a file");
    let (_, name) = file.rsplit_once('/').expect("a folder");
    name.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn the_program_explains_every_input_in_every_format() {
    let folder = TempDir::new().expect("a folder");
    let inputs = stored(folder.path());
    assert!(inputs.len() > 300, "{}", inputs.len());
    assert!(explained(folder.path(), "text").lines().count() > 10 * inputs.len());
    let records: Value = serde_json::from_str(&explained(folder.path(), "json")).expect("JSON");
    assert_eq!(records.as_array().expect("records").len(), inputs.len());
    let mut wrong = Vec::new();
    for line in explained(folder.path(), "jsonl").lines() {
        let record = serde_json::from_str(line).expect("JSON");
        let input = &inputs[number(&record)];
        let faults = input.told.faults(&record);
        wrong.extend(faults.iter().map(|fault| format!("{}: {fault}", input.name)));
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_program_lists_every_input_in_every_format() {
    let folder = TempDir::new().expect("a folder");
    let inputs = stored(folder.path());
    for lists in [&["list"][..], &["list", "--incidents"]] {
        let rows = printed(folder.path(), &[lists, &["--format", "table"]].concat());
        assert!(rows.lines().count() > 10);
        for line in printed(folder.path(), &[lists, &["--format", "jsonl"]].concat()).lines() {
            let _: Value = serde_json::from_str(line).expect("JSON");
        }
        let sheet = printed(folder.path(), &[lists, &["--format", "csv"]].concat());
        for record in csv::Reader::from_reader(sheet.as_bytes()).records() {
            for cell in &record.expect("a record") {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "a formula: {cell}");
            }
        }
    }
    let deliveries = printed(folder.path(), &["list", "--format", "jsonl"]);
    assert!(deliveries.lines().count() >= inputs.len());
}
