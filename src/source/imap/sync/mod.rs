//! Which messages are asked for, and what becomes of a mailbox when connections break: windows of
//! UIDs from the newest down, each message once.

mod arrivals;
mod backoff;
mod bisect;
mod compare;
mod conclude;
mod known;
mod progress;
pub(crate) mod reader;
mod receive;
pub(crate) mod resume;
mod window;
