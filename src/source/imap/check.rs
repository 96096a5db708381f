//! Trying an account step by step, for `deadletter check` and `deadletter init`: each step with
//! what was found, or with what is wrong and what to do about it.

use std::fmt;

use crate::config::Account;
use crate::credentials::{self, Secret};
use crate::mail::SafeText;

use super::error::Error;
use super::folders::ChosenMailboxes;
use super::net::cancel::Cancellation;
use super::net::dial::{Dialled, dial};
use super::net::limits::Limits;
use super::net::tls;
use super::session::access::Access;
use super::session::dialogue::{Dialogue, Secured};
use super::session::folder::Folder;
use super::session::starttls::Unsecured;

/// Capabilities that matter here, of those that a server may have after login.
const USEFUL: [&str; 6] = ["IDLE", "UIDPLUS", "MOVE", "CONDSTORE", "QRESYNC", "SPECIAL-USE"];

/// How many folders are named.
const NAMED: usize = 20;

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried: `connection`, `encryption`, `certificate`, `fingerprint`, `greeting`,
    /// `login`, `capabilities`, `folders`, `mailbox`.
    pub name: &'static str,
    /// What was found, in a few words; or what is wrong and what to do.
    pub outcome: Result<SafeText, Error>,
}

/// What a check found. Steps that were not reached are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountCheck {
    /// Name of the account.
    pub account: SafeText,
    /// The steps in the order they were tried.
    pub steps: Vec<Step>,
    /// The server's capabilities after login.
    pub capabilities: Vec<SafeText>,
    /// The mailboxes that can be opened.
    pub folders: Vec<SafeText>,
    /// Messages in the mailboxes of the account.
    pub messages: Option<u32>,
    /// What the server wants people to read.
    pub alerts: Vec<SafeText>,
}

impl AccountCheck {
    /// True when every step went well.
    pub fn is_good(&self) -> bool {
        self.messages.is_some() && self.steps.iter().all(|s| s.outcome.is_ok())
    }

    fn passed(&mut self, name: &'static str, found: &str) {
        self.steps.push(Step { name, outcome: Ok(SafeText::new(found)) });
    }

    fn failed(&mut self, name: &'static str, error: Error) {
        self.steps.push(Step { name, outcome: Err(error) });
    }
}

impl fmt::Display for AccountCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account {}", self.account)?;
        for step in &self.steps {
            match &step.outcome {
                Ok(found) => writeln!(f, "  ok      {:<13} {found}", step.name)?,
                Err(error) => writeln!(f, "  failed  {:<13} {error}", step.name)?,
            }
        }
        for alert in &self.alerts {
            writeln!(f, "  the server says: {alert}")?;
        }
        Ok(())
    }
}

/// Connects, encrypts, logs in, lists and opens; stops at the first step that the next ones need.
pub fn check<'s>(account: &Account, secret: impl Into<Option<&'s Secret>>) -> AccountCheck {
    check_within(account, secret, Limits::default())
}

/// Like [`check`], within other limits.
pub fn check_within<'s>(
    account: &Account,
    secret: impl Into<Option<&'s Secret>>,
    limits: Limits,
) -> AccountCheck {
    let mut access = Access::new(account.clone(), secret.into().cloned());
    access.limits = Limits { until: Some(limits.deadline(limits.check)), ..limits };
    let check = AccountCheck { account: access.at.account.clone(), ..AccountCheck::default() };
    let mut checking = Checking { access: &access, cancel: Cancellation::new(), check };
    checking.run();
    checking.check
}

/// A check under way. Each step gives what the next one needs, or nothing when it failed.
struct Checking<'a> {
    access: &'a Access,
    cancel: Cancellation,
    check: AccountCheck,
}

impl Checking<'_> {
    fn run(&mut self) {
        let Some(dialled) = self.connect() else { return };
        let Some(secured) = self.secure(dialled) else { return };
        let Some(mut dialogue) = self.log_in(secured) else { return };
        let is_open = self.look_around(&mut dialogue);
        while let Some(alert) = dialogue.next_alert() {
            if !self.check.alerts.contains(&alert) {
                self.check.alerts.push(alert);
            }
        }
        if is_open {
            dialogue.log_out(self.access);
        }
    }

    fn connect(&mut self) -> Option<Dialled> {
        let access = self.access;
        match dial(&access.account, &access.at, &access.limits, &self.cancel) {
            Ok(dialled) => {
                let found = match dialled.address {
                    Some(address) => format!("{} at {address}", access.at.server),
                    None => access.at.server.to_string(),
                };
                self.check.passed("connection", &found);
                Some(dialled)
            }
            Err(error) => {
                self.check.failed("connection", error);
                None
            }
        }
    }

    fn secure(&mut self, dialled: Dialled) -> Option<Secured> {
        let secured = match Secured::new(dialled, self.access, &self.cancel) {
            Ok(secured) => secured,
            Err(unsecured) => {
                let name = match &unsecured {
                    Unsecured::Greeting(_) => "greeting",
                    Unsecured::Encryption(Error::Certificate { .. } | Error::CaFile { .. }) => {
                        "certificate"
                    }
                    Unsecured::Encryption(_) => "encryption",
                };
                self.check.failed(name, unsecured.into());
                return None;
            }
        };
        if let Some(encryption) = &secured.encryption {
            self.check.passed("encryption", encryption.version);
            let certificate = &encryption.certificate;
            self.check.passed("certificate", &certificate.shown());
            let pinned = self.access.account.tls_fingerprint.is_some();
            let what = if pinned { "trusts" } else { "would trust" };
            let line = format!("{} {what} this certificate and no other", tls::pin(certificate));
            self.check.passed("fingerprint", &line);
        } else if self.access.account.has_tunnel() {
            self.check.passed("encryption", "that of the tunnel");
        } else {
            self.check.passed("encryption", "none: this machine only");
        }
        Some(secured)
    }

    fn log_in(&mut self, secured: Secured) -> Option<Dialogue> {
        let how = if secured.is_logged_in {
            "not needed: the program of the tunnel has logged in".to_owned()
        } else {
            format!("as {}", self.access.account.user)
        };
        match Dialogue::log_in(secured, self.access) {
            Ok(dialogue) => {
                self.check.passed("login", &how);
                Some(dialogue)
            }
            Err(error) => {
                self.check.failed("login", error);
                None
            }
        }
    }

    /// What can be found out once logged in; true when the connection can be used afterwards.
    fn look_around(&mut self, dialogue: &mut Dialogue) -> bool {
        match dialogue.capabilities(self.access) {
            Ok(capabilities) => {
                self.check.passed("capabilities", &useful(&capabilities));
                self.check.capabilities = capabilities;
            }
            Err(error) => {
                self.check.failed("capabilities", error);
                return false;
            }
        }
        let mut listed = Vec::new();
        match dialogue.list(self.access, "*") {
            Ok(folders) => listed = folders,
            Err(error) => {
                // After a refusal the connection can still be used; else its stream is spoilt.
                let is_refusal = matches!(error, Error::Refused { .. });
                self.check.failed("folders", error);
                if !is_refusal {
                    return false;
                }
            }
        }
        if self.check.steps.last().is_some_and(|step| step.outcome.is_ok()) {
            self.tell_folders(&listed);
        }
        let chosen = ChosenMailboxes::of(&self.access.account, &listed);
        for pattern in &chosen.unmatched {
            let (at, pattern) = (self.access.at.clone(), SafeText::new(pattern));
            self.check.failed("mailbox", Error::NoMatch { at, pattern });
        }
        chosen.names.iter().all(|name| self.open(dialogue, name))
    }

    fn tell_folders(&mut self, listed: &[Folder]) {
        for folder in listed {
            self.check.folders.push(credentials::shown(folder.name.as_bytes()));
        }
        self.check.folders.sort_unstable();
        let folders = &self.check.folders;
        let mut found = format!("{} can be opened", folders.len());
        for (number, name) in folders.iter().take(NAMED).enumerate() {
            found.push_str(if number == 0 { ": " } else { ", " });
            found.push_str(name);
        }
        if folders.len() > NAMED {
            found.push_str(", …");
        }
        self.check.passed("folders", &found);
    }

    /// Opens a mailbox; true when the connection can be used afterwards.
    fn open(&mut self, dialogue: &mut Dialogue, name: &str) -> bool {
        match dialogue.examine(&self.access.with_mailbox(name)) {
            Ok(examined) => {
                self.check.passed("mailbox", &format!("{name}: {} messages", examined.messages));
                let before = self.check.messages.unwrap_or(0);
                self.check.messages = Some(before.saturating_add(examined.messages));
                true
            }
            Err(error) => {
                let is_refusal = matches!(error, Error::Mailbox { .. });
                self.check.failed("mailbox", error);
                is_refusal
            }
        }
    }
}

/// Those of the capabilities that matter here.
fn useful(capabilities: &[SafeText]) -> String {
    let mut found = Vec::new();
    for useful in USEFUL {
        if capabilities.iter().any(|capability| capability == useful) {
            found.push(useful);
        }
    }
    if found.is_empty() { "none that matter here".to_owned() } else { found.join(", ") }
}
