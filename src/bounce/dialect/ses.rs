//! Amazon SES, and its notifications through SNS.

use super::layout::{Dialect, GENERIC};

/// Amazon SES, and its notifications through SNS.
pub(super) static SES: Dialect = Dialect {
    name: "ses",
    marks: &[
        "an error occurred while trying to deliver the mail to the following recipients",
        "{\"notificationtype\":",
    ],
    stamps: &[("from", "amazonses.com"), ("message-id", "amazonses.com>")],
    ..GENERIC
};
