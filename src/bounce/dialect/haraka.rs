//! Haraka, which greets like qmail.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// Haraka, which greets like qmail.
pub(super) static HARAKA: Dialect = Dialect {
    name: "haraka",
    marks: &["hi. this is the haraka mailer program"],
    fields: &[("received", "invoked for bounce) by haraka")],
    grammar: Grammar { labels: &["intended recipients:"], errors: &["failure reason:"], ..PLAIN },
    ..BASE
};
