//! Plans on a real Dovecot: what is carried out is carried out once, whatever ends the program on the
//! way; what is taken back is as it was; of several who want the same message one gets it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::dovecot::Dovecot;

/// Messages and kills of the test of kills; `DEADLETTER_MOVES` and `DEADLETTER_KILLS` set others.
const MOVES: u32 = 150;
const KILLS: u32 = 8;
/// Messages that are taken, and programs that take them; `DEADLETTER_CLAIMS` and
/// `DEADLETTER_CLAIMANTS` set others.
const CLAIMS: u32 = 60;
const CLAIMANTS: u32 = 3;

/// What a server without extensions can do.
const BARE: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE AUTH=PLAIN";

fn number(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// A mailbox with bounces, and somebody who works on it.
struct Scene {
    dovecot: Dovecot,
    homes: Vec<TempDir>,
    count: u32,
}

impl Scene {
    fn new(count: u32, people: u32, settings: &str, account: &str) -> Option<Self> {
        let dovecot = Dovecot::start_with(settings, |maildir| {
            for n in 1..=count {
                let mail = format!(
                    "From: MAILER-DAEMON@mx.birch.example\nMessage-ID: <{n}@mx.birch.example>\n\
                     Subject: Undelivered Mail Returned to Sender\n\n\
                     <ann{n}@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\n"
                );
                let file = maildir.join(format!("cur/{}.M{n}.test:2,", 1_700_000_000 + n));
                fs::write(file, mail).expect("a file");
            }
        })?;
        let mut scene = Self { dovecot, homes: Vec::new(), count };
        for _ in 0..people {
            scene.somebody(account);
        }
        Some(scene)
    }

    fn somebody(&mut self, account: &str) {
        let home = TempDir::new().expect("a folder");
        let config = format!(
            "[[account]]\nname = 'lab'\nhost = 'localhost'\nport = {}\ntls = 'implicit'\n\
             ca_file = '{}'\nuser = 'tester'\npassword_command = ['printf', 'secret']\n{account}\n\
             [ours]\ndomains = ['birch.example']\n",
            self.dovecot.imaps,
            self.dovecot.trust().display()
        );
        fs::write(home.path().join("config.toml"), config).expect("a file");
        self.homes.push(home);
        self.says(self.homes.len() - 1, &["sync"]);
    }

    fn command(&self, who: usize, arguments: &[&str]) -> Command {
        let home = self.homes[who].path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
        command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin");
        command.args(["--config", "config.toml"]).args(arguments).current_dir(home);
        command
    }

    fn run(&self, who: usize, arguments: &[&str]) -> Output {
        self.command(who, arguments).stdin(Stdio::null()).output().expect("the program runs")
    }

    fn says(&self, who: usize, arguments: &[&str]) -> String {
        let output = self.run(who, arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The same as JSON, with what was complained of.
    fn tells(&self, who: usize, arguments: &[&str]) -> (Value, String) {
        let output = self.run(who, &[arguments, &["--format", "json"]].concat());
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let told = serde_json::from_str(&text);
        (told.unwrap_or_else(|e| panic!("{e}: {text} {complaint}")), complaint)
    }

    fn folder(&self, name: &str) -> PathBuf {
        let maildir = self.dovecot.maildir();
        if name == "INBOX" { maildir } else { maildir.join(format!(".{name}")) }
    }

    /// The messages of a folder that are not marked as deleted, by number: how often, and the
    /// letters of its flags.
    fn holds(&self, name: &str) -> BTreeMap<u32, (u32, String)> {
        let mut found = BTreeMap::new();
        for part in ["cur", "new"] {
            let Ok(entries) = fs::read_dir(self.folder(name).join(part)) else { continue };
            for entry in entries.flatten() {
                let file = entry.file_name().to_string_lossy().into_owned();
                let flags = file.split_once(":2,").map_or("", |(_, flags)| flags).to_owned();
                if flags.contains('T') {
                    continue;
                }
                let text = fs::read_to_string(entry.path()).expect("a message");
                let (_, id) = text.split_once("Message-ID: <").expect("an id");
                let id = id.split('@').next().and_then(|n| n.parse().ok()).expect("a number");
                found.entry(id).or_insert((0, flags)).0 += 1;
            }
        }
        found
    }

    fn count(&self, name: &str) -> u32 {
        self.holds(name).values().map(|(times, _)| times).sum()
    }

    /// Each message is there once, here or there.
    fn is_whole(&self, folders: &[&str]) {
        let mut times: BTreeMap<u32, u32> = BTreeMap::new();
        for name in folders {
            for (id, (count, _)) in self.holds(name) {
                *times.entry(id).or_default() += count;
            }
        }
        let wanted: BTreeMap<u32, u32> = (1..=self.count).map(|id| (id, 1)).collect();
        assert_eq!(times, wanted);
    }
}

/// Numbers that look random, always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        u32::try_from(self.0 >> 33).expect("fits") % end
    }
}

fn killed_after(mut child: Child, milliseconds: u32) {
    std::thread::park_timeout(Duration::from_millis(milliseconds.into()));
    // It may have come to its end before.
    let _ = child.kill();
    child.wait().expect("it ends");
}

/// Moves and takes back, and kills the program on the way.
fn kills(settings: &str) {
    let moves = number("DEADLETTER_MOVES", MOVES);
    let Some(scene) = Scene::new(moves, 1, settings, "") else { return };
    scene.dovecot.doveadm(&["mailbox", "create", "-u", "tester", "Archive"], "");
    let yes = format!("--yes={moves}");
    let all = ["INBOX", "Archive"];
    let mut numbers = Numbers(17);
    for round in 0..number("DEADLETTER_KILLS", KILLS) {
        scene.says(0, &["sync"]);
        let arguments = ["move", "Archive", "--all", &yes];
        let moving =
            scene.command(0, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        killed_after(moving.expect("it runs"), 30 + numbers.below(50 + moves));
        let last = scene.says(0, &["undo", "--list", "--format", "json"]);
        let Some(last) = last.lines().next() else { continue };
        let last: Value = serde_json::from_str(last).expect("JSON");
        if last["undoes"].is_null() && last["open"] != 0 && numbers.below(2) == 0 {
            let (told, complaint) = scene.tells(0, &["resume"]);
            assert_eq!(told["open"], 0, "{round}: {complaint}");
            scene.is_whole(&all);
            assert_eq!(scene.count("INBOX"), 0, "{round}");
        }
        if last["undone_by"].is_null() && last["undoes"].is_null() {
            let undo =
                ["undo", &last["plan"].to_string(), &format!("--yes={}", scene.count("Archive"))];
            let undoing =
                scene.command(0, &undo).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            if numbers.below(2) == 0 {
                killed_after(undoing.expect("it runs"), 30 + numbers.below(50 + moves));
            } else {
                undoing.expect("it runs").wait().expect("it ends");
            }
        }
        // What is still open is gone on with; then nothing is left in the archive.
        let mut plans = scene.says(0, &["undo", "--list", "--format", "json"]);
        while let Some(open) = plans.lines().find(|line| !line.contains("\"open\":0,")) {
            let open: Value = serde_json::from_str(open).expect("JSON");
            if open["undoes"].is_null() {
                let undo = ["undo", &open["plan"].to_string(), "--dry-run"];
                assert!(scene.run(0, &undo).status.success());
            }
            scene.run(0, &["resume", &open["plan"].to_string()]);
            plans = scene.says(0, &["undo", "--list", "--format", "json"]);
        }
        scene.is_whole(&all);
        let left = scene.count("Archive");
        if left > 0 {
            let (told, complaint) = scene.tells(
                0,
                &["undo", &last["plan"].to_string(), &format!("--yes={}", last_done(&scene))],
            );
            assert_eq!(told["done"], left, "{round}: {told} {complaint}");
        }
        scene.is_whole(&all);
        assert_eq!(scene.count("INBOX"), moves, "{round}: what was taken back is as it was");
    }
}

/// Messages that the last plan has moved, of those that take none back.
fn last_done(scene: &Scene) -> u64 {
    let plans = scene.says(0, &["undo", "--list", "--format", "json"]);
    for line in plans.lines() {
        let plan: Value = serde_json::from_str(line).expect("JSON");
        if plan["undoes"].is_null() {
            return plan["done"].as_u64().expect("a number");
        }
    }
    0
}

#[test]
fn kills_lose_and_double_nothing() {
    kills("");
}

#[test]
fn kills_lose_and_double_nothing_where_messages_are_copied() {
    kills(&format!("imap_capability = {BARE} UIDPLUS"));
}

#[test]
fn of_several_who_take_a_message_one_gets_it() {
    let (claims, people) =
        (number("DEADLETTER_CLAIMS", CLAIMS), number("DEADLETTER_CLAIMANTS", CLAIMANTS));
    let Some(scene) = Scene::new(claims, people, "", "") else { return };
    let yes = format!("--yes={claims}");
    let arguments = ["mark", "taken", "--all", &yes, "--format", "json"];
    let mut running = Vec::new();
    for who in 0..people as usize {
        let mut command = scene.command(who, &arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        running.push(child.expect("the program runs"));
    }
    let (mut done, mut taken_by) = (0, BTreeMap::new());
    for child in running {
        let output = child.wait_with_output().expect("it ends");
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let (own, lost) = (told["done"].as_u64(), told["conflict"].as_u64());
        let (own, lost) = (own.expect("a number"), lost.expect("a number"));
        assert_eq!(own + lost, u64::from(claims), "{told}");
        done += own;
        for problem in told["problems"].as_array().expect("a list") {
            *taken_by.entry(problem["uid"].to_string()).or_insert(0) += 1;
        }
    }
    assert_eq!(done, u64::from(claims), "each has one taker");
    assert_eq!(taken_by.len(), claims as usize);
    assert!(taken_by.values().all(|others| *others == people - 1), "all others were told");
    let flags: Vec<String> = scene.holds("INBOX").into_values().map(|(_, flags)| flags).collect();
    assert!(flags.iter().all(|flags| flags.len() == 1), "one keyword each: {flags:?}");
}

#[test]
fn a_state_is_set_seen_by_others_and_taken_back() {
    let Some(scene) = Scene::new(6, 2, "", "") else { return };
    let id = "<3@mx.birch.example>";
    let (told, _) = scene.tells(0, &["mark", "taken", "--id", id, "--dry-run"]);
    assert_eq!((&told["messages"], &told["dry_run"]), (&1.into(), &true.into()));
    assert!(scene.holds("INBOX")[&3].1.is_empty(), "nothing was changed");
    let (told, complaint) = scene.tells(0, &["mark", "taken", "--id", id, "--yes"]);
    assert_eq!((&told["done"], complaint.as_str()), (&1.into(), ""));
    let (told, _) = scene.tells(1, &["mark", "taken", "--filter", "ann3 | ann4", "--yes"]);
    assert_eq!((&told["done"], &told["conflict"]), (&1.into(), &1.into()));
    assert_eq!(told["problems"][0]["detail"], "somebody has taken it already");
    let (told, _) = scene.tells(1, &["mark", "done", "--id", id, "--yes"]);
    assert_eq!(told["done"], 1);
    let keywords = fs::read_to_string(scene.dovecot.maildir().join("dovecot-keywords"));
    let keywords = keywords.expect("a file");
    assert!(keywords.contains("$DLTaken") && keywords.contains("$DLDone"), "{keywords}");
    assert_eq!(scene.holds("INBOX")[&3].1.len(), 1, "one state at a time");
    // What the other has changed since is not taken back.
    let (told, _) = scene.tells(0, &["undo", "--yes"]);
    assert_eq!((&told["done"], &told["conflict"]), (&0.into(), &1.into()));
    let (told, _) = scene.tells(1, &["undo", "--yes"]);
    assert_eq!(told["done"], 1);
    let taken = scene.holds("INBOX")[&3].1.clone();
    let (told, _) = scene.tells(1, &["undo", "--yes"]);
    assert_eq!((&told["done"], scene.holds("INBOX")[&4].1.as_str()), (&1.into(), ""));
    assert_eq!(scene.holds("INBOX")[&3].1, taken);
}

#[test]
fn nothing_is_changed_that_nobody_agreed_to() {
    let Some(scene) = Scene::new(51, 1, "", "") else { return };
    let refuses = |arguments: &[&str], why: &str| {
        let output = scene.run(0, arguments);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && complaint.contains(why), "{arguments:?}: {complaint}");
    };
    let all = ["move", "INBOX/Old", "--create", "--all"];
    refuses(&all, "nobody can be asked here");
    refuses(&[&all[..], &["--yes"]].concat(), "say how many with --yes=51");
    refuses(&[&all[..], &["--yes=50"]].concat(), "these are 51 messages, not 50");
    refuses(&[&["--read-only"], &all[..], &["--yes=51"]].concat(), "mailboxes are only read here");
    refuses(&["move", "Old", "--yes"], "required");
    refuses(&["move", "Old", "--filter", "", "--yes"], "the filter is empty");
    refuses(&["move", "Old", "--id", "nobody", "--yes"], "nothing that is kept is called nobody");
    let one = ["--id", "lab INBOX#7", "--yes"];
    refuses(&[&["move", "Old"], &one[..], &["--format", "json"]].concat(), "");
    let (told, _) = scene.tells(0, &[&["move", "Old"], &one[..]].concat());
    assert_eq!(told["problems"][0]["detail"], "there is no folder Old; --create makes it");
    refuses(&["move", "--trash", "--id", "lab INBOX#7", "--yes"], "set trash of account lab");
    refuses(&["undo", "--yes"], "there is no plan to take back");
    assert_eq!((scene.count("INBOX"), scene.count("Old")), (51, 0));
    let output = scene.run(0, &[&["--read-only"], &all[..], &["--dry-run"]].concat());
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[..2], ["move to INBOX/Old: 51 messages", "  in lab INBOX"]);
    assert!(lines[2].ends_with("@oak.example  5.1.1  user_unknown"), "{shown}");
    assert_eq!(lines[7..], ["    and 46 more", "Nothing was changed (--dry-run)."]);
}

#[test]
fn a_server_without_extensions_is_enough() {
    let Some(scene) = Scene::new(5, 1, &format!("imap_capability = {BARE}"), "trash = 'Bin'")
    else {
        return;
    };
    let (told, complaint) =
        scene.tells(0, &["move", "--trash", "--create", "--filter", "ann1 | ann2", "--yes"]);
    assert_eq!(told["done"], 2, "{told} {complaint}");
    let notes = told["notes"].to_string();
    assert!(notes.contains("cannot expunge single messages"), "{notes}");
    assert_eq!((scene.count("INBOX"), scene.count("Bin")), (3, 2));
    let (told, complaint) = scene.tells(0, &["undo", "--yes"]);
    assert_eq!(told["done"], 2, "{told} {complaint}");
    assert_eq!((scene.count("INBOX"), scene.count("Bin")), (5, 0));
    scene.is_whole(&["INBOX", "Bin"]);
    let (told, _) = scene.tells(0, &["mark", "taken", "--filter", "ann3", "--yes"]);
    assert!(told["notes"].to_string().contains("counts no changes (CONDSTORE)"), "{told}");
    assert_eq!((&told["done"], scene.holds("INBOX")[&3].1.len()), (&1.into(), 1));
}

#[test]
fn another_folder_under_the_same_name_is_left_alone() {
    let Some(scene) = Scene::new(5, 1, "", "") else { return };
    // The list of UIDs begins anew, with another UIDVALIDITY.
    for entry in fs::read_dir(scene.dovecot.maildir()).expect("a folder").flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(entry.path()).expect("a file");
        }
    }
    std::thread::park_timeout(Duration::from_millis(1_100));
    let (told, _) = scene.tells(0, &["move", "Bin", "--create", "--all", "--yes"]);
    assert_eq!((&told["refused"], &told["done"]), (&5.into(), &0.into()), "{told}");
    assert!(told.to_string().contains("run `deadletter sync` and choose again"), "{told}");
    assert_eq!((scene.count("INBOX"), scene.count("Bin")), (5, 0));
    scene.says(0, &["sync"]);
    let (told, _) = scene.tells(0, &["move", "Bin", "--create", "--all", "--yes"]);
    assert_eq!((&told["done"], scene.count("Bin")), (&5.into(), 5));
}
