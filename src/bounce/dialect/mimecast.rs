//! Mimecast.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Mimecast.
pub(super) static MIMECAST: Dialect = Dialect {
    name: "mimecast",
    together: &[("this is an automated alert notification", "the problem appears to be")],
    fields: &[("subject", "[postmaster] email delivery failure")],
    grammar: Grammar {
        errors: &["the problem appears to be", "additional information follows"],
        ..PLAIN
    },
    ..GENERIC
};
