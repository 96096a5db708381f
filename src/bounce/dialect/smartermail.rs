//! SmarterMail.

use super::super::blocks::PLAIN;
use super::Dialect;

/// SmarterMail.
pub(super) static SMARTERMAIL: Dialect = Dialect {
    name: "smartermail",
    marks: &["could not deliver message to the following recipient"],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
