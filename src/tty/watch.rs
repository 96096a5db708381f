//! The threads that wait for signals and for the end of the terminal. When the screen does not end
//! in time, because the terminal takes no output or there is much to do, they end the process.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::after;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN,
    SIGTTOU, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, exit};

use super::calls::HUNG_UP;
use super::terminal::Tty;
use super::usage::Usage;

/// Signals that end a process and can be caught without harm. Those by which the processor or the
/// system tells of a fault are the guard's, and SIGPIPE ends no program in Rust.
const ENDING: [i32; 13] = [
    SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
    SIGIO, SIGXCPU, SIGXFSZ,
];
/// The same, known to Linux alone.
#[cfg(target_os = "linux")]
const MORE: [i32; 2] =
    [rustix::process::Signal::POWER.as_raw(), rustix::process::Signal::STKFLT.as_raw()];
/// The same, known to Linux alone.
#[cfg(not(target_os = "linux"))]
const MORE: [i32; 0] = [];

/// How long the screen may take to end.
const PATIENCE: Duration = Duration::from_millis(250);

/// Meets signals from now on.
pub(super) fn signals(tty: &'static Tty) -> io::Result<()> {
    // In the background the system stops whoever reads a terminal, at once and before anything else
    // is met. We stop there as well, but by ourselves.
    for signal in [SIGTTIN, SIGTTOU] {
        flag::register(signal, Arc::default())?;
    }
    // Who is about to stop has to know at once that the end was asked for.
    for signal in ENDING.iter().chain(&MORE) {
        let code = usize::from(code_of(*signal));
        flag::register_usize(*signal, tty.calls().signal(), code)?;
    }
    let mut signals = Signals::new(ENDING.iter().chain(&MORE).chain(&[SIGTSTP, SIGCONT]))?;
    spawn("signals", move || {
        loop {
            let met: Vec<i32> = signals.wait().collect();
            meet(tty, &met, &mut signals);
        }
    })
}

/// Waits until the other end of the terminal is closed: crossterm would read it for ever (crossterm
/// issue 793).
///
/// # Errors
/// When the system has no thread left.
pub fn watch_hangup(tty: &'static Tty) -> io::Result<()> {
    spawn("terminal", move || {
        loop {
            let mut watched = [PollFd::from_borrowed_fd(tty.fd(), PollFlags::empty())];
            match poll(&mut watched, None) {
                Err(Errno::INTR) => {}
                Ok(_) if watched[0].revents().is_empty() => {}
                _ => break,
            }
        }
        end_screen(tty, HUNG_UP);
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// True for a signal that ends the process.
fn ends(signal: i32) -> bool {
    ENDING.contains(&signal) || MORE.contains(&signal)
}

/// Meets signals that came together.
fn meet(tty: &Tty, met: &[i32], signals: &mut Signals) {
    for signal in met {
        if ends(*signal) {
            end(tty, *signal);
        }
    }
    if met.contains(&SIGCONT) {
        tty.calls().tell_continued();
    } else if met.contains(&SIGTSTP) {
        stop(tty, signals);
    }
}

/// The exit code after a signal.
fn code_of(signal: i32) -> u8 {
    128 + u8::try_from(signal).unwrap_or(0)
}

/// The screen ends in order and says so by its exit code; anything else ends as without us.
fn end(tty: &Tty, signal: i32) -> ! {
    let code = code_of(signal);
    if tty.calls().is_heard() || tty.calls().ended().is_some() {
        end_screen(tty, code);
    }
    tty.finish();
    // Some signals are not known to it.
    let _ = emulate_default_handler(signal);
    exit(i32::from(code))
}

/// Asks the screen to end; where that does not come about, the process ends.
fn end_screen(tty: &Tty, code: u8) -> ! {
    tty.calls().end(code);
    let _ = after(PATIENCE).recv();
    tty.finish();
    // What came first counts.
    exit(i32::from(tty.calls().ended().unwrap_or(code)))
}

fn stop(tty: &Tty, signals: &mut Signals) {
    // What ends a prompt that is stopped is met by this thread, which is the one that waits.
    let mut ended = || {
        for signal in signals.pending() {
            if ends(signal) {
                end(tty, signal);
            }
        }
        false
    };
    // What fails on a terminal that has gone is told to those who read and write it.
    let _ = if tty.calls().is_heard() {
        tty.calls().ask_to_stop();
        Ok(())
    } else if tty.usage() == Some(Usage::Prompt) {
        tty.stop_prompt(&mut ended)
    } else {
        emulate_default_handler(SIGTSTP)
    };
}
