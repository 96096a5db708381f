//! amavisd-new.

use super::super::blocks::PLAIN;
use super::Dialect;

/// amavisd-new.
pub(super) static AMAVIS: Dialect = Dialect {
    name: "amavis",
    marks: &["our content checker found"],
    fields: &[("from", "content-filter at")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
