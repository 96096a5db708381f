//! Gateways to X.400.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Gateways to X.400.
pub(super) static X400: Dialect = Dialect {
    name: "x400-style",
    marks: &["this report relates to your message:"],
    grammar: Grammar { labels: &["your message was not delivered to:"], loose: true, ..PLAIN },
    ..GENERIC
};
