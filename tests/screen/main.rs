//! What stands on the screen: in memory, and of the real program in a pseudo terminal.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where something is not what it must be"
)]

#[path = "../hostile/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod inputs;

#[path = "../support/imap_server.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod imap_server;
#[path = "../support/outage.rs"]
mod outage;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/stage.rs"]
mod stage;
#[path = "../support/svg.rs"]
mod svg;
#[path = "../support/terminal.rs"]
mod terminal;

mod filter;
mod hostile;
mod incidents;
mod list;
mod pty;
mod screens;
