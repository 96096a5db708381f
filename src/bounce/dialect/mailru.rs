//! Mail.ru: Russian first, then Exim's own words.

use super::layout::{Dialect, GENERIC};

/// Mail.ru: Russian first, then Exim's own words.
pub(super) static MAILRU: Dialect = Dialect {
    name: "mailru",
    fields: &[("from", "mailer-daemon@corp.mail.ru"), ("x-mailer-daemon-recipients", "")],
    grammar: super::exim::OF_PROVIDERS,
    ..GENERIC
};
