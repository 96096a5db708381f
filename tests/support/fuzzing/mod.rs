//! What a fuzzer may try, by name: each target makes something out of any bytes and stops with a
//! panic where something does not hold that must. The targets in `tests/fuzz` and the inputs that
//! are kept there are tried by these same functions.

pub(crate) mod choices;
mod folder;
mod maildir;
mod mbox;
mod report;
mod screen;
mod settings;
mod text;

use crate::invariants;

/// A target: what it makes of its bytes must hold.
type Target = fn(&[u8]);

/// All targets but those of the IMAP readers, which are no part of the library's face.
pub(crate) const TARGETS: [(&str, Target); 19] = [
    ("report", reading),
    ("export", invariants::report),
    ("line_ends", invariants::line_ends_do_not_matter),
    ("mime", invariants::mime),
    ("hops", invariants::hops),
    ("date", date),
    ("words", invariants::words),
    ("text", text::safe_text),
    ("mbox", mbox::any_file),
    ("config", settings::config),
    ("rules", settings::own_rules),
    ("filter", settings::filter),
    ("made_report", report::made_report),
    ("made_line_ends", report::made_line_ends),
    ("made_export", report::made_export),
    ("made_mbox", mbox::made_mbox),
    ("maildir", maildir::maildir),
    ("mbox_in_use", maildir::mbox_in_use),
    ("screen", screen::screen),
];

fn reading(raw: &[u8]) {
    invariants::reading(raw, deadletter::bounce::Depth::Deliveries);
}

fn date(bytes: &[u8]) {
    invariants::date(&String::from_utf8_lossy(bytes));
}
