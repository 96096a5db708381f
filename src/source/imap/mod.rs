//! Bounces from an IMAP mailbox (RFC 3501), read, and changed only where that was allowed.
//!
//! `net` brings a stream of bytes, `session` speaks IMAP on it, `sync` decides what is asked for
//! and goes on after broken connections; each knows only those before it. `edit` changes messages,
//! on connections of its own. `check` tries an account step by step.

mod check;
mod edit;
mod error;
mod folders;
mod mailbox;
mod net;
mod session;
mod sync;

pub use check::{AccountCheck, Step, check, check_within};
pub use error::{Endpoint, Error};
pub use folders::{AccountMailboxes, mailboxes};
pub use mailbox::Imap;
pub use net::limits::Limits;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use session::fuzzing;
