//! Postfix, and the many systems that print its text under their own name.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Postfix, and the many systems that print its text under their own name.
pub static POSTFIX: Dialect = Dialect {
    name: "postfix",
    marks: &[
        "this is the mail system at host",
        "this is the postfix program at host",
        "this is the postfix mail system",
        "i'm sorry to have to inform you that",
    ],
    grammar: Grammar {
        begin: &[
            "this is the mail system",
            "this is the postfix",
            "i'm sorry to have",
            "the mail system",
        ],
        ..PLAIN
    },
    ..GENERIC
};
