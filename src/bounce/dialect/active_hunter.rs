//! Active!hunter.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Active!hunter.
pub(super) static ACTIVE_HUNTER: Dialect = Dialect {
    name: "active-hunter",
    fields: &[("x-ahmailid", ""), ("content-type", "active!hunter")],
    grammar: Grammar {
        begin: &["the following addresses had permanent"],
        end: &["transcript of session"],
        ..PLAIN
    },
    ..GENERIC
};
