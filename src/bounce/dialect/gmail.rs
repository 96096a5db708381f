//! Gmail and Google Workspace, the old plain text and the new starred headings.

use super::super::blocks::{Grammar, PLAIN};
use super::Dialect;

/// Gmail and Google Workspace, the old plain text and the new starred headings.
pub static GMAIL: Dialect = Dialect {
    name: "gmail",
    marks: &[
        "delivery to the following recipient failed permanently",
        "delivery to the following recipients failed permanently",
        "delivery to the following recipient has been delayed",
        "delivery to the following recipients has been delayed",
        "address not found",
        "message not delivered",
        "message blocked",
        "delivery incomplete",
        "recipient inbox full",
        "message too large",
    ],
    fields: &[
        ("message-id", "@mx.google.com"),
        ("from", "mailer-daemon@googlemail.com"),
        ("from", "mailer-daemon@gmail.com"),
    ],
    grammar: Grammar {
        begin: &["delivery to the following"],
        errors: &["the response was", "the response from the remote server was", "technical details of", "dns error"],
        ..PLAIN
    },
    reader: None,
};
