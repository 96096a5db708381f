//! MailMarshal.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// MailMarshal.
pub(super) static MAILMARSHAL: Dialect = Dialect {
    name: "mailmarshal",
    marks: &["could not be delivered because of"],
    grammar: Grammar {
        begin: &["the following recipients were affected"],
        end: &["additional information"],
        errors: &["could not be delivered because of"],
        ..PLAIN
    },
    ..GENERIC
};
