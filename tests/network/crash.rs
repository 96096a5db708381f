//! What a crash leaves behind: nothing that was in memory.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use rustix::process::{Pid, Signal, kill_process};

use crate::seen::CANARY;

/// The program, logged in as far as a server lets it that says nothing after its greeting: it holds
/// the password now. Core files would be allowed, and written to `folder`.
fn holding_a_password(folder: &Path) -> Child {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let file = folder.join("config.toml");
    let text = format!(
        "[[account]]\nname = 'lab'\nhost = '127.0.0.1'\nport = {port}\ntls = 'none'\nuser = 'me'\n\
         password_command = ['sh', '-c', 'ulimit -c > limit; ulimit -Hc >> limit; echo {CANARY}']\n"
    );
    fs::write(&file, text).expect("a file");
    let child = Command::new("sh")
        .args(["-c", "ulimit -c unlimited; exec \"$0\" check --config config.toml"])
        .arg(cargo_bin("deadletter"))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let (mut tcp, _) = listener.accept().expect("the program calls");
    tcp.write_all(b"* OK [CAPABILITY IMAP4rev1] ready\r\n").expect("a greeting");
    let mut login = [0; 256];
    let read = std::io::Read::read(&mut tcp, &mut login).expect("a login");
    assert!(String::from_utf8_lossy(&login[..read]).contains(CANARY));
    // The connection stays open: the program waits for the answer.
    std::mem::forget(tcp);
    child
}

#[test]
fn a_crash_leaves_no_core() {
    for signal in [Signal::SEGV, Signal::ABORT, Signal::QUIT, Signal::BUS, Signal::TRAP] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = holding_a_password(folder.path());
        let id = Pid::from_child(&child);
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child of ours") {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{signal:?} ends it");
            // The first SIGSEGV from outside only puts the handler of the Rust runtime away.
            kill_process(id, signal).expect("a child that nobody has waited for");
            std::thread::park_timeout(Duration::from_millis(20));
        };
        assert!(!status.core_dumped(), "{signal:?}: {status}");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["config.toml", "limit"], "{signal:?}");
        let limits = fs::read_to_string(folder.path().join("limit")).expect("a file");
        assert_eq!(limits, "0\n0\n", "programs that print passwords leave none either");
    }
}

#[test]
fn the_system_says_that_there_will_be_no_core() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = holding_a_password(folder.path());
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
    let words: Vec<&str> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
    // The files of a process that may not be dumped belong to root, whoever runs it.
    let memory = fs::metadata(format!("/proc/{}/mem", child.id())).expect("a file");
    assert_eq!(memory.uid(), 0);
    child.kill().expect("it runs");
    child.wait().expect("a child of ours");
}
