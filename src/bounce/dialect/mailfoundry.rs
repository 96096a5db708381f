//! MailFoundry.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// MailFoundry.
pub(super) static MAILFOUNDRY: Dialect = Dialect {
    name: "mailfoundry",
    marks: &["unable to deliver message to:"],
    fields: &[],
    grammar: Grammar { errors: &["delivery failed for the following reason"], ..PLAIN },
    reader: None,
    notice: false,
};
