//! amavisd-new.

use super::super::blocks::PLAIN;
use super::Dialect;

/// amavisd-new.
pub(super) static AMAVIS: Dialect = Dialect {
    name: "amavis",
    marks: &["our content checker found", "your message could not be delivered"],
    fields: &[("from", "content-filter at")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
