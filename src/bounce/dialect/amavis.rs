//! amavisd-new.

use super::layout::{Dialect, GENERIC};

/// amavisd-new.
pub(super) static AMAVIS: Dialect = Dialect {
    name: "amavis",
    marks: &["our content checker found"],
    fields: &[("from", "content-filter at")],
    ..GENERIC
};
