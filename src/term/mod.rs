//! The screen on the terminal: entering and leaving it, keys, the clipboard, and the loop that
//! brings everything together.

mod backend;
mod clipboard;
mod events;
mod screen;
mod writer;

use std::io;
use std::ops::ControlFlow;
use std::time::Instant;

use crossbeam_channel::{Receiver, after, never, select};
use rustix::io::Errno;

use crate::app::{App, Cmd, Msg};
use crate::listing::{Request, Update};
use crate::tty::{self, HUNG_UP};
use crate::ui::Look;

use events::{Events, KEYS};
use screen::Screen;

/// Updates taken before the screen is drawn again: keys are never far behind.
const TOGETHER: usize = 32;

/// Everything the screen runs on.
pub struct Session {
    /// The state.
    pub app: App,
    /// How it is drawn.
    pub look: Look,
    /// Asks the mailboxes for something; never waits.
    pub ask: Box<dyn Fn(Request)>,
    /// What they tell.
    pub updates: Receiver<Update>,
}

/// Runs the screen until somebody quits; returns the exit code. The terminal is as before then,
/// whatever happened.
///
/// # Errors
/// When the terminal cannot be entered or written to.
pub fn run(mut session: Session) -> io::Result<u8> {
    let tty = tty::open()?;
    tty.calls().hear(true);
    let events = Events::listen()?;
    tty::watch_hangup(tty)?;
    let mut screen = Screen::enter(session.look, tty, events.tell_fault())?;
    session.resize(&screen, Instant::now());
    let result = session.run(&mut screen, &events);
    let left = screen.leave();
    tty.calls().hear(false);
    // With it the mailboxes stop working.
    drop(session);
    match (result, left) {
        (Ok(code), Ok(())) => Ok(code),
        (Err(error), _) | (_, Err(error)) => match tty.calls().ended() {
            // Nobody is there to see the terminal restored.
            Some(code) => Ok(code),
            // A frame may fail before anybody has told that the terminal is gone.
            None if is_gone(&error) => Ok(HUNG_UP),
            None => Err(error),
        },
    }
}

/// True for what writing to a terminal that is no more says.
fn is_gone(error: &io::Error) -> bool {
    let gone = [Errno::IO, Errno::NXIO, Errno::PIPE].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| gone.contains(&code))
}

impl Session {
    fn run(&mut self, screen: &mut Screen, events: &Events) -> io::Result<u8> {
        loop {
            if let Some(code) = screen.calls().ended() {
                return Ok(code);
            }
            self.ask_for_rows();
            if self.app.take_dirty() {
                self.draw(screen)?;
                self.ask_for_rows();
            }
            let mut flow = self.wait(screen, events)?;
            if flow.is_continue() {
                flow = self.take_waiting(screen, events)?;
            }
            if let ControlFlow::Break(code) = flow {
                return Ok(code);
            }
        }
    }

    /// Asks for what the list needs.
    fn ask_for_rows(&mut self) {
        if let Some(ask) = self.app.take_ask() {
            (self.ask)(Request::Show(ask));
        }
    }

    /// Draws; a second time where the first has shown that a view has to move.
    fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        for _ in 0..2 {
            let drawn = screen.draw(&self.app)?;
            self.app.note(drawn);
            if !self.app.take_dirty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits for something to happen, and takes it.
    fn wait(&mut self, screen: &mut Screen, events: &Events) -> io::Result<ControlFlow<u8>> {
        let timeout = self.app.deadline().map(|at| at.saturating_duration_since(Instant::now()));
        let alarm = timeout.map_or_else(never, after);
        let updates = self.updates.clone();
        let msg = select! {
            recv(screen.calls().bell()) -> _ => return self.attend(screen),
            recv(events.keys()) -> msg => match msg {
                Ok(msg) => msg,
                // Nothing can be read any more.
                Err(_) => return Ok(ControlFlow::Break(HUNG_UP)),
            },
            recv(events.faults()) -> what => match what {
                Ok(what) => Msg::Fault(what),
                Err(_) => Msg::Tick,
            },
            recv(updates) -> update => if let Ok(update) = update {
                Msg::Told(update)
            } else {
                // Every mailbox has ended; keys go on.
                self.updates = never();
                Msg::Tick
            },
            recv(alarm) -> _ => Msg::Tick,
        };
        self.take(msg, screen)
    }

    /// Takes what waits as well, as far as it may be drawn together.
    fn take_waiting(
        &mut self,
        screen: &mut Screen,
        events: &Events,
    ) -> io::Result<ControlFlow<u8>> {
        let keys = events.keys().try_iter().take(KEYS);
        let faults = events.faults().try_iter().map(Msg::Fault);
        let updates = self.updates.clone();
        let updates = updates.try_iter().take(TOGETHER).map(Msg::Told);
        for msg in keys.chain(faults).chain(updates) {
            if let ControlFlow::Break(code) = self.take(msg, screen)? {
                return Ok(ControlFlow::Break(code));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes one message; what signals ask for comes before it.
    fn take(&mut self, msg: Msg, screen: &mut Screen) -> io::Result<ControlFlow<u8>> {
        if let ControlFlow::Break(code) = self.attend(screen)? {
            return Ok(ControlFlow::Break(code));
        }
        if matches!(msg, Msg::Resized(..)) {
            // It may have been smaller in between, which leaves less than we know of.
            screen.clear()?;
        }
        self.update(msg, screen)
    }

    /// Does what signals ask for.
    fn attend(&mut self, screen: &mut Screen) -> io::Result<ControlFlow<u8>> {
        if screen.calls().take_continued() {
            // Somebody else may have had the terminal meanwhile.
            screen.come_back()?;
            self.resize(screen, Instant::now());
        }
        if screen.calls().take_stop() {
            self.suspend(screen)?;
        }
        match screen.calls().ended() {
            Some(code) => Ok(ControlFlow::Break(code)),
            None => Ok(ControlFlow::Continue(())),
        }
    }

    /// Goes to the background and comes back.
    fn suspend(&mut self, screen: &mut Screen) -> io::Result<()> {
        screen.suspend()?;
        self.resize(screen, Instant::now());
        Ok(())
    }

    fn update(&mut self, msg: Msg, screen: &mut Screen) -> io::Result<ControlFlow<u8>> {
        for cmd in self.app.update(msg, Instant::now()) {
            if let ControlFlow::Break(code) = self.carry_out(cmd, screen)? {
                return Ok(ControlFlow::Break(code));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn carry_out(&mut self, cmd: Cmd, screen: &mut Screen) -> io::Result<ControlFlow<u8>> {
        match cmd {
            Cmd::Ask(request) => (self.ask)(request),
            Cmd::Copy(text) => {
                let copied = clipboard::encode(&text).and_then(|bytes| {
                    screen
                        .send(&bytes)
                        .map(|()| text.chars().count())
                        .map_err(|e| format!("cannot copy: {e}"))
                });
                return self.update(Msg::Copied(copied), screen);
            }
            Cmd::Redraw => {
                screen.clear()?;
                self.resize(screen, Instant::now());
            }
            Cmd::Suspend => self.suspend(screen)?,
            Cmd::Quit => return Ok(ControlFlow::Break(0)),
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Tells the state how large the terminal is.
    fn resize(&mut self, screen: &Screen, now: Instant) {
        let (columns, rows) = screen.size();
        // A new size asks for nothing but a new frame.
        let _ = self.app.update(Msg::Resized(columns, rows), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_terminal_says() {
        let error = |errno: Errno| io::Error::from_raw_os_error(errno.raw_os_error());
        assert!(
            [Errno::IO, Errno::NXIO, Errno::PIPE].into_iter().all(|errno| is_gone(&error(errno)))
        );
        assert!(!is_gone(&error(Errno::NOSPC)) && !is_gone(&io::ErrorKind::WriteZero.into()));
    }
}
