//! Ipswitch IMail.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Ipswitch IMail.
pub(super) static IMAIL: Dialect = Dialect {
    name: "imail",
    marks: &["user mailbox exceeds allowed size:", "invalid final delivery userid:"],
    fields: &[("x-mailer", "<smtp32")],
    grammar: Grammar {
        labels: &[
            "user mailbox exceeds allowed size:",
            "unknown user:",
            "unknown host:",
            "invalid final delivery userid:",
            "delivery failed",
        ],
        errors: &["body of message generated response:"],
        ..PLAIN
    },
    ..GENERIC
};
