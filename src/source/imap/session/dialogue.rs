//! One connection to a server, from the first packet to the opened mailbox: what is said on it
//! through the crate `imap`, and FETCH through our own reader.

use std::io;
use std::time::Duration;

use imap::Session;

use crate::config::Tls;
use crate::mail::SafeText;

use super::super::error::Error;
use super::super::net::cancel::Cancellation;
use super::super::net::dial::{Dialled, dial};
use super::super::net::socket::{BoxedTransport, Socket, Transport};
use super::super::net::tls::{self, Distrust, Encryption, Failed};
use super::access::Access;
use super::failure::Failure;
use super::feed::{Feed, Loan};
use super::fetch::Fetching;
use super::login::{LoggedIn, already_logged_in, login};
use super::raw::RawResponse;
use super::response::Condition;
use super::starttls::{Unsecured, greeting, starttls};
use super::utf7;
use super::wire::Wire;

/// How long a server may take to answer a goodbye.
const FAREWELL: Duration = Duration::from_secs(3);

/// A connection on which we are logged in.
pub(crate) struct Dialogue {
    pub(super) session: Session<Feed>,
    pub(super) loan: Loan,
    /// The tag of IDLE, while the server tells of changes by itself.
    pub(super) idling: Option<String>,
    /// False after the server refused IDLE.
    pub(super) may_idle: bool,
    /// Whether the server numbers what changes (QRESYNC), once it was asked to.
    pub(super) qresync: Option<bool>,
    /// Messages in the mailbox when it was opened.
    opened: u32,
    /// The response that was read last, for its memory.
    response: RawResponse,
    /// `TLS 1.3`, or that there is none.
    pub(crate) encryption: &'static str,
}

/// What EXAMINE says of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Examined {
    /// Messages in it.
    pub(crate) messages: u32,
    /// UIDVALIDITY.
    pub(crate) validity: u32,
    /// UIDNEXT, if the server tells.
    pub(crate) next: Option<u32>,
}

/// A greeted connection on which the login comes next.
pub(crate) struct Secured {
    wire: Wire,
    /// None where the account wants none.
    pub(crate) encryption: Option<Encryption>,
    /// True when the program of a tunnel has logged in.
    pub(crate) is_logged_in: bool,
}

impl Secured {
    /// Makes a connected socket an encrypted one, if the account says so, and reads the greeting.
    ///
    /// # Errors
    /// When TLS cannot be agreed on, or the server does not greet us.
    pub(crate) fn new(
        dialled: Dialled,
        access: &Access,
        cancel: &Cancellation,
    ) -> Result<Self, Unsecured> {
        let socket = prepare(dialled, access)?;
        let account = &access.account;
        let in_clear = account.has_tunnel() || account.tls == Tls::None;
        let (stream, encryption): (BoxedTransport, _) = if in_clear {
            (Box::new(socket), None)
        } else {
            match tls::handshake(&access.connector()?, &access.account, socket) {
                Ok((stream, encryption)) => {
                    recognise(&encryption, access)?;
                    (Box::new(stream), Some(encryption))
                }
                Err(failed) => return Err(explain(&failed, access, cancel).into()),
            }
        };
        let mut wire = Wire::new(stream, access.limits);
        let mut is_logged_in = false;
        if account.tls != Tls::Starttls {
            wire.allow(access.limits.login);
            let greeted = greeting(&mut wire, &access.at, account.has_tunnel());
            is_logged_in = greeted.map_err(Unsecured::Greeting)? == Condition::Preauth;
        }
        wire.allow(access.limits.login);
        Ok(Self { wire, encryption, is_logged_in })
    }
}

/// A socket on which the TLS handshake, or the greeting where there is no TLS, comes next.
fn prepare(dialled: Dialled, access: &Access) -> Result<Socket, Unsecured> {
    let at = &access.at;
    let mut socket = Socket::new(dialled, access.limits.read).map_err(|e| Error::wire(at, &e))?;
    let limits = access.limits;
    if access.account.tls == Tls::Starttls {
        socket.set_deadline(Some(limits.deadline(limits.login)));
        socket = starttls(socket, limits, at)?;
    }
    socket.set_deadline(Some(limits.deadline(limits.connect)));
    Ok(socket)
}

/// Remembers the certificate of a connection, and says when the one before came from another
/// authority: a renewed one comes from the same.
fn recognise(encryption: &Encryption, access: &Access) -> Result<(), Error> {
    let (now, before) = (&encryption.certificate, access.met());
    access.meet(now);
    match before {
        Some(before) if access.account.tls_fingerprint.is_none() && before.issuer != now.issuer => {
            Err(tls::distrusted(&access.at, Distrust::Issuer, now, Some(&before)))
        }
        _ => Ok(()),
    }
}

/// Why a handshake failed. For a certificate that the TLS library refused the server is called once
/// more, only to read what it says.
fn explain(failed: &Failed, access: &Access, cancel: &Cancellation) -> Error {
    let before = access.met();
    let said = match failed {
        Failed::Certificate(distrust, found) => {
            return tls::distrusted(&access.at, *distrust, found, before.as_ref());
        }
        Failed::Handshake(said) => said,
    };
    let mut found = None;
    if tls::is_certificate(said)
        && let Ok(dialled) = dial(&access.account, &access.at, &access.limits, cancel)
        && let Ok(socket) = prepare(dialled, access)
    {
        found = tls::shown_certificate(&access.account, socket);
    }
    tls::refusal(&access.at, said, found.as_ref(), before.as_ref())
}

impl Dialogue {
    /// Connects, encrypts and logs in.
    ///
    /// # Errors
    /// When any of that fails.
    pub(crate) fn open(access: &Access, cancel: &Cancellation) -> Result<Self, Error> {
        let dialled = dial(&access.account, &access.at, &access.limits, cancel)?;
        Self::log_in(Secured::new(dialled, access, cancel)?, access)
    }

    /// Logs in on a secured connection.
    ///
    /// # Errors
    /// When the login fails.
    pub(crate) fn log_in(secured: Secured, access: &Access) -> Result<Self, Error> {
        let encryption = match &secured.encryption {
            Some(encryption) => encryption.version,
            None if access.account.has_tunnel() => "tunnel",
            None => "no TLS",
        };
        let LoggedIn { session, loan } = if secured.is_logged_in {
            already_logged_in(secured.wire, access)?
        } else {
            login(secured.wire, access)?
        };
        let response = RawResponse::default();
        let mut dialogue = Self {
            session,
            loan,
            idling: None,
            may_idle: true,
            qresync: None,
            opened: 0,
            response,
            encryption,
        };
        if dialogue.loan.heard().is_none_or(|heard| heard.capabilities.is_empty()) {
            // A tunnel may greet without a word of them.
            dialogue.capabilities(access)?;
        }
        Ok(dialogue)
    }

    /// True when the server said that it can do this; `name` is in upper case.
    pub(super) fn can(&self, name: &str) -> bool {
        self.loan.heard().is_some_and(|heard| heard.can(name))
    }

    /// True when the mailbox is not what it was when it was opened.
    pub(crate) fn has_news(&self) -> bool {
        let Some(heard) = self.loan.heard() else { return false };
        heard.removed > 0 || heard.exists.is_some_and(|held| held != self.opened)
    }

    /// Runs one command of the crate, within the time for an answer.
    pub(super) fn run<T>(
        &mut self,
        access: &Access,
        command: impl FnOnce(&mut Session<Feed>) -> imap::Result<T>,
    ) -> Result<T, Failure> {
        self.run_within(access.limits.patience, access, command)
    }

    /// Runs one command of the crate, within so much time.
    fn run_within<T>(
        &mut self,
        time: Duration,
        access: &Access,
        command: impl FnOnce(&mut Session<Feed>) -> imap::Result<T>,
    ) -> Result<T, Failure> {
        let ready = self.loan.wire().and_then(|wire| {
            wire.allow(time);
            wire.expect_answers()
        });
        if let Err(error) = ready {
            return Err(Failure::Broken(Error::wire(&access.at, &error)));
        }
        match self.loan.run(|| command(&mut self.session)) {
            Ok(found) => Ok(found),
            Err(error) => Err(Failure::of(&error, self.loan.heard(), &access.at)),
        }
    }

    /// Opens the mailbox of the account, so that nothing in it can change (EXAMINE).
    ///
    /// # Errors
    /// When there is no such mailbox, it has no UIDs, or the connection fails.
    pub(crate) fn examine(&mut self, access: &Access) -> Result<Examined, Error> {
        let name = access.account.mailbox.as_str();
        self.forget_opened();
        let result = self.run(access, |session| session.examine(utf7::encode(name)));
        self.session.take_all_unsolicited().for_each(drop);
        let exists = self.loan.heard().and_then(|heard| heard.exists);
        let said = match (result, exists) {
            (Ok(found), Some(messages)) => match found.uid_validity {
                Some(validity @ 1..) => {
                    self.opened = messages;
                    return Ok(Examined { messages, validity, next: found.uid_next });
                }
                _ => "the server gives no UIDVALIDITY for it".into(),
            },
            (Ok(_), None) => "the server does not say how many messages it holds".into(),
            (Err(Failure::Refused(said)), _) => said,
            (Err(Failure::Broken(error)), _) => return Err(error),
        };
        Err(Error::Mailbox { at: access.at.clone(), mailbox: SafeText::new(name), said })
    }

    /// A mailbox is about to be opened: what was heard of the one before is void.
    pub(super) fn forget_opened(&mut self) {
        if let Ok(wire) = self.loan.wire() {
            wire.heard.forget_mailbox();
        }
    }

    /// The mailbox is open, with so many messages in it.
    pub(super) fn is_opened(&mut self, messages: u32) {
        self.opened = messages;
    }

    /// Sends a FETCH, whose answer is then read message by message, at most `keep` bytes of each.
    ///
    /// # Errors
    /// When the connection fails.
    pub(crate) fn fetch(&mut self, command: &str, keep: u32) -> io::Result<Fetching<'_>> {
        Fetching::send(self.loan.wire()?, &mut self.response, command, keep)
    }

    /// Asks whether the server is still there (NOOP).
    ///
    /// # Errors
    /// When it does not answer in time, or not well.
    pub(crate) fn pulse(&mut self, access: &Access) -> Result<(), Error> {
        let result = self.run_within(access.limits.pulse, access, Session::noop);
        self.session.take_all_unsolicited().for_each(drop);
        result.map_err(|failure| failure.into_error("NOOP", &access.at))
    }

    /// Messages that others have removed since the mailbox was opened; the largest number when they
    /// cannot be counted.
    pub(crate) fn removed(&self) -> u32 {
        self.loan.heard().map_or(0, |heard| heard.removed)
    }

    /// The next alert that nobody has seen.
    pub(crate) fn next_alert(&mut self) -> Option<SafeText> {
        self.loan.wire().ok()?.heard.next_alert()
    }

    /// What the server can do, now that we are logged in.
    ///
    /// # Errors
    /// When it does not say.
    pub(crate) fn capabilities(&mut self, access: &Access) -> Result<Vec<SafeText>, Error> {
        if let Ok(wire) = self.loan.wire() {
            wire.heard.capabilities.clear();
        }
        self.run(access, |session| session.run_command_and_check_ok("CAPABILITY"))
            .map_err(|failure| failure.into_error("CAPABILITY", &access.at))?;
        let mut found = Vec::new();
        if let Some(heard) = self.loan.heard() {
            found.extend(heard.capabilities.iter().map(|name| SafeText::new(name)));
        }
        Ok(found)
    }

    /// Says goodbye; whether the server answers does not matter.
    pub(crate) fn log_out(mut self, access: &Access) {
        let _ = self.run_within(FAREWELL, access, Session::logout);
    }
}
