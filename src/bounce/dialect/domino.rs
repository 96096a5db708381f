//! IBM and HCL Domino.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// IBM and HCL Domino.
pub(super) static DOMINO: Dialect = Dialect {
    name: "domino",
    marks: &["was not delivered to:"],
    fields: &[("x-mailer", "lotus domino"), ("subject", "delivery failure")],
    grammar: Grammar { begin: &["was not delivered to"], errors: &["because:"], ..PLAIN },
    ..GENERIC
};
