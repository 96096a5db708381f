//! hMailServer.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// hMailServer.
pub(super) static HMAILSERVER: Dialect = Dialect {
    name: "hmailserver",
    marks: &["hmailserver"],
    grammar: Grammar { begin: &["the following recipient"], ..PLAIN },
    ..BASE
};
