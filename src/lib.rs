//! deadletter
pub mod bounce;
pub mod clock;
pub mod config;
pub mod diagnosis;
pub mod export;
pub mod layout;
pub mod mail;
pub mod source;
