//! A fault of the program itself: the terminal is given back, and the fault is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use deadletter::app::{App, Keymap, Setup};
use deadletter::clock::Clock;
use deadletter::config::{Highlight, Theme};
use deadletter::diagnosis::Rules;
use deadletter::engine::{Engine, Judge, Worked};
use deadletter::mail::SafeText;
use deadletter::source::{Canceller, Error, Place, Reader, Sink, Source};
use deadletter::store::{MailboxName, Store};
use deadletter::term::{self, Session};
use deadletter::ui::Look;
use memchr::memmem;

use super::lifecycle::LEAVING;
use crate::terminal::{END, Launch, Terminal};

/// Says which part fails in the program that [`inside`] is.
const PART: &str = "DEADLETTER_TEST_PANIC";

/// A mailbox with a fault.
struct Faulty {
    part: String,
    streamed: bool,
}

impl Source for Faulty {
    fn name(&self) -> SafeText {
        "faulty".into()
    }

    fn stream(&mut self, _: &mut dyn Sink) -> Result<(), Error> {
        // When it is asked for the second time, by a key.
        let again = std::mem::replace(&mut self.streamed, true);
        assert!(!again || self.part != "worker", "the worker \x1b[31m is broken");
        Ok(())
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Nothing)
    }

    fn canceller(&self) -> Canceller {
        let part = self.part.clone();
        // The screen calls it when it is left, while it is still there.
        Canceller::new(move || assert!(part != "screen", "the screen is broken"))
    }
}

/// Has no messages.
struct Nothing;

impl Reader for Nothing {
    fn whole(&mut self, _: Place) -> Result<Vec<u8>, Error> {
        Err(Error::Gone)
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| ())
    }
}

#[test]
#[ignore = "it is the program that the other tests of this file run in a terminal"]
fn inside() {
    let source = Faulty { part: std::env::var(PART).expect("which part fails"), streamed: false };
    let names = vec![source.name()];
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::default() };
    let name = MailboxName { account: "faulty".into(), folder: String::new() };
    let mailbox = Worked { name, source: Box::new(source) };
    let store = Store::temporary().expect("memory");
    let (engine, updates) = Engine::start(vec![mailbox], &judge, store).expect("threads");
    let app = App::new(Setup {
        mailboxes: names,
        keymap: Keymap::new(&BTreeMap::new()).expect("keys"),
        language: None,
        clock: Clock::System,
        read_only: true,
        by: None,
    });
    let look = Look::new(Theme::Default, false, Highlight::default());
    let ask = Box::new(move |request| engine.ask(request));
    term::run(Session { app, look, ask, updates }).expect("a screen");
}

/// The screen over a mailbox with a fault.
fn faulty(part: &str) -> Terminal {
    let program = std::env::current_exe().expect("this program");
    let arguments = ["pty::panics::inside", "--exact", "--ignored", "--nocapture"];
    let mut terminal = Launch::program(program, &arguments).set(PART, part).start();
    terminal.shows(" deadletter  faulty");
    terminal
}

#[test]
fn a_fault_of_the_screen_gives_the_terminal_back_before_it_is_told() {
    let mut terminal = faulty("screen");
    let (before, now) = terminal.modes();
    assert_ne!(before, now, "raw mode");
    terminal.send("q");
    assert_ne!(terminal.ends(), 0);
    let rest = &terminal.bytes[memmem::rfind(&terminal.bytes, END).expect("a frame")..];
    let told = memmem::find(rest, b"the screen is broken").expect("what failed");
    for sequence in LEAVING {
        assert!(
            memmem::find(rest, sequence).is_some_and(|at| at < told),
            "{}",
            rest.escape_ascii()
        );
    }
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert!(terminal.text().contains("the screen is broken"), "{}", terminal.text());
    let (before, now) = terminal.modes();
    assert_eq!(now, before);
}

#[test]
fn a_fault_of_a_mailbox_is_told_and_the_screen_goes_on() {
    let mut terminal = faulty("worker");
    terminal.send("r");
    terminal.shows("a part of deadletter failed: the worker \\x1b[31m is broken");
    terminal.send("?");
    terminal.shows("Next delivery");
    terminal.send("qq");
    assert_eq!(terminal.ends(), 0);
    assert_eq!(crate::inputs::grammar::foreign(screen_bytes(&terminal)), None);
}

/// What was written from entering the screen to leaving it: not what the frame of tests says around
/// it.
fn screen_bytes(terminal: &Terminal) -> &[u8] {
    let begin = memmem::find(&terminal.bytes, b"\x1b[?1049h").expect("entering");
    let end = memmem::rfind(&terminal.bytes, b"\x1b[?1049l").expect("leaving");
    &terminal.bytes[begin..end]
}
