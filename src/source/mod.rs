//! Where messages come from: an IMAP mailbox, files, or the demo mailbox, all behind one trait.
//!
//! A [`Source`] streams the messages of one mailbox, newest first; the [`Reader`] beside it fetches
//! single ones whole, also while the first streams. Each runs on a thread of its own and never
//! writes: mailboxes are opened with EXAMINE and read with PEEK.

mod cancel;
mod counted;
pub mod demo;
mod disk;
mod error;
pub mod files;
mod from_line;
mod gzip;
pub mod imap;
pub mod local;
mod maildir;
pub mod mbox;
mod place;
mod print;
mod reader;
mod shelf;
pub mod steady;
mod stream;
mod unreadable;
mod window;

pub use cancel::Canceller;
pub use error::Error;
pub use place::Place;
pub use reader::Reader;
pub use stream::{Event, Fetched, Sink, Source, State};
pub use unreadable::Unreadable;
