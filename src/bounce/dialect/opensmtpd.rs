//! OpenSMTPD.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// OpenSMTPD.
pub(super) static OPENSMTPD: Dialect = Dialect {
    name: "opensmtpd",
    marks: &["this is the mailer-daemon, please do not reply"],
    grammar: Grammar { begin: &["this is the mailer-daemon"], ..PLAIN },
    ..GENERIC
};
