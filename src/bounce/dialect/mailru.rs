//! Mail.ru: Russian first, then Exim's own words.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// Mail.ru: Russian first, then Exim's own words.
pub(super) static MAILRU: Dialect = Dialect {
    name: "mailru",
    fields: &[("from", "mailer-daemon@corp.mail.ru"), ("x-mailer-daemon-recipients", "")],
    grammar: Grammar {
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
    },
    ..BASE
};
