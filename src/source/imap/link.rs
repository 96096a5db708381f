//! One connection to a server, from the first packet to the opened mailbox.

use std::io;
use std::ops::ControlFlow;
use std::time::Instant;

use imap::Session;

use crate::config::Tls;
use crate::mail::SafeText;

use super::access::Access;
use super::answer::Failure;
use super::auth::login;
use super::dial::{Dialled, dial};
use super::error::Error;
use super::feed::Feed;
use super::fetch::{Arrived, End, Fetcher};
use super::socket::{Socket, Stream, Transport};
use super::starttls::{greeting, starttls};
use super::stop::Stop;
use super::tls::{self, Encryption};
use super::utf7;
use super::wire::{Shared, Wire};

/// A connection on which we are logged in.
pub(super) struct Link {
    wire: Shared,
    session: Session<Feed>,
    fetcher: Fetcher,
    /// `TLS 1.3`, or that there is none.
    pub(super) encryption: &'static str,
}

/// What EXAMINE says of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    /// Messages in it.
    pub(super) messages: u32,
    /// UIDVALIDITY.
    pub(super) validity: u32,
    /// UIDNEXT, if the server tells.
    pub(super) next: Option<u32>,
}

/// Makes a connected socket an encrypted one, if the account says so, and reads the greeting.
///
/// # Errors
/// When TLS cannot be agreed on, or the server does not greet us.
pub(super) fn secure(
    dialled: Dialled,
    access: &Access,
    stop: &Stop,
) -> Result<(Shared, Option<Encryption>), Error> {
    let at = &access.at;
    let socket = prepare(dialled, access)?;
    let (stream, encryption): (Stream, _) = if access.account.tls == Tls::None {
        (Box::new(socket), None)
    } else {
        match tls::handshake(&access.connector()?, &access.account.host, socket) {
            Ok((stream, encryption)) => (Box::new(stream), Some(encryption)),
            Err(said) => return Err(explain(&said, access, stop)),
        }
    };
    let mut wire = Wire::new(stream, access.limits);
    if access.account.tls != Tls::Starttls {
        wire.set_deadline(None);
        greeting(&mut wire, at)?;
    }
    wire.set_deadline(Some(Instant::now() + access.limits.login));
    Ok((Shared::new(wire), encryption))
}

/// A socket on which the TLS handshake, or the greeting where there is no TLS, comes next.
fn prepare(dialled: Dialled, access: &Access) -> Result<Socket, Error> {
    let at = &access.at;
    let mut socket = Socket::new(dialled, access.limits.read).map_err(|e| Error::wire(at, &e))?;
    if access.account.tls == Tls::Starttls {
        socket = starttls(socket, access.limits, at)?;
    }
    socket.set_deadline(Some(Instant::now() + access.limits.connect));
    Ok(socket)
}

/// Why a handshake failed. For a refused certificate the server is called once more, only to read
/// what it says.
fn explain(said: &str, access: &Access, stop: &Stop) -> Error {
    let look = || {
        let dialled = dial(&access.account, &access.at, &access.limits, stop).ok()?;
        tls::shown_certificate(&access.account.host, prepare(dialled, access).ok()?)
    };
    let found = if tls::is_certificate(said) { look() } else { None };
    tls::refusal(&access.at, said, found.as_ref())
}

/// A quoted string as it was meant: the crate leaves the backslashes in (RFC 3501 section 9,
/// quoted).
fn unquote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

impl Link {
    /// Connects, encrypts and logs in.
    ///
    /// # Errors
    /// When any of that fails.
    pub(super) fn open(access: &Access, stop: &Stop) -> Result<Self, Error> {
        let dialled = dial(&access.account, &access.at, &access.limits, stop)?;
        let (wire, encryption) = secure(dialled, access, stop)?;
        Self::log_in(wire, encryption.map_or("no TLS", |e| e.version), access)
    }

    /// Logs in on a secured connection.
    ///
    /// # Errors
    /// When the login fails.
    pub(super) fn log_in(
        wire: Shared,
        encryption: &'static str,
        access: &Access,
    ) -> Result<Self, Error> {
        let session = login(&wire, access)?;
        wire.lock().set_deadline(None);
        Ok(Self { wire, session, fetcher: Fetcher::default(), encryption })
    }

    /// Opens the mailbox of the account, so that nothing in it can change (EXAMINE).
    ///
    /// # Errors
    /// When there is no such mailbox, it has no UIDs, or the connection fails.
    pub(super) fn examine(&mut self, access: &Access) -> Result<Opened, Error> {
        let name = access.account.mailbox.as_str();
        let result = self.session.examine(utf7::encode(name));
        self.session.take_all_unsolicited().for_each(drop);
        let refuse =
            |said| Error::Mailbox { at: access.at.clone(), mailbox: SafeText::new(name), said };
        match result {
            Ok(found) => match found.uid_validity {
                Some(validity @ 1..) => {
                    Ok(Opened { messages: found.exists, validity, next: found.uid_next })
                }
                _ => Err(refuse("the server gives no UIDVALIDITY for it".into())),
            },
            Err(error) => Err(match Failure::of(&error, &self.wire, &access.at) {
                Failure::No { said } | Failure::Bad { said } => refuse(said),
                Failure::Broken(error) => error,
            }),
        }
    }

    /// Runs a FETCH.
    ///
    /// # Errors
    /// When the connection fails; then [`Link::broken`] names the message that was cut off.
    pub(super) fn fetch(
        &mut self,
        command: &str,
        keep: u32,
        take: &mut dyn FnMut(Arrived<'_>) -> ControlFlow<()>,
    ) -> io::Result<End> {
        self.fetcher.run(&mut self.wire.lock(), command, keep, take)
    }

    /// The UID of the message in whose middle the last FETCH broke off.
    pub(super) fn broken(&self) -> Option<u32> {
        self.fetcher.broken
    }

    /// The last message that was fetched.
    pub(super) fn take_body(&mut self) -> Vec<u8> {
        self.fetcher.take_body()
    }

    /// UIDVALIDITY as last said.
    pub(super) fn validity(&self) -> Option<u32> {
        self.wire.lock().heard.validity
    }

    /// The next alert that nobody has seen.
    pub(super) fn next_alert(&self) -> Option<SafeText> {
        self.wire.lock().heard.next_alert()
    }

    /// What the server can do, now that we are logged in.
    ///
    /// # Errors
    /// When it does not say.
    pub(super) fn capabilities(&mut self, access: &Access) -> Result<Vec<SafeText>, Error> {
        self.wire.lock().heard.capabilities.clear();
        let result = self.session.run_command_and_check_ok("CAPABILITY");
        result.map_err(|e| {
            Failure::of(&e, &self.wire, &access.at).into_error("CAPABILITY", &access.at)
        })?;
        Ok(self.wire.lock().heard.capabilities.iter().map(|c| SafeText::new(c)).collect())
    }

    /// The names of all mailboxes that can be opened, as people read them.
    ///
    /// # Errors
    /// When the server does not list them.
    pub(super) fn folders(&mut self, access: &Access) -> Result<Vec<SafeText>, Error> {
        let result = self.session.list(Some(""), Some("*"));
        let names = result
            .map_err(|e| Failure::of(&e, &self.wire, &access.at).into_error("LIST", &access.at))?;
        // The crate gives out attributes whose type it does not export.
        let open =
            names.iter().filter(|n| !n.attributes().iter().any(|a| format!("{a:?}") == "NoSelect"));
        let mut folders: Vec<SafeText> =
            open.map(|n| SafeText::new(&utf7::decode(&unquote(n.name())))).collect();
        folders.sort_unstable();
        Ok(folders)
    }

    /// Says goodbye; whether the server answers does not matter.
    pub(super) fn log_out(mut self) {
        let _ = self.session.logout();
    }
}
