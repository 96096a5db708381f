//! docs/formats.md: the mail systems whose reports are recognised, and the kinds of message that
//! are told apart.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use deadletter::bounce::dialect::{self, Dialect};
use deadletter::bounce::{Kind, read};
use deadletter::diagnosis::Language;
use deadletter::diagnosis::guidance::of_kind;

use super::{cell, fresh, path};
use crate::fixtures::fixtures;

/// The first sentence of the file that describes a dialect, by the dialect's name.
fn titles() -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    for folder in ["src/bounce/dialect", "src/bounce/dialect/exchange"] {
        for entry in fs::read_dir(path(folder)).expect("the dialects").flatten() {
            if entry.path().is_dir() {
                continue;
            }
            let text = fs::read_to_string(entry.path()).expect("a source file");
            let title = title(&text);
            for rest in text.split("name: \"").skip(1) {
                let (name, _) = rest.split_once('"').expect("the end of a name");
                titles.insert(name.to_owned(), title.clone());
            }
        }
    }
    titles
}

/// What stands before the colon of a file's first paragraph.
fn title(text: &str) -> String {
    let mut head = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("//!") {
            Some(line) if !line.trim().is_empty() => head.push(line.trim()),
            _ => break,
        }
    }
    let head = head.join(" ");
    let (title, _) = head.split_once(": ").unwrap_or((&head, ""));
    title.trim_end_matches('.').replace('`', "")
}

/// What a report is known by: a sentence of it, two that stand together, else a field of its header.
fn sign(dialect: &Dialect) -> String {
    let mark = dialect.marks.iter().map(|mark| mark.trim()).max_by_key(|mark| mark.len().min(48));
    if let Some(mark) = mark {
        return format!("“{}”", cell(mark));
    }
    if let Some((one, other)) = dialect.together.first() {
        return format!("“{}” and “{}”", cell(one), cell(other));
    }
    match dialect.fields.first().or(dialect.stamps.first()) {
        Some((name, "")) => format!("the field `{name}`"),
        Some((name, holds)) => format!("the field `{name}` with `{}`", cell(holds)),
        None => "its shape".to_owned(),
    }
}

fn page() -> String {
    let mut examples: BTreeMap<&str, String> = BTreeMap::new();
    let mut kinds: BTreeMap<Kind, String> = BTreeMap::new();
    for fixture in fixtures().into_iter().filter(|fixture| !fixture.name.starts_with("hostile/")) {
        let bounce = read(&fixture.raw());
        if bounce.kind.is_bounce() {
            let example = examples.entry(bounce.dialect).or_insert_with(|| fixture.name.clone());
            let own = format!("{}/", bounce.dialect);
            if !example.starts_with(&own) && fixture.name.starts_with(&own) {
                example.clone_from(&fixture.name);
            }
        }
        let own = kinds.entry(bounce.kind).or_insert_with(|| fixture.name.clone());
        let home = if bounce.kind == Kind::Failure { "postfix/" } else { "kinds/" };
        if !own.starts_with(home) && fixture.name.starts_with(home) {
            own.clone_from(&fixture.name);
        }
    }
    let link = |name: Option<&String>| {
        name.map_or_else(String::new, |name| {
            format!("[{}](../tests/corpus/{name}.eml)", name.rsplit('/').next().unwrap_or(name))
        })
    };
    let titles = titles();
    let mut out = format!("\
# Formats

A report is read by what it says, not by who is known to have written it: the machine-readable part of RFC 3464 first, then
the text for people. {} mail systems that depart from the usual layouts are known by a sentence that only they write or by a
field of the header; all others are read as far as they follow the layouts in use. What no reader understood stays visible
(Admin view, *Not understood*).

Languages do not matter where the layout can be told by its shape, as with Exchange's \"diagnostic information for
administrators\"; where words are needed, they are known in a dozen languages.

## Mail systems

| system | known by, for instance | name | example |
|---|---|---|---|
", dialect::ALL.len());
    let mut rows: Vec<_> = dialect::ALL
        .iter()
        .map(|dialect| {
            let title = titles
                .get(dialect.name)
                .unwrap_or_else(|| panic!("{}: its file has no header", dialect.name));
            let title = match dialect.name {
                "exchange-online" => "Exchange Online, the modern report",
                "exchange-legacy" => "Exchange since 2007, and Exchange Online's older report",
                _ => title,
            };
            (
                title.to_lowercase(),
                format!(
                    "| {} | {} | `{}` | {} |",
                    cell(title),
                    sign(dialect),
                    dialect.name,
                    link(examples.get(dialect.name))
                ),
            )
        })
        .collect();
    rows.sort();
    for (_, row) in rows {
        writeln!(out, "{row}").expect("memory");
    }
    out.push_str("
The name is what `explain --format json` calls `dialect`, and what a rule may demand (`dialect = [\"exim\"]`). `generic` is
everybody else.

## Kinds of message

A postmaster's mailbox holds more than bounces. Only failures and delays are triaged; everything else is told apart so that
it does not stand in the way.

| kind | what it is | example |
|---|---|---|
");
    for &kind in Kind::ALL {
        let what = match kind {
            Kind::Failure => "Something was not delivered.".to_owned(),
            _ => of_kind(Language::En, kind).admin.cause,
        };
        writeln!(out, "| `{}` | {} | {} |", kind.slug(), cell(&what), link(kinds.get(&kind)))
            .expect("memory");
    }
    out
}

#[test]
fn the_page_of_formats_is_fresh() {
    fresh("docs/formats.md", &page());
}
