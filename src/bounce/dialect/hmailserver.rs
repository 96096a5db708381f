//! hMailServer.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// hMailServer.
pub(super) static HMAILSERVER: Dialect = Dialect {
    name: "hmailserver",
    marks: &["hmailserver"],
    grammar: Grammar { begin: &["the following recipient"], ..PLAIN },
    ..GENERIC
};
