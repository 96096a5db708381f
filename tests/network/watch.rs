//! `deadletter watch` on a real Dovecot: what comes and goes is told, a line an event, until it is
//! ended.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::dovecot::{Dovecot, free_ports};

/// How long anything may take on a machine that has much else to do.
const SOON: Duration = Duration::from_secs(30);

fn bounce(n: u32) -> String {
    format!(
        "From: MAILER-DAEMON@mx.birch.example\nMessage-ID: <{n}@mx.birch.example>\n\
         Subject: Undelivered Mail Returned to Sender\n\n\
         <ann{n}@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\n"
    )
}

/// A program that watches, and what it says.
struct Watching {
    home: TempDir,
    child: Child,
    lines: Receiver<Value>,
}

impl Watching {
    fn start(config: &str) -> Self {
        let home = TempDir::new().expect("a folder");
        fs::write(home.path().join("config.toml"), config).expect("a file");
        let mut child = command(&home, &["watch", "--format", "jsonl"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let (tell, lines) = unbounded();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        Self { home, child, lines }
    }

    /// The next line of which this holds.
    fn next(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let left = SOON.saturating_sub(begun.elapsed());
            let line = self.lines.recv_timeout(left).expect("a line in time");
            if holds(&line) {
                return line;
            }
        }
    }

    fn becomes(&self, mailbox: &str, state: &str) -> Value {
        self.next(|line| line["mailbox"] == mailbox && line["state"] == state)
    }

    fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < SOON {
            if let Some(status) = self.child.try_wait().expect("a state") {
                return status.code();
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        panic!("it goes on");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(home: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/sbin:/usr/bin:/bin");
    command.args(["--config", "config.toml"]).args(arguments).current_dir(home.path());
    command.stdin(Stdio::null());
    command
}

fn account(dovecot: &Dovecot, mailboxes: &str) -> String {
    format!(
        "[ours]\ndomains = ['birch.example']\n\
         [[account]]\nname = 'lab'\nhost = 'localhost'\nport = {}\nca_file = '{}'\n\
         user = 'tester'\npassword_command = ['printf', 'secret']\nmailboxes = {mailboxes}\n\
         poll = 600\n",
        dovecot.imaps,
        dovecot.trust().display()
    )
}

#[test]
fn what_comes_and_goes_is_told() {
    let Some(dovecot) = Dovecot::start(|_| {}) else { return };
    dovecot.doveadm(&["mailbox", "create", "-u", "tester", "Bounces"], "");
    dovecot.doveadm(&["save", "-u", "tester"], &bounce(1));
    let mut watching = Watching::start(&account(&dovecot, "['INBOX', 'Bo*']"));
    let came = watching.next(|line| line["event"] == "delivery");
    assert_eq!(came["message_id"], "1@mx.birch.example");
    assert_eq!((&came["reason"], &came["owner"]), (&"user_unknown".into(), &"sender".into()));
    assert_eq!((&came["mailbox"], &came["file"]), (&"lab/INBOX".into(), &"lab INBOX#1".into()));
    let begun = watching.next(|line| line["event"] == "incident");
    assert_eq!((&begun["change"], &begun["count"]), (&"begun".into(), &1.into()));
    assert_eq!(begun["incident"], came["incident"]);
    watching.becomes("lab/INBOX", "online");
    // Nobody asks for ten minutes: the server tells by itself.
    dovecot.doveadm(&["save", "-u", "tester", "-m", "Bounces"], &bounce(2));
    let came = watching.next(|line| line["event"] == "delivery");
    assert_eq!(
        (&came["mailbox"], &came["recipient"]),
        (&"lab/Bounces".into(), &"ann2@oak.example".into())
    );
    let grown = watching.next(|line| line["event"] == "incident");
    assert_eq!((&grown["change"], &grown["count"]), (&"grown".into(), &2.into()));
    assert_eq!(grown["message_ids"], serde_json::json!(["2@mx.birch.example"]));
    dovecot.doveadm(&["expunge", "-u", "tester", "mailbox", "INBOX", "all"], "");
    let kept = || {
        let listed = command(&watching.home, &["list", "--format", "jsonl"]).output();
        String::from_utf8(listed.expect("the program runs").stdout).expect("UTF-8")
    };
    let begun = Instant::now();
    while kept().lines().count() != 1 {
        assert!(begun.elapsed() < SOON, "what is gone stays: {}", kept());
    }
    // It is thrown out, comes back, and catches up.
    dovecot.doveadm(&["kick", "tester"], "");
    let waiting = watching.becomes("lab/INBOX", "waiting");
    assert!(waiting["why"].as_str().is_some_and(|why| why.contains("localhost")), "{waiting}");
    dovecot.doveadm(&["save", "-u", "tester"], &bounce(3));
    let came = watching.next(|line| line["event"] == "delivery");
    assert_eq!(came["recipient"], "ann3@oak.example");
    let pid = Pid::from_child(&watching.child);
    kill_process(pid, Signal::TERM).expect("it is there");
    assert_eq!(watching.ended(), Some(0));
}

#[test]
fn a_dead_account_says_why_and_the_others_go_on() {
    let Some(dovecot) = Dovecot::start(|_| {}) else { return };
    let [nobody, _] = free_ports();
    let dead = format!(
        "[[account]]\nname = 'dead'\nhost = 'localhost'\nport = {nobody}\nuser = 'u'\n\
         password_command = ['printf', 'x']\n\
         [[account]]\nname = 'mute'\nhost = 'localhost'\nuser = 'u'\npassword_command = ['false']\n\
         [[account]]\nname = 'lost'\nhost = 'localhost'\nport = {nobody}\nuser = 'u'\n\
         password_command = ['printf', 'x']\nmailboxes = ['a*']\n"
    );
    let mut watching = Watching::start(&(account(&dovecot, "['INBOX']") + &dead));
    let (mut whys, mut is_online) = (Vec::new(), false);
    while whys.len() < 3 || !is_online {
        let line = watching.next(|line| line["event"] == "health");
        if let Some(why) = line["why"].as_str() {
            let told = format!("{} {}: {why}", line["mailbox"], line["state"]);
            assert!(line["time"].is_string(), "{line}");
            whys.push(told);
        }
        is_online |= line["mailbox"] == "lab/INBOX" && line["state"] == "online";
    }
    whys.sort();
    for (why, says) in whys.iter().zip([
        "\"dead/INBOX\" \"waiting\": cannot connect to localhost",
        "\"lost\" \"stopped\": cannot connect to localhost",
        "\"mute\" \"stopped\": password_command of account mute failed",
    ]) {
        assert!(why.starts_with(says), "{why}");
    }
    kill_process(Pid::from_child(&watching.child), Signal::INT).expect("it is there");
    assert_eq!(watching.ended(), Some(0));
}

#[test]
fn it_ends_when_nobody_reads() {
    let Some(dovecot) = Dovecot::start(|_| {}) else { return };
    let home = TempDir::new().expect("a folder");
    fs::write(home.path().join("config.toml"), account(&dovecot, "['INBOX']")).expect("a file");
    let mut child = command(&home, &["watch"]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    drop(out);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a state") {
            break status;
        }
        assert!(begun.elapsed() < SOON, "it goes on");
        std::thread::park_timeout(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(0));
}
