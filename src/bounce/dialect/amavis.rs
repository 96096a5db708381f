//! amavisd-new.

use super::{BASE, Dialect};

/// amavisd-new.
pub(super) static AMAVIS: Dialect = Dialect {
    name: "amavis",
    marks: &["our content checker found"],
    fields: &[("from", "content-filter at")],
    ..BASE
};
