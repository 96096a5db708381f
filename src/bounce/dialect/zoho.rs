//! Zoho Mail.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// Zoho Mail.
pub(super) static ZOHO: Dialect = Dialect {
    name: "zoho",
    fields: &[("from", "mailer-daemon@mail.zoho.com")],
    stamps: &[("x-zohomail", "")],
    grammar: Grammar { begin: &["this message was created automatically"], loose: true, ..PLAIN },
    ..GENERIC
};
