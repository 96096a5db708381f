//! Yandex, Postfix under another name.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Yandex, Postfix under another name.
pub(super) static YANDEX: Dialect = Dialect {
    name: "yandex",
    marks: &["this is the mail system at host yandex"],
    fields: &[("from", "mailer-daemon@yandex"), ("x-yandex-uniq", "")],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
