//! m-FILTER.

use super::super::blocks::PLAIN;
use super::Dialect;

/// m-FILTER.
pub(super) static MFILTER: Dialect = Dialect {
    name: "m-filter",
    marks: &["server message"],
    fields: &[("x-mailer", "m-filter")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
