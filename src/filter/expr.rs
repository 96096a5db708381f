//! What a filter says: terms, and what joins them.

use std::fmt;

use jiff::Timestamp;

use crate::listing::{ColumnWords, Row};

use super::field::Field;
use super::value::FilterValue;

/// What a filter says. Written with `Display` and read again it is the same.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    /// All of them; two at least.
    All(Vec<Expr>),
    /// One of them; two at least.
    Any(Vec<Expr>),
    /// Not that.
    Not(Box<Expr>),
    /// One of these values in the field, or anywhere without a field.
    Term(Option<Field>, Vec<FilterValue>),
}

impl Expr {
    /// All of these; None of none.
    pub(super) fn all(mut terms: Vec<Self>) -> Option<Self> {
        if terms.len() > 1 { Some(Self::All(terms)) } else { terms.pop() }
    }

    /// Any of them; None when there is none.
    pub(super) fn any(mut terms: Vec<Self>) -> Option<Self> {
        if terms.len() > 1 { Some(Self::Any(terms)) } else { terms.pop() }
    }

    pub(super) fn passes(&self, row: &Row, words: &ColumnWords, now: Timestamp) -> bool {
        match self {
            Self::All(terms) => terms.iter().all(|term| term.passes(row, words, now)),
            Self::Any(terms) => terms.iter().any(|term| term.passes(row, words, now)),
            Self::Not(term) => !term.passes(row, words, now),
            Self::Term(field, values) => {
                values.iter().any(|value| value.passes(*field, row, words, now))
            }
        }
    }

    /// The terms that must all hold.
    pub(super) fn into_terms(self) -> Vec<Self> {
        match self {
            Self::All(terms) => terms,
            other => vec![other],
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(terms) => {
                for (at, term) in terms.iter().enumerate() {
                    f.write_str(if at > 0 { " " } else { "" })?;
                    write_inside(term, f, matches!(term, Self::All(_) | Self::Any(_)))?;
                }
                Ok(())
            }
            Self::Any(terms) => {
                for (at, term) in terms.iter().enumerate() {
                    f.write_str(if at > 0 { " | " } else { "" })?;
                    write_inside(term, f, matches!(term, Self::Any(_)))?;
                }
                Ok(())
            }
            Self::Not(term) => {
                f.write_str("-")?;
                write_inside(term, f, matches!(**term, Self::All(_) | Self::Any(_)))
            }
            Self::Term(field, values) => {
                if let Some(field) = field {
                    write!(f, "{field}:")?;
                }
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at > 0 { "|" } else { "" })?;
                    value.write(f)?;
                }
                Ok(())
            }
        }
    }
}

fn write_inside(term: &Expr, f: &mut fmt::Formatter<'_>, grouped: bool) -> fmt::Result {
    if grouped { write!(f, "({term})") } else { write!(f, "{term}") }
}
