//! How many bytes are written for a key, and when: the program is used through slow lines.

use std::time::{Duration, Instant};

use memchr::memmem;

use super::{cursor, demo, followed, pane};
use crate::terminal::{BEGIN, END, Frame, Terminal, rows};

/// Bytes for a step of the cursor: two rows of the list.
const STEP: usize = 320;
/// Bytes for a step of the cursor that moves the whole list.
const SCROLL: usize = 2_500;
/// Bytes for another delivery in the views.
const VIEW: usize = 2_500;
/// How long the views wait for another key, less what a clock may be off.
const PAUSE: Duration = Duration::from_millis(75);

/// A frame: when it came after the key, and its bytes.
type Measured = (Duration, usize);

/// The sizes of frames, ascending.
fn sizes(frames: &[Measured]) -> Vec<usize> {
    let mut sizes: Vec<usize> = frames.iter().map(|(_, size)| *size).collect();
    sizes.sort_unstable();
    sizes
}

/// Moves so many rows down, one by one; for each the frame of the list and that of the views.
fn steps(terminal: &mut Terminal, count: usize) -> (Vec<Measured>, Vec<Measured>) {
    let mut measured = (Vec::new(), Vec::new());
    for _ in 0..count {
        // On a busy machine a message may be read for longer than its frame waits.
        terminal.until("the views", |screen| {
            !pane(screen).unwrap_or_default().contains("reading the message")
        });
        let (before, start) = (pane(terminal.screen()), Instant::now());
        terminal.send("j");
        let [list, views] = terminal.frames_come(2) else { panic!("two frames, not more") };
        assert_eq!(pane(&list.screen), before, "the views wait");
        assert_ne!(pane(&views.screen), before, "the views follow");
        assert_eq!(cursor(&list.screen).0, cursor(&views.screen).0, "the list has moved before");
        let of = |frame: &Frame| (frame.at - start, frame.bytes.len());
        measured.0.push(of(list));
        measured.1.push(of(views));
    }
    measured
}

#[test]
fn a_step_is_small_and_the_views_follow_once() {
    let mut terminal = demo(120, 40);
    // As long as the list does not scroll.
    let (list, views) = steps(&mut terminal, 36);
    assert!(list.iter().all(|(_, size)| *size <= STEP), "{:?}", sizes(&list));
    assert!(views.iter().all(|(_, size)| *size <= VIEW), "{:?}", sizes(&views));
    assert!(views.iter().all(|(after, _)| *after >= PAUSE), "{views:?}");
    let (list, views) = steps(&mut terminal, 36);
    assert!(list.iter().all(|(_, size)| *size <= SCROLL), "{:?}", sizes(&list));
    assert!(views.iter().all(|(_, size)| *size <= VIEW), "{:?}", sizes(&views));
}

#[test]
fn keys_that_come_together_draw_the_views_once() {
    let mut terminal = demo(120, 40);
    let (first, before) = (cursor(terminal.screen()).0, pane(terminal.screen()));
    terminal.send(&"j".repeat(30));
    terminal.until("the cursor 30 rows down", |screen| cursor(screen).0 == first + 30);
    terminal.until("the views", |screen| pane(screen) != before);
    let (last, others) = terminal.frames().split_last().expect("frames");
    assert!(others.iter().all(|frame| pane(&frame.screen) == before), "no views in between");
    assert!(others.len() <= 5, "{} frames for keys that came together", others.len());
    assert!(last.bytes.len() <= VIEW, "{}", last.bytes.len());
}

#[test]
fn a_held_key_draws_no_views_until_it_is_let_go() {
    let mut terminal = demo(120, 40);
    let (first, before) = (cursor(terminal.screen()).0, pane(terminal.screen()));
    // As fast as the rows come; a terminal repeats keys about every 30 ms. Where the machine was
    // busy with something else for long, the key was let go.
    let (mut drawn, mut let_go) = (0, 0);
    for n in 1..=30 {
        let start = Instant::now();
        terminal.send("j");
        terminal.until("the cursor one row down", |screen| cursor(screen).0 == first + n);
        assert!(terminal.frames()[0].bytes.len() <= STEP, "{}", terminal.frames()[0].bytes.len());
        drawn += usize::from(pane(terminal.screen()) != before);
        let_go += usize::from(start.elapsed() > PAUSE / 2);
    }
    assert!(drawn == 0 || let_go > 0, "views were drawn after {drawn} of 30 keys");
    terminal.until("the views", |screen| pane(screen) != before);
    assert!(terminal.frames().last().is_some_and(|frame| frame.bytes.len() <= VIEW));
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let mut terminal = demo(120, 40);
    assert_eq!(terminal.bytes_within(Duration::from_secs(1)), 0);
    // Keys that change nothing write nothing.
    terminal.send("kk\x1b1hh");
    assert_eq!(terminal.bytes_within(Duration::from_secs(1)), 0);
}

#[test]
fn every_frame_is_one_write() {
    let mut terminal = demo(120, 40);
    for keys in ["j", "2", "G", "?", "h", "\x0c", "\r"] {
        let Some(before) = terminal.process().writes() else { return };
        terminal.send(keys);
        terminal.frames_come(1);
        terminal.bytes_within(Duration::from_millis(300));
        let frames = terminal.frames().len() as u64;
        let writes = terminal.process().writes().expect("the process is there") - before;
        assert_eq!(writes, frames, "writes and frames for {keys:?}");
    }
}

#[test]
fn every_byte_stands_in_a_frame() {
    let mut terminal = demo(120, 40);
    terminal.send("jj");
    terminal.until("the third row", |screen| cursor(screen).0 == 4 && followed(screen));
    for (keys, shown, hidden) in [
        ("2", "[2 Admin]", "[1 User]"),
        ("?", "Next delivery", "[2 Admin]"),
        ("h", "[2 Admin]", "Next delivery"),
        ("/x", " / x", "j down"),
        ("\x03", "j down", " / x"),
        ("\r", "[2 Admin]", "RECIPIENT"),
        ("q", "RECIPIENT", "Enter back"),
    ] {
        terminal.send(keys);
        terminal.shows(shown);
        terminal.hides(hidden);
    }
    terminal.send("\x0c");
    terminal.frames_come(1);
    terminal.resize(80, 24);
    terminal
        .until("list above views", |screen| rows(screen).iter().any(|row| row.starts_with("──")));
    terminal.send("\x03");
    assert_eq!(terminal.ends(), 0);
    let mut outside = Vec::new();
    let mut rest = terminal.bytes.as_slice();
    while let Some(begin) = memmem::find(rest, BEGIN) {
        let end = memmem::find(rest, END).expect("the end of a frame");
        assert!(begin < end);
        outside.extend_from_slice(&rest[..begin]);
        let frame = &rest[begin + BEGIN.len()..end];
        assert_eq!(memmem::find(frame, BEGIN), None, "a frame within a frame");
        rest = &rest[end + END.len()..];
    }
    outside.extend_from_slice(rest);
    let outside = outside.escape_ascii().to_string();
    let expected = r"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[?25h\x1b[?2004l\x1b[?1049l";
    assert_eq!(outside, expected, "only coming and going stand outside of frames");
}
