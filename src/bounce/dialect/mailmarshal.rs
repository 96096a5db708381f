//! MailMarshal.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// MailMarshal.
pub(super) static MAILMARSHAL: Dialect = Dialect {
    name: "mailmarshal",
    marks: &["could not be delivered because of"],
    fields: &[],
    grammar: Grammar {
        begin: &["the following recipients were affected"],
        end: &["additional information"],
        errors: &["could not be delivered because of"],
        ..PLAIN
    },
    reader: None,
    notice: false,
};
