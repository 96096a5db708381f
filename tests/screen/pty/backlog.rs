//! Much at once: keys by the thousand, stops and sizes in bursts, a terminal that takes nothing.

use std::time::Duration;

use memchr::memmem;
use rustix::process::Signal;

use super::lifecycle::LEAVING;
use super::{demo, settled};
use crate::terminal::{Launch, Terminal, rows, text};

/// How long the end may take: half a second, and as much for a machine that is busy.
const SOON: Duration = Duration::from_secs(1);
/// Keys that come at once.
const MANY: usize = 100_000;

/// Waits for the end, which comes soon and costs next to nothing.
fn ends_soon(terminal: &mut Terminal, code: u32, what: &str) {
    let process = terminal.process();
    let before = process.stat().cpu;
    let took = process.until("the end", |stat| stat.state == 'Z');
    let cpu = process.stat().cpu.saturating_sub(before);
    assert!(took < SOON && cpu < SOON, "{what}: it took {took:?}, {cpu:?} on a processor");
    assert_eq!(terminal.ends(), code, "{what}");
}

/// The demo with a filter begun.
fn filtering() -> Terminal {
    let mut terminal = demo(120, 40);
    terminal.send("/");
    terminal.until("a line to type in", |screen| rows(screen)[39] == " /");
    terminal
}

#[test]
fn signals_pass_keys_that_wait() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut terminal = filtering();
        terminal.send(&"a".repeat(MANY));
        terminal.signal(signal);
        ends_soon(&mut terminal, code, "keys and a signal");
        let (before, now) = terminal.modes();
        assert_eq!(now, before);
    }
}

#[test]
fn the_end_of_the_terminal_passes_keys_that_wait() {
    let mut terminal = filtering();
    terminal.hang_up_after(&"a".repeat(MANY));
    ends_soon(&mut terminal, 129, "keys and the end of the terminal");
}

#[test]
fn a_filter_has_room_for_so_much_and_says_so() {
    let mut terminal = filtering();
    terminal.send(&"b".repeat(MANY / 10));
    terminal.shows("no room for more than 500 characters");
    let process = terminal.process();
    terminal.bytes_within(Duration::from_millis(500));
    let before = process.stat().cpu;
    terminal.bytes_within(Duration::from_secs(1));
    let cpu = process.stat().cpu.saturating_sub(before);
    assert!(cpu < Duration::from_millis(100), "{cpu:?} on a processor for nothing");
    terminal.send("\x7f");
    terminal.hides("no room");
    terminal.send("\x03q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn characters_that_come_together_are_one_filter() {
    let mut terminal = filtering();
    // They wait together when the program goes on.
    terminal.signal(Signal::STOP);
    terminal.process().until("a stop", |stat| stat.state == 'T');
    terminal.send("blocklist");
    terminal.signal(Signal::CONT);
    terminal.until("the filter", |screen| rows(screen)[39] == " / blocklist");
    let narrowed = |screen: &vt100::Screen| rows(screen)[0].contains("/blocklist");
    terminal.until("the list", narrowed);
    let between = terminal
        .frames()
        .iter()
        .filter(|frame| rows(&frame.screen)[0].contains(" shown") && !narrowed(&frame.screen));
    assert_eq!(between.count(), 0, "no filter in between");
}

#[test]
fn a_terminal_that_takes_nothing_holds_nobody() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let mut terminal = settled(Launch::demo().size(200, 60).start());
        terminal.pause(true);
        // One frame is still read; the others fill the terminal.
        terminal.send(&"\x0c".repeat(200));
        let process = terminal.process();
        let mut writes = Some(u64::MAX);
        while writes != process.writes() {
            writes = process.writes();
            std::thread::park_timeout(Duration::from_millis(300));
        }
        terminal.signal(signal);
        process.until("the end", |stat| stat.state == 'Z');
        terminal.pause(false);
        ends_soon(&mut terminal, code, "a terminal that takes nothing");
        for sequence in LEAVING {
            assert!(memmem::find(&terminal.bytes, sequence).is_some());
        }
        let screen = terminal.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        let (before, now) = terminal.modes();
        assert_eq!(now, before);
    }
}

#[test]
fn a_burst_of_stops_leaves_keys_alive() {
    let mut terminal = demo(120, 40);
    let before = terminal.text();
    for _ in 0..30 {
        terminal.signal(Signal::TSTP);
        terminal.signal(Signal::CONT);
    }
    // It may have stopped between the last two.
    terminal.bytes_within(Duration::from_millis(300));
    terminal.signal(Signal::CONT);
    terminal.until("the screen", |screen| screen.alternate_screen() && text(screen) == before);
    terminal.send("\x03");
    ends_soon(&mut terminal, 0, "stops and Ctrl-C");
    let (before, now) = terminal.modes();
    assert_eq!(now, before);
    assert!(!terminal.screen().alternate_screen());
}

#[test]
fn a_flood_of_sizes_is_one_size() {
    let mut terminal = demo(120, 40);
    let before = terminal.text();
    for n in 0..100 {
        terminal.resize(80 + n % 40, 24 + n % 16);
        terminal.signal(Signal::WINCH);
    }
    terminal.resize(120, 40);
    terminal.until("the screen as it was", |screen| text(screen) == before);
    terminal.send("q");
    ends_soon(&mut terminal, 0, "sizes and q");
}

#[test]
fn a_frame_that_is_not_drawn_any_more_holds_nothing_back() {
    let mut terminal = demo(120, 40);
    terminal.send("\x0cq");
    assert_eq!(terminal.ends(), 0);
    assert!(!terminal.screen().alternate_screen() && !terminal.screen().hide_cursor());
}
