//! Amazon WorkMail.

use super::layout::{Dialect, GENERIC};

/// Amazon WorkMail.
pub(super) static WORKMAIL: Dialect = Dialect {
    name: "workmail",
    together: &[("technical report:", "reporting-mta:")],
    stamps: &[("x-mailer", "amazon workmail")],
    ..GENERIC
};
