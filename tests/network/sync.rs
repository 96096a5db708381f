//! What is kept of a mailbox on a real Dovecot follows the mailbox, whatever comes, goes, or ends
//! the program on the way.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::dovecot::Dovecot;

/// Rounds of the long test; `DEADLETTER_SYNC_ROUNDS` sets another number.
const ROUNDS: u32 = 25;

/// Numbers that look random, always the same.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        u32::try_from(self.0 >> 33).expect("fits") % end
    }
}

/// A mailbox, and the program that keeps up with it.
pub(crate) struct Scene {
    dovecot: Dovecot,
    pub(crate) home: TempDir,
    /// Files in the Maildir.
    pub(crate) files: Vec<PathBuf>,
    came: u32,
}

impl Scene {
    pub(crate) fn new() -> Option<Self> {
        let dovecot = Dovecot::start(|_| {})?;
        let home = TempDir::new().expect("a folder");
        let config = format!(
            "[[account]]\nname = 'lab'\nhost = 'localhost'\nport = {}\ntls = 'implicit'\n\
             ca_file = '{}'\nuser = 'tester'\npassword_command = ['printf', 'secret']\n\
             mailbox = 'INBOX'\n[ours]\ndomains = ['birch.example']\n",
            dovecot.imaps,
            dovecot.trust().display()
        );
        fs::write(home.path().join("config.toml"), config).expect("a file");
        Some(Self { dovecot, home, files: Vec::new(), came: 0 })
    }

    /// A bounce comes.
    pub(crate) fn deliver(&mut self) {
        self.deliver_with("");
    }

    /// A bounce comes, with more below what it says.
    pub(crate) fn deliver_with(&mut self, more: &str) {
        self.came += 1;
        let n = self.came;
        let mail = format!(
            "From: MAILER-DAEMON@mx.birch.example\nMessage-ID: <{n}@mx.birch.example>\n\
             Subject: Undelivered Mail Returned to Sender\n\n\
             <ann{n}@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\n{more}"
        );
        let file = self.dovecot.maildir().join(format!("cur/{}.M{n}.test:2,", 1_700_000_000 + n));
        fs::write(&file, mail).expect("a file");
        self.files.push(file);
    }

    /// Another program removes a message.
    fn remove(&mut self, at: u32) {
        let file = self.files.swap_remove(at as usize % self.files.len());
        fs::remove_file(file).expect("a file");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
        command.env_clear().env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin");
        command.args(["--config", "config.toml"]).args(arguments).current_dir(self.home.path());
        command
    }

    fn says(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program runs");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && complaint.is_empty(), "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    pub(crate) fn sync(&self) -> Value {
        serde_json::from_str(&self.says(&["sync", "--format", "json"])).expect("JSON")
    }

    /// Message-IDs of all that is kept, each once.
    pub(crate) fn kept(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for line in self.says(&["list", "--format", "jsonl"]).lines() {
            let delivery: Value = serde_json::from_str(line).expect("JSON");
            let id = delivery["message_id"].as_str().expect("an id").to_owned();
            assert!(ids.insert(id), "no delivery stands there twice");
        }
        ids
    }

    /// Message-IDs of all that is in the mailbox.
    pub(crate) fn there(&self) -> BTreeSet<String> {
        let number = |file: &Path| {
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            name.split(['M', '.']).nth(2).expect("a number").to_owned()
        };
        self.files.iter().map(|file| format!("{}@mx.birch.example", number(file))).collect()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.home.path().join(".local/share/deadletter/store.db")
    }
}

#[test]
fn what_is_kept_follows_the_mailbox() {
    let Some(mut scene) = Scene::new() else { return };
    let mut numbers = Numbers(11);
    let rounds = std::env::var("DEADLETTER_SYNC_ROUNDS").ok().and_then(|n| n.parse().ok());
    for round in 0..rounds.unwrap_or(ROUNDS) {
        for _ in 0..numbers.below(30) {
            scene.deliver();
        }
        for _ in 0..numbers.below(12).min(u32::try_from(scene.files.len()).unwrap_or(0)) {
            scene.remove(numbers.below(1_000));
        }
        if numbers.below(3) > 0 {
            let mut sync = scene.command(&["sync"]);
            let mut sync = sync.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a run");
            std::thread::park_timeout(Duration::from_millis(u64::from(numbers.below(120))));
            sync.kill().expect("it can be killed");
            sync.wait().expect("it ends");
        }
        if round % 3 == 2 {
            let synced = scene.sync();
            assert_eq!(synced["messages"].as_u64(), u64::try_from(scene.files.len()).ok());
            assert_eq!(scene.kept(), scene.there());
        }
    }
    scene.sync();
    let again = scene.sync();
    assert_eq!((again["new"].as_u64(), again["gone"].as_u64()), (Some(0), Some(0)));
    assert_eq!(scene.kept(), scene.there());
}

#[test]
fn a_damaged_store_is_set_aside_and_read_anew() {
    let Some(mut scene) = Scene::new() else { return };
    (0..40).for_each(|_| scene.deliver());
    scene.sync();
    let mut bytes = fs::read(scene.store()).expect("a store");
    let half = bytes.len() / 2;
    bytes.truncate(half);
    bytes[half / 2..].fill(0x5a);
    fs::write(scene.store(), bytes).expect("room");
    let output = scene.command(&["sync", "--format", "json"]).output().expect("the program runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    assert!(complaint.contains("set aside as"), "{complaint}");
    assert_eq!(scene.kept(), scene.there());
}

#[test]
fn new_rules_judge_what_is_kept_without_the_server() {
    let Some(mut scene) = Scene::new() else { return };
    (0..5).for_each(|_| scene.deliver());
    scene.sync();
    let owners = |scene: &Scene| {
        let lines = scene.says(&["list", "--format", "jsonl"]);
        assert_eq!(lines.lines().count(), 5);
        let first: Value = serde_json::from_str(lines.lines().next().expect("one")).expect("JSON");
        first["reason"].as_str().expect("a reason").to_owned()
    };
    assert_eq!(owners(&scene), "user_unknown");
    let rules = "[[rule]]\nid = 'house'\ntitle = 'the house'\nnamed = ['no such user']\n\
                 reason = 'policy'\nowner = 'recipient_system'\n";
    fs::create_dir_all(scene.home.path().join("rules")).expect("a folder");
    fs::write(scene.home.path().join("rules/house.toml"), rules).expect("a file");
    assert_eq!(owners(&scene), "policy");
}

#[test]
fn what_is_forgotten_is_gone() {
    let Some(mut scene) = Scene::new() else { return };
    scene.deliver();
    scene.sync();
    assert_eq!(scene.says(&["forget"]), "forgot 1 message\n");
    assert!(!scene.store().exists());
    let output = scene.command(&["list"]).output().expect("the program runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint.contains("deadletter sync"), "{complaint}");
}
