//! Every way in and out: quitting, signals, a terminal that goes away, the background.

use std::time::Duration;

use memchr::memmem;
use rustix::process::Signal;

use super::demo;
use crate::terminal::{END, Terminal, text};

/// What leaving consists of: the cursor, no bracketed paste, the screen that was there before.
pub(crate) const LEAVING: [&[u8]; 3] = [b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1049l"];

/// The terminal is as it was before the program, and nothing else was written on the way out.
fn is_as_before(terminal: &Terminal) {
    let last_frame = memmem::rfind(&terminal.bytes, END).expect("a frame") + END.len();
    let mut rest = terminal.bytes[last_frame..].to_vec();
    for sequence in LEAVING {
        let at = memmem::find(&rest, sequence)
            .unwrap_or_else(|| panic!("no {}", sequence.escape_ascii()));
        rest.drain(at..at + sequence.len());
    }
    assert_eq!(rest.escape_ascii().to_string(), "", "nothing else after the last frame");
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert_eq!(text(screen), "", "the screen from before");
    let (before, now) = terminal.modes();
    assert_eq!(now, before);
}

#[test]
fn quitting_leaves_the_terminal_as_it_was() {
    for keys in ["q", "\x03", "\rqq", "?\x03", "/abc\rq"] {
        let mut terminal = demo(120, 40);
        let (before, now) = terminal.modes();
        assert_ne!(before, now, "raw mode");
        let screen = terminal.screen();
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
        terminal.send(keys);
        assert_eq!(terminal.ends(), 0, "{keys:?}");
        is_as_before(&terminal);
    }
}

#[test]
fn signals_end_it_in_order() {
    for (signal, code) in
        [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)]
    {
        let mut terminal = demo(120, 40);
        terminal.signal(signal);
        assert_eq!(terminal.ends(), code);
        is_as_before(&terminal);
    }
}

#[test]
fn a_terminal_that_goes_away_ends_it_at_once() {
    for keys in ["", "jjjjjjjj", "?", "/mailbox"] {
        let mut terminal = demo(120, 40);
        terminal.send(keys);
        let process = terminal.process();
        let before = process.stat().cpu;
        terminal.hang_up();
        let took = process.until("the end", |stat| stat.state == 'Z');
        let cpu = process.stat().cpu.saturating_sub(before);
        assert!(took < Duration::from_secs(10), "{keys:?}: it took {took:?}");
        assert!(cpu < Duration::from_secs(2), "{keys:?}: {cpu:?} on a processor");
        assert_eq!(terminal.ends(), 129, "{keys:?}");
    }
}

#[test]
fn it_goes_to_the_background_and_comes_back() {
    let mut terminal = demo(120, 40);
    let before = terminal.text();
    let (cooked, raw) = terminal.modes();
    for by_key in [true, false] {
        if by_key {
            terminal.send("\x1a");
        } else {
            terminal.signal(Signal::TSTP);
        }
        terminal.process().until("a stop", |stat| stat.state == 'T');
        terminal.until("the screen from before", |screen| !screen.alternate_screen());
        is_as_before(&terminal);
        assert_eq!(terminal.modes().1, cooked);
        terminal.signal(Signal::CONT);
        terminal.until("the screen again", |screen| {
            screen.alternate_screen() && text(screen) == before
        });
        assert!(terminal.screen().hide_cursor() && terminal.screen().bracketed_paste());
        assert_eq!(terminal.modes().1, raw);
    }
    terminal.send("2");
    terminal.shows("[2 Admin]");
    terminal.send("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn another_size_in_the_background_is_noticed() {
    let mut terminal = demo(120, 40);
    terminal.send("\x1a");
    terminal.process().until("a stop", |stat| stat.state == 'T');
    terminal.until("the screen from before", |screen| !screen.alternate_screen());
    terminal.resize(60, 20);
    terminal.signal(Signal::CONT);
    terminal.until("the list alone", |screen| {
        text(screen).contains("RECIPIENT") && super::pane(screen).is_none()
    });
    assert!(terminal.row(19).contains("demo"), "{}", terminal.text());
}
