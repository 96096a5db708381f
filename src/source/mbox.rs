//! Message files: single messages, and mboxes in every variant (mboxrd, mboxo, a first message without its From_ line),
//! plain or compressed with gzip. Read as a stream: memory holds one message.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::mail::canonical::canonical;

/// A message beyond this is cut, in bytes.
pub const MESSAGE_BYTES: usize = 64 << 20;

/// Calls `take` with every message of a file, in order, until it breaks. `From ` lines are taken away and quoted ones
/// (`>From `) restored; a file that is no mbox is one message.
///
/// # Errors
/// When the file cannot be opened or read, or its compression is broken.
pub fn each_message(path: &Path, mut take: impl FnMut(&[u8]) -> ControlFlow<()>) -> io::Result<()> {
    let mut file = BufReader::with_capacity(256 << 10, File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return split(BufReader::with_capacity(256 << 10, MultiGzDecoder::new(file)), &mut take);
    }
    split(file, &mut take)
}

/// Like [`each_message`] for bytes from anywhere.
///
/// # Errors
/// When reading fails.
pub fn split(mut input: impl BufRead, take: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> io::Result<()> {
    let head = input.fill_buf()?;
    let (is_mbox, only_cr) = (head.starts_with(b"From "), !head.contains(&b'\n') && head.contains(&b'\r'));
    let mut message = Vec::new();
    if !is_mbox || only_cr {
        input.take(MESSAGE_BYTES as u64).read_to_end(&mut message)?;
        if is_mbox {
            return split(&*canonical(&message), take);
        }
        let _ = take(&message);
        return Ok(());
    }
    let mut line = Vec::new();
    let mut after_blank = true;
    let mut started = false;
    loop {
        line.clear();
        let more = read_line(&mut input, &mut line)?;
        if !more || after_blank && is_from_line(&line) || !started && line.starts_with(b"From ") {
            if started && take(trim_end(&message)).is_break() {
                return Ok(());
            }
            if !more {
                return Ok(());
            }
            started = true;
            message.clear();
            continue;
        }
        after_blank = line.iter().all(|b| matches!(b, b'\n' | b'\r'));
        if message.len() + line.len() <= MESSAGE_BYTES {
            message.extend_from_slice(unquoted(&line));
        }
    }
}

/// One line with its end; false at the end of the input. A line longer than the limit comes in pieces.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    Ok(input.take(1 << 20).read_until(b'\n', line)? > 0)
}

/// `From sender date`: the date ends in a year, or a zone, and holds a time.
fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let words: Vec<&[u8]> = rest.trim_ascii().split(|b| *b == b' ').filter(|w| !w.is_empty()).collect();
    let time = words.iter().any(|w| w.len() >= 4 && w.contains(&b':') && w[0].is_ascii_digit());
    let year = words.iter().any(|w| w.len() == 4 && w.iter().all(u8::is_ascii_digit));
    words.len() >= 5 && time && year
}

/// The line without one `>` if it is a quoted From_ line (mboxrd; mboxo quotes the same way once).
fn unquoted(line: &[u8]) -> &[u8] {
    let bare = &line[line.iter().take_while(|b| **b == b'>').count()..];
    if bare.len() < line.len() && bare.starts_with(b"From ") { &line[1..] } else { line }
}

/// The empty line in front of the next From_ line belongs to the mbox, not to the message.
fn trim_end(message: &[u8]) -> &[u8] {
    message
        .strip_suffix(b"\r\n\r\n")
        .map(|m| &message[..m.len() + 2])
        .or_else(|| message.strip_suffix(b"\n\n").map(|m| &message[..=m.len()]))
        .unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(input: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        split(input, &mut |m| {
            found.push(String::from_utf8_lossy(m).into_owned());
            ControlFlow::Continue(())
        })
        .expect("memory does not fail");
        found
    }

    #[test]
    fn mboxes_are_split_and_unquoted() {
        let mbox = b"From a@b.example Mon May  4 06:57:12 2026\nSubject: 1\n\n>From here\n>>From there\nFrom nowhere\n\nFrom MAILER-DAEMON Mon May  4 06:57:12 2026 +0200\nSubject: 2\n\nx\n";
        assert_eq!(messages(mbox), ["Subject: 1\n\nFrom here\n>From there\nFrom nowhere\n", "Subject: 2\n\nx\n"]);
    }

    #[test]
    fn anything_else_is_one_message() {
        assert_eq!(
            messages(b"Subject: 1\n\nFrom a@b.example Mon May  4 06:57:12 2026\nx"),
            ["Subject: 1\n\nFrom a@b.example Mon May  4 06:57:12 2026\nx"]
        );
        assert_eq!(messages(b""), [""]);
        assert_eq!(messages(b"From a Mon May 4 06:57 2026\rSubject: 1\r\rx\r"), ["Subject: 1\n\nx\n"]);
    }
}
