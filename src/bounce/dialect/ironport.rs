//! Cisco Email Security (`IronPort`).

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Cisco Email Security (`IronPort`).
pub(super) static IRONPORT: Dialect = Dialect {
    name: "ironport",
    marks: &["the following message to <"],
    grammar: Grammar {
        labels: &["the following message to"],
        errors: &["the reason for the problem:"],
        ..PLAIN
    },
    ..GENERIC
};
