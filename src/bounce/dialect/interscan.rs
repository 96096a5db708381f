//! Trend Micro InterScan.

use super::super::blocks::PLAIN;
use super::super::transcript;
use super::Dialect;

/// Trend Micro InterScan.
pub(super) static INTERSCAN: Dialect = Dialect {
    name: "interscan",
    marks: &["message from interscan"],
    fields: &[("from", "interscan"), ("from", "trend micro"), ("content-type", "interscan_nt")],
    grammar: PLAIN,
    reader: Some(transcript::read),
    notice: false,
};
