//! IBM and HCL Domino.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// IBM and HCL Domino.
pub(super) static DOMINO: Dialect = Dialect {
    name: "domino",
    together: &[("was not delivered to:", "because:")],
    fields: &[("subject", "delivery failure: ")],
    stamps: &[("x-mailer", "lotus domino")],
    grammar: Grammar { begin: &["was not delivered to"], errors: &["because:"], ..PLAIN },
    ..GENERIC
};
