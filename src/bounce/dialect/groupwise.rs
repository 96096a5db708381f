//! Novell GroupWise.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Novell GroupWise.
pub(super) static GROUPWISE: Dialect = Dialect {
    name: "groupwise",
    marks: &[
        "the message that you sent was undeliverable to the following",
        "message status - undeliverable",
    ],
    grammar: Grammar { begin: &["the message that you sent was undeliverable"], ..PLAIN },
    ..GENERIC
};
