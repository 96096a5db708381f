//! `MailFoundry`.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// `MailFoundry`.
pub(super) static MAILFOUNDRY: Dialect = Dialect {
    name: "mailfoundry",
    marks: &["unable to deliver message to:"],
    grammar: Grammar { errors: &["delivery failed for the following reason"], ..PLAIN },
    ..GENERIC
};
