//! Courier mail server.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Courier mail server.
pub(super) static COURIER: Dialect = Dialect {
    name: "courier",
    marks: &["this is a delivery status notification from"],
    fields: &[("message-id", "<courier.")],
    grammar: Grammar { begin: &["undeliverable mail", "delayed mail"], ..PLAIN },
    ..GENERIC
};
