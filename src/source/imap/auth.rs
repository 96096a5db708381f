//! Logging in: LOGIN or AUTHENTICATE PLAIN with a password, AUTHENTICATE XOAUTH2 with a token.

use std::cell::Cell;

use imap::{Authenticator, Client, Session};

use crate::credentials::{Secret, SecretKind};
use crate::mail::SafeText;

use super::access::Access;
use super::answer::Failure;
use super::error::Error;
use super::feed::Feed;
use super::wire::Shared;

/// Logs in on a greeted connection. A token that is refused is renewed once.
///
/// # Errors
/// When the login is refused, the server offers no way that fits, or the connection fails.
pub(super) fn login(wire: &Shared, access: &Access) -> Result<Session<Feed>, Error> {
    let mut client = Client::new(Feed::new(wire.clone()));
    client.greeting_read = true;
    learn_capabilities(&mut client, wire, access)?;
    let mut secret = access.secret();
    loop {
        match attempt(client, wire, access, &secret)? {
            Ok(session) => return Ok(session),
            Err((refusal, returned)) => {
                let Some(other) = access.instead_of(&secret)? else { return Err(refusal) };
                (client, secret) = (returned, other);
            }
        }
    }
}

/// Asks what the server can do, unless its greeting has said so. What was said before TLS does not
/// count: the wire is a new one since then.
fn learn_capabilities(
    client: &mut Client<Feed>,
    wire: &Shared,
    access: &Access,
) -> Result<(), Error> {
    if wire.lock().heard.capabilities.is_empty() {
        client
            .capabilities()
            .map_err(|e| Failure::of(&e, wire, &access.at).into_error("CAPABILITY", &access.at))?;
    }
    Ok(())
}

type Attempt = Result<Session<Feed>, (Error, Client<Feed>)>;

/// One attempt; a refusal gives the client back.
fn attempt(
    client: Client<Feed>,
    wire: &Shared,
    access: &Access,
    secret: &Secret,
) -> Result<Attempt, Error> {
    let user = access.account.user.as_str();
    let result = match method(wire, access, secret)? {
        Method::Login => client.login(user, secret.expose()),
        Method::Plain => {
            client.authenticate("PLAIN", &Reply::new(format!("\0{user}\0{}", secret.expose())))
        }
        Method::Xoauth2 => {
            let reply = format!("user={user}\x01auth=Bearer {}\x01\x01", secret.expose());
            client.authenticate("XOAUTH2", &Reply::new(reply))
        }
    };
    match result {
        Ok(session) => Ok(Ok(session)),
        Err((error, client)) => match Failure::of(&error, wire, &access.at) {
            Failure::No { said, .. } | Failure::Bad { said } => {
                Ok(Err((refusal(access, secret, &said), client)))
            }
            Failure::Broken(error) => Err(error),
        },
    }
}

fn refusal(access: &Access, secret: &Secret, said: &SafeText) -> Error {
    Error::Login {
        at: access.at.clone(),
        user: SafeText::new(&access.account.user),
        said: secret.redact(said),
        key: secret.kind().key(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Login,
    Plain,
    Xoauth2,
}

/// LOGIN costs one round trip less than AUTHENTICATE PLAIN, but takes only plain ASCII.
fn method(wire: &Shared, access: &Access, secret: &Secret) -> Result<Method, Error> {
    let user = access.account.user.as_str();
    for (key, value) in [("user", user), (secret.kind().key(), secret.expose())] {
        if value.contains(['\r', '\n', '\0', '\x01']) {
            return Err(Error::Setting { account: access.at.account.clone(), key });
        }
    }
    let heard = &wire.lock().heard;
    let missing = |wanted| {
        let offered: Vec<&str> = heard
            .capabilities
            .iter()
            .map(String::as_str)
            .filter(|c| c.starts_with("AUTH="))
            .collect();
        let offered = if offered.is_empty() { "nothing".to_owned() } else { offered.join(" ") };
        Error::Method { at: access.at.clone(), wanted, offered: SafeText::new(&offered) }
    };
    if secret.kind() == SecretKind::Token {
        return if heard.can("AUTH=XOAUTH2") {
            Ok(Method::Xoauth2)
        } else {
            Err(missing("AUTH=XOAUTH2"))
        };
    }
    let ascii = |text: &str| text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if ascii(user) && ascii(secret.expose()) && !heard.can("LOGINDISABLED") {
        return Ok(Method::Login);
    }
    if heard.can("AUTH=PLAIN") { Ok(Method::Plain) } else { Err(missing("AUTH=PLAIN")) }
}

/// Answers the first challenge with what was prepared, and all later ones with nothing: a server
/// that refuses a token sends its reasons as a challenge and waits for an empty line.
struct Reply(Cell<Option<Secret>>);

impl Reply {
    fn new(text: String) -> Self {
        Self(Cell::new(Some(Secret::password(text))))
    }
}

impl Authenticator for Reply {
    type Response = Vec<u8>;

    fn process(&self, _challenge: &[u8]) -> Vec<u8> {
        self.0.take().map(|s| s.expose().as_bytes().to_vec()).unwrap_or_default()
    }
}
