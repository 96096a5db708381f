//! Trying an account step by step, for `deadletter check` and `deadletter init`: each step with
//! what was found, or with what is wrong and what to do about it.

use std::fmt;

use crate::config::Account;
use crate::credentials::Secret;
use crate::mail::SafeText;

use super::access::Access;
use super::dial::dial;
use super::error::Error;
use super::limits::Limits;
use super::link::{Link, Opened, secure};
use super::stop::Stop;

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was tried: `connection`, `encryption`, `certificate`, `greeting`, `login`,
    /// `capabilities`, `folders`, `mailbox`.
    pub name: &'static str,
    /// What was found, in a few words; or what is wrong and what to do.
    pub outcome: Result<SafeText, Error>,
}

/// What a check found. Steps that were not reached are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Name of the account.
    pub account: SafeText,
    /// The steps in the order they were tried.
    pub steps: Vec<Step>,
    /// The server's capabilities after login.
    pub capabilities: Vec<SafeText>,
    /// The mailboxes that can be opened.
    pub folders: Vec<SafeText>,
    /// Messages in the mailbox of the account.
    pub messages: Option<u32>,
    /// What the server wants people to read.
    pub alerts: Vec<SafeText>,
}

impl Report {
    /// True when every step went well.
    pub fn is_good(&self) -> bool {
        self.messages.is_some() && self.steps.iter().all(|s| s.outcome.is_ok())
    }

    /// Notes a step and passes on what it gave.
    fn step<T>(
        &mut self,
        name: &'static str,
        result: Result<T, Error>,
        found: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        let (outcome, value) = match result {
            Ok(value) => (Ok(SafeText::new(&found(&value))), Some(value)),
            Err(error) => (Err(error), None),
        };
        self.steps.push(Step { name, outcome });
        value
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account {}", self.account)?;
        for step in &self.steps {
            match &step.outcome {
                Ok(found) => writeln!(f, "  ok      {:<13} {found}", step.name)?,
                Err(error) => writeln!(f, "  failed  {:<13} {error}", step.name)?,
            }
        }
        self.alerts.iter().try_for_each(|alert| writeln!(f, "  the server says: {alert}"))
    }
}

/// Connects, encrypts, logs in, lists and opens; stops at the first step that the next ones need.
pub fn check(account: &Account, secret: &Secret) -> Report {
    check_within(account, secret, Limits::default())
}

/// Like [`check`], within other limits.
pub fn check_within(account: &Account, secret: &Secret, limits: Limits) -> Report {
    let mut access = Access::new(account.clone(), secret.clone());
    access.limits = limits;
    let mut report = Report { account: access.at.account.clone(), ..Report::default() };
    run(&access, &mut report);
    report
}

fn run(access: &Access, report: &mut Report) -> Option<()> {
    let stop = Stop::new();
    let dialled = dial(&access.account, &access.at, &access.limits, &stop);
    let dialled = report.step("connection", dialled, |d| match d.tcp.peer_addr() {
        Ok(address) => format!("{} at {}", access.at.server, address.ip()),
        Err(_) => access.at.server.to_string(),
    })?;
    let secured = secure(dialled, access, &stop);
    let name = match &secured {
        Err(Error::Certificate { .. } | Error::CaFile { .. }) => "certificate",
        Err(Error::Greeting { .. } | Error::Busy { .. }) => "greeting",
        _ => "encryption",
    };
    let (wire, encryption) = report.step(name, secured, |(_, e)| match e {
        Some(encryption) => encryption.version.to_owned(),
        None => "none: this machine only".to_owned(),
    })?;
    if let Some(encryption) = &encryption {
        report.step("certificate", Ok(()), |()| encryption.certificate.shown().to_string());
    }
    let link = Link::log_in(wire, encryption.map_or("no TLS", |e| e.version), access);
    let mut link = report.step("login", link, |_| format!("as {}", access.account.user))?;
    let found = inside(&mut link, access, report);
    report.alerts.extend(std::iter::from_fn(|| link.next_alert()));
    found?;
    link.log_out();
    Some(())
}

/// What can be found out once logged in.
fn inside(link: &mut Link, access: &Access, report: &mut Report) -> Option<()> {
    let capabilities = link.capabilities(access);
    report.capabilities = report.step("capabilities", capabilities, |c| {
        let useful = ["IDLE", "UIDPLUS", "MOVE", "CONDSTORE", "QRESYNC", "SPECIAL-USE"];
        let has: Vec<&str> = useful.into_iter().filter(|u| c.iter().any(|c| c == u)).collect();
        if has.is_empty() { "none that matter here".to_owned() } else { has.join(", ") }
    })?;
    let folders = link.folders(access);
    report.folders = report
        .step("folders", folders, |f| format!("{} can be opened", f.len()))
        .unwrap_or_default();
    let opened = link.examine(access);
    let opened = report.step("mailbox", opened, |o: &Opened| {
        format!("{}: {} messages", access.account.mailbox, o.messages)
    })?;
    report.messages = Some(opened.messages);
    Some(())
}
