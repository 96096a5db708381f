//! How the answer to a FETCH ends: with the tagged response, or before it.

use std::io;

use crate::mail::SafeText;

use super::response::{Condition, StatusResponse};
use super::wire::{Wire, violation};

/// How a FETCH ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The server has said all.
    Done,
    /// The server could not, or not all of it.
    Refused(SafeText),
    /// The server cannot now.
    Later(SafeText),
    /// The server did not understand.
    Bad(SafeText),
}

/// What a response that is no FETCH ends, if it ends something: the command of this tag, given while
/// the mailbox had this UIDVALIDITY.
///
/// # Errors
/// When the server hangs up, the mailbox is another one now, or it is no response of IMAP.
pub(super) fn end(
    wire: &mut Wire,
    text: &[u8],
    tag: &str,
    validity: Option<u32>,
) -> io::Result<Option<End>> {
    wire.heard.take(text);
    if wire.heard.validity != validity {
        return Err(io::Error::other("the mailbox was replaced by another"));
    }
    let Some(status) = StatusResponse::read(text) else {
        let known = text.starts_with(b"* ") || text.starts_with(b"+");
        return if known { Ok(None) } else { Err(violation("what is no IMAP response")) };
    };
    match (status.tag == tag.as_bytes(), status.condition) {
        (true, Condition::Ok) => Ok(Some(End::Done)),
        (true, Condition::No) if status.passes() => Ok(Some(End::Later(status.shown()))),
        (true, Condition::No) => Ok(Some(End::Refused(status.shown()))),
        (true, _) => Ok(Some(End::Bad(status.shown()))),
        (false, Condition::Bye) => Err(wire.closed()),
        (false, _) if matches!(status.tag, b"*" | b"+") => Ok(None),
        (false, _) => Err(violation("the answer to a command that was not given")),
    }
}
