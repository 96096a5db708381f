//! Which messages are asked for, and what becomes of a mailbox when connections break: windows of
//! UIDs from the newest down, each message once.

mod arrivals;
mod backoff;
mod bisect;
mod progress;
pub(crate) mod reader;
pub(crate) mod resume;
mod window;
