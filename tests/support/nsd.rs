//! A real authoritative server of our own, NSD, started by `nsd.sh` beside this file.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dovecot::{free_ports, left_out};

/// A running server; it ends when this is dropped, or with the process.
pub(crate) struct Nsd {
    dir: TempDir,
    server: Child,
    port: u16,
}

impl Nsd {
    /// Starts one that holds these records and nothing else in the world; none where NSD is not
    /// installed.
    pub(crate) fn start(records: &str) -> Option<Self> {
        if !["/usr/sbin/nsd", "/usr/local/sbin/nsd"].iter().any(|path| Path::new(path).exists()) {
            return left_out("nsd is not installed");
        }
        let dir = TempDir::new().expect("a folder");
        let zone = format!(
            "$ORIGIN .\n$TTL 300\n@ SOA ns.invalid. root.invalid. 1 3600 600 86400 60\n\
             @ NS ns.invalid.\nns.invalid. A 127.0.0.1\n{records}"
        );
        fs::write(dir.path().join("root.zone"), zone).expect("a file");
        let [port, _] = free_ports();
        let server =
            Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/nsd.sh"))
                .arg(dir.path())
                .arg(port.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("the script runs");
        let mut nsd = Self { dir, server, port };
        nsd.wait();
        Some(nsd)
    }

    fn wait(&mut self) {
        let mut said = String::new();
        let stdout = self.server.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = ["log", "output"]
                .map(|file| fs::read_to_string(self.dir.path().join(file)).unwrap_or_default());
            assert!(started.elapsed() < Duration::from_secs(20), "nsd does not answer: {log:?}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Where it answers, as the configuration names a resolver.
    pub(crate) fn resolver(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Nsd {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}
