//! SendGrid.

use super::{BASE, Dialect};

/// SendGrid.
pub(super) static SENDGRID: Dialect = Dialect {
    name: "sendgrid",
    marks: &["this is an automatically generated message from sendgrid"],
    ..BASE
};
