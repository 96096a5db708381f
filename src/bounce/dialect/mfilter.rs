//! m-FILTER.

use super::{BASE, Dialect};

/// m-FILTER.
pub(super) static MFILTER: Dialect = Dialect {
    name: "m-filter",
    marks: &["server message"],
    fields: &[("x-mailer", "m-filter")],
    ..BASE
};
