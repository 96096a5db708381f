//! MailEnable.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// MailEnable.
pub(super) static MAILENABLE: Dialect = Dialect {
    name: "mailenable",
    marks: &["mailenable:"],
    fields: &[],
    grammar: Grammar { begin: &["the following recipient"], errors: &["reason:"], ..PLAIN },
    reader: None,
    notice: false,
};
