//! The only code that touches the terminal: entering and leaving it, keys, signals, hang-ups, the
//! clipboard, and the loop that brings everything together.

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
use crate::ui::Look;

use events::{Events, Happening};
use screen::Screen;

/// Updates taken before the screen is drawn again: keys are never far behind.
const TOGETHER: usize = 32;

/// Exit code after SIGHUP or a terminal that has gone.
const HUNG_UP: u8 = 129;

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
    let events = Events::listen()?;
    let mut screen = Screen::enter(events.sender())?;
    session.resize(&screen, Instant::now());
    let result = session.run(&mut screen, &events);
    // With it the mailboxes stop working.
    drop(session);
    match result {
        Ok(HUNG_UP) => {
            // Nobody is there to see the terminal restored; writing to it would only fail or block.
            screen.abandon();
            Ok(HUNG_UP)
        }
        Ok(code) => screen.leave().map(|()| code),
        // A frame may fail before anybody has told that the terminal is gone.
        Err(error) if events.hung_up() || is_gone(&error) => {
            screen.abandon();
            Ok(HUNG_UP)
        }
        Err(error) => {
            let _ = screen.leave();
            Err(error)
        }
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
            if self.app.take_dirty() {
                self.draw(screen)?;
            }
            if let ControlFlow::Break(code) = self.wait(screen, events)? {
                return Ok(code);
            }
        }
    }

    /// Draws; a second time where the first has shown that a view has to move.
    fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        for _ in 0..2 {
            let drawn = screen.draw(&self.app, &self.look)?;
            self.app.note(drawn);
            if !self.app.take_dirty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits for something to happen, and takes everything that has happened by then.
    fn wait(&mut self, screen: &mut Screen, events: &Events) -> io::Result<ControlFlow<u8>> {
        let timeout = self.app.deadline().map(|at| at.saturating_duration_since(Instant::now()));
        let alarm = timeout.map_or_else(never, after);
        let updates = self.updates.clone();
        select! {
            recv(events.receiver()) -> happening => {
                let Ok(happening) = happening else { return Ok(ControlFlow::Break(HUNG_UP)) };
                if let ControlFlow::Break(code) = self.happened(happening, screen)? {
                    return Ok(ControlFlow::Break(code));
                }
            }
            recv(updates) -> update => match update {
                Ok(update) => return self.update(Msg::Told(update), screen),
                // Every mailbox has ended; keys go on.
                Err(_) => self.updates = never(),
            },
            recv(alarm) -> _ => return self.update(Msg::Tick, screen),
        }
        while let Ok(happening) = events.receiver().try_recv() {
            if let ControlFlow::Break(code) = self.happened(happening, screen)? {
                return Ok(ControlFlow::Break(code));
            }
        }
        for _ in 0..TOGETHER {
            let Ok(update) = self.updates.try_recv() else { break };
            if let ControlFlow::Break(code) = self.update(Msg::Told(update), screen)? {
                return Ok(ControlFlow::Break(code));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn happened(
        &mut self,
        happening: Happening,
        screen: &mut Screen,
    ) -> io::Result<ControlFlow<u8>> {
        match happening {
            Happening::Msg(msg) => self.update(msg, screen),
            Happening::HungUp => Ok(ControlFlow::Break(HUNG_UP)),
            Happening::Ended(signal) => Ok(ControlFlow::Break(128 + signal)),
            Happening::Stopped => self.carry_out(Cmd::Suspend, screen),
            Happening::Panicked(what) => self.update(Msg::Fault(what), screen),
        }
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
            Cmd::Suspend => {
                screen.suspend()?;
                self.resize(screen, Instant::now());
            }
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
