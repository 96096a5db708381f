//! The exit codes of commands.

/// Exit code when everything went well.
pub(super) const GOOD: u8 = 0;
/// Exit code when something could not be read or done; what, is on standard error.
pub const FAILED: u8 = 1;
