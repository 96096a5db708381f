//! MailEnable.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// MailEnable.
pub(super) static MAILENABLE: Dialect = Dialect {
    name: "mailenable",
    marks: &["mailenable:"],
    grammar: Grammar { begin: &["the following recipient"], errors: &["reason:"], ..PLAIN },
    ..GENERIC
};
