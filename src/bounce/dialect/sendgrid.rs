//! SendGrid.

use super::super::blocks::PLAIN;
use super::Dialect;

/// SendGrid.
pub(super) static SENDGRID: Dialect = Dialect {
    name: "sendgrid",
    marks: &["this is an automatically generated message from sendgrid"],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
