//! PowerMTA.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// PowerMTA.
pub(super) static POWERMTA: Dialect = Dialect {
    name: "powermta",
    marks: &["hello, this is the mail server on"],
    grammar: Grammar {
        begin: &["hello, this is the mail server", "the message could not be"],
        ..PLAIN
    },
    ..GENERIC
};
