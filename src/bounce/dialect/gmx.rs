//! GMX, 1&1 and Web.de.

use super::layout::{Dialect, GENERIC};

/// GMX, 1&1 and Web.de.
pub(super) static GMX: Dialect = Dialect {
    name: "gmx",
    fields: &[("from", "mailer-daemon@mail.gmx"), ("from", "mailer-daemon@gmx")],
    stamps: &[("x-gmx-antispam", ""), ("x-ui-out-filterresults", "")],
    grammar: super::exim::OF_PROVIDERS,
    ..GENERIC
};
