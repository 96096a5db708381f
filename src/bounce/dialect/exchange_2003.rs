//! Exchange 5.5 to 2003: the address and the date on one line, the reason below.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Exchange 5.5 to 2003: the address and the date on one line, the reason below.
pub(super) static EXCHANGE_2003: Dialect = Dialect {
    name: "exchange-2003",
    marks: &[
        "did not reach the following recipient(s):",
        "your message did not reach some or all of the intended recipients",
    ],
    fields: &[("x-ms-embedded-report", "")],
    stamps: &[("x-mailer", "internet mail service")],
    grammar: Grammar {
        begin: &[
            "did not reach the following recipient",
            "the following recipient(s) could not be reached",
        ],
        loose: true,
        ..PLAIN
    },
    ..GENERIC
};
