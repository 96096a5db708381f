//! Barracuda appliances.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Barracuda appliances.
pub(super) static BARRACUDA: Dialect = Dialect {
    name: "barracuda",
    marks: &["was blocked by our spam firewall"],
    fields: &[("subject", "message you sent blocked by")],
    grammar: Grammar { labels: &["your message to:"], ..PLAIN },
    ..GENERIC
};
