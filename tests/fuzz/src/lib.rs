//! The fuzz targets: what they try is in `tests/support/fuzzing`, shared with the tests that replay
//! the inputs kept here.

#![allow(clippy::expect_used, clippy::panic, reason = "a target stops where something is wrong")]
#![allow(dead_code, reason = "the tests use the rest")]

#[path = "../../support/frames.rs"]
mod frames;
#[path = "../../support/fuzzing/mod.rs"]
mod fuzzing;
#[path = "../../support/properties.rs"]
mod invariants;

#[path = "../../support/fuzzing/imap.rs"]
mod imap;

use deadletter::source::imap::fuzzing as reader;
use fuzzing::choices;

/// Tries an input of a target.
///
/// # Panics
/// When there is no such target, or something does not hold that must.
pub fn run(target: &str, input: &[u8]) {
    match target {
        "imap" => imap::any_answer(input),
        "made_answer" => imap::made_answer(input),
        "made_session" => imap::made_session(input),
        _ => {
            let mut known = fuzzing::TARGETS.iter();
            let found = known.find(|(name, _)| *name == target).expect("a target");
            found.1(input);
        }
    }
}
