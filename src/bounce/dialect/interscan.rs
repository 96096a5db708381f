//! Trend Micro InterScan.

use super::super::notice::transcript;
use super::layout::{Dialect, GENERIC};

/// Trend Micro InterScan.
pub(super) static INTERSCAN: Dialect = Dialect {
    name: "interscan",
    marks: &["message from interscan"],
    fields: &[("from", "interscan"), ("from", "trend micro"), ("content-type", "interscan_nt")],
    reader: Some(transcript::read),
    ..GENERIC
};
