//! Windows' SMTP service, as Hotmail, Outlook.com and Exchange 2003 used it.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Windows' SMTP service, as Hotmail, Outlook.com and Exchange 2003 used it.
pub(super) static OUTLOOK: Dialect = Dialect {
    name: "outlook",
    marks: &["this is an automatically generated delivery status notification"],
    grammar: Grammar {
        begin: &[
            "delivery to the following recipients",
            "delivery to the following recipient",
            "delivery to these recipients",
            "this is an automatically generated",
        ],
        end: &["do you want to"],
        ..PLAIN
    },
    ..GENERIC
};
