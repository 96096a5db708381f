//! What reaches the screen from outside: keys, on a thread of their own, and faults of other
//! threads. Signals and the end of the terminal do not stand in line with them (`tty`).

use std::io;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use crossterm::event::{Event, KeyEventKind, read};
use tui_textarea::Input;

use crate::app::Msg;
use crate::mail::SafeText;

/// Keys that wait to be taken. More wait in the terminal, whose own buffer is small.
pub(super) const KEYS: usize = 256;

/// The threads that listen, and their channels.
pub(super) struct Events {
    keys: Receiver<Msg>,
    tell_fault: Sender<SafeText>,
    faults: Receiver<SafeText>,
}

impl Events {
    /// Starts listening.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub(super) fn listen() -> io::Result<Self> {
        let (send_key, keys) = bounded(KEYS);
        let (tell_fault, faults) = unbounded();
        thread::Builder::new().name("input".to_owned()).spawn(move || input(&send_key))?;
        Ok(Self { keys, tell_fault, faults })
    }

    /// Keys, pasted text, other sizes; it ends when nothing can be read any more.
    pub(super) fn keys(&self) -> &Receiver<Msg> {
        &self.keys
    }

    /// What a thread said that has failed.
    pub(super) fn faults(&self) -> &Receiver<SafeText> {
        &self.faults
    }

    /// Where a thread that fails tells of it.
    pub(super) fn tell_fault(&self) -> Sender<SafeText> {
        self.tell_fault.clone()
    }
}

/// Keys, as long as there are any and anybody wants them.
fn input(sender: &Sender<Msg>) {
    while let Ok(event) = read() {
        let msg = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                Msg::Key(Input::from(Event::Key(key)))
            }
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(columns, rows) => Msg::Resized(columns, rows),
            _ => continue,
        };
        if sender.send(msg).is_err() {
            return;
        }
    }
}
