//! The terminal as a screen: entered once, left on every way out.

use std::io::{self, Stdout};
use std::panic;
use std::thread;

use crossbeam_channel::Sender;
use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    self, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use crate::app::{App, Drawn};
use crate::mail::SafeText;
use crate::ui::{Look, Painter};

use super::backend::Lean;
use super::events::Happening;

/// The terminal, in raw mode and on its alternate screen.
pub(super) struct Screen {
    terminal: Terminal<Lean<Stdout>>,
    painter: Painter,
    inside: bool,
}

impl Screen {
    /// Enters the terminal. From now on a panic restores it, and a panic of another thread is told
    /// through `happenings`.
    ///
    /// # Errors
    /// When it is no terminal or cannot be written to.
    pub(super) fn enter(look: Look, happenings: Sender<Happening>) -> io::Result<Self> {
        set_panic_hook(happenings);
        let terminal = Terminal::new(Lean::new(io::stdout(), terminal::size))?;
        let mut screen = Self { terminal, painter: Painter::new(look), inside: false };
        screen.begin()?;
        Ok(screen)
    }

    fn begin(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        self.inside = true;
        self.terminal.backend_mut().forget();
        self.command(|out| queue!(out, EnterAlternateScreen, EnableBracketedPaste))?;
        self.terminal.hide_cursor()?;
        self.clear()
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        self.terminal.size().map_or((0, 0), |size| (size.width, size.height))
    }

    /// Draws a frame in one write.
    pub(super) fn draw(&mut self, app: &App) -> io::Result<Drawn> {
        let mut drawn = Drawn::default();
        self.terminal.backend_mut().begin_frame();
        self.terminal.draw(|frame| drawn = self.painter.draw(app, frame))?;
        self.terminal.backend_mut().end_frame()?;
        Ok(drawn)
    }

    /// Forgets what stands on the terminal, so that the next frame draws everything.
    pub(super) fn clear(&mut self) -> io::Result<()> {
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
        emulate_default_handler(SIGTSTP)?;
        self.begin()
    }

    /// Leaves the terminal as it was.
    pub(super) fn leave(mut self) -> io::Result<()> {
        self.restore()
    }

    /// Leaves a terminal that has gone: not a byte is written to it.
    pub(super) fn abandon(mut self) {
        self.inside = false;
    }

    fn restore(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.inside) {
            return Ok(());
        }
        self.command(|out| queue!(out, Show, DisableBracketedPaste, LeaveAlternateScreen))?;
        disable_raw_mode()
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

/// A panic of this thread, which draws, restores the terminal before it is reported; that of
/// another thread becomes a message.
fn set_panic_hook(happenings: Sender<Happening>) {
    let report = panic::take_hook();
    let drawing = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            let _ = execute!(io::stdout(), Show, DisableBracketedPaste, LeaveAlternateScreen);
            let _ = disable_raw_mode();
            report(info);
            return;
        }
        let what = info.payload_as_str().unwrap_or("unknown");
        let place =
            info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let text = format!(
            "a part of deadletter failed: {what}{place}; this is a fault, please report it"
        );
        let _ = happenings.send(Happening::Panicked(SafeText::new(&text)));
    }));
}
