//! The SMTP gateway of Lotus Notes.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// The SMTP gateway of Lotus Notes.
pub(super) static NOTES: Dialect = Dialect {
    name: "notes",
    marks: &["failure reasons"],
    grammar: Grammar { begin: &["failure reasons"], errors: &["failure reasons"], ..PLAIN },
    ..GENERIC
};
