//! CommuniGate Pro.

use super::super::blocks::PLAIN;
use super::Dialect;

/// CommuniGate Pro.
pub(super) static COMMUNIGATE: Dialect = Dialect {
    name: "communigate",
    marks: &["failed to deliver to '"],
    fields: &[],
    grammar: PLAIN,
    reader: None,
    notice: false,
};
