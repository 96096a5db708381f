//! Verizon's text message gateway.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Verizon's text message gateway.
pub(super) static VERIZON: Dialect = Dialect {
    name: "verizon",
    marks: &["error: no valid recipients"],
    grammar: Grammar { labels: &["rcpt to:"], ..PLAIN },
    ..GENERIC
};
