//! Yandex, Postfix under another name.

use super::layout::{Dialect, GENERIC};

/// Yandex, Postfix under another name.
pub(super) static YANDEX: Dialect = Dialect {
    name: "yandex",
    marks: &["this is the mail system at host yandex"],
    fields: &[("from", "mailer-daemon@yandex")],
    stamps: &[("x-yandex-uniq", "")],
    ..GENERIC
};
