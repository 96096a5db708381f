//! A real Postfix of our own and one that refuses its mail, started by `postfix.sh` beside this
//! file.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dovecot::{free_ports, left_out};

/// The running servers; they end when this is dropped, or with the process.
pub(crate) struct Postfix {
    dir: TempDir,
    server: Child,
    ours: u16,
}

impl Postfix {
    /// Starts both; what comes back goes to this Maildir. None where Postfix is not installed or
    /// may not run.
    pub(crate) fn start(maildir: &Path) -> Option<Self> {
        let prefix = std::env::var("DEADLETTER_POSTFIX").unwrap_or_default();
        if !Path::new(&format!("{prefix}/usr/sbin/postfix")).exists() {
            return left_out("postfix is not installed");
        }
        if !rustix::process::geteuid().is_root()
            && !Command::new("sudo").args(["-n", "true"]).status().is_ok_and(|s| s.success())
        {
            return left_out("postfix runs only as root");
        }
        let dir = TempDir::new().expect("a folder");
        let [ours, theirs] = free_ports();
        let server =
            Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/postfix.sh"))
                .arg(dir.path())
                .args([ours.to_string(), theirs.to_string()])
                .arg(maildir)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the script runs");
        let mut postfix = Self { dir, server, ours };
        let mut said = String::new();
        let stdout = postfix.server.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", ours)).is_err()
            || TcpStream::connect(("127.0.0.2", theirs)).is_err()
        {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "postfix does not answer: {}",
                postfix.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Some(postfix)
    }

    /// What both logged.
    pub(crate) fn log(&self) -> String {
        ["ours/output", "ours/log", "theirs/output", "theirs/log"]
            .map(|file| fs::read_to_string(self.dir.path().join(file)).unwrap_or_default())
            .join("\n")
    }

    /// Sends a message of so many lines, as otto@birch.example.
    pub(crate) fn send(&self, to: &str, lines: usize) {
        let connection = TcpStream::connect(("127.0.0.1", self.ours)).expect("our own server");
        let mut talk = Talk(BufReader::new(connection));
        talk.says("220");
        let message = format!(
            "From: Otto <otto@birch.example>\r\nTo: {to}\r\nSubject: Hello {to}\r\nMessage-ID: <{to}-m1@birch.example>\r\n\
             Date: Mon, 4 May 2026 07:00:00 +0000\r\n\r\n{}.",
            "Nothing but a test.\r\n".repeat(lines)
        );
        for (line, code) in [
            ("EHLO client.birch.example", "250"),
            ("MAIL FROM:<otto@birch.example>", "250"),
            (&format!("RCPT TO:<{to}>"), "250"),
            ("DATA", "354"),
            (&message, "250"),
            ("QUIT", "221"),
        ] {
            talk.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).expect("a line");
            talk.says(code);
        }
    }
}

/// A conversation with an SMTP server.
struct Talk(BufReader<TcpStream>);

impl Talk {
    /// Takes a reply, which has this code.
    fn says(&mut self, code: &str) {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("a reply");
            assert!(line.starts_with(code), "{line:?}");
            if line.as_bytes().get(3) == Some(&b' ') {
                return;
            }
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}
