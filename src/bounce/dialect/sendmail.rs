//! Sendmail, from version 5 on: a list of addresses with reasons, and a transcript that holds the
//! whole answers.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::super::notice::transcript;
use super::layout::{Dialect, GENERIC};

/// Sendmail, from version 5 on: a list of addresses with reasons, and a transcript that holds the
/// whole answers.
pub(super) static SENDMAIL: Dialect = Dialect {
    name: "sendmail",
    marks: &[
        "the original message was received at",
        "transcript of session follows",
        "the following addresses had permanent fatal errors",
        "the following addresses had transient non-fatal errors",
        "the following addresses had permanent delivery errors",
        "this is a mime-encapsulated message",
    ],
    grammar: Grammar {
        begin: &[
            "the following addresses had",
            "the following recipients had",
            "the following address had",
        ],
        end: &[
            "transcript of session",
            "original message follows",
            "unsent message follows",
            "message header follows",
        ],
        ..PLAIN
    },
    reader: Some(transcript::read),
    ..GENERIC
};
