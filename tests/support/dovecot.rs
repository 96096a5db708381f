//! A real Dovecot of our own, started by `dovecot.sh` beside this file.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::certificates::Authority;

/// A running server; it ends when this is dropped, or with the process.
pub(crate) struct Dovecot {
    dir: TempDir,
    server: Child,
    pub(crate) authority: Authority,
    pub(crate) imap: u16,
    pub(crate) imaps: u16,
}

impl Dovecot {
    /// Starts one whose mailbox was filled by `fill`, which gets the Maildir; none where Dovecot is
    /// not installed.
    pub(crate) fn start(fill: impl FnOnce(&Path)) -> Option<Self> {
        Self::start_with("", fill)
    }

    /// The same with more settings.
    pub(crate) fn start_with(settings: &str, fill: impl FnOnce(&Path)) -> Option<Self> {
        if !["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"].iter().any(|p| Path::new(p).exists()) {
            return left_out("dovecot is not installed");
        }
        let dir = TempDir::new().expect("a folder");
        let maildir = dir.path().join("mail/Maildir");
        for folder in ["cur", "new", "tmp"] {
            fs::create_dir_all(maildir.join(folder)).expect("a folder");
        }
        fill(&maildir);
        let authority = Authority::new();
        let issued = authority.good();
        let [imap, imaps] = free_ports();
        let server =
            Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/dovecot.sh"))
                .arg(dir.path())
                .args([imap.to_string(), imaps.to_string()])
                .args([issued.certificate, issued.key])
                .env("DOVECOT_SETTINGS", settings)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the script runs");
        let mut dovecot = Self { dir, server, authority, imap, imaps };
        dovecot.wait();
        Some(dovecot)
    }

    fn wait(&mut self) {
        let mut said = String::new();
        let stdout = self.server.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.imaps)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "dovecot does not answer: {}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// Where its mail lies.
    pub(crate) fn maildir(&self) -> PathBuf {
        self.dir.path().join("mail/Maildir")
    }

    /// Its configuration.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.path().join("dovecot.conf")
    }

    /// The certificate to trust.
    pub(crate) fn trust(&self) -> PathBuf {
        self.authority.file()
    }

    /// Runs doveadm.
    pub(crate) fn doveadm(&self, arguments: &[&str], input: &str) {
        let file = self.dir.path().join("input");
        fs::write(&file, input).expect("a file");
        let run = Command::new("doveadm")
            .arg("-c")
            .arg(self.config())
            .args(arguments)
            .stdin(fs::File::open(&file).expect("a file"))
            .output()
            .expect("doveadm runs");
        assert!(
            run.status.success(),
            "doveadm {arguments:?}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

/// Says why a test is left out; where `DEADLETTER_REQUIRE=all` is set, that is a failure.
pub(crate) fn left_out<T>(why: &str) -> Option<T> {
    assert!(std::env::var("DEADLETTER_REQUIRE").as_deref() != Ok("all"), "required: {why}");
    let _ = writeln!(std::io::stdout(), "left out: {why}");
    None
}

/// Two ports that nobody listens at.
pub(crate) fn free_ports() -> [u16; 2] {
    // Both are held until both are known, so that they differ.
    [(), ()]
        .map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"))
        .map(|l| l.local_addr().expect("an address").port())
}
