//! deadletter
pub mod bounce;
pub mod config;
pub mod diagnosis;
pub mod mail;
pub mod source;
