//! Verizon's text message gateway.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// Verizon's text message gateway.
pub(super) static VERIZON: Dialect = Dialect {
    name: "verizon",
    marks: &["error: no valid recipients"],
    fields: &[],
    grammar: Grammar { labels: &["rcpt to:"], ..PLAIN },
    reader: None,
    notice: false,
};
