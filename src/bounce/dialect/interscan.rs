//! Trend Micro InterScan.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Trend Micro InterScan.
pub static INTERSCAN: Dialect = Dialect {
    name: "interscan",
    marks: &[],
    fields: &[("from", "interscan"), ("from", "trend micro")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
