//! Novell GroupWise.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// Novell GroupWise.
pub(super) static GROUPWISE: Dialect = Dialect {
    name: "groupwise",
    marks: &["the message that you sent was undeliverable to the following", "message status - undeliverable"],
    fields: &[],
    grammar: Grammar { begin: &["the message that you sent was undeliverable"], ..PLAIN },
    reader: None,
    notice: false,
};
