//! The terminal as a screen: entered once, left on every way out.

use std::io;
use std::panic;
use std::thread;

use crossbeam_channel::Sender;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, enable_raw_mode};
use ratatui::Terminal;
use rustix::stdio::stdout;
use rustix::termios::tcgetwinsize;

use crate::app::{App, Drawn};
use crate::mail::SafeText;
use crate::tty::{Calls, Output, Tty, Usage};
use crate::ui::{Look, Painter};

use super::backend::Lean;

/// The terminal, in raw mode and on its alternate screen.
pub(super) struct Screen {
    tty: &'static Tty,
    terminal: Terminal<Lean<Output>>,
    painter: Painter,
    inside: bool,
    /// True when the next frame draws everything.
    cleared: bool,
}

impl Screen {
    /// Enters the terminal. From now on a panic restores it, and a panic of another thread is told
    /// through `faults`.
    ///
    /// # Errors
    /// When it is no terminal or cannot be written to.
    pub(super) fn enter(
        look: Look,
        tty: &'static Tty,
        faults: Sender<SafeText>,
    ) -> io::Result<Self> {
        set_panic_hook(tty, faults);
        let terminal = Terminal::new(Lean::new(Output::of(tty), size))?;
        let mut screen =
            Self { tty, terminal, painter: Painter::new(look), inside: false, cleared: false };
        screen.begin()?;
        Ok(screen)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.tty.enter(Usage::Screen, "")?;
        // Only for crossterm to know it: how it reads a line feed depends on that.
        enable_raw_mode()?;
        self.inside = true;
        self.begin_anew()
    }

    /// Makes the terminal ours, whatever stands on it.
    fn begin_anew(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().forget();
        self.command(|out| queue!(out, EnterAlternateScreen, EnableBracketedPaste))?;
        self.terminal.hide_cursor()?;
        self.clear()
    }

    /// What signals ask for.
    pub(super) fn calls(&self) -> &'static Calls {
        self.tty.calls()
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((0, 0), |size| (size.width, size.height))
    }

    /// Draws a frame in one write.
    pub(super) fn draw(&mut self, app: &App) -> io::Result<Drawn> {
        let mut drawn = Drawn::default();
        self.cleared = false;
        self.terminal.backend_mut().begin_frame();
        self.terminal.draw(|frame| drawn = self.painter.draw(app, frame))?;
        self.terminal.backend_mut().end_frame()?;
        Ok(drawn)
    }

    /// Forgets what stands on the terminal, so that the next frame draws everything.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cleared, true) {
            return Ok(());
        }
        // Not `Terminal::clear`: it asks the terminal where its cursor is, and waits for the
        // answer.
        let size = self.terminal.size()?;
        // Cleared and drawn in one piece: nobody sees an empty screen.
        self.terminal.backend_mut().begin_frame();
        self.terminal.resize(size.into())
    }

    /// Sends bytes of our own to the terminal.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.terminal.backend_mut().send(bytes)
    }

    /// Sends crossterm's commands to the terminal.
    fn command(&mut self, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        self.send(&bytes)
    }

    /// Leaves the terminal, stops until somebody continues us, and enters it again.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.restore()?;
        self.stop()?;
        // What continued us is dealt with.
        self.calls().take_continued();
        if self.calls().ended().is_some() {
            return Ok(());
        }
        self.begin()
    }

    fn stop(&self) -> io::Result<()> {
        let calls = self.calls();
        self.tty.stop(&mut || calls.ended().is_some())
    }

    /// Takes the terminal again after something else stopped us and somebody continued us.
    pub(super) fn come_back(&mut self) -> io::Result<()> {
        if !self.tty.in_front() {
            self.stop()?;
        }
        if self.calls().ended().is_some() {
            return Ok(());
        }
        self.tty.enter_again()?;
        self.terminal.backend_mut().drop_frame();
        self.cleared = false;
        self.begin_anew()
    }

    /// Leaves the terminal as it was.
    pub(super) fn leave(mut self) -> io::Result<()> {
        self.restore()
    }

    fn restore(&mut self) -> io::Result<()> {
        // In the background it is not ours to touch.
        if !std::mem::take(&mut self.inside) || !self.tty.in_front() {
            return Ok(());
        }
        self.terminal.backend_mut().drop_frame();
        self.cleared = false;
        let left =
            self.command(|out| queue!(out, Show, DisableBracketedPaste, LeaveAlternateScreen));
        if left.is_err() {
            // It takes nothing: then what waits for it gives way.
            self.tty.give_back();
        }
        left?;
        self.tty.leave()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // After a panic the terminal is restored already; once more would put the cursor before
        // what was reported.
        if !thread::panicking() {
            // On the way out because of an error: it is the one to report.
            let _ = self.restore();
        }
    }
}

/// Columns and rows of the terminal.
fn size() -> io::Result<(u16, u16)> {
    let size = tcgetwinsize(stdout())?;
    Ok((size.ws_col, size.ws_row))
}

/// A panic of this thread, which draws, restores the terminal before it is reported; that of
/// another thread becomes a message.
fn set_panic_hook(tty: &'static Tty, faults: Sender<SafeText>) {
    let report = panic::take_hook();
    let drawing = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            tty.give_back();
            report(info);
            return;
        }
        let what = info.payload_as_str().unwrap_or("unknown");
        let place =
            info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let text = format!(
            "a part of deadletter failed: {what}{place}; this is a fault, please report it"
        );
        // Nobody is left to tell if this fails.
        let _ = faults.send(SafeText::new(&text));
    }));
}
