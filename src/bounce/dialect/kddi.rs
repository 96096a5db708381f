//! KDDI, au and EZweb mobile mail.

use super::super::blocks::PLAIN;
use super::Dialect;

/// KDDI, au and EZweb mobile mail.
pub(super) static KDDI: Dialect = Dialect {
    name: "kddi",
    marks: &[
        "your mail sent on:",
        "the user(s) ",
        "each of the following recipients was rejected by a remote mail server",
    ],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
