//! Mailboxes on servers: one that misbehaves, a real Dovecot, and a real Postfix before it. Live
//! checks against name servers.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where something is not what it must be"
)]

#[path = "../support/certificates.rs"]
mod certificates;
#[path = "../support/dns_faults.rs"]
mod dns_faults;
#[path = "../support/dovecot.rs"]
mod dovecot;
#[path = "../support/faults/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod faults_table;
#[path = "../support/imap_server.rs"]
mod imap_server;
#[path = "../support/nsd.rs"]
mod nsd;
#[path = "../support/postfix.rs"]
mod postfix;
#[path = "../support/process.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod process;
#[path = "../support/program.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod program;
#[path = "../support/seen.rs"]
mod seen;
#[path = "../support/terminal.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod terminal;

mod checks;
mod crash;
mod end_to_end;
mod faults;
mod fire;
mod imap_dovecot;
mod imap_faults;
mod mailboxes;
mod plans;
mod sync;
mod tunnel;
mod upkeep;
mod watch;
