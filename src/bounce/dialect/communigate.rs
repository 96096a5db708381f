//! CommuniGate Pro.

use super::layout::{Dialect, GENERIC};

/// CommuniGate Pro.
pub(super) static COMMUNIGATE: Dialect =
    Dialect { name: "communigate", marks: &["failed to deliver to '"], ..GENERIC };
