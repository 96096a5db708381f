//! What is written down: documents, the help and the pages of the command line, and the
//! shape of the source itself.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where something is not what it must be"
)]

#[path = "../support/faults/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod faults_table;
#[path = "../support/fixtures.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod fixtures;
#[path = "../hostile/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod inputs;
#[path = "../support/program.rs"]
mod program;

mod answers;
mod architecture;
mod cli;
mod configuration;
mod docs;
mod init;
