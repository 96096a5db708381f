//! Whatever ends the program, in whatever state: the shell that started it has a terminal as
//! before.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use memchr::memmem;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::imap_server::{Mailbox, Server, Turn};
use crate::process::Process;
use crate::terminal::{Launch, PATIENCE, Terminal};

/// Signals that end a program, and that a program can catch.
const CAUGHT: [Signal; 15] = [
    Signal::HUP,
    Signal::INT,
    Signal::QUIT,
    Signal::ABORT,
    Signal::TERM,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::VTALARM,
    Signal::PROF,
    Signal::IO,
    Signal::XCPU,
    Signal::XFSZ,
    Signal::POWER,
    Signal::STKFLT,
];
/// Signals that end it on the spot.
const UNCAUGHT: [Signal; 7] =
    [Signal::KILL, Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::TRAP, Signal::SYS];

/// Runs a program as a shell script does, tells its number and how it ended, and then reads a line.
const SCRIPT: &str = r#"sh -c 'echo "pid $$"; exec "$@"' sh "$@"; echo "code $?"
read -r line; echo "read $line""#;

/// What the program is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Prompt,
    Connecting,
    Streaming,
    Overlay,
    Typing,
    /// Stopped by Ctrl-Z.
    Stopped,
    /// Stopped by SIGSTOP: it cannot leave the screen.
    Halted,
    /// Stopped by Ctrl-Z and continued.
    Continued,
}

/// Servers that answer nothing, and not to the end.
struct Servers {
    silent: TcpListener,
    halting: u16,
}

impl Servers {
    fn start() -> Self {
        let halting = Server::new(Mailbox::of(900)).on(|talk, command| {
            if command.fetches_messages() {
                return talk.fall_silent();
            }
            Ok(Turn::Yours)
        });
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        Self { silent, halting: halting.start() }
    }
}

/// The program below a shell.
struct Below {
    terminal: Terminal,
    program: Process,
    _folder: TempDir,
}

impl Below {
    /// Starts it towards a state.
    fn start(state: State, servers: &Servers) -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = match state {
            State::Streaming => servers.halting,
            _ => servers.silent.local_addr().expect("a port").port(),
        };
        let mut text = format!(
            "[[account]]\nname = \"lab\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"me\"\n"
        );
        if state != State::Prompt {
            text.push_str("password_command = [\"printf\", \"secret\"]\n");
        }
        let file = folder.path().join("own.toml");
        std::fs::write(&file, text).expect("a file");
        let file = file.to_str().expect("a name");
        let program = env!("CARGO_BIN_EXE_deadletter");
        let mut terminal =
            Launch::program("sh", &["-c", SCRIPT, "sh", program, "--config", file]).start();
        terminal.wait("its number", |terminal| number(terminal, "pid ").is_some());
        let program = Process(number(&terminal, "pid ").expect("a number"));
        Self { terminal, program, _folder: folder }
    }

    /// Waits until it is there.
    fn reach(&mut self, state: State) {
        let (terminal, program) = (&mut self.terminal, self.program);
        match state {
            State::Prompt => terminal.shows("Password for me"),
            State::Streaming => terminal.shows("fetching 0/900"),
            _ => terminal.shows("connecting"),
        }
        match state {
            State::Overlay => {
                terminal.send("?");
                terminal.shows("Next delivery");
            }
            State::Typing => {
                terminal.send("/oak");
                terminal.shows(" / oak");
            }
            State::Stopped | State::Continued => {
                terminal.send("\x1a");
                program.until("a stop", |stat| stat.state == 'T');
            }
            State::Halted => {
                program.signal(Signal::STOP);
                program.until("a stop", |stat| stat.state == 'T');
            }
            _ => {}
        }
        if state == State::Continued {
            terminal.until("the screen from before", |screen| !screen.alternate_screen());
            program.signal(Signal::CONT);
            terminal.until("the screen again", vt100::Screen::alternate_screen);
            terminal.shows("connecting");
        }
    }

    /// Ends it by a signal; the shell can be used as before.
    fn end_by(&mut self, state: State, signal: Signal) {
        let what = format!("{state:?} and {signal:?}");
        assert!(self.program.signal(signal), "{what}: it is there");
        if matches!(state, State::Stopped | State::Halted) {
            self.program.signal(Signal::CONT);
        }
        if matches!(signal, Signal::SEGV | Signal::BUS) {
            // The first one ends only what the runtime watches for: a stack that is too deep.
            std::thread::park_timeout(Duration::from_millis(50));
            self.program.signal(signal);
        }
        let terminal = &mut self.terminal;
        terminal
            .wait(&format!("the end after {what}"), |terminal| number(terminal, "code ").is_some());
        let code = number(terminal, "code ").expect("a number");
        assert_eq!(i64::from(code), 128 + i64::from(signal.as_raw()), "{what}");
        is_usable(terminal, &what);
        terminal.send("hello\r");
        terminal.wait("the line that was typed", |terminal| {
            memmem::find(&terminal.bytes, b"hello\r\nread hello").is_some()
        });
        assert_eq!(terminal.ends(), 0, "{what}");
    }
}

/// The number that stands behind a word.
fn number(terminal: &Terminal, word: &str) -> Option<u32> {
    let text = String::from_utf8_lossy(&terminal.bytes).into_owned();
    let (_, rest) = text.rsplit_once(word)?;
    // The shell may be faster than the guard: then the modes are still those of the screen.
    rest.split_once('\n')?.0.trim_end().parse().ok()
}

/// Waits until the terminal is as before; the guard may be a moment behind the shell.
fn is_usable(terminal: &mut Terminal, what: &str) {
    let usable = terminal.becomes(PATIENCE, |terminal| {
        let (before, now) = terminal.modes();
        let screen = terminal.screen();
        now == before
            && !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
    });
    assert!(usable, "{what}: {:?}\n{}", terminal.modes(), terminal.text());
}

/// Every signal ends the program in a state, each in a terminal of its own.
fn every_signal_in(state: State) {
    let servers = Servers::start();
    let signals: Vec<Signal> = CAUGHT.into_iter().chain(UNCAUGHT).collect();
    // Not all at once: the machine has other things to do.
    for some in signals.chunks(6) {
        let mut started: Vec<Below> = some.iter().map(|_| Below::start(state, &servers)).collect();
        for below in &mut started {
            below.reach(state);
        }
        for (below, signal) in started.iter_mut().zip(some) {
            below.end_by(state, *signal);
        }
    }
}

#[test]
fn every_signal_at_the_prompt() {
    every_signal_in(State::Prompt);
}

#[test]
fn every_signal_while_it_connects() {
    every_signal_in(State::Connecting);
}

#[test]
fn every_signal_while_it_reads() {
    every_signal_in(State::Streaming);
}

#[test]
fn every_signal_while_help_is_open() {
    every_signal_in(State::Overlay);
}

#[test]
fn every_signal_while_a_filter_is_typed() {
    every_signal_in(State::Typing);
}

#[test]
fn every_signal_while_it_is_stopped() {
    every_signal_in(State::Stopped);
}

#[test]
fn every_signal_while_it_is_halted_in_the_screen() {
    every_signal_in(State::Halted);
}

#[test]
fn every_signal_after_it_was_continued() {
    every_signal_in(State::Continued);
}

#[test]
fn a_broken_pipe_ends_nothing() {
    let mut below = Below::start(State::Overlay, &Servers::start());
    below.reach(State::Overlay);
    assert!(below.program.signal(Signal::PIPE));
    below.terminal.send("q");
    below.terminal.hides("Next delivery");
    below.end_by(State::Overlay, Signal::TERM);
}

#[test]
fn the_guard_is_small_and_ends_with_the_program() {
    let servers = Servers::start();
    for signal in [Signal::KILL, Signal::TERM] {
        let mut below = Below::start(State::Connecting, &servers);
        below.reach(State::Connecting);
        let children = below.program.children();
        let [guard] = children.as_slice() else { panic!("one process: {children:?}") };
        // What it has for itself; the program's text is shared.
        let own = guard.memory("Private_Dirty:") + guard.memory("Private_Clean:");
        assert!(own < 3_000, "{own} KiB");
        // What ends many processes ends it only with the program.
        for other in [Signal::HUP, Signal::INT, Signal::TERM] {
            guard.signal(other);
        }
        below.end_by(State::Connecting, signal);
        let begun = Instant::now();
        while guard.stat_if_there().is_some_and(|stat| stat.state != 'Z') {
            assert!(begun.elapsed() < Duration::from_secs(5), "the guard is still there");
        }
    }
}

#[test]
fn a_guard_that_is_killed_changes_nothing() {
    let mut below = Below::start(State::Connecting, &Servers::start());
    below.reach(State::Connecting);
    for guard in below.program.children() {
        guard.signal(Signal::KILL);
    }
    below.terminal.send("\x1a");
    below.program.until("a stop", |stat| stat.state == 'T');
    below.program.signal(Signal::CONT);
    below.terminal.until("the screen again", vt100::Screen::alternate_screen);
    below.end_by(State::Connecting, Signal::TERM);
}

/// A shell with job control, and the command that starts the program in it.
fn shell(configuration: &str) -> (Terminal, String, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("own.toml");
    std::fs::write(&file, configuration).expect("a file");
    let command = format!("{} --config {}", env!("CARGO_BIN_EXE_deadletter"), file.display());
    let mut terminal = Launch::program("sh", &["-i"]).set("PS1", "ready> ").start();
    terminal.shows("ready>");
    (terminal, command, folder)
}

/// An account that asks for its password.
fn asking(servers: &Servers) -> String {
    let port = servers.silent.local_addr().expect("a port").port();
    format!(
        "[[account]]\nname = \"lab\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"me\"\n"
    )
}

/// What is typed into the shell is shown and carried out.
fn answers(terminal: &mut Terminal, word: &str) {
    terminal.wait("the shell", |terminal| terminal.bytes.ends_with(b"ready> "));
    terminal.send(&format!("echo an''swer {word}\r"));
    terminal.wait("an answer of the shell", |terminal| {
        let answer = format!("answer {word}\r\n");
        memmem::find(&terminal.bytes, answer.as_bytes()).is_some()
            && memmem::find(&terminal.bytes, format!("an''swer {word}").as_bytes()).is_some()
    });
}

#[test]
fn a_prompt_ends_and_stops_as_in_a_shell() {
    let servers = Servers::start();
    let (mut terminal, command, _folder) = shell(&asking(&servers));
    let asked = |terminal: &Terminal, times: usize| {
        memmem::find_iter(&terminal.bytes, b"Password for me").count() == times
    };
    terminal.send(&format!("{command}\r"));
    terminal.wait("a question", |terminal| asked(terminal, 1));
    terminal.send("sec\x03");
    answers(&mut terminal, "after Ctrl-C");
    terminal.send(&format!("{command}\r"));
    terminal.wait("a question", |terminal| asked(terminal, 2));
    terminal.send("wrong\x1a");
    answers(&mut terminal, "while it is stopped");
    terminal.send("fg\r");
    terminal.wait("the question again", |terminal| asked(terminal, 3));
    terminal.send("secret\r");
    terminal.shows("connecting");
    assert!(memmem::find(&terminal.bytes, b"secret").is_none(), "nobody sees it");
    terminal.send("q");
    answers(&mut terminal, "at the end");
    terminal.send(&format!("{command}\r"));
    terminal.wait("a question", |terminal| asked(terminal, 4));
    terminal.send("\x1a");
    answers(&mut terminal, "while it is stopped once more");
    ends_in_the_background(&mut terminal);
}

#[test]
fn a_shell_gets_its_terminal_back_from_a_program_that_was_killed() {
    let servers = Servers::start();
    let (mut terminal, command, _folder) =
        shell(&format!("{}password_command = [\"printf\", \"secret\"]\n", asking(&servers)));
    let shell = terminal.process();
    for (round, signal) in [Signal::KILL, Signal::SEGV, Signal::TERM].into_iter().enumerate() {
        terminal.send(&format!("{command}\r"));
        terminal.shows("connecting");
        let [program] = shell.children()[..] else { panic!("one program") };
        program.signal(signal);
        if signal == Signal::SEGV {
            std::thread::park_timeout(Duration::from_millis(50));
            program.signal(signal);
        }
        let back = terminal.becomes(PATIENCE, |terminal| {
            let screen = terminal.screen();
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        assert!(back, "{signal:?}: {}", terminal.text());
        // The guard may be behind the shell, and forgets what was typed by then.
        while !terminal
            .becomes(Duration::from_millis(200), |terminal| terminal.bytes.ends_with(b"ready> "))
        {
            terminal.send("\r");
        }
        answers(&mut terminal, &format!("in round {round}"));
    }
}

/// In the background nobody touches the terminal, and it ends all the same.
#[test]
fn a_program_in_the_background_leaves_the_terminal_alone() {
    let servers = Servers::start();
    let (mut terminal, command, _folder) =
        shell(&format!("{}password_command = [\"printf\", \"secret\"]\n", asking(&servers)));
    terminal.send(&format!("{command}\r"));
    terminal.shows("connecting");
    terminal.send("\x1a");
    terminal.until("the screen from before", |screen| !screen.alternate_screen());
    answers(&mut terminal, "while it is stopped");
    ends_in_the_background(&mut terminal);
    assert!(!terminal.screen().alternate_screen());
}

/// A stopped program is sent to the background, where it stops again, and ends when it is told to.
fn ends_in_the_background(terminal: &mut Terminal) {
    let [program] = terminal.process().children()[..] else { panic!("one program") };
    terminal.send("bg\r");
    answers(terminal, "while it is in the background");
    program.until("a stop", |stat| stat.state == 'T');
    program.signal(Signal::TERM);
    program.signal(Signal::CONT);
    let begun = Instant::now();
    while program.stat_if_there().is_some_and(|stat| stat.state != 'Z') {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is still there");
    }
    answers(terminal, "after its end in the background");
}
