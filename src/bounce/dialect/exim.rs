//! Exim, also as Mail.ru, GMX, 1&1, MX Logic and others run it.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Exim, also as Mail.ru, GMX, 1&1, MX Logic and others run it.
pub(super) static EXIM: Dialect = Dialect {
    name: "exim",
    marks: &[
        "this message was created automatically by mail delivery software",
        "this message was created automatically by the mail system",
        "a message that you sent could not be delivered to one or more of its",
        "a message that you have sent could not be delivered",
        "a message that you sent has not yet been delivered",
        "a message that you sent contained one or more recipient addresses",
    ],
    grammar: Grammar {
        begin: &[
            "address(es) failed",
            "recipients. this is a permanent",
            "recipients.  this is a permanent",
            "its recipients. this is",
            "recipients after more than",
            "the address to which",
            "the addresses to which",
            "the following address failed",
            "following address(es) failed",
            "failed:",
            "incorrectly constructed:",
            "recipients. the following",
        ],
        end: &["no action is required", "rekomend"],
        ..PLAIN
    },
    ..GENERIC
};

/// The layout of providers that run Exim with words of their own.
pub(super) const OF_PROVIDERS: Grammar = Grammar {
    begin: &[
        "address(es) failed",
        "recipients. this is a permanent",
        "its recipients. this is",
        "the following address(es) failed",
        "the following address failed",
        "failed:",
        "for the following reason",
    ],
    ..PLAIN
};
