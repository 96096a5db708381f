//! Several mailboxes of one account, by name and by pattern, on a real Dovecot.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::dovecot::Dovecot;

fn bounce(n: u32) -> String {
    format!(
        "From: MAILER-DAEMON@mx.birch.example\nMessage-ID: <{n}@mx.birch.example>\n\
         Subject: Undelivered Mail Returned to Sender\n\n\
         <ann{n}@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\n"
    )
}

/// A Dovecot with folders, each with a message.
fn dovecot() -> Option<Dovecot> {
    let dovecot = Dovecot::start(|_| {})?;
    dovecot.doveadm(&["save", "-u", "tester"], &bounce(0));
    let folders =
        ["Bounces/2026/May", "Bounces/2026/June", "Odbicia/Zwróć & co", "Other", "a \"b\""];
    for (n, folder) in (1..).zip(folders) {
        dovecot.doveadm(&["mailbox", "create", "-u", "tester", folder], "");
        dovecot.doveadm(&["save", "-u", "tester", "-m", folder], &bounce(n));
    }
    Some(dovecot)
}

fn run(dovecot: &Dovecot, mailboxes: &str, home: &TempDir, arguments: &[&str]) -> Output {
    let config = format!(
        "[[account]]\nname = 'lab'\nhost = 'localhost'\nport = {}\nca_file = '{}'\n\
         user = 'tester'\npassword_command = ['printf', 'secret']\nmailboxes = {mailboxes}\n",
        dovecot.imaps,
        dovecot.trust().display()
    );
    fs::write(home.path().join("config.toml"), config).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
    command.args(["--config", "config.toml"]).args(arguments).current_dir(home.path());
    command.stdin(Stdio::null()).output().expect("the program runs")
}

/// The mailboxes of which `sync` tells, and what it complains of.
fn synced(dovecot: &Dovecot, mailboxes: &str) -> (Vec<String>, String) {
    let home = TempDir::new().expect("a folder");
    let output = run(dovecot, mailboxes, &home, &["sync", "--format", "json"]);
    let mut names = Vec::new();
    for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((line["account"].as_str(), line["messages"].as_u64()), (Some("lab"), Some(1)));
        names.push(line["mailbox"].as_str().expect("a name").to_owned());
    }
    (names, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn names_and_patterns_are_read_each_once() {
    let Some(dovecot) = dovecot() else { return };
    for (mailboxes, expected) in [
        ("['INBOX', 'Bounces/*']", vec!["INBOX", "Bounces/2026/June", "Bounces/2026/May"]),
        ("['Odbicia/Zwróć & co']", vec!["Odbicia/Zwróć & co"]),
        ("['Odbicia/Zwr%', 'inbox', 'INBOX']", vec!["Odbicia/Zwróć & co", "INBOX"]),
        ("['%/%/M*', 'a \"*', 'Other']", vec!["Bounces/2026/May", "a \"b\"", "Other"]),
    ] {
        let (names, complaint) = synced(&dovecot, mailboxes);
        assert_eq!(
            (names, complaint.as_str()),
            (expected.iter().map(|n| (*n).to_owned()).collect(), "")
        );
    }
    let (names, _) = synced(&dovecot, "['*']");
    assert_eq!(names.len(), 6, "folders that cannot be opened are left out: {names:?}");
}

#[test]
fn what_matches_nothing_is_said() {
    let Some(dovecot) = dovecot() else { return };
    let (names, complaint) = synced(&dovecot, "['INBOX', 'Bounce/*']");
    assert_eq!(names, ["INBOX"]);
    assert!(
        complaint.contains("matches Bounce/*; correct mailboxes of account lab"),
        "{complaint}"
    );
    let (names, complaint) = synced(&dovecot, "['x*', 'y%']");
    assert!(names.is_empty() && complaint.contains("matches x*, y%"), "{names:?} {complaint}");
    let home = TempDir::new().expect("a folder");
    let output = run(&dovecot, "['INBOX', 'Bounces/*', 'x*', 'Gone']", &home, &["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in [
        "6 can be opened: Bounces/2026/June, ",
        "ok      mailbox       INBOX: 1 messages",
        "ok      mailbox       Bounces/2026/May: 1 messages",
        "matches x*; correct mailboxes",
        "cannot open Gone on",
    ] {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
}

#[test]
fn deliveries_of_all_mailboxes_are_kept_and_one_that_is_gone_keeps_no_other_back() {
    let Some(dovecot) = dovecot() else { return };
    let home = TempDir::new().expect("a folder");
    let output = run(&dovecot, "['Gone', 'INBOX', 'Bounces/*']", &home, &["sync"]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("cannot open Gone") && output.status.code() == Some(1));
    let listed = run(&dovecot, "['INBOX']", &home, &["list", "--format", "jsonl"]);
    let mut files = BTreeSet::new();
    for line in String::from_utf8(listed.stdout).expect("UTF-8").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        files.insert(line["file"].as_str().expect("a place").to_owned());
    }
    let expected = ["lab Bounces/2026/June#1", "lab Bounces/2026/May#1", "lab INBOX#1"];
    assert_eq!(files.into_iter().collect::<Vec<_>>(), expected);
}
