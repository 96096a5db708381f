//! GMX, 1&1 and Web.de.

use super::super::blocks::{Grammar, PLAIN};
use super::{BASE, Dialect};

/// GMX, 1&1 and Web.de.
pub(super) static GMX: Dialect = Dialect {
    name: "gmx",
    fields: &[
        ("x-gmx-antispam", ""),
        ("from", "mailer-daemon@mail.gmx"),
        ("from", "mailer-daemon@gmx"),
        ("x-ui-out-filterresults", ""),
    ],
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
