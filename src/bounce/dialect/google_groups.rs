//! Google Groups, which answers in the sender's language.

use super::super::blocks::PLAIN;
use super::Dialect;

/// Google Groups, which answers in the sender's language.
pub(super) static GOOGLE_GROUPS: Dialect = Dialect {
    name: "google-groups",
    marks: &["we're writing to let you know that the group you tried to contact"],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
