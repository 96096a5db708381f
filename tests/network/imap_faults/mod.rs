//! The IMAP source against a server that misbehaves: what a hostile, broken or crowded server may
//! do, and what must come of it.

mod breaks;
mod cancel;
mod certificates;
mod check;
mod echoes;
mod identity;
mod login;
mod order;
mod outage;
mod reader;
mod reads;
mod rest;
mod resync;
mod size;
mod tls;
mod trickle;

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deadletter::config::Tls;
use deadletter::source::imap::{Error as ImapError, Imap, Limits};
use deadletter::source::{Error, Source};

use crate::imap_server::{Command, Server, Talk, Turn};
use crate::seen::{CANARY, Seen, account, imap, limits};

/// A source that reads from this server without TLS.
pub(crate) fn plain(server: &Server) -> Imap {
    imap(account(server.start(), Tls::None, None))
}

/// Limits for servers that fall silent.
pub(crate) fn hasty() -> Limits {
    Limits { read: Duration::from_millis(300), ..limits() }
}

/// Streams all of it, which must work.
pub(crate) fn streamed(server: &Server) -> Seen {
    let mut seen = Seen::default();
    seen.stream(&mut plain(server)).expect("a stream to its end");
    seen
}

/// Streams, which must end with an IMAP error.
pub(crate) fn refused(source: &mut dyn Source) -> (ImapError, Seen) {
    let mut seen = Seen::default();
    match seen.stream(source) {
        Err(Error::Imap(error)) => (error, seen),
        other => panic!("{other:?}"),
    }
}

/// Hands FETCH commands for messages to a test; `n` counts them over all connections.
pub(crate) fn on_fetch(
    server: Server,
    answer: impl Fn(&mut Talk, &Command, u32) -> io::Result<Turn> + Send + Sync + 'static,
) -> Server {
    let count = AtomicU32::new(0);
    server.on(move |talk, command| {
        if command.fetches_messages() {
            answer(talk, command, count.fetch_add(1, Ordering::SeqCst))
        } else {
            Ok(Turn::Yours)
        }
    })
}

/// No connection of this server has seen a login.
pub(crate) fn nobody_logged_in(server: &Server) {
    for line in server.log() {
        assert!(
            !line.contains("LOGIN") && !line.contains("AUTHENTICATE") && !line.contains(CANARY),
            "{line}"
        );
    }
}
