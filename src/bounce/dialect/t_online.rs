//! T-Online.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// T-Online.
pub(super) static T_ONLINE: Dialect = Dialect {
    name: "t-online",
    marks: &["failed addresses follow:"],
    grammar: Grammar {
        begin: &["failed addresses follow"],
        end: &["message header follows", "message text follows"],
        ..PLAIN
    },
    ..GENERIC
};
