//! SmarterMail.

use super::{BASE, Dialect};

/// SmarterMail.
pub(super) static SMARTERMAIL: Dialect = Dialect {
    name: "smartermail",
    marks: &["could not deliver message to the following recipient"],
    ..BASE
};
