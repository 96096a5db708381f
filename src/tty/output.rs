//! The way of the screen to its terminal: it waits for room there, but no longer once the end was
//! asked for. Then the terminal is given back, and nothing may come between.

use std::io::{self, ErrorKind, Write};
use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::fstat;
use rustix::io::{Errno, write};
use rustix::stdio::{stdin, stdout};

use super::terminal::Tty;

/// How long it waits for room before it looks whether the end was asked for.
const PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Writes to the terminal.
#[derive(Debug)]
pub struct Output {
    tty: &'static Tty,
    /// True where standard input and output are one terminal.
    same: bool,
}

impl Output {
    /// The way to standard output, which is the terminal unless somebody has two of them.
    #[must_use]
    pub fn of(tty: &'static Tty) -> Self {
        let same = matches!((device(stdin()), device(stdout())), (Ok(a), Ok(b)) if a == b);
        Self { tty, same }
    }
}

/// The number of a terminal.
fn device(fd: BorrowedFd<'_>) -> rustix::io::Result<u64> {
    Ok(fstat(fd)?.st_rdev)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.same {
            return io::stdout().write(bytes);
        }
        loop {
            match write(self.tty.fd(), bytes) {
                Err(Errno::AGAIN) if self.tty.calls().ended().is_some() => {
                    return Err(ErrorKind::TimedOut.into());
                }
                Err(Errno::AGAIN) => {
                    let mut watched = [PollFd::from_borrowed_fd(self.tty.fd(), PollFlags::OUT)];
                    // Whatever comes of it, writing tells.
                    let _ = poll(&mut watched, Some(&PAUSE));
                }
                Err(Errno::INTR) => {}
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.same { Ok(()) } else { io::stdout().flush() }
    }
}
