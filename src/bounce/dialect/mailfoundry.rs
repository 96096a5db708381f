//! `MailFoundry`.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// `MailFoundry`.
pub(super) static MAILFOUNDRY: Dialect = Dialect {
    name: "mailfoundry",
    together: &[("unable to deliver message to:", "delivery failed for the following reason")],
    grammar: Grammar { errors: &["delivery failed for the following reason"], ..PLAIN },
    ..GENERIC
};
