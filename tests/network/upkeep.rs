//! Rounds of arrivals, expunges, moves and disconnects, by chance: what is kept afterwards is what a
//! full fetch shows, by runs of `sync` and by one `watch` over all rounds.
//!
//! `DEADLETTER_ROUNDS` sets how many; `DEADLETTER_SERVER` (a port of this machine, user tester,
//! password secret) and `DEADLETTER_FOLDER` another server than a Dovecot of our own.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use imap::{ClientBuilder, ConnectionMode, Session};
use serde_json::Value;
use tempfile::TempDir;

use crate::dovecot::Dovecot;
use crate::sync::Numbers;

/// Rounds, unless somebody wants others.
const ROUNDS: u32 = 5;
/// How long a program may take to catch up.
const CATCH_UP: Duration = Duration::from_mins(2);

fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// A way to the server on which connections break.
struct Wire {
    port: u16,
    open: Arc<Mutex<Vec<TcpStream>>>,
    /// Bytes of the server that may still pass before the connection breaks; negative: any number.
    left: Arc<AtomicI64>,
}

impl Wire {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (open, left) = (Arc::<Mutex<Vec<TcpStream>>>::default(), Arc::new(AtomicI64::new(-1)));
        let (all, budget) = (Arc::clone(&open), Arc::clone(&left));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let clone = |s: &TcpStream| s.try_clone().expect("a socket");
                all.lock().expect("the list").extend([clone(&client), clone(&server)]);
                let (from, to, budget) = (clone(&server), clone(&client), Arc::clone(&budget));
                std::thread::spawn(move || pass(from, to, Some(&budget)));
                std::thread::spawn(move || pass(client, server, None));
            }
        });
        Self { port, open, left }
    }

    /// Breaks all connections.
    fn cut(&self) {
        for stream in self.open.lock().expect("the list").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, budget: Option<&AtomicI64>) {
    let mut piece = [0; 1024];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        if let Some(budget) = budget
            && budget.load(Ordering::SeqCst) >= 0
            && budget.fetch_sub(1024, Ordering::SeqCst) < 1024
        {
            budget.store(-1, Ordering::SeqCst);
            break;
        }
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Another program that uses the mailboxes.
struct Other {
    session: Session<imap::Connection>,
    folders: [String; 2],
    numbers: Numbers,
    came: u32,
}

impl Other {
    fn new(port: u16) -> Self {
        let session = ClientBuilder::new("127.0.0.1", port)
            .mode(ConnectionMode::Plaintext)
            .connect()
            .expect("a connection")
            .login("tester", "secret")
            .map_err(|(error, _)| error)
            .expect("a login");
        let folder = variable("DEADLETTER_FOLDER").unwrap_or_else(|| "Bounces".to_owned());
        let folders = ["INBOX".to_owned(), folder];
        let mut other = Self { session, folders, numbers: Numbers(7), came: 0 };
        // It may be there.
        let _ = other.session.create(&other.folders[1]);
        other
    }

    fn folder(&mut self) -> usize {
        self.numbers.below(2) as usize
    }

    /// A bounce comes.
    fn deliver(&mut self) {
        self.came += 1;
        let n = self.came;
        let mail = format!(
            "From: MAILER-DAEMON@mx.birch.example\r\nMessage-ID: <{n}@mx.birch.example>\r\n\
             Subject: Undelivered Mail Returned to Sender\r\n\r\n\
             <ann{n}@oak.example>: host mx.oak.example said: 550 5.1.1 no such user\r\n{}",
            "the mail log of the day\r\n".repeat(20)
        );
        let at = self.folder();
        self.session.append(&self.folders[at], mail.as_bytes()).finish().expect("it is taken");
    }

    /// Removes some messages of a folder, or moves them into the other one.
    fn remove(&mut self, moves: bool) {
        let at = self.folder();
        let exists = self.session.select(&self.folders[at]).expect("the folder").exists;
        if exists == 0 {
            return;
        }
        let mut wanted: Vec<u32> =
            self.session.uid_search("ALL").expect("UIDs").into_iter().collect();
        wanted.sort_unstable();
        let first = self.numbers.below(exists) as usize;
        let some = 1 + self.numbers.below(6) as usize;
        let mut uids = Vec::new();
        for uid in wanted.into_iter().skip(first).take(some) {
            uids.push(uid.to_string());
        }
        let uids = uids.join(",");
        if moves {
            self.session.uid_copy(&uids, &self.folders[1 - at]).expect("a copy");
        }
        self.session.uid_store(&uids, "+FLAGS.SILENT (\\Deleted)").expect("a flag");
        self.session.expunge().expect("they go");
    }

    /// Folder and Message-ID of all that is there.
    fn there(&mut self) -> BTreeSet<(String, String)> {
        let mut there = BTreeSet::new();
        for folder in self.folders.clone() {
            if self.session.select(&folder).expect("the folder").exists == 0 {
                continue;
            }
            let wanted = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";
            for message in self.session.fetch("1:*", wanted).expect("headers").iter() {
                let header = String::from_utf8_lossy(message.header().expect("a header"));
                let id = header.split(['<', '>']).nth(1).expect("an id").to_owned();
                there.insert((folder.clone(), id));
            }
        }
        there
    }
}

/// A program of ours with a store of its own.
struct Keeper {
    home: TempDir,
}

impl Keeper {
    fn new(port: u16, folders: &[String; 2]) -> Self {
        let home = TempDir::new().expect("a folder");
        let config = format!(
            "[ours]\ndomains = ['birch.example']\n[[account]]\nname = 'lab'\nhost = '127.0.0.1'\n\
             port = {port}\ntls = 'none'\nuser = 'tester'\n\
             password_command = ['printf', 'secret']\nmailboxes = {folders:?}\n"
        );
        fs::write(home.path().join("config.toml"), config).expect("a file");
        Self { home }
    }

    fn command(&self, argument: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
        command.env_clear().env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin");
        command.args(["--config", "config.toml", argument]).current_dir(self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Folder and Message-ID of all that is kept.
    fn kept(&self) -> BTreeSet<(String, String)> {
        let mut list = self.command("list");
        let listed = list.args(["--format", "jsonl"]).stdout(Stdio::piped()).output();
        let listed = String::from_utf8(listed.expect("it runs").stdout).expect("UTF-8");
        let mut kept = BTreeSet::new();
        for line in listed.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let place = line["file"].as_str().expect("a place");
            let folder = place.strip_prefix("lab ").and_then(|p| p.rsplit_once('#'));
            let id = line["message_id"].as_str().expect("an id").to_owned();
            let is_new = kept.insert((folder.expect("a folder").0.to_owned(), id));
            assert!(is_new, "no delivery stands there twice: {line}");
        }
        kept
    }

    /// Waits until it keeps what is there.
    fn catches_up(&self, there: &BTreeSet<(String, String)>) {
        let begun = Instant::now();
        loop {
            let kept = self.kept();
            if kept == *there {
                return;
            }
            let missing: Vec<_> = there.difference(&kept).collect();
            let stale: Vec<_> = kept.difference(there).collect();
            assert!(begun.elapsed() < CATCH_UP, "missing {missing:?}, not there {stale:?}");
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn go_through_rounds(server: u16) {
    let mut other = Other::new(server);
    let wire = Wire::to(server);
    let by_sync = Keeper::new(wire.port, &other.folders);
    let by_watch = Keeper::new(wire.port, &other.folders);
    let mut watch = Running(by_watch.command("watch").spawn().expect("it runs"));
    for round in 0..variable("DEADLETTER_ROUNDS").unwrap_or(ROUNDS) {
        for _ in 0..other.numbers.below(15) {
            other.deliver();
        }
        for _ in 0..other.numbers.below(3) {
            other.remove(false);
        }
        for _ in 0..other.numbers.below(3) {
            other.remove(true);
        }
        let mut sync = Running(by_sync.command("sync").spawn().expect("it runs"));
        match other.numbers.below(4) {
            0 => wire.cut(),
            1 => wire.left.store(i64::from(other.numbers.below(30_000)), Ordering::SeqCst),
            2 => {
                std::thread::park_timeout(Duration::from_millis(other.numbers.below(150).into()));
                wire.cut();
            }
            _ => {}
        }
        // Something happens while it reads.
        other.deliver();
        other.remove(round % 2 == 0);
        sync.0.wait().expect("its end");
        if round % 5 == 4 {
            wire.left.store(-1, Ordering::SeqCst);
            by_sync.command("sync").status().expect("it runs");
            assert_eq!(by_sync.kept(), other.there(), "after round {round}");
        }
    }
    wire.left.store(-1, Ordering::SeqCst);
    let there = other.there();
    by_sync.command("sync").status().expect("it runs");
    assert_eq!(by_sync.kept(), there);
    by_watch.catches_up(&there);
    assert!(watch.0.try_wait().expect("a state").is_none(), "watch has ended");
}

#[test]
fn what_is_kept_is_what_a_full_fetch_shows() {
    if let Some(port) = variable("DEADLETTER_SERVER") {
        return go_through_rounds(port);
    }
    let Some(dovecot) = Dovecot::start(|_| {}) else { return };
    go_through_rounds(dovecot.imap);
}
