//! Active!hunter.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// Active!hunter.
pub(super) static ACTIVE_HUNTER: Dialect = Dialect {
    name: "active-hunter",
    marks: &[],
    fields: &[("x-ahmailid", ""), ("content-type", "active!hunter")],
    grammar: Grammar { begin: &["the following addresses had permanent"], end: &["transcript of session"], ..PLAIN },
    reader: None,
    notice: false,
};
