//! What reaches the program from outside, each on a thread of its own: keys, signals, and the end
//! of the terminal.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use crossterm::event::{Event, KeyEventKind, read};
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use tui_textarea::Input;

use crate::app::Msg;
use crate::mail::SafeText;

/// Something from outside.
#[derive(Debug)]
pub(super) enum Happening {
    /// A key, pasted text, another size.
    Msg(Msg),
    /// A signal that ends the program: its number.
    Ended(u8),
    /// A signal that stops it until it is continued.
    Stopped,
    /// The terminal has gone.
    HungUp,
    /// A thread has failed; what it said.
    Panicked(SafeText),
}

/// The threads that listen, and their channel.
pub(super) struct Events {
    sender: Sender<Happening>,
    receiver: Receiver<Happening>,
    hung_up: Arc<AtomicBool>,
}

impl Events {
    /// Starts listening.
    ///
    /// # Errors
    /// When the system has no thread or signal handler left.
    pub(super) fn listen() -> io::Result<Self> {
        let (sender, receiver) = unbounded();
        let hung_up = Arc::new(AtomicBool::new(false));
        spawn("input", sender.clone(), input)?;
        spawn("signals", sender.clone(), {
            let signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGTSTP])?;
            let hung_up = Arc::clone(&hung_up);
            move |sender| await_signals(signals, sender, &hung_up)
        })?;
        spawn("terminal", sender.clone(), {
            let hung_up = Arc::clone(&hung_up);
            move |sender| await_hangup(sender, &hung_up)
        })?;
        Ok(Self { sender, receiver, hung_up })
    }

    pub(super) fn sender(&self) -> Sender<Happening> {
        self.sender.clone()
    }

    pub(super) fn receiver(&self) -> &Receiver<Happening> {
        &self.receiver
    }

    /// True when the terminal has gone.
    pub(super) fn hung_up(&self) -> bool {
        self.hung_up.load(Ordering::Relaxed)
    }
}

fn spawn(
    name: &str,
    sender: Sender<Happening>,
    work: impl FnOnce(&Sender<Happening>) + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(move || work(&sender)).map(drop)
}

/// Keys, as long as anybody wants them.
fn input(sender: &Sender<Happening>) {
    while let Ok(event) = read() {
        let msg = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                Msg::Key(Input::from(Event::Key(key)))
            }
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(columns, rows) => Msg::Resized(columns, rows),
            _ => continue,
        };
        if sender.send(Happening::Msg(msg)).is_err() {
            return;
        }
    }
    // Nothing can be read any more; nobody is left to tell if this fails.
    let _ = sender.send(Happening::HungUp);
}

fn await_signals(mut signals: Signals, sender: &Sender<Happening>, hung_up: &AtomicBool) {
    for signal in &mut signals {
        let happening = match signal {
            SIGHUP => {
                hung_up.store(true, Ordering::Relaxed);
                Happening::HungUp
            }
            SIGTSTP => Happening::Stopped,
            other => Happening::Ended(u8::try_from(other).unwrap_or(0)),
        };
        if sender.send(happening).is_err() {
            return;
        }
    }
}

/// Waits until the other end of the terminal is closed: crossterm would read it for ever (crossterm
/// issue 793).
fn await_hangup(sender: &Sender<Happening>, hung_up: &AtomicBool) {
    let out = io::stdout();
    let out = out.as_fd();
    loop {
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        match poll(&mut watched, None) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) if watched[0].revents().is_empty() => {}
            _ => break,
        }
    }
    hung_up.store(true, Ordering::Relaxed);
    // Nobody is left to tell if this fails.
    let _ = sender.send(Happening::HungUp);
}
