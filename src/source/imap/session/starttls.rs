//! From plain text to TLS (RFC 3501 section 6.2.1, RFC 8314), by hand and strictly: whoever sits in
//! between can take the offer away, answer in advance, or say that we are logged in; none of that
//! may end in a password sent in clear.

use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::super::net::limits::Limits;
use super::super::net::socket::{Socket, Transport};
use super::response::{Condition, StatusResponse, shown, trim_end};
use super::wire::Wire;

/// Why a connection was not secured: at which step, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsecured {
    /// The server does not greet us as it should.
    Greeting(Error),
    /// It does, or says nothing before TLS, and TLS cannot be agreed on.
    Encryption(Error),
}

impl From<Error> for Unsecured {
    fn from(error: Error) -> Self {
        Self::Encryption(error)
    }
}

impl From<Unsecured> for Error {
    fn from(unsecured: Unsecured) -> Self {
        match unsecured {
            Unsecured::Greeting(error) | Unsecured::Encryption(error) => error,
        }
    }
}

/// Reads the greeting of a server, which must be `* OK`, or may also be `* PREAUTH` (RFC 3501
/// section 7.1.4) where a program has logged in. Which of the two is returned.
///
/// # Errors
/// When the server turns us away, says without a program that we are logged in, or is no IMAP
/// server.
pub(super) fn greeting<S: Transport>(
    wire: &mut Wire<S>,
    at: &Endpoint,
    by_program: bool,
) -> Result<Condition, Error> {
    let mut line = Vec::new();
    wire.line(&mut line).map_err(|e| match Error::wire(at, &e) {
        // A server that expects TLS from the first byte waits for us to begin.
        Error::Silent { at, reason } => {
            let reason = SafeText::new(&format!("{reason}, not even a greeting"));
            Error::Silent { at, reason }
        }
        other => other,
    })?;
    wire.heard.take(&line);
    match StatusResponse::read(&line) {
        Some(s) if s.tag == b"*" && s.condition == Condition::Ok => Ok(s.condition),
        Some(s) if s.tag == b"*" && s.condition == Condition::Preauth && by_program => {
            Ok(s.condition)
        }
        Some(s) if s.tag == b"*" && s.condition == Condition::Bye => {
            Err(Error::Busy { at: at.clone(), said: s.shown() })
        }
        _ if by_program => {
            Err(Error::TunnelGreeting { at: at.clone(), said: shown(trim_end(&line)) })
        }
        _ => Err(Error::Greeting { at: at.clone(), said: shown(trim_end(&line)) }),
    }
}

/// Asks a server for TLS, from its greeting on, and returns the socket on which the handshake can
/// begin.
///
/// # Errors
/// When the server does not offer STARTTLS, refuses it, or has sent anything after its consent.
pub(super) fn starttls(socket: Socket, limits: Limits, at: &Endpoint) -> Result<Socket, Unsecured> {
    let mut upgrade = Upgrade { wire: Wire::new(socket, limits), at };
    greeting(&mut upgrade.wire, at, false).map_err(Unsecured::Greeting)?;
    upgrade.look_for_offer()?;
    upgrade.accept_offer()?;
    Ok(upgrade.finish()?)
}

/// A greeted connection in plain text on its way to TLS.
struct Upgrade<'a> {
    wire: Wire<Socket>,
    at: &'a Endpoint,
}

impl Upgrade<'_> {
    fn refuse(&self, why: &str) -> Error {
        Error::Starttls { at: self.at.clone(), why: SafeText::new(why) }
    }

    fn look_for_offer(&mut self) -> Result<(), Error> {
        // The greeting may name capabilities too, but this answer is the one that counts.
        self.wire.heard.capabilities.clear();
        let answer = self.ask("CAPABILITY")?;
        if answer != Condition::Ok || !self.wire.heard.can("STARTTLS") {
            return Err(self.refuse("does not offer STARTTLS"));
        }
        Ok(())
    }

    fn accept_offer(&mut self) -> Result<(), Error> {
        if self.ask("STARTTLS")? == Condition::Ok {
            return Ok(());
        }
        let said = match &self.wire.heard.answer {
            Some((_, said)) => said.as_str(),
            None => "",
        };
        Err(self.refuse(&format!("refuses STARTTLS ({said})")))
    }

    /// Nothing may have come after the consent: TLS begins with us.
    fn finish(self) -> Result<Socket, Error> {
        let tampered = self.refuse("sent more after it had agreed to STARTTLS");
        let Some(mut socket) = self.wire.into_stream() else { return Err(tampered) };
        if socket.has_more() { Err(tampered) } else { Ok(socket) }
    }

    /// Sends a command without literals and reads to its end.
    fn ask(&mut self, command: &str) -> Result<Condition, Error> {
        let tag = self.wire.send(command).map_err(|e| Error::wire(self.at, &e))?;
        let mut line = Vec::new();
        let mut read = 0;
        loop {
            line.clear();
            read += self.wire.line(&mut line).map_err(|e| Error::wire(self.at, &e))? as u64;
            self.wire.heard.take(&line);
            if let Some(status) = StatusResponse::read(&line) {
                if status.tag == tag.as_bytes() {
                    return Ok(status.condition);
                }
                // PREAUTH, BYE and the answers to commands we did not give have no place here.
                if status.tag != b"*"
                    || matches!(status.condition, Condition::Preauth | Condition::Bye)
                {
                    let why = format!("answered STARTTLS with {}", shown(trim_end(&line)));
                    return Err(self.refuse(&why));
                }
            }
            if read > self.wire.limits.answer {
                return Err(Error::Protocol {
                    at: self.at.clone(),
                    what: "an answer without an end".into(),
                });
            }
        }
    }
}
