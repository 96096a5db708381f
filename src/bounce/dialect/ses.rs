//! Amazon SES and WorkMail.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Amazon SES and WorkMail.
pub(super) static SES: Dialect = Dialect {
    name: "ses",
    marks: &[
        "an error occurred while trying to deliver the mail to the following recipients",
        "this message could not be delivered.",
    ],
    fields: &[("x-mailer", "amazon workmail")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
