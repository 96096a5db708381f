//! A terminal for tests: the built program runs in it, keys go in, and what stands on its screen
//! can be waited for.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use memchr::memmem;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::Process;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Begins a frame (DEC private mode 2026).
pub(crate) const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends a frame.
pub(crate) const END: &[u8] = b"\x1b[?2026l";

/// A program that is about to be started.
pub(crate) struct Launch {
    command: CommandBuilder,
    size: (u16, u16),
    home: TempDir,
}

impl Launch {
    /// The program with these arguments, in a home of its own and with nothing of our environment
    /// but the path.
    pub(crate) fn new<A: AsRef<OsStr>>(arguments: &[A]) -> Self {
        Self::program(env!("CARGO_BIN_EXE_deadletter"), arguments)
    }

    /// Another program, likewise.
    pub(crate) fn program<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[A]) -> Self {
        let home = TempDir::new().expect("a folder");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(home.path());
        command.env("HOME", home.path());
        for (name, folder) in
            [("CONFIG", "config"), ("DATA", "data"), ("STATE", "state"), ("CACHE", "cache")]
        {
            command.env(format!("XDG_{name}_HOME"), home.path().join(folder));
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("LC_ALL", "C.UTF-8");
        // Most look at deliveries; who looks at more says so.
        command.env("DEADLETTER_GROUP", "none");
        Self { command, size: (120, 40), home }
    }

    /// The program with a configuration file.
    pub(crate) fn configured(configuration: &str) -> Self {
        let mut launch = Self::new(&["--config"]);
        let file = launch.home.path().join("own.toml");
        std::fs::write(&file, configuration).expect("a file");
        launch.command.arg(file);
        launch
    }

    /// Another argument.
    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// The demo mailbox.
    pub(crate) fn demo() -> Self {
        Self::new(&["demo"])
    }

    /// Columns and rows of the terminal; 120x40 without this.
    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it.
    pub(crate) fn start(self) -> Terminal {
        let (columns, rows) = self.size;
        let pair = native_pty_system().openpty(pty_size(columns, rows)).expect("a pseudo terminal");
        let modes = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(self.command).expect("the program starts");
        drop(pair.slave);
        let keyboard = pair.master.take_writer().expect("its keyboard");
        let reading = Arc::new(Reading::default());
        let output =
            read(pair.master.try_clone_reader().expect("its output"), Arc::clone(&reading));
        let parser = vt100::Parser::new(at_least_one(rows), at_least_one(columns), 0);
        Terminal {
            child,
            master: Some(pair.master),
            keyboard: Some(keyboard),
            output,
            reading,
            parser,
            bytes: Vec::new(),
            frames: Vec::new(),
            since: 0,
            modes,
            _home: self.home,
        }
    }
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn at_least_one(n: u16) -> NonZero<u16> {
    NonZero::new(n).unwrap_or(NonZero::<u16>::MIN)
}

/// The modes of the line discipline, as text to compare.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().expect("the modes of the terminal"))
}

/// How the terminal is read.
#[derive(Default)]
struct Reading {
    /// Until something comes, and no longer.
    closing: AtomicBool,
    /// Not at present.
    paused: AtomicBool,
}

/// Reads the terminal on a thread until it ends.
fn read(mut master: Box<dyn Read + Send>, how: Arc<Reading>) -> Receiver<(Instant, Vec<u8>)> {
    let (tell, output) = channel();
    std::thread::spawn(move || {
        let mut piece = vec![0; 64 << 10];
        while let Ok(n @ 1..) = master.read(&mut piece) {
            if tell.send((Instant::now(), piece[..n].to_vec())).is_err()
                || how.closing.load(Ordering::SeqCst)
            {
                return;
            }
            while how.paused.load(Ordering::SeqCst) {
                std::thread::park_timeout(Duration::from_millis(5));
            }
        }
    });
    output
}

/// A frame as it came.
pub(crate) struct Frame {
    /// Its bytes, with the sequences that begin and end it.
    pub(crate) bytes: Vec<u8>,
    /// When its last byte came.
    pub(crate) at: Instant,
    /// The screen after it.
    pub(crate) screen: vt100::Screen,
}

/// A terminal in which the program runs.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    output: Receiver<(Instant, Vec<u8>)>,
    reading: Arc<Reading>,
    parser: vt100::Parser,
    /// Everything that was written so far.
    pub(crate) bytes: Vec<u8>,
    frames: Vec<Frame>,
    /// How many frames there were when keys were sent last.
    since: usize,
    modes: String,
    _home: TempDir,
}

impl Terminal {
    /// Takes bytes; a frame ends where it says so.
    fn take(&mut self, at: Instant, piece: &[u8]) {
        let mut fed = self.bytes.len();
        let mut from = fed.saturating_sub(END.len() - 1);
        self.bytes.extend_from_slice(piece);
        while let Some(found) = memmem::find(&self.bytes[from..], END) {
            from += found + END.len();
            self.parser.process(&self.bytes[fed..from]);
            fed = from;
            let start =
                memmem::rfind(&self.bytes[..from], BEGIN).expect("a frame begins before it ends");
            let bytes = self.bytes[start..from].to_vec();
            self.frames.push(Frame { bytes, at, screen: self.parser.screen().clone() });
        }
        self.parser.process(&self.bytes[fed..]);
    }

    /// Waits for more output; false when there will be none by then.
    fn more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok((at, piece)) = self.output.recv_timeout(left) else { return false };
        self.take(at, &piece);
        true
    }

    /// True while a frame has begun and not ended.
    fn inside_a_frame(&self) -> bool {
        memmem::rfind(&self.bytes, BEGIN) > memmem::rfind(&self.bytes, END)
    }

    /// Waits until the terminal is such as it must become.
    pub(crate) fn wait(&mut self, what: &str, such: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while self.inside_a_frame() || !such(self) {
            assert!(self.more(deadline), "waited for {what}; on the screen:\n{}", self.text());
        }
    }

    /// Waits until the screen is such as it must become.
    pub(crate) fn until(&mut self, what: &str, such: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |terminal| such(terminal.parser.screen()));
    }

    /// Waits until a text stands on the screen.
    pub(crate) fn shows(&mut self, text: &str) {
        self.until(&format!("{text:?}"), |screen| self::text(screen).contains(text));
    }

    /// Waits until a text stands no longer on the screen.
    pub(crate) fn hides(&mut self, text: &str) {
        self.until(&format!("the end of {text:?}"), |screen| !self::text(screen).contains(text));
    }

    /// The screen.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// The text on the screen.
    pub(crate) fn text(&self) -> String {
        text(self.parser.screen())
    }

    /// One row of the screen.
    pub(crate) fn row(&self, row: usize) -> String {
        rows(self.parser.screen())[row].clone()
    }

    /// Types.
    pub(crate) fn send(&mut self, keys: &str) {
        self.since = self.frames.len();
        let keyboard = self.keyboard.as_mut().expect("the terminal is open");
        keyboard
            .write_all(keys.as_bytes())
            .and_then(|()| keyboard.flush())
            .expect("keys are taken");
    }

    /// The frames since keys were sent.
    pub(crate) fn frames(&self) -> &[Frame] {
        &self.frames[self.since..]
    }

    /// Waits until so many frames have come since keys were sent.
    pub(crate) fn frames_come(&mut self, count: usize) -> &[Frame] {
        self.wait(&format!("{count} frames"), |terminal| terminal.frames().len() >= count);
        self.frames()
    }

    /// Bytes that come within a time in which nothing should happen.
    pub(crate) fn bytes_within(&mut self, time: Duration) -> usize {
        let (before, deadline) = (self.bytes.len(), Instant::now() + time);
        while self.more(deadline) {}
        self.bytes.len() - before
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.since = self.frames.len();
        self.parser.screen_mut().set_size(at_least_one(rows), at_least_one(columns));
        self.master
            .as_ref()
            .expect("the terminal is open")
            .resize(pty_size(columns, rows))
            .expect("another size");
    }

    /// The program.
    pub(crate) fn process(&self) -> Process {
        Process(self.child.process_id().expect("a process"))
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&mut self, signal: Signal) {
        self.since = self.frames.len();
        assert!(self.process().signal(signal), "the program is there");
    }

    /// Takes no output from now on, beyond what comes next; or takes it again.
    pub(crate) fn pause(&self, paused: bool) {
        self.reading.paused.store(paused, Ordering::SeqCst);
    }

    /// Closes the terminal under the program, as a connection that breaks does.
    pub(crate) fn hang_up(&mut self) {
        self.hang_up_after("\x0c");
    }

    /// Types, and closes the terminal as soon as all keys are taken; something has to be drawn for
    /// them.
    pub(crate) fn hang_up_after(&mut self, keys: &str) {
        // The thread that reads holds the terminal open until it has read something.
        self.reading.closing.store(true, Ordering::SeqCst);
        self.send(keys);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((at, piece)) => self.take(at, &piece),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the screen is not drawn anew:\n{}", self.text())
                }
            }
        }
        self.keyboard = None;
        self.master = None;
    }

    /// Waits for the end of the program, takes all it wrote, and returns its exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        while self.more(deadline) {}
        self.process().until("its end", |stat| stat.state == 'Z');
        let status = self.child.wait().expect("its exit code");
        assert!(status.signal().is_none(), "ended by {status:?}");
        status.exit_code()
    }

    /// Takes output for a time; true as soon as the terminal is such as it must become.
    pub(crate) fn becomes(&mut self, time: Duration, such: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            self.more(deadline.min(Instant::now() + Duration::from_millis(5)));
            if such(self) {
                return true;
            }
        }
        false
    }

    /// The modes of the line discipline: before the program ran, and now.
    pub(crate) fn modes(&self) -> (String, String) {
        (self.modes.clone(), modes(self.master.as_ref().expect("the terminal is open").as_ref()))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text on a screen, without the blanks at the ends of its rows: some are written, others are
/// left by an erasure.
pub(crate) fn text(screen: &vt100::Screen) -> String {
    rows(screen).join("\n").trim_end().to_owned()
}

/// The rows of a screen, without blanks at their ends.
pub(crate) fn rows(screen: &vt100::Screen) -> Vec<String> {
    screen.rows(0, screen.size().1.get()).map(|row| row.trim_end().to_owned()).collect()
}
