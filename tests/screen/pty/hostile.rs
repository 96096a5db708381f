//! A stranger writes every byte of a bounce. Whatever it holds, the terminal gets the program's own
//! sequences and text.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use tempfile::TempDir;

use crate::inputs::FAMILIES;
use crate::inputs::grammar::foreign;
use crate::terminal::{Launch, Terminal, rows as rows_of, text};

/// Longer ones have more rows than anybody can press keys at; one family has nothing shorter.
const LONGEST: usize = 300_000;

/// A representative of each family that is not too long for so many keys.
fn representatives() -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    for family in FAMILIES {
        let all = (family.inputs)().into_iter().map(|input| input.bytes());
        messages.extend(all.into_iter().find(|bytes| (100..LONGEST).contains(&bytes.len())));
    }
    messages
}

/// An mbox of them in a file with such a name.
pub(crate) fn mailbox(folder: &TempDir) -> PathBuf {
    let mut mbox = Vec::new();
    for message in representatives() {
        mbox.extend_from_slice(b"From \x1b]0;x\x07@mx.elm.example Mon May  4 07:00:00 2026\n");
        mbox.extend_from_slice(&message);
        mbox.extend_from_slice(b"\n\n");
    }
    let path = folder.path().join("in\x1b]52;c;ZXZpbA==\x07\u{202e}box.mbox");
    fs::write(&path, mbox).expect("a file");
    path
}

/// The mailbox in a terminal, read to its end.
fn open(folder: &TempDir, columns: u16, rows: u16) -> Terminal {
    let mut terminal = Launch::new(&[mailbox(folder)]).size(columns, rows).start();
    terminal.shows("1 file");
    terminal
}

/// Nothing but the program's own sequences has been written.
pub(crate) fn is_clean(terminal: &Terminal) {
    assert_eq!(foreign(&terminal.bytes), None);
    assert_eq!(memmem::find(&terminal.bytes, b"\x1b]"), None, "no clipboard, no title, no link");
}

/// Presses keys and waits until everything is drawn anew, with whatever they have changed.
fn press(terminal: &mut Terminal, keys: &str) {
    terminal.send(keys);
    terminal.send("\x0c");
    terminal.wait("a new drawing", |terminal| {
        terminal.frames().iter().any(|frame| memmem::find(&frame.bytes, b"\x1b[2J").is_some())
    });
}

/// The number of rows that the last line counts.
fn count(terminal: &Terminal) -> usize {
    let rows = rows_of(terminal.screen());
    let counter = rows.last().and_then(|row| row.trim_end().rsplit_once('/')).expect("a counter").1;
    counter.parse().expect("a number")
}

#[test]
fn no_view_obeys_a_message() {
    let folder = TempDir::new().expect("a folder");
    for (columns, rows) in [(120, 40), (60, 20)] {
        let mut terminal = open(&folder, columns, rows);
        let count = count(&terminal);
        assert!(count >= FAMILIES.len() - 1, "{count}");
        for n in 1..=count {
            terminal.shows(&format!(" {n}/{count}"));
            terminal.send("\r4");
            terminal.until("the source", |screen| {
                let text = text(screen);
                text.contains("[4 Source]") && !text.contains("reading the message")
            });
            for keys in
                ["\x04", "\x04", "G", "1", "G", "2", "G", "ge", "3", "G", "gt", "h", "ys", "h", "h"]
            {
                press(&mut terminal, keys);
            }
            terminal.send("j");
        }
        for keys in ["?", "h", "!", "h", "fd", "gg", "fh"] {
            press(&mut terminal, keys);
        }
        terminal.send("/\x1b[200~user\u{202e}\u{200b}\u{9b}31m\x07 x\x1b[201~");
        terminal.until("the pasted text", |screen| {
            rows_of(screen).last().is_some_and(|row| row.contains("user"))
        });
        press(&mut terminal, "\r");
        is_clean(&terminal);
    }
}

#[test]
fn what_is_copied_runs_nothing_where_it_is_pasted() {
    let folder = TempDir::new().expect("a folder");
    let mut terminal = open(&folder, 120, 40);
    let count = count(&terminal);
    let mut copied = 0;
    for n in 1..=count {
        terminal.shows(&format!(" {n}/{count}"));
        // The view of the source says when the message is still being read.
        terminal.send("\r4");
        terminal.until("the delivery over the whole screen", |screen| {
            let text = text(screen);
            text.contains("esc back")
                && text.contains("[4 Source]")
                && !text.contains("reading the message")
        });
        for keys in ["yu", "ya", "yd", "ym", "yc"] {
            press(&mut terminal, keys);
        }
        press(&mut terminal, "h");
        terminal.send("j");
    }
    for sequence in memmem::find_iter(&terminal.bytes, b"\x1b]52;c;") {
        let coded =
            terminal.bytes[sequence + 7..].split(|byte| *byte == 0x07).next().unwrap_or_default();
        let text = String::from_utf8(STANDARD.decode(coded).expect("base64")).expect("UTF-8");
        let bad = text.chars().find(|c| {
            c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{200b}'..='\u{206f}')
        });
        assert_eq!(bad, None, "{text:?}");
        assert!(!text.ends_with('\n'));
        copied += 1;
    }
    assert!(copied >= 2 * count, "{copied} copies of {count} deliveries");
}

#[test]
fn poison_is_shown_for_what_it_is() {
    let folder = TempDir::new().expect("a folder");
    let mut terminal = open(&folder, 120, 40);
    terminal.shows("\\x1b]52;c;");
    terminal.send("/elpmaxe.kao\r");
    terminal.shows("\\u{202e}");
    is_clean(&terminal);
}
