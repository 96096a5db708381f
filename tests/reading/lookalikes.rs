//! Messages that look like what they are not: `tests/vectors/lookalikes/`. What speaks of bounces
//! and is none stays what it is and tells of no delivery; a report dressed as something else is
//! read.

use deadletter::bounce;

/// A message of a list, and the line above it.
struct Specimen<'t> {
    kind: &'t str,
    name: &'t str,
    recipients: Vec<&'t str>,
    message: &'t str,
}

/// The messages of a list.
fn specimens(list: &str) -> Vec<Specimen<'_>> {
    let mut specimens = Vec::new();
    for piece in list.split("\n=== ").skip(1) {
        let (title, message) = piece.split_once('\n').expect("a message below its title");
        let (kind, title) = title.split_once(' ').expect("a kind and a name");
        let (name, recipients) = title.split_once(':').unwrap_or((title, ""));
        let recipients = recipients.split_whitespace().collect();
        specimens.push(Specimen { kind, name, recipients, message });
    }
    specimens
}

/// Reads the messages and tells all that are taken for something else at once.
fn check(list: &str) -> usize {
    let mut missed = Vec::new();
    let specimens = specimens(list);
    for Specimen { kind, name, recipients, message } in &specimens {
        let bounce = bounce::read(message.as_bytes());
        let mut found = Vec::new();
        for delivery in &bounce.deliveries {
            found.push(delivery.recipient.as_deref().unwrap_or("nobody"));
        }
        if bounce.kind.slug() != *kind || found != *recipients {
            missed
                .push(format!("{name}: {kind} {recipients:?}, read as {} {found:?}", bounce.kind));
        }
    }
    assert!(missed.is_empty(), "{} are missed:\n{}", missed.len(), missed.join("\n"));
    specimens.len()
}

#[test]
fn what_speaks_of_bounces_is_none() {
    assert!(check(include_str!("../vectors/lookalikes/clean.txt")) >= 30);
}

#[test]
fn what_looks_like_something_else_is_a_report() {
    assert!(check(include_str!("../vectors/lookalikes/bounces.txt")) >= 10);
}
