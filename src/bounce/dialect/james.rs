//! Apache James.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Apache James.
pub(super) static JAMES: Dialect = Dialect {
    name: "james",
    marks: &["error message below:", "hi. this is the james mail server"],
    grammar: Grammar { labels: &["rcpt to:"], errors: &["error message below:"], ..PLAIN },
    ..GENERIC
};
