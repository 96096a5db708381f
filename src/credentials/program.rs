//! Programs that print a secret, such as `pass` or a keyring: run without a shell and within a time
//! limit.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use rustix::process::{Pid, Signal, kill_process};

use crate::mail::SafeText;

/// How long a program may take to print a secret.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a program's standard error is kept, in bytes.
const COMPLAINT: usize = 2_000;
/// The longest secret, in bytes.
const LONGEST: u64 = 64 << 10;

/// A program that runs, and what is still to come from it.
struct Running {
    pid: Pid,
    output: Receiver<Vec<u8>>,
    complaint: Receiver<Vec<u8>>,
    ended: Receiver<io::Result<ExitStatus>>,
}

/// Runs a program, without a shell, and returns the first line of its output without the line end.
/// What it writes to standard error is passed on when `shown`, and is part of the reason when it
/// fails.
pub(super) fn first_line(
    argv: &[String],
    stdin: Stdio,
    shown: bool,
    patience: Duration,
) -> Result<String, SafeText> {
    let [program, arguments @ ..] = argv else { return Err("no program is named".into()) };
    let mut command = Command::new(program);
    command.args(arguments).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(reason)?;
    Running::watch(child, shown)?.finish(patience)
}

impl Running {
    fn watch(mut child: Child, shown: bool) -> Result<Self, SafeText> {
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("it has no output".into());
        };
        Ok(Self {
            pid: Pid::from_child(&child),
            output: read_line(stdout),
            complaint: read_complaint(stderr, shown),
            ended: in_background(move || child.wait()),
        })
    }

    /// Waits for its end and returns the first line, or what it complained about.
    fn finish(self, patience: Duration) -> Result<String, SafeText> {
        let Ok(ended) = self.ended.recv_timeout(patience) else {
            let _ = kill_process(self.pid, Signal::KILL);
            return Err(SafeText::new(&format!("no end after {} s", patience.as_secs())));
        };
        let status = ended.map_err(reason)?;
        // A program that it left behind may hold its pipes open; what matters was written before it
        // ended.
        let soon = Instant::now() + Duration::from_secs(1);
        if !status.success() {
            let complaint = self.complaint.recv_deadline(soon).unwrap_or_default();
            let text = format!("{status}: {}", SafeText::from_bytes(&complaint));
            return Err(SafeText::new(text.trim_end_matches(": ")));
        }
        let line = self.output.recv_deadline(soon).unwrap_or_default();
        match String::from_utf8(line) {
            Ok(line) if !line.is_empty() => Ok(line),
            _ => Err("it printed no text on its first line".into()),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands errors over by value")]
fn reason(error: io::Error) -> SafeText {
    SafeText::new(&error.to_string())
}

/// The first line, without its end.
fn read_line(from: ChildStdout) -> Receiver<Vec<u8>> {
    let (done, result) = bounded(1);
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        let _ = from.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if line.ends_with(b"\n") {
            line.pop();
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        let _ = done.send(line);
        // The rest is read too: a program whose output nobody reads would be killed for it.
        let _ = io::copy(&mut from, &mut io::sink());
    });
    result
}

fn read_complaint(mut from: ChildStderr, shown: bool) -> Receiver<Vec<u8>> {
    in_background(move || {
        let mut kept = Vec::new();
        let mut piece = [0; 1024];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            if shown {
                let _ = io::stderr().write_all(&piece[..read]);
            }
            let room = COMPLAINT - kept.len();
            kept.extend_from_slice(&piece[..read.min(room)]);
        }
        kept
    })
}

fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, result) = bounded(1);
    thread::spawn(move || done.send(work()));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<String, SafeText> {
        let argv = ["sh", "-c", script].map(str::to_owned);
        first_line(&argv, Stdio::null(), false, Duration::from_secs(10))
    }

    #[test]
    fn the_first_line_is_the_secret() {
        assert_eq!(run("printf 'one two \\r\\nthree'").unwrap(), "one two ");
        assert_eq!(run("printf secret").unwrap(), "secret");
        assert_eq!(run("echo secret; yes | head -c 300000").unwrap(), "secret");
        assert_eq!(run("echo secret; sleep 20 &").unwrap(), "secret");
    }

    #[test]
    fn failures_say_what_the_program_said() {
        assert_eq!(
            run("echo 'gpg: \u{1b}[1mno key' >&2; exit 2").unwrap_err(),
            "exit status: 2: gpg: \\x1b[1mno key"
        );
        assert_eq!(run("exit 3").unwrap_err(), "exit status: 3");
        assert_eq!(run("echo; echo secret").unwrap_err(), "it printed no text on its first line");
        assert!(first_line(&["/nonexistent/x".into()], Stdio::null(), false, PATIENCE).is_err());
        let slow = ["sleep".to_owned(), "20".to_owned()];
        let reason =
            first_line(&slow, Stdio::null(), false, Duration::from_millis(50)).unwrap_err();
        assert_eq!(reason, "no end after 0 s");
    }
}
