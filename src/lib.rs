//! deadletter
pub mod bounce;
pub mod cli;
pub mod clock;
pub mod config;
pub mod diagnosis;
pub mod export;
pub mod layout;
pub mod listing;
pub mod mail;
pub mod source;
