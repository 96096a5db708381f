//! A small process that gives the terminal back when ours is gone and could not do it: after
//! SIGKILL, or a fault that the processor found. It is our own program once more, in a session of
//! its own, so that nothing that ends us ends it first; it holds the terminal and the connection
//! to us, and ends when that is closed.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, getpgid, getpgrp, getppid, getsid, setsid};
use rustix::stdio::{stdin, stdout};
use rustix::termios::{Termios, tcgetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::restore;
use super::usage::{Usage, same};

/// The argument that makes a guard of the program; whose process group started us comes behind it.
const ARGUMENT: &str = "--guard-the-terminal";
/// What tells that the terminal is not in use.
const UNUSED: u8 = b'-';
/// How long an answer of the guard may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// True in the program that can be started as a guard: the library may be part of another one.
static PERMITTED: AtomicBool = AtomicBool::new(false);

/// Does the work of a guard if the arguments say so, and is true then; else from now on terminals
/// are guarded.
pub fn serve_or_permit(arguments: &[OsString]) -> bool {
    if let [_, argument, starter] = arguments
        && argument.to_str() == Some(ARGUMENT)
    {
        serve(starter.to_str().and_then(|text| text.parse().ok()));
        return true;
    }
    PERMITTED.store(true, Ordering::Relaxed);
    false
}

/// The connection to a guard.
#[derive(Debug)]
pub(super) struct Guard(UnixStream);

impl Guard {
    /// Starts a guard of this terminal; none where there cannot be one, and that is no reason not
    /// to go on.
    pub(super) fn start(terminal: BorrowedFd<'_>) -> Option<Self> {
        if !PERMITTED.load(Ordering::Relaxed) {
            return None;
        }
        let (ours, its) = UnixStream::pair().ok()?;
        ours.set_read_timeout(Some(PATIENCE)).ok()?;
        let starter = getppid().and_then(|parent| getpgid(Some(parent)).ok());
        Command::new("/proc/self/exe")
            .arg0("deadletter")
            .arg(ARGUMENT)
            .arg(starter.map_or(0, Pid::as_raw_pid).to_string())
            .stdin(Stdio::from(OwnedFd::from(its)))
            .stdout(Stdio::from(terminal.try_clone_to_owned().ok()?))
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        Some(Self(ours))
    }

    /// Tells what the terminal is used for; returns when the guard has seen how it is before that.
    pub(super) fn tell(&mut self, usage: Option<Usage>) -> io::Result<()> {
        match usage {
            Some(usage) => {
                self.0.write_all(&[usage.letter()])?;
                self.0.read_exact(&mut [0])
            }
            None => self.0.write_all(&[UNUSED]),
        }
    }
}

/// Watches until the process that started us is gone; then gives back what it has not.
fn serve(starter: Option<i32>) {
    let group = getpgrp().as_raw_pid();
    let session = getsid(None).ok();
    // Fails only where the session is our own already.
    let _ = setsid();
    // A signal to many processes is met by the one that we guard; its end is ours.
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        let _ = signal_hook::flag::register(signal, Arc::default());
    }
    let Some((usage, before)) = watch() else { return };
    let front = session.and_then(in_front);
    let Ok(now) = tcgetattr(stdout()) else { return };
    // Where the modes are no longer those of the usage, somebody else has set others for himself.
    let unchanged = same(&now, &usage.modes(&before));
    let shell = front.is_some() && front == starter && front != Some(group);
    if unchanged && (shell || front.is_none() || front == Some(group)) {
        restore::give_back(stdout(), usage, &before);
    } else if shell && usage == Usage::Screen {
        // The shell has taken its terminal back, but knows nothing of the other screen.
        restore::write_ending(stdout(), usage);
    }
}

/// Takes what is told until the other end is closed; returns what the terminal was used for then,
/// and its modes before that.
fn watch() -> Option<(Usage, Termios)> {
    let mut held = None;
    let mut letter = [0];
    loop {
        match rustix::io::read(stdin(), &mut letter) {
            Err(Errno::INTR) => {}
            Ok(1..) => {
                held = None;
                if let Some(usage) = Usage::of_letter(letter[0]) {
                    held = tcgetattr(stdout()).ok().map(|before| (usage, before));
                    rustix::io::write(stdin(), &letter).ok()?;
                }
            }
            _ => return held,
        }
    }
}

/// The process group in front on the terminal of a session (Linux: proc(5)); none where the system
/// does not tell.
fn in_front(session: Pid) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{session}/stat")).ok()?;
    // The name in parentheses may hold anything; behind it come state, parent, group, session,
    // terminal, and the group in front.
    let (_, rest) = text.rsplit_once(") ")?;
    let group = rest.split(' ').nth(5)?.parse().ok()?;
    if group > 0 { Some(group) } else { None }
}
