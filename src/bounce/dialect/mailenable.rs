//! MailEnable.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// MailEnable.
pub(super) static MAILENABLE: Dialect = Dialect {
    name: "mailenable",
    marks: &["mailenable:"],
    grammar: Grammar { begin: &["the following recipient"], errors: &["reason:"], ..PLAIN },
    ..BASE
};
