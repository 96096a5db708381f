//! The accounts of the configuration: where a mailbox is and how to log in.

use std::path::PathBuf;

use serde::Deserialize;

use super::fingerprint::Fingerprint;

names! {
    /// How the connection is encrypted.
    #[derive(Default)]
    pub enum Tls {
        /// TLS from the first byte (port 993).
        #[default]
        Implicit "implicit" "TLS from the first byte",
        /// Plain text that must become TLS before anything is said (port 143).
        Starttls "starttls" "plain text that must become TLS",
        /// No encryption: allowed to loopback addresses only.
        None "none" "no encryption",
    }
}

/// One `[[account]]` table.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Name of the account on the screen and on the command line.
    pub name: String,
    /// Host name of the IMAP server; empty where a tunnel leads there.
    #[serde(default)]
    pub host: String,
    /// Port; 993 for implicit TLS and 143 for the rest when absent.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    #[serde(default)]
    pub tls: Tls,
    /// PEM file of the certificate authority to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The one certificate to trust, whatever it says and whoever issued it.
    pub tls_fingerprint: Option<Fingerprint>,
    /// Program and arguments with whose standard input and output IMAP is spoken, instead of a host.
    #[serde(default)]
    pub tunnel: Vec<String>,
    /// Login name; may be empty where a tunnel has logged in.
    #[serde(default)]
    pub user: String,
    /// Program and arguments whose first line of output is the password.
    #[serde(default)]
    pub password_command: Vec<String>,
    /// Program and arguments whose first line of output is an OAuth 2.0 access token (XOAUTH2).
    #[serde(default)]
    pub token_command: Vec<String>,
    /// The mailbox to read.
    #[serde(default = "inbox")]
    pub mailbox: String,
    /// Several mailboxes instead: names, and patterns with `*` and `%` (RFC 3501 section 6.3.8).
    #[serde(default)]
    pub mailboxes: Vec<String>,
    /// Seconds between two looks at the server; it tells of new mail then at the latest.
    pub poll: Option<u32>,
    /// The folder for what is deleted; the one that the server names when absent.
    pub trash: Option<String>,
    /// The folders that stand for states where the server keeps no keywords.
    #[serde(default)]
    pub state_folders: StateFolders,
}

/// A folder for each state that has one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct StateFolders {
    /// For what somebody works on.
    pub taken: Option<String>,
    /// For what waits for an answer.
    pub waiting: Option<String>,
    /// For what is done with.
    pub done: Option<String>,
    /// For what nothing needs to be done about.
    pub ignored: Option<String>,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

impl Account {
    /// The longest time between two looks, in seconds: before 29 minutes a server must be asked
    /// again to tell of new mail (RFC 2177).
    pub const LONGEST_POLL: u32 = 28 * 60;

    /// The mailboxes to read, as the configuration names them.
    #[must_use]
    pub fn named_mailboxes(&self) -> &[String] {
        if self.mailboxes.is_empty() {
            std::slice::from_ref(&self.mailbox)
        } else {
            &self.mailboxes
        }
    }

    /// True when the server is reached through a program.
    #[must_use]
    pub fn has_tunnel(&self) -> bool {
        !self.tunnel.is_empty()
    }

    /// True when a program is to be run for it.
    #[must_use]
    pub fn names_a_program(&self) -> bool {
        let Self { tunnel, password_command, token_command, .. } = self;
        !(tunnel.is_empty() && password_command.is_empty() && token_command.is_empty())
    }

    /// The port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == Tls::Implicit { 993 } else { 143 })
    }
}
