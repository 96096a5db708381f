//! Amazon SES, and its notifications through SNS.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Amazon SES, and its notifications through SNS.
pub(super) static SES: Dialect = Dialect {
    name: "ses",
    marks: &[
        "an error occurred while trying to deliver the mail to the following recipients",
        "{\"notificationtype\":",
    ],
    fields: &[("from", "amazonses.com"), ("message-id", "amazonses.com>")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
