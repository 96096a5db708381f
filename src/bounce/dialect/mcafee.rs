//! `McAfee` Email Gateway.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// `McAfee` Email Gateway.
pub(super) static MCAFEE: Dialect = Dialect {
    name: "mcafee",
    marks: &["the following addresses had delivery problems"],
    grammar: Grammar {
        begin: &["the following addresses had delivery problems"],
        errors: &["non-delivered information"],
        ..PLAIN
    },
    ..GENERIC
};
