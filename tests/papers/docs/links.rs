//! Every link of the documents leads somewhere.

use std::fs;

use super::{anchor, path, updating};

/// The documents, and the folder their links start from.
fn documents() -> Vec<(String, &'static str)> {
    let mut all: Vec<_> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
        .map(|name| (name.to_owned(), ""))
        .into();
    for entry in fs::read_dir(path("docs")).expect("docs").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        all.extend(
            path.extension().is_some_and(|e| e == "md").then(|| (format!("docs/{name}"), "docs/")),
        );
    }
    all
}

/// Targets of `[text](target)`.
fn targets(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    if updating() {
        return; // They are being written at this moment.
    }
    let mut seen = 0;
    let mut dead = Vec::new();
    for (name, folder) in documents() {
        let text = fs::read_to_string(path(&name)).expect("a document");
        for target in targets(&text).into_iter().filter(|target| !target.starts_with("http")) {
            seen += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { name.clone() } else { format!("{folder}{file}") };
            let found = fs::read_to_string(path(&file));
            let headings = |text: &str| {
                text.lines()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| anchor(line.trim_start_matches(['#', ' '])) == heading)
            };
            let leads = match &found {
                Ok(text) => heading.is_empty() || headings(text),
                Err(_) => path(&file).exists() && heading.is_empty(),
            };
            if !leads {
                dead.push(format!("{name}: {target}"));
            }
        }
    }
    assert_ne!(seen, 0, "no links");
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}
