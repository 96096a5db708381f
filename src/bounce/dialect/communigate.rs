//! CommuniGate Pro.

use super::{BASE, Dialect};

/// CommuniGate Pro.
pub(super) static COMMUNIGATE: Dialect =
    Dialect { name: "communigate", marks: &["failed to deliver to '"], ..BASE };
