//! Logging in: LOGIN or AUTHENTICATE PLAIN with a password, AUTHENTICATE XOAUTH2 with a token.

use std::cell::Cell;

use imap::{Authenticator, Client, Session};
use zeroize::Zeroizing;

use crate::credentials::{self, Secret, SecretKind};
use crate::mail::SafeText;

use super::super::error::Error;
use super::access::Access;
use super::failure::Failure;
use super::feed::{Feed, Loan};
use super::wire::Wire;

/// A session of the crate, and the wire that is lent to it.
pub(super) struct LoggedIn {
    pub(super) session: Session<Feed>,
    pub(super) loan: Loan,
}

/// Logs in on a greeted connection. A token that is refused is renewed once.
///
/// # Errors
/// When the login is refused, the server offers no way that fits, or the connection fails.
pub(super) fn login(wire: Wire, access: &Access) -> Result<LoggedIn, Error> {
    let (loan, feed) = Loan::new(wire);
    let mut client = Client::new(feed);
    client.greeting_read = true;
    let mut login = Login { loan, access };
    login.learn_capabilities(&mut client)?;
    let mut secret = access.secret()?;
    loop {
        match login.attempt(client, &secret)? {
            Attempt::Accepted(session) => return Ok(LoggedIn { session, loan: login.loan }),
            Attempt::Refused(refusal, returned) => {
                let Some(other) = access.instead_of(&secret)? else { return Err(refusal) };
                client = returned;
                secret = other;
            }
        }
    }
}

/// A session where the server greeted us as logged in.
///
/// # Errors
/// When the crate does not take it for one.
pub(super) fn already_logged_in(wire: Wire, access: &Access) -> Result<LoggedIn, Error> {
    let (loan, feed) = Loan::new(wire);
    let mut client = Client::new(feed.granting());
    client.greeting_read = true;
    match client.login("", "") {
        Ok(session) => Ok(LoggedIn { session, loan }),
        Err((error, _)) => {
            Err(Failure::of(&error, loan.heard(), &access.at).into_error("PREAUTH", &access.at))
        }
    }
}

/// What became of one attempt; a refusal gives the client back.
enum Attempt {
    Accepted(Session<Feed>),
    Refused(Error, Client<Feed>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Login,
    Plain,
    Xoauth2,
}

struct Login<'a> {
    loan: Loan,
    access: &'a Access,
}

impl Login<'_> {
    /// Asks what the server can do, unless its greeting has said so. What was said before TLS does
    /// not count: the wire is a new one since then.
    fn learn_capabilities(&mut self, client: &mut Client<Feed>) -> Result<(), Error> {
        let at = &self.access.at;
        if matches!(self.loan.heard(), Some(heard) if !heard.capabilities.is_empty()) {
            return Ok(());
        }
        match self.loan.run(|| client.capabilities()) {
            Ok(_) => Ok(()),
            Err(e) => Err(Failure::of(&e, self.loan.heard(), at).into_error("CAPABILITY", at)),
        }
    }

    #[expect(clippy::result_large_err, reason = "the crate hands the client back with a refusal")]
    fn attempt(&mut self, client: Client<Feed>, secret: &Secret) -> Result<Attempt, Error> {
        let user = self.access.account.user.as_str();
        let method = self.method(secret)?;
        let result = self.loan.run(|| match method {
            Method::Login => client.login(user, secret.expose()),
            Method::Plain => {
                client.authenticate("PLAIN", &Reply::new(format!("\0{user}\0{}", secret.expose())))
            }
            Method::Xoauth2 => {
                let reply = format!("user={user}\x01auth=Bearer {}\x01\x01", secret.expose());
                client.authenticate("XOAUTH2", &Reply::new(reply))
            }
        });
        match result {
            Ok(session) => Ok(Attempt::Accepted(session)),
            Err((error, client)) => match Failure::of(&error, self.loan.heard(), &self.access.at) {
                Failure::Refused(said) => Ok(Attempt::Refused(self.refusal(secret, &said), client)),
                Failure::Broken(error) => Err(error),
            },
        }
    }

    fn refusal(&self, secret: &Secret, said: &SafeText) -> Error {
        Error::Login {
            at: self.access.at.clone(),
            user: SafeText::new(&self.access.account.user),
            said: said.clone(),
            key: secret.kind().key(),
        }
    }

    /// LOGIN costs one round trip less than AUTHENTICATE PLAIN, but takes only plain ASCII.
    fn method(&self, secret: &Secret) -> Result<Method, Error> {
        let user = self.access.account.user.as_str();
        for (key, value) in [("user", user), (secret.kind().key(), secret.expose())] {
            if value.contains(['\r', '\n', '\0', '\x01']) {
                return Err(Error::Setting { account: self.access.at.account.clone(), key });
            }
        }
        if secret.kind() == SecretKind::Token {
            return self.offered("AUTH=XOAUTH2", Method::Xoauth2);
        }
        let is_plain = is_printable(user) && is_printable(secret.expose());
        if is_plain && !self.can("LOGINDISABLED") {
            return Ok(Method::Login);
        }
        self.offered("AUTH=PLAIN", Method::Plain)
    }

    fn can(&self, capability: &str) -> bool {
        matches!(self.loan.heard(), Some(heard) if heard.can(capability))
    }

    /// A method, if the server offers it.
    fn offered(&self, wanted: &'static str, method: Method) -> Result<Method, Error> {
        if self.can(wanted) {
            return Ok(method);
        }
        let mut offered = Vec::new();
        if let Some(heard) = self.loan.heard() {
            for capability in &heard.capabilities {
                if capability.starts_with("AUTH=") {
                    offered.push(capability.as_str());
                }
            }
        }
        let offers = if offered.is_empty() { "nothing".to_owned() } else { offered.join(" ") };
        let offered = credentials::shown(offers.as_bytes());
        Err(Error::Method { at: self.access.at.clone(), wanted, offered })
    }
}

/// True for ASCII without control characters.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// Answers the first challenge with what was prepared, and all later ones with nothing: a server
/// that refuses a token sends its reasons as a challenge and waits for an empty line.
struct Reply(Cell<Option<Zeroizing<String>>>);

impl Reply {
    fn new(text: String) -> Self {
        Self(Cell::new(Some(Zeroizing::new(text))))
    }
}

impl Authenticator for Reply {
    type Response = Vec<u8>;

    fn process(&self, _challenge: &[u8]) -> Vec<u8> {
        match self.0.take() {
            Some(reply) => reply.as_bytes().to_vec(),
            None => Vec::new(),
        }
    }
}
