//! The SMTP gateway of Lotus Notes.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// The SMTP gateway of Lotus Notes.
pub(super) static NOTES: Dialect = Dialect {
    name: "notes",
    marks: &["failure reasons"],
    fields: &[],
    grammar: Grammar { begin: &["failure reasons"], errors: &["failure reasons"], ..PLAIN },
    reader: None,
    notice: false,
};
