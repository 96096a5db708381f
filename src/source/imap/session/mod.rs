//! What is said on a connection (RFC 3501): the greeting, STARTTLS and FETCH by readers of our own,
//! everything else by the crate `imap`, which nobody outside this folder knows.
//!
//! ```text
//! net ─▶ wire ─┬─▶ feed ─▶ crate imap: login, EXAMINE, LIST
//!              ├─▶ answer: IDLE, EXAMINE with QRESYNC
//!              └─▶ fetch: the messages, streamed
//! ```

pub(crate) mod access;
mod answer;
pub(crate) mod changing;
pub(crate) mod dialogue;
pub(crate) mod end;
mod failure;
mod feed;
pub(crate) mod fetch;
pub(crate) mod folder;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod heard;
mod idle;
mod item;
mod login;
pub(crate) mod look;
#[cfg(any(test, fuzzing))]
mod oracle;
mod raw;
#[cfg(test)]
mod replay;
mod response;
mod resync;
mod scan;
#[cfg(any(test, fuzzing))]
mod script;
pub(crate) mod starttls;
pub(crate) mod uids;
mod utf7;
mod wire;
