//! deadletter reads the bounces of a postmaster's mailbox and says why each delivery failed, who
//! has to act, on which line of the message that rests, and what to do.
//!
//! ```text
//! server ──bytes──▶ source: newest first, few large commands, BODY.PEEK, streamed with bounded memory
//!                      │   bounce::read ─▶ diagnosis::diagnose      (pure; on the source's thread, not the screen's)
//!                      ▼
//!                   listing: a row for each delivery ──▶ bounded channel ──┐
//! keys ────────────────────────────────────────────────────────────────────┤
//! tty: signals, hang-ups, looked at first ──────────────────────────────────┤
//!                                                                          ▼
//!                           term: drain all ─▶ App::update ─▶ changed? ─▶ ui::draw ─▶ one write
//!                                                   └─ Cmd ─▶ open a message, copy, stop
//! ```
//!
//! Pure rooms, bytes in and values out: [`mail`] (text made safe, parts, headers, dates, Received
//! chains), [`bounce`] (what a message is and says), [`diagnosis`] (why, who, what to do; rules and
//! guidance are data in `assets/`), [`listing`] (what the screen shows of it), [`filter`],
//! [`triage`] (plans of changes), [`page`] (the views of a delivery as blocks), [`layout`] (text in columns), [`human`] (figures in
//! words). Edges: [`config`], [`tty`] (the terminal is given back whatever ends us), [`credentials`], [`source`] (IMAP, files, the demo mailbox), [`engine`]
//! (mailboxes at work), [`export`] (JSON and text). The screen: [`app`] holds all state and decides,
//! [`ui`] draws it, [`term`] is the only code that touches the terminal. [`cli`] puts them together.
//!
//! Arrows run one way; `tests/papers/architecture.rs` holds them and `docs/architecture.md` explains them.
//! Untrusted bytes become [`mail::SafeText`] once, at the boundary; nothing else reaches a screen,
//! a file or standard error.

/// The JSON that the build makes of a file of `assets`, named without its ending.
macro_rules! embedded {
    ($file:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $file, ".json"))
    };
}

#[macro_use]
mod names;

pub mod app;
pub mod bounce;
pub mod checks;
pub mod cli;
pub mod clock;
pub mod complaint;
pub mod config;
pub mod credentials;
pub mod diagnosis;
pub mod dns;
pub mod engine;
pub mod export;
pub mod filter;
pub mod human;
pub mod incident;
pub mod layout;
pub mod listing;
pub mod mail;
pub mod page;
pub mod source;
pub mod store;
pub mod term;
pub mod triage;
pub mod tty;
pub mod ui;
