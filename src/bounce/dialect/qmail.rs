//! qmail and what grew from it: qmail-send's bounce message format (QSBMF).

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// qmail and what grew from it: qmail-send's bounce message format (QSBMF).
pub(super) static QMAIL: Dialect = Dialect {
    name: "qmail",
    marks: &[
        "hi. this is the qmail-send program",
        "i'm afraid i wasn't able to deliver your message",
        "hi. this is the deliver program",
        "i tried to deliver a bounce message to this address",
    ],
    fields: &[("received", "invoked for bounce")],
    grammar: Grammar {
        begin: &["i'm afraid i wasn't able", "this is a permanent error", "i tried to deliver"],
        ..PLAIN
    },
    ..GENERIC
};
