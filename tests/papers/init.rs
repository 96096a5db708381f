//! `deadletter init`: what it writes, or that it wrote nothing.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

use crate::program::Program;

/// Answers to every question, over an account that cannot work; then: write it all the same, write.
fn answers(mailbox: &str) -> String {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    format!("127.0.0.1\nnone\n{port}\nme@birch.example\nprintf x\n\n{mailbox}\n\n\ny\ny\n")
}

/// Runs `init` behind a line of shell, such as one that sets a limit.
fn init(program: &Program, before: &str, file: &Path, answers: &[u8]) -> Output {
    let input = program.file("answers", answers);
    let line = format!("{before}; exec \"$0\" init --config \"$1\" < \"$2\"");
    let mut command = Command::new("sh");
    command.args(["-c", &line]).arg(cargo_bin("deadletter")).arg(file).arg(input);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", program.home.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.output().expect("the program runs")
}

fn here(program: &Program) -> PathBuf {
    program.home.path().join("new").join("config.toml")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

#[test]
fn what_it_writes_is_for_its_owner_alone() {
    for umask in ["000", "022", "077"] {
        let program = Program::new();
        let file = here(&program);
        let answers = answers("INBOX");
        let output = init(&program, &format!("umask {umask}"), &file, answers.as_bytes());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.ends_with("Written. `deadletter` opens INBOX.\n"), "{output:?}");
        assert_eq!(mode(&file), 0o600, "umask {umask}");
        assert_eq!(mode(file.parent().expect("a folder")), 0o700, "umask {umask}");
        let folder = fs::read_dir(file.parent().expect("a folder")).expect("a folder");
        assert_eq!(folder.count(), 1, "nothing else is left");
        // And it is a configuration that may name a program.
        let path = file.to_string_lossy().into_owned();
        let check = program.run(&["check", "--config", &path]);
        assert!(String::from_utf8_lossy(&check.stdout).contains("failed  connection"));
        // It is never written over.
        let again = init(&program, "true", &file, answers.as_bytes());
        assert!(String::from_utf8_lossy(&again.stderr).contains("exists already"), "{again:?}");
    }
}

/// Without room for a single byte.
#[test]
fn on_a_full_disk_nothing_is_left_and_the_next_try_works() {
    let program = Program::new();
    let file = here(&program);
    let answers = answers("INBOX");
    // The questions go through a pipe; only files have this limit.
    let full = init(&program, "trap '' XFSZ; ulimit -f 0", &file, answers.as_bytes());
    let said = String::from_utf8_lossy(&full.stderr);
    assert!(said.contains("cannot write ") && said.contains("nothing was written"), "{said}");
    assert!(!file.parent().expect("a folder").exists(), "nothing is left");
    let room = init(&program, "true", &file, answers.as_bytes());
    assert!(String::from_utf8_lossy(&room.stdout).contains("Written."), "{room:?}");
}

#[test]
fn answers_that_can_be_none_are_refused() {
    let program = Program::new();
    let file = here(&program);
    for (answer, said) in [
        (b"\xff\xfe\n".to_vec(), "the answer to \"IMAP server\" is no UTF-8"),
        (vec![b'a'; 5000], "the answer to \"IMAP server\" is longer than 4096 bytes"),
        (b"mail\x1b[2J\n".to_vec(), "the answer to \"IMAP server\" holds a control character"),
        (b"mail\0\n".to_vec(), "holds a control character"),
        (answers("IN\u{9b}2JBOX").into_bytes(), "the answer to \"Mailbox [INBOX]\" holds"),
    ] {
        let output = init(&program, "true", &file, &answer);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(said) && told.contains("nothing was written"), "{told}");
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8(all).expect("UTF-8");
        assert!(!all.contains(|c: char| c.is_control() && c != '\n'), "{all:?}");
        assert!(!file.exists());
    }
    let endless =
        init(&program, "exec < /dev/null; cat /dev/zero | head -c 100000000 |", &file, b"");
    assert!(!file.exists(), "{endless:?}");
}

/// A mailbox may have any name; what a terminal would obey or hide is not shown as it is.
#[test]
fn the_last_line_hides_nothing() {
    let program = Program::new();
    let file = here(&program);
    let output = init(&program, "true", &file, answers("IN\u{202e}BOX").as_bytes());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.ends_with("Written. `deadletter` opens IN\\u{202e}BOX.\n"), "{said}");
    assert!(!said.contains('\u{202e}'), "{said}");
    let written = fs::read_to_string(&file).expect("it is there");
    assert!(written.contains("mailbox = \"IN\\U0000202EBOX\""), "{written}");
}
