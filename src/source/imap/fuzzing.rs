//! The readers of what a server says, for the fuzz targets in `tests/fuzz`: a server that has said
//! everything beforehand.

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use super::feed::Feed;
use super::fetch::Fetcher;
use super::limits::Limits;
use super::socket::Transport;
use super::wire::{Shared, Wire};

/// Hands out what was said in pieces of a given size.
struct Script {
    said: Cursor<Vec<u8>>,
    piece: usize,
}

impl Script {
    fn wire(said: &[u8], piece: usize) -> Wire {
        let limits =
            Limits { line: 4 << 10, literal: 64 << 10, response: 128 << 10, ..Limits::default() };
        Wire::new(Box::new(Self { said: Cursor::new(said.to_vec()), piece }), limits)
    }
}

impl Read for Script {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(self.piece);
        self.said.read(&mut out[..most])
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for Script {
    fn set_deadline(&mut self, _: Option<Instant>) {}
}

/// A message as our own reader hands it over: its UID, the bytes that were kept, and whether they
/// are all.
pub type Message = (u32, Option<Vec<u8>>, bool);

/// What our own reader makes of the answer to a FETCH: the messages, of each at most `keep` bytes,
/// and how it ended.
#[must_use]
pub fn fetch(said: &[u8], piece: usize, keep: u32) -> (Vec<Message>, String) {
    let mut wire = Script::wire(said, piece);
    let mut messages = Vec::new();
    let end = Fetcher::default().run(&mut wire, "UID FETCH 1:* x", keep, &mut |arrived| {
        messages.push((arrived.uid, arrived.bytes.map(<[u8]>::to_vec), arrived.whole));
        ControlFlow::Continue(())
    });
    (messages, format!("{end:?} {:?}", wire.heard))
}

/// What the crate `imap` makes of a login, an EXAMINE and a LIST behind our cleaning of the stream.
#[must_use]
pub fn session(said: &[u8], piece: usize) -> Vec<String> {
    let wire = Shared::new(Script::wire(said, piece));
    let mut client = imap::Client::new(Feed::new(wire.clone()));
    client.greeting_read = true;
    let mut session = match client.login("u", "p") {
        Ok(session) => session,
        Err((error, _)) => return vec![error.to_string()],
    };
    let examined = format!("{:?}", session.examine("INBOX").map_err(|e| e.to_string()));
    let listed = session.list(Some(""), Some("*"));
    let listed =
        listed.map(|names| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>());
    vec![examined, format!("{:?} {:?}", listed.map_err(|e| e.to_string()), wire.lock().heard)]
}
