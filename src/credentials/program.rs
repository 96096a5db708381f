//! Programs that print a secret, such as `pass` or a keyring: run without a shell and within a time
//! limit.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use rustix::process::{Pid, Signal, kill_process};
use zeroize::Zeroizing;

use crate::mail::SafeText;

use super::hiding;

/// How long a program may take to print a secret.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a program's standard error is kept, in bytes.
const COMPLAINT: usize = 2_000;
/// How much of it is passed on to the terminal, in bytes.
const PASSED_ON: usize = 64 << 10;
/// The longest secret, in bytes.
const LONGEST: usize = 64 << 10;

/// What stands in the first line of a program's output.
type FirstLine = Zeroizing<Vec<u8>>;

/// A program that runs, and what is still to come from it.
struct Running {
    pid: Pid,
    output: Receiver<FirstLine>,
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
) -> Result<Zeroizing<String>, SafeText> {
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
    fn finish(self, patience: Duration) -> Result<Zeroizing<String>, SafeText> {
        let Ok(ended) = self.ended.recv_timeout(patience) else {
            let _ = kill_process(self.pid, Signal::KILL);
            return Err(SafeText::new(&format!("no end after {} s", patience.as_secs())));
        };
        let status = ended.map_err(reason)?;
        // A program that it left behind may hold its pipes open; what matters was written before it
        // ended.
        let soon = Instant::now() + Duration::from_secs(1);
        let line = self.output.recv_deadline(soon).unwrap_or_default();
        if status.success() {
            return secret(&line);
        }
        // It may have told the secret before it failed, and tell it again in its complaint.
        hiding::remember(&String::from_utf8_lossy(&line));
        let complaint = self.complaint.recv_deadline(soon).unwrap_or_default();
        let text = format!("{status}: {}", hiding::shown(&complaint));
        Err(SafeText::new(text.trim_end_matches(": ")))
    }
}

/// A first line as a secret, if it can be one.
fn secret(line: &[u8]) -> Result<Zeroizing<String>, SafeText> {
    if line.len() > LONGEST {
        return Err("its first line is longer than 64 KiB".into());
    }
    if line.contains(&0) {
        return Err("there is a NUL in its first line".into());
    }
    match std::str::from_utf8(line) {
        Ok(text) if !text.is_empty() => Ok(Zeroizing::new(text.to_owned())),
        _ => Err("it printed no text on its first line".into()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands errors over by value")]
fn reason(error: io::Error) -> SafeText {
    SafeText::new(&error.to_string())
}

/// The first line, without its end; of one that is too long for a secret a byte too much.
fn read_line(mut from: ChildStdout) -> Receiver<FirstLine> {
    let (done, result) = bounded(1);
    thread::spawn(move || {
        let _ = done.send(first_of(&mut from));
        // The rest is read too: a program whose output nobody reads would be killed for it.
        let _ = io::copy(&mut from, &mut io::sink());
    });
    result
}

fn first_of(from: &mut impl Read) -> FirstLine {
    // It never grows: that would leave a copy of the secret behind.
    let mut line = Zeroizing::new(vec![0; LONGEST + 3]);
    let (mut length, mut end) = (0, None);
    while let Ok(read @ 1..) = from.read(&mut line[length..]) {
        end = memchr::memchr(b'\n', &line[length..length + read]).map(|at| length + at);
        length += read;
        if end.is_some() {
            break;
        }
    }
    line.truncate(end.unwrap_or(length));
    if line.ends_with(b"\r") {
        line.pop();
    }
    line
}

fn read_complaint(mut from: ChildStderr, shown: bool) -> Receiver<Vec<u8>> {
    in_background(move || {
        let mut kept = Vec::new();
        let mut piece = [0; 1024];
        let mut passed_on = 0;
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let room = COMPLAINT - kept.len();
            kept.extend_from_slice(&piece[..read.min(room)]);
            if shown && passed_on < PASSED_ON {
                passed_on += read;
                let _ = io::stderr().write_all(disarmed(&mut piece[..read]));
            }
        }
        kept
    })
}

/// What a program tells people, without what a terminal would obey: a program may pass on what a
/// server told it.
fn disarmed(text: &mut [u8]) -> &[u8] {
    let mut before = 0;
    for byte in text.iter_mut() {
        let is_line = matches!(*byte, b'\n' | b'\r' | b'\t');
        // The second half of a C1 control in UTF-8, or an ASCII control.
        if before == 0xc2 && *byte < 0xa0 || byte.is_ascii_control() && !is_line {
            *byte = b'?';
        }
        before = *byte;
    }
    text
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
        let line = first_line(&argv, Stdio::null(), false, Duration::from_secs(10))?;
        Ok(line.to_string())
    }

    #[test]
    fn what_can_be_no_secret_is_refused() {
        let most = format!("head -c {LONGEST} /dev/zero | tr '\\0' x");
        assert_eq!(run(&most).unwrap().len(), LONGEST);
        let long = "its first line is longer than 64 KiB";
        assert_eq!(run(&format!("{most}; echo x")).unwrap_err(), long);
        assert_eq!(run("head -c 9000000 /dev/zero | tr '\\0' x").unwrap_err(), long);
        assert_eq!(run("printf 'a\\0b\\n'").unwrap_err(), "there is a NUL in its first line");
        assert_eq!(run("printf '\\377\\n'").unwrap_err(), "it printed no text on its first line");
    }

    #[test]
    fn a_program_without_an_end_is_ended() {
        for endless in ["yes", "yes >&2", "cat /dev/zero", "while :; do :; done"] {
            let argv = ["sh", "-c", &format!("exec {endless}")].map(str::to_owned);
            let argv = if endless.starts_with("while") {
                ["sh", "-c", endless].map(str::to_owned)
            } else {
                argv
            };
            let begun = Instant::now();
            let reason =
                first_line(&argv, Stdio::null(), false, Duration::from_millis(300)).unwrap_err();
            assert_eq!(reason, "no end after 0 s", "{endless}");
            assert!(begun.elapsed() < Duration::from_secs(10), "{endless}");
        }
    }

    #[test]
    fn a_complaint_tells_no_secret() {
        let told = run("echo canary-1b7e; echo 'canary-1b7e is wrong' >&2; exit 1").unwrap_err();
        assert_eq!(told, "exit status: 1: … is wrong");
    }

    #[test]
    fn a_terminal_obeys_nothing_that_a_program_complains() {
        let mut text = "\u{1b}[2Jno\r\n\u{9b}1m\u{7f}\tż".as_bytes().to_vec();
        assert_eq!(
            disarmed(&mut text),
            "?[2Jno\r\n\u{c2}?1m?\tż"
                .replace('\u{c2}', "\0")
                .bytes()
                .map(|b| if b == 0 { 0xc2 } else { b })
                .collect::<Vec<_>>()
        );
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
