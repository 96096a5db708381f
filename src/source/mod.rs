//! Where messages come from: an IMAP mailbox, files, or the demo mailbox, all behind one trait.
//!
//! A [`Source`] streams the messages of one mailbox, newest first; the [`Reader`] beside it fetches
//! single ones whole, also while the first streams. Each runs on a thread of its own and never
//! writes: mailboxes are opened with EXAMINE and read with PEEK. What writes is an [`Editor`], which
//! exists only where that is allowed.

mod cancel;
mod counted;
pub mod demo;
mod disk;
mod editor;
mod error;
pub mod files;
mod from_line;
mod gzip;
pub mod imap;
pub mod local;
mod maildir;
pub mod mbox;
mod open_file;
mod pass;
mod place;
mod print;
mod reader;
mod shelf;
pub mod steady;
mod stream;
mod unreadable;
mod window;

pub use cancel::Canceller;
pub use editor::{Copied, Editor, Flagging, FoundMessage, OpenFolder};
pub use error::Error;
pub use place::{Place, SyncMark};
pub use reader::Reader;
pub use stream::{Event, Fetched, Sink, Source, State};
pub use unreadable::Unreadable;
