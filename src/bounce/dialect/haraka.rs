//! Haraka, which greets like qmail.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Haraka, which greets like qmail.
pub(super) static HARAKA: Dialect = Dialect {
    name: "haraka",
    marks: &["hi. this is the haraka mailer program"],
    fields: &[("received", "invoked for bounce) by haraka")],
    grammar: Grammar { labels: &["intended recipients:"], errors: &["failure reason:"], ..PLAIN },
    ..GENERIC
};
