//! Apache James.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// Apache James.
pub(super) static JAMES: Dialect = Dialect {
    name: "james",
    marks: &["error message below:", "hi. this is the james mail server"],
    fields: &[],
    grammar: Grammar { labels: &["rcpt to:"], errors: &["error message below:"], ..PLAIN },
    reader: None,
    notice: false,
};
