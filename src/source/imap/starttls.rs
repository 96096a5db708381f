//! From plain text to TLS (RFC 3501 section 6.2.1, RFC 8314), by hand and strictly: whoever sits in
//! between can take the offer away, answer in advance, or say that we are logged in; none of that
//! may end in a password sent in clear.

use std::io::ErrorKind;

use crate::mail::SafeText;

use super::error::{Error, Place};
use super::limits::Limits;
use super::response::{Condition, Status, shown, trim_end};
use super::socket::{Socket, Transport};
use super::wire::Wire;

/// Reads the greeting of a server, which must be `* OK`.
///
/// # Errors
/// When the server turns us away, greets with PREAUTH (RFC 3501 section 7.1.4), or is no IMAP
/// server.
pub(super) fn greeting<S: Transport>(wire: &mut Wire<S>, at: &Place) -> Result<(), Error> {
    let mut line = Vec::new();
    wire.line(&mut line).map_err(|e| match e.kind() {
        // A server that expects TLS from the first byte waits for us to begin.
        ErrorKind::TimedOut => Error::Silent {
            at: at.clone(),
            reason: format!("{e}, not even a greeting").as_str().into(),
        },
        _ => Error::wire(at, &e),
    })?;
    wire.heard.take(&line);
    match Status::read(&line) {
        Some(s) if s.tag == b"*" && s.condition == Condition::Ok => Ok(()),
        Some(s) if s.tag == b"*" && s.condition == Condition::Bye => {
            Err(Error::Busy { at: at.clone(), said: s.shown() })
        }
        _ => Err(Error::Greeting { at: at.clone(), said: shown(trim_end(&line)) }),
    }
}

/// Asks a greeted server for TLS and returns the socket on which the handshake can begin.
///
/// # Errors
/// When the server does not offer STARTTLS, refuses it, or has sent anything after its consent.
pub(super) fn starttls(socket: Socket, limits: Limits, at: &Place) -> Result<Socket, Error> {
    let refuse = |why: &str| Error::Starttls { at: at.clone(), why: SafeText::new(why) };
    let mut wire = Wire::new(socket, limits);
    greeting(&mut wire, at)?;
    // The greeting may name capabilities too, but this answer is the one that counts.
    wire.heard.capabilities.clear();
    let answer = ask(&mut wire, "CAPABILITY", at)?;
    if answer != Condition::Ok || !wire.heard.can("STARTTLS") {
        return Err(refuse("does not offer STARTTLS"));
    }
    if ask(&mut wire, "STARTTLS", at)? != Condition::Ok {
        let said = wire.heard.answer.map(|(_, said)| said).unwrap_or_default();
        return Err(refuse(&format!("refuses STARTTLS ({said})")));
    }
    let tampered = || refuse("sent more after it had agreed to STARTTLS");
    let mut socket = wire.into_stream().ok_or_else(tampered)?;
    if socket.has_more() {
        return Err(tampered());
    }
    Ok(socket)
}

/// Sends a command without literals and reads to its end.
fn ask<S: Transport>(wire: &mut Wire<S>, command: &str, at: &Place) -> Result<Condition, Error> {
    let tag = wire.send(command).map_err(|e| Error::wire(at, &e))?;
    let mut line = Vec::new();
    let mut read = 0;
    loop {
        line.clear();
        read += wire.line(&mut line).map_err(|e| Error::wire(at, &e))? as u64;
        wire.heard.take(&line);
        if let Some(status) = Status::read(&line) {
            if status.tag == tag.as_bytes() {
                return Ok(status.condition);
            }
            // PREAUTH, BYE and the answers to commands we did not give have no place here.
            if status.tag != b"*" || matches!(status.condition, Condition::Preauth | Condition::Bye)
            {
                let why = format!("answered STARTTLS with {}", shown(trim_end(&line)));
                return Err(Error::Starttls { at: at.clone(), why: SafeText::new(&why) });
            }
        }
        if read > wire.limits.answer {
            return Err(Error::Protocol {
                at: at.clone(),
                what: "an answer without an end".into(),
            });
        }
    }
}
