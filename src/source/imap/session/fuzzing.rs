//! The readers of what a server says, for the fuzz targets in `tests/fuzz`.

use std::borrow::Cow;

use super::super::net::limits::Limits;
use super::feed::Loan;
use super::fetch::{FetchAnswer, Fetching};
use super::oracle;
use super::raw::RawResponse;
use super::script::Script;
use super::wire::Wire;

/// A message as our own reader hands it over.
#[derive(Debug, PartialEq, Eq)]
pub struct StreamedMessage {
    /// UID; never 0.
    pub uid: u32,
    /// The bytes that were kept; none in a flag update.
    pub bytes: Option<Vec<u8>>,
    /// Whether they are all.
    pub whole: bool,
}

fn wire(said: &[u8], piece: usize) -> Wire {
    let limits =
        Limits { line: 4 << 10, literal: 64 << 10, response: 128 << 10, ..Limits::default() };
    Script::wire(said, piece, limits)
}

/// What our own reader makes of the answer to a FETCH: the messages, of each at most `keep` bytes,
/// and how it ended. Each message must stand in the very response that names its UID.
///
/// # Panics
/// When one does not.
#[must_use]
pub fn fetch(said: &[u8], piece: usize, keep: u32) -> (Vec<StreamedMessage>, String) {
    let mut wire = wire(said, piece);
    let mut response = RawResponse::default();
    let mut messages = Vec::new();
    let end = match Fetching::send(&mut wire, &mut response, "UID FETCH 1:* x", keep) {
        Ok(mut fetching) => read_all(&mut fetching, said, &mut messages),
        Err(error) => error.to_string(),
    };
    (messages, format!("{end} {:?}", wire.heard))
}

fn read_all(
    fetching: &mut Fetching<'_>,
    said: &[u8],
    messages: &mut Vec<StreamedMessage>,
) -> String {
    loop {
        let message = match fetching.read_next() {
            Ok(FetchAnswer::Arrived(arrived)) => StreamedMessage {
                uid: arrived.uid,
                bytes: arrived.bytes.map(Cow::into_owned),
                whole: arrived.whole,
            },
            Ok(FetchAnswer::End(end)) => return format!("{end:?}"),
            Err(error) => return format!("{error:?}"),
        };
        oracle::belongs(said, fetching.extent(), message.uid, message.bytes.as_deref());
        messages.push(message);
    }
}

/// What the crate `imap` makes of a login, an EXAMINE and a LIST behind our cleaning of the stream.
#[must_use]
#[expect(clippy::result_large_err, reason = "the crate hands the client back with a refusal")]
pub fn session(said: &[u8], piece: usize) -> Vec<String> {
    let (mut loan, feed) = Loan::new(wire(said, piece));
    let mut client = imap::Client::new(feed);
    client.greeting_read = true;
    let mut session = match loan.run(|| client.login("u", "p")) {
        Ok(session) => session,
        Err((error, _)) => return vec![error.to_string()],
    };
    let mut found = Vec::new();
    match loan.run(|| session.examine("INBOX")) {
        Ok(mailbox) => found.push(format!("{mailbox:?}")),
        Err(error) => found.push(error.to_string()),
    }
    match loan.run(|| session.list(Some(""), Some("*"))) {
        Ok(names) => found.extend(names.iter().map(|name| format!("{name:?}"))),
        Err(error) => found.push(error.to_string()),
    }
    found.push(format!("{:?}", loan.heard()));
    found
}
