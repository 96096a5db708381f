//! docs/hostile.md: the hostile inputs, what is told of each, and the limits.

use std::fmt::Write;

use deadletter::diagnosis::Language;
use deadletter::mail::{Limit, limits};

use super::{cell, fresh};
use crate::inputs::made::FAILED;
use crate::inputs::{FAMILIES, Input, Told};

/// A text as code in a cell.
fn code(text: &str) -> String {
    let short: String = text.chars().take(100).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{more}`", short.replace('|', "\\|"))
}

/// What is told of an input, besides what the head of the page says of all.
fn told(told: &Told) -> String {
    let mut said = Vec::new();
    match told.kind {
        "failure" => {}
        kind => said.push(format!("kind {}", code(kind))),
    }
    if told.count > 1 {
        said.push(format!("{} recipients", told.count));
    }
    for recipient in &told.recipients {
        if recipient != FAILED {
            said.push(format!("to {}", code(recipient)));
        }
    }
    if let Some(sure) = told.sure {
        said.push(format!("confidence {sure} at most"));
    }
    said.extend(told.visible.iter().map(|text| code(text.trim_end())));
    said.extend(told.source.iter().map(|text| format!("{} in the source", code(text))));
    for limit in &told.limits {
        said.push(format!("limit {}", code(limit.slug())));
    }
    said.join("; ")
}

fn row(input: &Input) -> String {
    format!("| {} | {} |\n", cell(&input.name), told(&input.told))
}

/// The limits and what is said where one is reached.
fn table_of_limits() -> String {
    let mut out = String::from("| limit | how much | what is said |\n|---|---|---|\n");
    for &limit in Limit::ALL {
        let much = match limit {
            Limit::Nesting => format!("{} levels", limits::NESTING),
            Limit::Parts => format!("{} parts", limits::PARTS),
            Limit::Header => format!(
                "{} fields, {} bytes a field, {} bytes of a Content-Type",
                limits::HEADER_FIELDS,
                limits::HEADER_FIELD_BYTES,
                limits::MEDIA_TYPE_BYTES
            ),
            Limit::Recipients => format!("{} recipients", limits::RECIPIENTS),
            Limit::Fetched => "what was fetched of a long message".to_owned(),
        };
        let said = Language::En.word(&format!("beyond.{limit}"));
        writeln!(out, "| `{limit}` | {much} | {} |", cell(said)).expect("memory");
    }
    out
}

fn page() -> String {
    let count: usize = FAMILIES.iter().map(|family| (family.inputs)().len()).sum();
    let mut out = format!(
        "\
# Hostile mail

Anybody can write to a postmaster, and every byte of a bounce is chosen by a stranger. {count} inputs that are built to hurt
are read on a small stack, explained as text, JSON and JSON lines, and shown on the screen with every test run; one of each
family also in a real terminal. A grammar holds what may reach a terminal: text, and the few sequences that the program
itself writes.

Unless a row says otherwise, the message is listed as a failure to `{FAILED}`, and nothing that stands in a view or in an
output is obeyed. A text in a row can be read like that in JSON, on the page and on the screen; one \"in the source\" in
that view.

## Limits

Beyond a limit the reading goes on without what exceeds it, and the result says so.

{}",
        table_of_limits()
    );
    for family in FAMILIES {
        write!(out, "\n## {}\n\n{}\n\n", family.title, family.rule).expect("memory");
        out.push_str("| input | what is told |\n|---|---|\n");
        for input in (family.inputs)() {
            out.push_str(&row(&input));
        }
    }
    out
}

#[test]
fn the_page_of_hostile_mail_is_fresh() {
    let page = page();
    page.lines().for_each(crate::inputs::grammar::harmless);
    fresh("docs/hostile.md", &page);
}
