//! A program at the other end of a connection: its standard input and output end in one socket of
//! ours, and what it says on standard error is kept for whoever asks why it failed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::credentials;
use crate::mail::SafeText;

use super::super::error::{Endpoint, Error, TunnelFault};

/// How much of what it says on standard error is kept, in bytes; the end counts most.
const COMPLAINT: usize = 600;
/// How long a program may take to end when its input has ended.
const GRACE: Duration = Duration::from_millis(300);
/// How long is waited for its last words, when its output has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A program that runs. Dropped, it ends: by itself, or by force.
#[derive(Debug)]
pub(crate) struct Program {
    running: Mutex<RunningChild>,
    complaint: Arc<Mutex<VecDeque<u8>>>,
    /// Disconnected when nobody is left who could complain.
    silent: Receiver<Infallible>,
}

#[derive(Debug)]
struct RunningChild {
    child: Child,
    /// After its end its number may be another's.
    ended: Option<ExitStatus>,
}

impl Program {
    /// Starts a program, without a shell; what comes back beside it is our end of the socket.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(argv: &[String], at: &Endpoint) -> Result<(Self, OwnedFd), Error> {
        let failed = |error: io::Error| Error::Program {
            at: at.clone(),
            reason: SafeText::new(&error.to_string()),
        };
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        let output = theirs.try_clone().map_err(failed)?;
        let mut child = command(argv, theirs).and_then(|mut c| c.spawn()).map_err(failed)?;
        let complaint = Arc::default();
        if let Some(stdout) = child.stdout.take() {
            let work = move || pass_on(stdout, output);
            thread::Builder::new().name("tunnel".into()).spawn(work).map_err(failed)?;
        }
        let (speaks, silent) = bounded(0);
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&complaint);
            let work = move || keep(stderr, &kept, &speaks);
            // Without a thread nobody would read what it says, and it might wait for that.
            thread::Builder::new().name("tunnel".into()).spawn(work).map_err(failed)?;
        }
        let running = Mutex::new(RunningChild { child, ended: None });
        Ok((Self { running, complaint, silent }, ours.into()))
    }

    /// Ends it at once, and whatever it has started.
    pub(crate) fn kill(&self) {
        self.lock().kill();
    }

    /// Why the connection to it failed, in its own words where it has any.
    pub(crate) fn failure(&self, error: &io::Error) -> io::Error {
        let mut reason = error.to_string();
        if error.kind() == io::ErrorKind::UnexpectedEof
            && self.silent.recv_timeout(LAST_WORDS).is_err_and(|e| e.is_disconnected())
            && let Some(status) = self.lock().ended()
        {
            reason = status.to_string();
        }
        let complaint = self.complaint();
        if !complaint.is_empty() {
            reason = format!("{reason}: {complaint}");
        }
        io::Error::new(error.kind(), TunnelFault(SafeText::new(&reason)))
    }

    /// The end of what it said on standard error.
    pub(crate) fn complaint(&self) -> SafeText {
        let kept = self.complaint.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        drop(kept);
        let is_cut = bytes.len() >= COMPLAINT;
        let mut text = bytes.as_slice();
        if let (true, Some(at)) = (is_cut, memchr::memchr(b'\n', text)) {
            text = &text[at..];
        }
        let mut lines = Vec::new();
        for line in text.split(|&b| b == b'\n') {
            if !line.trim_ascii().is_empty() {
                lines.push(credentials::shown(line.trim_ascii()).to_string());
            }
        }
        SafeText::new(&lines.join("; "))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, RunningChild> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.silent.recv_timeout(GRACE);
        let mut running = self.lock();
        running.kill();
        let _ = running.child.wait();
    }
}

impl RunningChild {
    fn kill(&self) {
        if self.ended.is_none() {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
    }

    /// How it ended, if it does so in a moment.
    fn ended(&mut self) -> Option<ExitStatus> {
        for _ in 0..20 {
            if self.ended.is_none() {
                self.ended = self.child.try_wait().ok()?;
            }
            if self.ended.is_some() {
                return self.ended;
            }
            thread::park_timeout(Duration::from_millis(5));
        }
        None
    }
}

/// The program in a group of its own, so that a key on our terminal does not end it, and it ends
/// with all that it has started.
fn command(argv: &[String], theirs: UnixStream) -> io::Result<Command> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(io::Error::other("no program is named"));
    };
    let mut command = Command::new(program);
    command.args(arguments).process_group(0).stdin(OwnedFd::from(theirs));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // ssh would ask for a passphrase on the terminal, across the screen.
    if std::env::var_os("SSH_ASKPASS_REQUIRE").is_none() {
        command.env("SSH_ASKPASS_REQUIRE", "force");
        if std::env::var_os("SSH_ASKPASS").is_none() {
            command.env("SSH_ASKPASS", "false");
        }
    }
    Ok(command)
}

/// Passes on what it says. A program whose output is itself a socket may think that it was called
/// from outside: Dovecot's `imap` refuses to work for root then.
fn pass_on(mut from: ChildStdout, mut to: UnixStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

/// Reads all that is said on standard error, and keeps the end of it.
fn keep(mut stderr: ChildStderr, kept: &Mutex<VecDeque<u8>>, _speaks: &Sender<Infallible>) {
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut piece) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(&piece[..read]);
        let surplus = kept.len().saturating_sub(COMPLAINT);
        kept.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn start(script: &str) -> (Program, UnixStream) {
        let at = Endpoint { account: "lab".into(), server: "`sh`".into() };
        let argv = ["sh", "-c", script].map(str::to_owned);
        let (program, ours) = Program::start(&argv, &at).expect("a shell");
        (program, ours.into())
    }

    fn failure(script: &str) -> String {
        let (program, mut ours) = start(script);
        ours.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
        let mut said = Vec::new();
        let _ = ours.read_to_end(&mut said);
        let end = io::Error::new(io::ErrorKind::UnexpectedEof, "it closed the connection");
        program.failure(&end).to_string()
    }

    #[test]
    fn its_own_words_tell_why_it_failed() {
        assert_eq!(
            failure("echo 'Permission denied (publickey).' >&2; exit 255"),
            "exit status: 255: Permission denied (publickey)."
        );
        assert_eq!(
            failure("printf 'one\\n\\n\\033[2Jtwo\\n' >&2"),
            "exit status: 0: one; \\x1b[2Jtwo"
        );
        assert_eq!(failure("kill -9 $$"), "signal: 9 (SIGKILL)");
        assert_eq!(failure("exec >&- <&-; sleep 60"), "it closed the connection");
    }

    #[test]
    fn of_a_flood_the_end_is_kept() {
        let said =
            failure("yes 0123456789 | head -c 3000000 >&2; echo >&2; echo the end >&2; exit 3");
        assert!(said.starts_with("exit status: 3: 0123456789; "), "{said}");
        assert!(said.ends_with("; the end") && said.len() < 2 * COMPLAINT, "{said}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let at = Endpoint { account: "lab".into(), server: "`/nonexistent/x`".into() };
        let error = Program::start(&["/nonexistent/x".to_owned()], &at).unwrap_err();
        assert!(!error.passes());
        assert!(error.to_string().contains("cannot start `/nonexistent/x`: No such file"));
    }

    #[test]
    fn it_ends_with_whatever_it_has_started() {
        for kill in [true, false] {
            let (program, mut ours) =
                start("trap '' HUP TERM INT; sleep 77 & echo $!; wait; sleep 77");
            let mut line = [0; 20];
            let read = ours.read(&mut line).expect("a number");
            let number = String::from_utf8_lossy(&line[..read]).trim().parse().expect("a number");
            let pid = Pid::from_raw(number).expect("a process");
            let begun = Instant::now();
            if kill {
                program.kill();
            }
            drop(program);
            while rustix::process::test_kill_process(pid).is_ok() && !is_zombie(pid) {
                assert!(begun.elapsed() < Duration::from_secs(10), "it lives");
                thread::park_timeout(Duration::from_millis(10));
            }
        }
    }

    /// Nobody may have asked yet how it ended.
    fn is_zombie(pid: Pid) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
        stat.unwrap_or_default().contains(") Z ")
    }
}
