//! `SurfControl` E-mail Filter.

use super::super::notice::blocks::{Grammar, PLAIN};
use super::layout::{Dialect, GENERIC};

/// `SurfControl` E-mail Filter.
pub(super) static SURFCONTROL: Dialect = Dialect {
    name: "surfcontrol",
    together: &[("your message could not be sent.", "a transcript of the attempts")],
    grammar: Grammar {
        begin: &["your message could not be sent"],
        errors: &["a transcript of the attempts"],
        ..PLAIN
    },
    ..GENERIC
};
