//! Amazon WorkMail, and the receiving side of Amazon SES.

use super::layout::{Dialect, GENERIC};

/// Amazon WorkMail, and the receiving side of Amazon SES.
pub(super) static WORKMAIL: Dialect = Dialect {
    name: "workmail",
    marks: &["technical report:", "this message could not be delivered."],
    fields: &[("x-mailer", "amazon workmail")],
    ..GENERIC
};
