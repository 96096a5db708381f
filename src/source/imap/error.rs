//! Why a mailbox cannot be read: what happened, where, and what to do next.

use std::io;

use crate::credentials;
use crate::mail::SafeText;

/// Where an account is, as its errors name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Name of the account in the configuration.
    pub account: SafeText,
    /// Host and port.
    pub server: SafeText,
}

/// Inside an [`io::Error`]: bytes still come, but not fast enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its answer takes too long")]
pub(crate) struct TooSlow;

/// Inside an [`io::Error`]: the server said BYE, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server said goodbye ({0})")]
pub(crate) struct Goodbye(pub(crate) SafeText);

/// Inside an [`io::Error`]: why the program of a tunnel failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct TunnelFault(pub(crate) SafeText);

/// Errors of IMAP accounts. Each says what, where and the next step; none holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The host name has no address.
    #[error("cannot find the address of {}: {reason}; check host of account {}", .at.server, .at.account)]
    Address {
        /// Where.
        at: Endpoint,
        /// What the resolver said.
        reason: SafeText,
    },
    /// Nobody answers there.
    #[error("cannot connect to {}: {reason}; check host and port of account {} and that the server is up", .at.server, .at.account)]
    Connect {
        /// Where.
        at: Endpoint,
        /// What the system said.
        reason: SafeText,
    },
    /// The program of a tunnel cannot be started.
    #[error("cannot start {}: {reason}; correct tunnel of account {}", .at.server, .at.account)]
    Program {
        /// The program.
        at: Endpoint,
        /// What the system said.
        reason: SafeText,
    },
    /// The program of a tunnel ended, or fell silent.
    #[error("the tunnel of account {} failed: {}: {reason}; run it by hand to see why", .at.account, .at.server)]
    Tunnel {
        /// The program.
        at: Endpoint,
        /// What it said, or for how long it said nothing.
        reason: SafeText,
    },
    /// What the program of a tunnel says is not IMAP.
    #[error("{} does not greet like an IMAP server ({said}); run it by hand, and correct tunnel of account {}", .at.server, .at.account)]
    TunnelGreeting {
        /// The program.
        at: Endpoint,
        /// Its first line, and what it said on standard error.
        said: SafeText,
    },
    /// The server behind a tunnel wants a login, and the account has none.
    #[error("{} wants a login; give account {} a user and a password_command, or a program that has logged in (PREAUTH)", .at.server, .at.account)]
    NoLogin {
        /// Where.
        at: Endpoint,
    },
    /// `tls = "none"` to another machine.
    #[error("{} is not this machine, and tls = \"none\" would send the password in clear; set tls of account {} to \"implicit\" or \"starttls\"", .at.server, .at.account)]
    Unencrypted {
        /// Where.
        at: Endpoint,
    },
    /// The file of the certificate authority cannot be used.
    #[error("cannot use {path}: {reason}; ca_file of account {} must be a PEM file of certificates", .at.account)]
    CaFile {
        /// Where.
        at: Endpoint,
        /// The file.
        path: SafeText,
        /// What is wrong with it.
        reason: SafeText,
    },
    /// The certificate was refused; nothing was sent.
    #[error("the certificate of {} is refused: {reason}{shown}; {next}", .at.server)]
    Certificate {
        /// Where.
        at: Endpoint,
        /// What is wrong, as the TLS library says it.
        reason: SafeText,
        /// The names, issuer and days in the certificate, in brackets; empty when it could not be
        /// read.
        shown: SafeText,
        /// What to do.
        next: SafeText,
    },
    /// TLS could not be agreed on, for another reason than the certificate.
    #[error("no TLS with {}: {reason}; check port and tls of account {}", .at.server, .at.account)]
    Tls {
        /// Where.
        at: Endpoint,
        /// What the TLS library said.
        reason: SafeText,
    },
    /// STARTTLS was stripped, refused or tampered with; the password was not sent.
    #[error("{} {why}; no password was sent, and somebody may be listening in: try tls = \"implicit\" and port 993 for account {}", .at.server, .at.account)]
    Starttls {
        /// Where.
        at: Endpoint,
        /// What the server did.
        why: SafeText,
    },
    /// What answers there is no IMAP server, or one that thinks we are logged in.
    #[error("{} does not greet like an IMAP server ({said}); check host, port and tls of account {}", .at.server, .at.account)]
    Greeting {
        /// Where.
        at: Endpoint,
        /// Its first line.
        said: SafeText,
    },
    /// The server said BYE, or NO for a reason that passes.
    #[error("{} cannot serve account {} now: {said}; try again later", .at.server, .at.account)]
    Busy {
        /// Where.
        at: Endpoint,
        /// What it said.
        said: SafeText,
    },
    /// The server offers no way to log in that fits the secret.
    #[error("{} does not offer {wanted} (it offers {offered}); check token_command and password_command of account {}", .at.server, .at.account)]
    Method {
        /// Where.
        at: Endpoint,
        /// The mechanism that the account needs.
        wanted: &'static str,
        /// What there is.
        offered: SafeText,
    },
    /// The login was refused.
    #[error("login as {user} refused by {} ({said}); check user and {key} of account {}", .at.server, .at.account)]
    Login {
        /// Where.
        at: Endpoint,
        /// Login name.
        user: SafeText,
        /// What the server said.
        said: SafeText,
        /// The key of the configuration that gives the secret.
        key: &'static str,
    },
    /// The mailbox cannot be opened.
    #[error("cannot open {mailbox} on {}: {said}; check mailbox of account {account}, `deadletter check --account {account}` lists the folders", .at.server, account = .at.account)]
    Mailbox {
        /// Where.
        at: Endpoint,
        /// Its name.
        mailbox: SafeText,
        /// What the server said.
        said: SafeText,
    },
    /// A folder cannot be opened for changes.
    #[error("cannot open {folder} on {}: {said}; `deadletter check --account {}` counts the folders that can be opened", .at.server, .at.account)]
    Folder {
        /// Where.
        at: Endpoint,
        /// Its name.
        folder: SafeText,
        /// What the server said.
        said: SafeText,
    },
    /// Nothing on the server matches what the account names.
    #[error("no mailbox on {} matches {pattern}; correct mailboxes of account {account}, `deadletter check --account {account}` lists the folders", .at.server, account = .at.account)]
    NoMatch {
        /// Where.
        at: Endpoint,
        /// The pattern.
        pattern: SafeText,
    },
    /// The server refuses a command.
    #[error("{} refuses {command}: {said}; run `deadletter check --account {}`", .at.server, .at.account)]
    Refused {
        /// Where.
        at: Endpoint,
        /// The command.
        command: &'static str,
        /// What the server said.
        said: SafeText,
    },
    /// The connection broke.
    #[error("the connection to {} broke: {reason}; check the network and the log of the server", .at.server)]
    Lost {
        /// Where.
        at: Endpoint,
        /// What the system or the server said.
        reason: SafeText,
    },
    /// The server fell silent.
    #[error("{} fell silent: {reason}; check port and tls of account {}, the network and the load of the server", .at.server, .at.account)]
    Silent {
        /// Where.
        at: Endpoint,
        /// For how long.
        reason: SafeText,
    },
    /// The server goes on sending, but does not come to an end.
    #[error("gave up waiting for {}: {reason}; check the network and the load of the server", .at.server)]
    Slow {
        /// Where.
        at: Endpoint,
        /// What takes too long.
        reason: SafeText,
    },
    /// The mailbox holds more messages than are read.
    #[error("{mailbox} on {} holds {held} messages, of which the newest {read} were read; move old bounces of account {} to another folder", .at.server, .at.account)]
    Full {
        /// Where.
        at: Endpoint,
        /// Name of the mailbox.
        mailbox: SafeText,
        /// Messages in it, as the server says.
        held: u32,
        /// Messages that were read.
        read: u32,
    },
    /// The server sends more messages than it says there are.
    #[error("{} says that {mailbox} holds {held} messages and sends more; report it to whoever runs the server", .at.server)]
    Excess {
        /// Where.
        at: Endpoint,
        /// Name of the mailbox.
        mailbox: SafeText,
        /// Messages in it, as the server says.
        held: u32,
    },
    /// The server sent what no IMAP server may send, or too much of it.
    #[error("closed the connection to {}: {what}; report it to whoever runs the server", .at.server)]
    Protocol {
        /// Where.
        at: Endpoint,
        /// What it sent.
        what: SafeText,
    },
    /// A value of the configuration cannot be sent.
    #[error(
        "{key} of account {account} holds a line break or a NUL; correct it in the configuration"
    )]
    Setting {
        /// Name of the account.
        account: SafeText,
        /// The key.
        key: &'static str,
    },
    /// A token has expired and its program gives no other.
    #[error(transparent)]
    Credentials(#[from] credentials::Error),
}

impl Error {
    /// True when trying again later may help: networks, restarts, connection limits.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::Address { .. }
                | Self::Connect { .. }
                | Self::Tunnel { .. }
                | Self::Busy { .. }
                | Self::Lost { .. }
                | Self::Silent { .. }
                | Self::Slow { .. }
                | Self::Protocol { .. }
        )
    }

    /// What went wrong while reading or writing.
    pub(crate) fn wire(at: &Endpoint, error: &io::Error) -> Self {
        let at = at.clone();
        let text = credentials::shown(error.to_string().as_bytes());
        if let Some(inner) = error.get_ref() {
            if let Some(Goodbye(said)) = inner.downcast_ref() {
                return Self::Busy { at, said: said.clone() };
            }
            if let Some(TunnelFault(reason)) = inner.downcast_ref() {
                return Self::Tunnel { at, reason: reason.clone() };
            }
            if inner.is::<TooSlow>() {
                return Self::Slow { at, reason: text };
            }
        }
        match error.kind() {
            io::ErrorKind::InvalidData => Self::Protocol { at, what: text },
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                Self::Silent { at, reason: text }
            }
            _ => Self::Lost { at, reason: text },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_thing_the_place_and_the_next_step() {
        let at = Endpoint { account: "lab".into(), server: "mx1.example.org:993".into() };
        let said = SafeText::new("AUTHENTICATIONFAILED: no");
        let login =
            Error::Login { at: at.clone(), user: "me".into(), said, key: "password_command" };
        assert_eq!(
            login.to_string(),
            "login as me refused by mx1.example.org:993 (AUTHENTICATIONFAILED: no); check user and password_command of account lab"
        );
        assert!(!login.passes());
        let missing =
            Error::Mailbox { at: at.clone(), mailbox: "Junk".into(), said: "NONEXISTENT".into() };
        assert_eq!(
            missing.to_string(),
            "cannot open Junk on mx1.example.org:993: NONEXISTENT; check mailbox of account lab, `deadletter check --account lab` lists the folders"
        );
        let silent = io::Error::new(io::ErrorKind::TimedOut, "no answer for 60 s");
        assert!(Error::wire(&at, &silent).passes());
        let slow = io::Error::new(io::ErrorKind::TimedOut, TooSlow);
        assert!(matches!(Error::wire(&at, &slow), Error::Slow { .. }));
        let goodbye = io::Error::new(io::ErrorKind::UnexpectedEof, Goodbye("LIMIT: no".into()));
        assert_eq!(
            Error::wire(&at, &goodbye).to_string(),
            "mx1.example.org:993 cannot serve account lab now: LIMIT: no; try again later"
        );
    }
}
