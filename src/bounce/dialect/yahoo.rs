//! Yahoo Mail and its sisters.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Yahoo Mail and its sisters.
pub(super) static YAHOO: Dialect = Dialect {
    name: "yahoo",
    marks: &[
        "sorry, we were unable to deliver your message to the following",
        "message from yahoo",
        "unable to deliver message to the following address",
    ],
    fields: &[("from", "mailer-daemon@yahoo")],
    stamps: &[("x-ymailisg", "")],
    grammar: Grammar { begin: &["sorry, we were unable", "unable to deliver message"], ..PLAIN },
    ..GENERIC
};
