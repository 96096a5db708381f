//! A server with a fault, and the account of somebody who reads mail there.

use std::sync::Arc;
use std::time::Duration;

use deadletter::config::{Account, Tls};
use deadletter::credentials::Secret;
use deadletter::source::imap::{Imap, Limits};
use native_tls::Protocol;

use super::act::{AtWork, secret};
use crate::certificates::{Authority, HERE};
use crate::faults_table::{COMMANDS, Fault, GOODBYE, Line, OPENED, SERVER, Shown, Step, UIDS};
use crate::imap_server::{Encrypt, Mailbox, Server};
use crate::seen::{CANARY, account, limits};

/// The first moment at which certificates are good, and the last.
const ALWAYS: (&str, &str) = ("20200101000000Z", "20991231000000Z");

/// A server with a fault.
pub(super) struct Stage<'a> {
    pub(super) fault: &'a Fault,
    pub(super) server: Server,
    pub(super) work: Arc<AtWork>,
    pub(super) account: Account,
    pub(super) limits: Limits,
    _authority: Option<Authority>,
}

/// The messages in the mailbox.
pub(super) fn mailbox(fault: &Fault) -> Mailbox {
    let mut messages = Vec::new();
    for uid in UIDS {
        let text = match fault.text {
            Some(text) if uid == OPENED => text.to_vec(),
            _ => format!("Subject: message {uid}\r\n\r\n{}", format!("hello {uid}\r\n").repeat(20))
                .into_bytes(),
        };
        messages.push((uid, text));
    }
    Mailbox { validity: 77, next: 51, messages }
}

impl<'a> Stage<'a> {
    /// Starts a server; nobody has connected yet.
    pub(super) fn new(fault: &'a Fault) -> Self {
        let work = Arc::new(AtWork::new(&fault.acts));
        let acting = Arc::clone(&work);
        let mut server =
            Server::new(mailbox(fault)).at(move |talk, moment| acting.turn(talk, moment));
        if let Some(capability) = fault.capability {
            server = server.capability(capability);
        }
        let (tls, authority) = match fault.line {
            Line::Plain => (Tls::None, None),
            Line::Implicit(_) => (Tls::Implicit, Some(Authority::new())),
            Line::Starttls(_) => (Tls::Starttls, Some(Authority::new())),
        };
        if let (Some(authority), Line::Implicit(shown) | Line::Starttls(shown)) =
            (&authority, fault.line)
        {
            server = encrypted(server, authority, tls, shown);
        }
        let file = authority.as_ref().map(Authority::file);
        let account = account(server.start(), tls, file.as_deref());
        let mut limits = if fault.silent { hasty() } else { patient() };
        if fault.acts.iter().flat_map(|act| &act.steps).any(|s| matches!(s, Step::Drip(_))) {
            // However rarely a drip gets a processor, it is no silence.
            limits.read = patient().read;
        }
        Self { fault, server, work, account, limits, _authority: authority }
    }

    pub(super) fn secret(&self) -> Secret {
        if self.fault.token { Secret::token(CANARY) } else { Secret::password(CANARY) }
    }

    pub(super) fn source(&self) -> Imap {
        Imap::new(self.account.clone(), self.secret()).within(self.limits)
    }

    /// What was said, with the server called as the table calls it.
    pub(super) fn named(&self, said: &str) -> String {
        said.replace(&format!("localhost:{}", self.account.port()), SERVER)
    }

    /// Holds what must be true whatever the server does.
    pub(super) fn holds(&self, said: &str) {
        assert!(!said.contains(CANARY), "the password is told: {said}");
        assert!(!said.contains(&secret()), "the password in base64 is told: {said}");
        let control = said.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(control, None, "in {said:?}");
        for line in self.server.log() {
            self.is_decent(&line);
        }
    }

    /// A command that came, as the log has it.
    fn is_decent(&self, line: &str) {
        if matches!(self.fault.line, Line::Plain) {
            return;
        }
        let is_secret = line.contains("LOGIN")
            || line.contains("AUTHENTICATE")
            || line.contains(CANARY)
            || line.contains(&secret());
        assert!(line.contains(" tls ") || !is_secret, "said in clear: {line}");
    }

    /// The commands that came, by name. Behind `1 plain a1`, or what else the tag is.
    pub(super) fn commands(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        for line in self.server.log() {
            // Answers to continuations are no commands.
            let Some(command) = line.splitn(4, ' ').nth(3) else { continue };
            let known =
                COMMANDS.into_iter().chain([GOODBYE]).find(|name| command.starts_with(name));
            let Some(name) = known else { panic!("a command that is not declared: {line}") };
            found.push(name);
        }
        found
    }
}

/// The server with the certificate that it shows.
fn encrypted(server: Server, authority: &Authority, tls: Tls, shown: Shown) -> Server {
    let other = |names, (from, until)| authority.issue("shown", names, from, until).identity();
    let identity = match shown {
        Shown::Good | Shown::Changing | Shown::Old => authority.good().identity(),
        Shown::Expired => other(HERE, ("20200101000000Z", "20200201000000Z")),
        Shown::NotYet => other(HERE, ("20900101000000Z", "20910101000000Z")),
        Shown::OtherHost => other("DNS:mail.birch.example,DNS:imap.birch.example", ALWAYS),
        Shown::Wildcard => other("DNS:*", ALWAYS),
        Shown::CommonName => {
            authority.issue_as("subject", "/CN=localhost", "keyUsage=digitalSignature").identity()
        }
        Shown::SelfSigned => authority
            .self_signed("self", "/CN=localhost", "subjectAltName=DNS:localhost")
            .identity(),
        Shown::OtherAuthority => Authority::new().good().identity(),
    };
    let server = match shown {
        Shown::Changing => server.later(Authority::new().good().identity()),
        Shown::Old => server.newest(Protocol::Tlsv11),
        _ => server,
    };
    server.encrypt(if tls == Tls::Implicit {
        Encrypt::AtOnce(identity)
    } else {
        Encrypt::WhenAsked(identity)
    })
}

/// Few bytes are enough to tell that an answer does not end.
fn patient() -> Limits {
    let time = Duration::from_mins(1);
    let limits = Limits { connect: time, read: time, login: time, ..limits() };
    Limits { response: 256 << 10, answer: 128 << 10, ..limits }
}

/// Limits for servers that fall silent, or drip.
fn hasty() -> Limits {
    Limits {
        connect: Duration::from_millis(900),
        read: Duration::from_millis(500),
        login: Duration::from_millis(900),
        patience: Duration::from_millis(900),
        open: Duration::from_secs(2),
        check: Duration::from_secs(5),
        pulse: Duration::from_millis(500),
        ..patient()
    }
}
