//! Oracle (Sun, iPlanet) Messaging Server.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Oracle (Sun, iPlanet) Messaging Server.
pub(super) static MESSAGING_SERVER: Dialect = Dialect {
    name: "messaging-server",
    marks: &[
        "this report relates to a message you sent with the following header fields",
        "your message cannot be delivered to the following recipients",
    ],
    grammar: Grammar {
        labels: &["recipient address:"],
        errors: &["diagnostic code:", "reason:"],
        ..PLAIN
    },
    ..GENERIC
};
