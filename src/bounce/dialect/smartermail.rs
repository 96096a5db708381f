//! SmarterMail.

use super::layout::{Dialect, GENERIC};

/// SmarterMail.
pub(super) static SMARTERMAIL: Dialect = Dialect {
    name: "smartermail",
    marks: &["could not deliver message to the following recipient"],
    ..GENERIC
};
