//! deadletter
pub mod app;
pub mod bounce;
pub mod cli;
pub mod clock;
pub mod config;
pub mod diagnosis;
pub mod export;
pub mod filter;
pub mod layout;
pub mod listing;
pub mod mail;
pub mod source;
pub mod term;
pub mod ui;
