//! Giving a terminal back, also one that takes no output at present.

use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, write};
use rustix::termios::{
    Action, OptionalActions, QueueSelector, Termios, tcflow, tcflush, tcsetattr,
};

use super::usage::Usage;

/// How often what is written at the end is tried; by attempts and not by a clock, which goes on
/// while a busy machine lets us wait.
const TRIES: u32 = 50;
/// How long an attempt to write waits for room.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };

/// Writes what leaves the usage, forgets what was typed ahead, and sets the modes from before.
pub(super) fn give_back(terminal: BorrowedFd<'_>, usage: Usage, before: &Termios) {
    write_ending(terminal, usage);
    // A terminal that has gone has no modes.
    let _ = tcflush(terminal, QueueSelector::IFlush);
    let _ = tcsetattr(terminal, OptionalActions::Now, before);
}

/// Writes what leaves the usage. Where the terminal takes nothing, what waits for it is dropped:
/// it was part of the screen that is left.
pub(super) fn write_ending(terminal: BorrowedFd<'_>, usage: Usage) {
    let mut rest = usage.ending();
    for _ in 0..TRIES {
        let written = if has_room(terminal) { write(terminal, rest) } else { Err(Errno::AGAIN) };
        match written {
            Ok(count) if count == rest.len() => return,
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let _ = tcflow(terminal, Action::OOn);
                let _ = tcflush(terminal, QueueSelector::OFlush);
            }
            Err(_) => return,
        }
    }
}

/// True when the terminal takes output soon, or never will.
fn has_room(terminal: BorrowedFd<'_>) -> bool {
    let mut watched = [PollFd::from_borrowed_fd(terminal, PollFlags::OUT)];
    !matches!(poll(&mut watched, Some(&PAUSE)), Ok(0))
}
