//! IMAP over the standard input and output of a program: Dovecot's own, a way to a server of ours,
//! and programs that do what none should.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deadletter::config::{Account, Tls};
use deadletter::credentials::Secret;
use deadletter::source::imap::{Error as ImapError, Imap, Limits, check_within};
use deadletter::source::{Error, Place, Source, State};
use tempfile::TempDir;

use crate::dovecot::Dovecot;
use crate::imap_server::{Mailbox, Server};
use crate::seen::{CANARY, Seen, account, limits};

fn bounces(count: u32) -> impl FnOnce(&Path) {
    move |maildir| {
        for n in 1..=count {
            let text = format!("Subject: bounce {n}\r\n\r\nYour message {n} came back.\r\n");
            let name = format!("new/{:010}.M{n}.test", 1_700_000_000 + n);
            fs::write(maildir.join(name), text).expect("a file");
        }
    }
}

fn through(argv: &[&str]) -> Account {
    Account {
        host: String::new(),
        port: None,
        user: String::new(),
        tunnel: argv.iter().map(|word| (*word).to_owned()).collect(),
        ..account(0, Tls::Implicit, None)
    }
}

/// A shell that does this.
fn shell(script: &str) -> Account {
    through(&["sh", "-c", script])
}

fn source(account: Account) -> Imap {
    Imap::new(account, None).within(limits())
}

/// Limits for programs that say nothing.
fn hasty() -> Limits {
    Limits { read: Duration::from_millis(400), ..limits() }
}

/// A program that leads to a server of ours.
fn to(server: &Server) -> Account {
    let port = server.start();
    let way = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; cat <&3 & exec cat >&3");
    through(&["bash", "-c", &way])
}

/// What is told of this, the first time that it waits; then it ends.
fn first_trouble(source: &mut Imap) -> String {
    let mut seen = Seen::default();
    let trouble = |seen: &Seen| {
        seen.states.iter().find_map(|state| match state {
            State::Waiting { why, .. } => Some(why.to_string()),
            _ => None,
        })
    };
    seen.stream_until(source, |seen| trouble(seen).is_some()).expect("it waits");
    trouble(&seen).expect("a reason")
}

/// The commands by which Dovecot serves a mailbox to whoever runs it.
fn dovecots_own(dovecot: &Dovecot) -> [Vec<String>; 2] {
    let config = dovecot.config().display().to_string();
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    [
        own(&["doveadm", "-c", &config, "exec", "imap", "-u", "tester"]),
        own(&["/usr/lib/dovecot/imap", "-c", &config, "-u", "tester"]),
    ]
}

#[test]
fn dovecots_own_program_serves_a_mailbox_without_a_password() {
    let Some(dovecot) = Dovecot::start(bounces(2_500)) else { return };
    for tunnel in dovecots_own(&dovecot) {
        if tunnel[0].starts_with('/') && !Path::new(&tunnel[0]).exists() {
            continue;
        }
        let account = Account { tunnel, ..through(&[]) };
        let mut source = source(account.clone());
        let mut seen = Seen::default();
        seen.stream(&mut source).expect("a stream");
        let expected: Vec<u32> = (2_301..=2_500).chain(301..=2_300).chain(1..=300).collect();
        assert_eq!((seen.uids.len(), seen.waits(), seen.notices.len()), (2_500, 0, 0));
        assert_eq!(seen.uids, expected);
        assert_eq!(seen.states.last(), Some(&State::Idle("tunnel".into())));
        assert!(source.look().is_some(), "it answers");
        assert_eq!(&*source.name(), "lab/INBOX");
        let place = Place { validity: seen.validities[0], uid: 17 };
        let whole = source.reader().whole(place).expect("a message");
        assert_eq!(whole, b"Subject: bounce 17\r\n\r\nYour message 17 came back.\r\n");
        let report = check_within(&account, None, limits());
        assert!(report.is_good(), "{report}");
        assert!(report.to_string().contains("the program of the tunnel has logged in"), "{report}");
    }
    assert_eq!(dovecot.log().matches("Login: user").count(), 0, "{}", dovecot.log());
}

#[test]
fn the_commands_work_through_a_tunnel_and_ask_for_nothing() {
    let Some(dovecot) = Dovecot::start(bounces(7)) else { return };
    let home = TempDir::new().expect("a folder");
    let words: Vec<String> =
        dovecots_own(&dovecot)[0].iter().map(|word| format!("{word:?}")).collect();
    let config = format!("[[account]]\nname = 'mx1'\ntunnel = [{}]\n", words.join(", "));
    fs::write(home.path().join("config.toml"), config).expect("a file");
    for (arguments, says) in
        [(["check"].as_slice(), "ok      mailbox       INBOX: 7 messages"), (&["sync"], "7 new")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
        command.env_clear().env("HOME", home.path()).env("PATH", "/usr/sbin:/usr/bin:/bin");
        command.args(["--config", "config.toml"]).args(arguments).current_dir(home.path());
        let output = command.stdin(Stdio::null()).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && complaint.is_empty(), "{said}{complaint}");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_tunnel_that_breaks_again_and_again_loses_nothing() {
    let Some(dovecot) = Dovecot::start(bounces(500)) else { return };
    let own = dovecots_own(&dovecot)[0].join(" ");
    let mut seen = Seen::default();
    let mut source = source(shell(&format!("{own} | stdbuf -o0 head -c 20000")));
    seen.stream(&mut source).expect("a stream");
    assert_eq!(seen.sorted(), (1..=500).collect::<Vec<u32>>());
    assert!(seen.waits() > 1, "{:?}", seen.states);
}

#[test]
fn a_program_may_lead_to_a_server_that_wants_a_login() {
    let server = Server::new(Mailbox::of(3));
    let account = Account { user: "postmaster".to_owned(), ..to(&server) };
    let mut seen = Seen::default();
    let mut with = Imap::new(account.clone(), Secret::password(CANARY)).within(limits());
    seen.stream(&mut with).expect("a stream");
    assert_eq!((seen.sorted(), server.logged("LOGIN").len()), (vec![1, 2, 3], 1));
    let error = Seen::default().stream(&mut source(account)).expect_err("no secret");
    assert!(matches!(error, Error::Imap(ImapError::NoLogin { .. })), "{error}");
    assert!(error.to_string().contains("give account lab a user and a password_command"));
    assert_eq!(server.logged("LOGIN").len(), 1);
}

#[test]
fn a_server_that_has_logged_us_in_is_believed_only_through_a_tunnel() {
    let server = Server::new(Mailbox::of(3)).greeting("* PREAUTH welcome");
    let mut seen = Seen::default();
    seen.stream(&mut source(to(&server))).expect("a stream");
    assert_eq!((seen.sorted(), server.logged("LOGIN").len()), (vec![1, 2, 3], 0));
    let direct = account(server.start(), Tls::None, None);
    let mut direct = Imap::new(direct, Secret::password(CANARY)).within(limits());
    let error = Seen::default().stream(&mut direct).expect_err("no such greeting");
    assert!(matches!(error, Error::Imap(ImapError::Greeting { .. })), "{error}");
}

#[test]
fn what_a_program_complains_of_is_told() {
    for (script, says) in [
        ("echo 'Host key verification failed.' >&2; exit 255", "exit status: 255: Host key verif"),
        ("exit 1", "exit status: 1;"),
        ("kill -SEGV $$", "signal: 11 (SIGSEGV)"),
        ("printf 'a\\033[31m\\377\\n' >&2; exit 2", "exit status: 2: a\\x1b[31m"),
        ("yes flood | head -c 9000000 >&2; echo end >&2; exit 3", "flood; end;"),
        ("printf '* OK half a gree'", "exit status: 0;"),
        ("printf '* PREAUTH hi\\r\\n* BYE [UNAVAILABLE] backing up\\r\\n'", "UNAVAILABLE: backing"),
    ] {
        let said = first_trouble(&mut source(shell(script)));
        assert!(said.contains(says), "{script}: {said}");
        assert!(said.len() < 1_500 && !said.contains('\u{1b}'), "{said}");
    }
    let report = check_within(&shell("echo no such user >&2; exit 67"), None, limits());
    assert!(report.to_string().contains("failed  greeting      the tunnel of account lab failed"));
    assert!(report.to_string().contains("exit status: 67: no such user"), "{report}");
}

#[test]
fn a_program_that_says_nothing_is_given_up() {
    for script in
        ["exec sleep 60", "echo 'Password: ' >&2; exec sleep 60", "yes >&2 & exec sleep 60"]
    {
        let begun = Instant::now();
        let said = first_trouble(&mut source(shell(script)).within(hasty()));
        assert!(said.contains("no answer for 1 s"), "{said}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(said.contains("Password:"), script.contains("Password"), "{said}");
    }
}

#[test]
fn what_is_no_imap_ends_it() {
    let gone = source(through(&["/nonexistent/ssh", "mx1"]));
    for (mut source, says) in [
        (
            source(shell("echo 'Welcome to mx1'; exec sleep 60")),
            "greet like an IMAP server (Welcome",
        ),
        (gone, "cannot start `/nonexistent/ssh mx1`: No such file"),
    ] {
        let mut seen = Seen::default();
        let error = seen.stream(&mut source).expect_err("it ends").to_string();
        assert!(error.contains(says), "{error}");
        assert!(error.contains("correct tunnel of account lab"), "{error}");
    }
    let endless = shell("head -c 3000000 /dev/zero; exec sleep 60");
    let error = Seen::default().stream(&mut source(endless)).expect_err("it ends").to_string();
    assert!(error.contains("a line longer than"), "{error}");
}

#[test]
fn standard_error_may_flood_while_mail_comes() {
    let server = Server::new(Mailbox::of(300)).greeting("* PREAUTH welcome");
    let port = server.start();
    let script =
        format!("yes flood >&2 & exec 3<>/dev/tcp/127.0.0.1/{port}; cat <&3 & exec cat >&3");
    let mut seen = Seen::default();
    seen.stream(&mut source(through(&["bash", "-c", &script]))).expect("a stream");
    assert_eq!((seen.uids.len(), seen.waits(), seen.notices.len()), (300, 0, 0));
}

#[test]
fn the_program_ends_with_us_and_when_called_off() {
    let folder = TempDir::new().expect("a folder");
    for called_off in [true, false] {
        let file = folder.path().join(called_off.to_string());
        let stubborn = format!(
            "trap '' HUP INT TERM; echo $$ > {}; printf '* PREAUTH hi\\r\\n'; sleep 60; sleep 60",
            file.display()
        );
        let mut source = source(shell(&stubborn));
        let canceller = source.canceller();
        let there = file.clone();
        let thread = std::thread::spawn(move || {
            while fs::read_to_string(&there).unwrap_or_default().is_empty() {
                std::thread::park_timeout(Duration::from_millis(5));
            }
            canceller.cancel();
        });
        let begun = Instant::now();
        assert!(matches!(Seen::default().stream(&mut source), Err(Error::Cancelled)));
        thread.join().expect("a thread");
        if !called_off {
            drop(source);
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let number = fs::read_to_string(&file).expect("a number");
        let alive = Path::new("/proc").join(number.trim()).exists();
        assert!(!alive, "process {} lives", number.trim());
    }
}
