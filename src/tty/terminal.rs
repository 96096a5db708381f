//! The terminal: taken for a usage, given back, and waited for in the background.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::after;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{getpgrp, getsid};
use rustix::stdio::stdin;
use rustix::termios::{
    OptionalActions, Termios, tcgetattr, tcgetpgrp, tcgetsid, tcsetattr, ttyname,
};
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use super::calls::Calls;
use super::guard::Guard;
use super::restore;
use super::usage::Usage;

/// What ends us may come right behind what continues us.
const BEHIND: Duration = Duration::from_millis(50);

/// The terminal on standard input, and who gives it back.
#[derive(Debug)]
pub struct Tty {
    /// A way to it of our own: nothing that is done with it ever waits.
    terminal: OwnedFd,
    guard: Mutex<Option<Guard>>,
    lent: Mutex<Option<Lent>>,
    /// True when the process is about to end: the terminal is not taken again.
    over: AtomicBool,
    calls: Calls,
}

/// What the terminal is used for at present.
#[derive(Clone, Debug)]
struct Lent {
    usage: Usage,
    before: Termios,
    /// What is asked at a prompt.
    question: String,
}

impl Tty {
    pub(super) fn open() -> io::Result<Self> {
        let terminal = open_again()?;
        let guard = Mutex::new(Guard::start(terminal.as_fd()));
        Ok(Self {
            terminal,
            guard,
            lent: Mutex::new(None),
            over: AtomicBool::new(false),
            calls: Calls::default(),
        })
    }

    /// Changes the modes of the terminal; they are given back whatever happens from now on.
    /// `question` is asked again at a prompt that was stopped.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn enter(&self, usage: Usage, question: &str) -> io::Result<()> {
        if !self.in_front() {
            self.stop(&mut || self.calls.ended().is_some())?;
        }
        let mut lent = lock(&self.lent);
        if self.over.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let before = tcgetattr(&self.terminal)?;
        self.tell_guard(Some(usage));
        let modes = usage.modes(&before);
        *lent = Some(Lent { usage, before, question: question.to_owned() });
        Ok(tcsetattr(&self.terminal, OptionalActions::Now, &modes)?)
    }

    /// Changes the modes once more: somebody else had the terminal meanwhile.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn enter_again(&self) -> io::Result<()> {
        let Some(lent) = lock(&self.lent).clone() else { return Ok(()) };
        let modes = lent.usage.modes(&lent.before);
        Ok(tcsetattr(&self.terminal, OptionalActions::Now, &modes)?)
    }

    /// Gives the modes back, and nothing else.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn leave(&self) -> io::Result<()> {
        let Some(lent) = lock(&self.lent).take() else { return Ok(()) };
        let result = tcsetattr(&self.terminal, OptionalActions::Now, &lent.before);
        self.tell_guard(None);
        Ok(result?)
    }

    /// Gives everything back at once, whatever another thread is doing with the terminal. What was
    /// typed ahead is forgotten: it was not meant for a shell.
    pub fn give_back(&self) {
        // In the background it is not ours to touch; what is to be done there, the guard does when
        // we have ended.
        if !self.in_front() {
            return;
        }
        if let Some(lent) = lock(&self.lent).take() {
            restore::give_back(self.terminal.as_fd(), lent.usage, &lent.before);
            self.tell_guard(None);
        }
    }

    /// True while we are the ones who have the terminal, not a shell that put us in the background.
    pub fn in_front(&self) -> bool {
        match tcgetpgrp(&self.terminal) {
            Ok(group) => group == getpgrp(),
            // Nobody shares a terminal that controls nobody.
            Err(_) => true,
        }
    }

    /// What signals ask of the screen.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Gives everything back for good: the process is about to end.
    pub(super) fn finish(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.give_back();
    }

    /// Stops the process until it is continued in the foreground, or `ended` says that it will
    /// end. A thread of its own does it: where another one reads the terminal in the background,
    /// the system sends signal after signal, and the first thread has nothing else to do then.
    ///
    /// # Errors
    /// When the system does not stop it, or has no thread left.
    pub fn stop(&self, ended: &mut (dyn FnMut() -> bool + Send)) -> io::Result<()> {
        thread::scope(|scope| {
            let stopping = thread::Builder::new().name("stop".to_owned());
            let stopped = stopping.spawn_scoped(scope, || self.stay_stopped(ended))?;
            stopped.join().unwrap_or(Ok(()))
        })
    }

    fn stay_stopped(&self, ended: &mut (dyn FnMut() -> bool + Send)) -> io::Result<()> {
        loop {
            emulate_default_handler(SIGTSTP)?;
            for _ in 0..2 {
                if self.in_front() || ended() {
                    return Ok(());
                }
                let _ = after(BEHIND).recv();
            }
        }
    }

    /// The way to it.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.terminal.as_fd()
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        lock(&self.lent).as_ref().map(|lent| lent.usage)
    }

    /// A prompt goes to the background; when it comes back, it asks again.
    pub(super) fn stop_prompt(&self, ended: &mut (dyn FnMut() -> bool + Send)) -> io::Result<()> {
        let lent = lock(&self.lent).clone();
        self.give_back();
        self.stop(ended)?;
        let Some(lent) = lent else { return Ok(()) };
        self.calls.ask_again();
        self.enter(lent.usage, &lent.question)?;
        rustix::io::write(&self.terminal, lent.question.as_bytes())?;
        Ok(())
    }

    /// Tells the guard what the terminal is used for. One that does not answer is none.
    fn tell_guard(&self, usage: Option<Usage>) {
        let mut guard = lock(&self.guard);
        if let Some(told) = guard.as_mut()
            && told.tell(usage).is_err()
        {
            *guard = None;
        }
    }
}

/// Opens the terminal on standard input once more: what is set for this way to it holds for nobody
/// else who has it.
fn open_again() -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let controls_us =
        matches!((tcgetsid(stdin()), getsid(None)), (Ok(its), Ok(ours)) if its == ours);
    let opened = if controls_us {
        open("/dev/tty", flags, Mode::empty())
    } else {
        open(ttyname(stdin(), Vec::new())?, flags, Mode::empty())
    };
    match opened {
        Ok(terminal) => Ok(terminal),
        // It belongs to somebody else, from whom we have it.
        Err(_) => stdin().try_clone_to_owned(),
    }
}

/// What is in a lock, also after a panic of who had it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
