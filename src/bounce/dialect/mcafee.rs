//! `McAfee` Email Gateway.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// `McAfee` Email Gateway.
pub(super) static MCAFEE: Dialect = Dialect {
    name: "mcafee",
    marks: &["the following addresses had delivery problems"],
    grammar: Grammar {
        begin: &["the following addresses had delivery problems"],
        errors: &["non-delivered information"],
        ..PLAIN
    },
    ..BASE
};
