//! Trend Micro InterScan.

use super::super::notice::transcript;
use super::layout::{Dialect, GENERIC};

/// Trend Micro InterScan.
pub(super) static INTERSCAN: Dialect = Dialect {
    name: "interscan",
    marks: &["message from interscan"],
    fields: &[("from", "interscan"), ("content-type", "interscan_nt")],
    stamps: &[("from", "trend micro")],
    reader: Some(transcript::read),
    ..GENERIC
};
