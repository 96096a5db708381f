//! MDaemon.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::super::notice::transcript;
use super::layout::{Dialect, GENERIC};

/// MDaemon.
pub(super) static MDAEMON: Dialect = Dialect {
    name: "mdaemon",
    marks: &["the attached message had permanent fatal delivery errors"],
    fields: &[("x-mddsn-message", ""), ("from", "mdaemon at")],
    grammar: Grammar { errors: &["session transcript"], ..PLAIN },
    reader: Some(transcript::read),
    ..GENERIC
};
