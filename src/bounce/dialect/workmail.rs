//! Amazon WorkMail, and the receiving side of Amazon SES.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Amazon WorkMail, and the receiving side of Amazon SES.
pub(super) static WORKMAIL: Dialect = Dialect {
    name: "workmail",
    marks: &["technical report:", "this message could not be delivered."],
    fields: &[("x-mailer", "amazon workmail")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
