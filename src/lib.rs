//! deadletter
pub mod bounce;
pub mod config;
pub mod mail;
pub mod source;
