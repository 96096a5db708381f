//! hMailServer.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// hMailServer.
pub(super) static HMAILSERVER: Dialect = Dialect {
    name: "hmailserver",
    marks: &["hmailserver"],
    fields: &[],
    grammar: Grammar { begin: &["the following recipient"], ..PLAIN },
    reader: None,
    notice: false,
};
