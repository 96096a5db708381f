//! Mail systems that sign with no name but keep a layout of their own.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Mail systems that sign with no name but keep a layout of their own.
pub(super) static X_MTA: Dialect = Dialect {
    name: "mailer",
    marks: &[
        "the original message was not delivered to",
        "we are unable to deliver your message",
        "we had trouble delivering your message",
        "did not reach the following recipient(s)",
        "unable to deliver message to these recipients",
        "message could not be delivered to the following",
        "the following address is invalid",
        "i can't deliver",
    ],
    grammar: Grammar { errors: &["delivery error:", "remote host said"], ..PLAIN },
    ..GENERIC
};
