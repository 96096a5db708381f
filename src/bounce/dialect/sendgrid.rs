//! SendGrid.

use super::layout::{Dialect, GENERIC};

/// SendGrid.
pub(super) static SENDGRID: Dialect = Dialect {
    name: "sendgrid",
    marks: &["this is an automatically generated message from sendgrid"],
    ..GENERIC
};
