//! A stranger writes every byte of a bounce. Whatever it holds, the terminal gets the program's own
//! sequences and text.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use tempfile::TempDir;

use super::grammar::foreign;
use crate::terminal::{Launch, Terminal, rows as rows_of, text};

/// What a terminal obeys, what writes over its neighbours, what reorders or hides them.
pub(crate) const POISON: [&str; 23] = [
    "\x1b[2J\x1b[1;1H",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]52;c;ZXZpbA==",
    "\x1b]0;title\x1b\\",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\",
    "\x1b]52;c;ZXZpbA==\x1b\\",
    "\x1bP\x1b]52;c;ZXZpbA==\x07\x1b\\",
    "\x1bP$qm\x1b\\",
    "\x1b[6n\x1b[c\x1b[?1000h",
    "\x1bc",
    "\u{9b}31m",
    "\u{9d}52;c;ZXZpbA==\u{9c}",
    "\u{90}q\u{9c}",
    "OK\r\x08\x08\x7f",
    "\x0b\x0c\x0e\x05",
    "\u{202e}moc.elpmaxe",
    "\u{2066}x\u{2069}\u{200f}",
    "a\u{200b}b\u{ad}c\u{feff}d\u{2060}e",
    "\u{e0041}\u{e0042}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{2028}next\u{2029}\u{85}next",
    "日本\u{fe0f}👨\u{200d}👩\u{200d}👧",
];

/// A bounce with the poison at every place that is shown.
fn bounce(poison: &str) -> String {
    format!(
        "Return-Path: <>\n\
         Received: from mx{poison}.evil.example ({poison} [192.0.2.1]) by mail.linden.example with ESMTP id {poison};\n\
         \tMon, 4 May 2026 07:00:00 +0000 ({poison})\n\
         From: {poison} <mailer-daemon{poison}@mx.evil.example>\n\
         To: otto@linden.example\n\
         Date: Mon, 4 May 2026 07:00:00 +0000\n\
         Subject: Undeliverable: {poison}\n\
         Message-ID: <{poison}@mx.evil.example>\n\
         X-Mailer: {poison}\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
         --b\nContent-Type: text/plain; charset=utf-8; name=\"{poison}\"\n\n\
         Your mail to <user{poison}@evil.example> came back: {poison}\n\n\
         --b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx{poison}.evil.example\n\
         X-Queue: {poison}\n\n\
         Original-Recipient: rfc822;asked{poison}@evil.example\n\
         Final-Recipient: rfc822;user{poison}@evil.example\n\
         Action: failed\nStatus: 5.7.1\n\
         Remote-MTA: dns; back{poison}.evil.example\n\
         Diagnostic-Code: smtp; 554 5.7.1 {poison} blocked {poison} using list.example {poison}\n\n\
         --b\nContent-Type: message/rfc822\n\n\
         Received: from {poison} by out{poison}.linden.example with {poison}; Mon, 4 May 2026 06:59:00 +0000\n\
         From: {poison} <otto@linden.example>\nTo: {poison} <user@evil.example>\n\
         Subject: {poison}\nMessage-ID: <{poison}@linden.example>\nDate: Mon, 4 May 2026 06:58:00 +0000\n\n\
         {poison}\n\n--b--\n\n"
    )
}

/// The same as servers write it that know no reports: encoded header fields, an encoded body.
fn encoded(poison: &str) -> String {
    let text = format!(
        "554 5.7.1 <user@evil.example>: {poison} rejected {poison}\n\n<user@evil.example>\n{poison}\n"
    );
    let word = format!("=?utf-8?B?{}?=", STANDARD.encode(poison));
    format!(
        "From: {word} <mailer-daemon@mx.evil.example>\nTo: otto@linden.example\nSubject: Undelivered {word}\n\
         Date: Mon, 4 May 2026 06:00:00 +0000\nAuto-Submitted: auto-replied\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n\n",
        STANDARD.encode(text)
    )
}

/// An mbox of such bounces in a file with such a name; every second one has bytes that are no
/// UTF-8.
pub(crate) fn mailbox(folder: &TempDir) -> PathBuf {
    let mut mbox = Vec::new();
    for (n, poison) in POISON.iter().enumerate() {
        for message in [bounce(poison), encoded(poison)] {
            mbox.extend_from_slice(
                b"From mailer-daemon@mx.evil.example Mon May  4 07:00:00 2026\n",
            );
            mbox.extend_from_slice(message.as_bytes());
        }
        if n % 2 == 1 {
            let raw = b"Undeliverable: \x9b31m \x9d52;c;eA==\x9c \xff\xfe";
            mbox.splice(mbox.len()..mbox.len(), raw_subject(raw));
        }
    }
    let path = folder.path().join("in\x1b]52;c;ZXZpbA==\x07\u{202e}box.mbox");
    fs::write(&path, mbox).expect("a file");
    path
}

fn raw_subject(subject: &[u8]) -> Vec<u8> {
    let head =
        b"From mailer-daemon@mx.evil.example Mon May  4 07:00:00 2026\nFrom: MAILER-DAEMON@mx.evil.example\nSubject: ";
    [head.as_slice(), subject, b"\nDate: Mon, 4 May 2026 05:00:00 +0000\n\n550 \x9b2J no\n\n"]
        .concat()
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
        assert_eq!(count, 2 * POISON.len() + POISON.len() / 2);
        for n in 1..=count {
            terminal.shows(&format!(" {n}/{count}"));
            terminal.send("\r4");
            terminal.until("the source", |screen| {
                ["From: ", "Return-Path: "].iter().any(|word| text(screen).contains(word))
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
    assert_eq!(copied, 217, "copies of {count} deliveries");
}

#[test]
fn poison_is_shown_for_what_it_is() {
    let folder = TempDir::new().expect("a folder");
    let mut terminal = open(&folder, 120, 40);
    terminal.shows("\\x1b]52;c;");
    terminal.send("/moc.elpmaxe\r");
    terminal.shows("\\u{202e}");
    is_clean(&terminal);
}
