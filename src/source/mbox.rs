//! Message files: single messages, and mboxes in every variant (mboxrd, mboxo, with any line ends,
//! with or without the empty line in front of a From_ line), plain or compressed with gzip. Read as
//! a stream: memory holds one message.
//!
//! A file that does not begin with a From_ line is one message, whatever its text holds: else a
//! mail could bring forged reports along.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::mail::canonical::canonical;
use crate::mail::header::field_name;

/// Size of a buffer for reading, in bytes.
const BUFFER: usize = 256 << 10;
/// A message beyond this is cut, in bytes.
const MESSAGE_BYTES: usize = 64 << 20;

/// A message of a file.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// Its bytes, without the mbox's own.
    pub bytes: &'a [u8],
    /// Byte of the file at which it begins, From_ line included; of no use in compressed files.
    pub offset: u64,
}

/// Opens a file, decompressed if it is gzip.
///
/// # Errors
/// When it cannot be opened or read.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    let size = file.metadata().map_or(0, |meta| meta.len());
    let capacity = usize::try_from(size).unwrap_or(BUFFER).clamp(4 << 10, BUFFER);
    let mut file = BufReader::with_capacity(capacity, file);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}

/// Calls `take` with every message of a file, in order, until it breaks. `From ` lines are taken
/// away and quoted ones (`>From `) restored; a file that is no mbox is one message.
///
/// # Errors
/// When the file cannot be opened or read, or its compression is broken.
pub fn each_message(
    path: &Path,
    take: &mut dyn FnMut(Stored<'_>) -> ControlFlow<()>,
) -> io::Result<()> {
    split(open(path)?, take)
}

/// The message of a file that begins at a byte that [`each_message`] gave, or is the `number`th
/// (from 0) in it.
///
/// # Errors
/// When the file cannot be read.
pub fn message_at(path: &Path, offset: u64, number: usize) -> io::Result<Option<Vec<u8>>> {
    let mut found = None;
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut file = BufReader::new(file);
    let direct = file.fill_buf()?.starts_with(b"From ");
    let mut skip = if direct { 0 } else { number };
    let mut take = |message: Stored<'_>| {
        if skip > 0 {
            skip -= 1;
            return ControlFlow::Continue(());
        }
        found = Some(message.bytes.to_vec());
        ControlFlow::Break(())
    };
    if direct {
        split(file, &mut take)?;
    } else {
        each_message(path, &mut take)?;
    }
    Ok(found)
}

/// Like [`each_message`] for bytes from anywhere.
///
/// # Errors
/// When reading fails.
pub fn split(
    mut input: impl BufRead,
    take: &mut dyn FnMut(Stored<'_>) -> ControlFlow<()>,
) -> io::Result<()> {
    let head = input.fill_buf()?;
    let lead = lead(head);
    let (is_mbox, only_cr) =
        (head[lead..].starts_with(b"From "), !head.contains(&b'\n') && head.contains(&b'\r'));
    if is_mbox && !only_cr {
        input.consume(lead);
        return split_mbox(input, lead as u64, take);
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let mut message = Vec::new();
    input.take(MESSAGE_BYTES as u64).read_to_end(&mut message)?;
    if is_mbox || wide {
        let converted = canonical(&message);
        if converted.starts_with(b"From ") {
            return split_mbox(&*converted, 0, take);
        }
    }
    // It is the only one whatever the other side says.
    let _ = take(Stored { bytes: &message, offset: 0 });
    Ok(())
}

/// How many bytes in front of the first line do not count: a byte order mark, empty lines.
fn lead(head: &[u8]) -> usize {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.len() - text.len() + count_of(text, b"\r\n")
}

/// The messages of an mbox that begins with a From_ line, `at` bytes behind the start of the file.
fn split_mbox(
    input: impl BufRead,
    at: u64,
    take: &mut dyn FnMut(Stored<'_>) -> ControlFlow<()>,
) -> io::Result<()> {
    let mut lines = Lines { input, at, ahead: Vec::new() };
    let mut line = Vec::new();
    let mut message = Vec::new();
    // The From_ line of the first message.
    let mut offset = lines.at;
    lines.next(&mut line)?;
    let mut after_blank = false;
    loop {
        let begin = lines.at;
        if !lines.next(&mut line)? {
            // It is the last one whatever the other side says.
            let _ = take(Stored { bytes: trim_end(&message), offset });
            return Ok(());
        }
        if is_from_line(&line) && (after_blank || lines.header_follows()?) {
            if take(Stored { bytes: trim_end(&message), offset }).is_break() {
                return Ok(());
            }
            offset = begin;
            message.clear();
            after_blank = false;
            continue;
        }
        after_blank = count_of(&line, b"\r\n") == line.len();
        if message.len() + line.len() <= MESSAGE_BYTES {
            message.extend_from_slice(unquoted(&line));
        }
    }
}

/// The lines of an mbox, of which one can be looked at before its turn.
struct Lines<R> {
    input: R,
    /// Byte of the file at which the next line begins.
    at: u64,
    /// The next line, if it was looked at; else empty.
    ahead: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line; false at the end of the input.
    fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        std::mem::swap(line, &mut self.ahead);
        let more = !line.is_empty() || read_line(&mut self.input, line)?;
        self.at += line.len() as u64;
        Ok(more)
    }

    /// True when the next line is one of a header.
    fn header_follows(&mut self) -> io::Result<bool> {
        if self.ahead.is_empty() {
            read_line(&mut self.input, &mut self.ahead)?;
        }
        Ok(field_name(&self.ahead).is_some())
    }
}

/// One line with its end; false at the end of the input. A line longer than the limit comes in
/// pieces.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    Ok(input.take(1 << 20).read_until(b'\n', line)? > 0)
}

/// `From sender date`: the date ends in a year, or a zone, and holds a time.
fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let (mut words, mut time, mut year) = (0, false, false);
    for word in rest.trim_ascii().split(|b| *b == b' ') {
        if word.is_empty() {
            continue;
        }
        words += 1;
        time |= word.len() >= 4 && word.contains(&b':') && word[0].is_ascii_digit();
        year |= word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    }
    words >= 5 && time && year
}

/// The line without one `>` if it is a quoted From_ line (mboxrd; mboxo quotes the same way once).
fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = count_of(line, b">");
    let quoted = quotes > 0 && line[quotes..].starts_with(b"From ");
    if quoted { &line[1..] } else { line }
}

/// How many of these bytes a text begins with.
fn count_of(text: &[u8], these: &[u8]) -> usize {
    text.iter().position(|byte| !these.contains(byte)).unwrap_or(text.len())
}

/// The empty line in front of the next From_ line belongs to the mbox, not to the message.
fn trim_end(message: &[u8]) -> &[u8] {
    if message.ends_with(b"\r\n\r\n") {
        &message[..message.len() - 2]
    } else if message.ends_with(b"\n\n") {
        &message[..message.len() - 1]
    } else {
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(input: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        split(input, &mut |m| {
            found.push(String::from_utf8_lossy(m.bytes).into_owned());
            ControlFlow::Continue(())
        })
        .expect("memory does not fail");
        found
    }

    #[test]
    fn mboxes_are_split_and_unquoted() {
        let mbox = b"From a@b.example Mon May  4 06:57:12 2026\nSubject: 1\n\n>From here\n>>From there\nFrom nowhere\n\nFrom MAILER-DAEMON Mon May  4 06:57:12 2026 +0200\nSubject: 2\n\nx\n";
        assert_eq!(
            messages(mbox),
            ["Subject: 1\n\nFrom here\n>From there\nFrom nowhere\n", "Subject: 2\n\nx\n"]
        );
    }

    #[test]
    fn anything_else_is_one_message() {
        assert_eq!(
            messages(b"Subject: 1\n\nFrom a@b.example Mon May  4 06:57:12 2026\nx"),
            ["Subject: 1\n\nFrom a@b.example Mon May  4 06:57:12 2026\nx"]
        );
        assert_eq!(messages(b""), [""]);
        assert_eq!(
            messages(b"From a Mon May 4 06:57 2026\rSubject: 1\r\rx\r"),
            ["Subject: 1\n\nx\n"]
        );
        let forged =
            "Subject: 1\n\nx\n\nFrom a@b.example Mon May  4 06:57:12 2026\nSubject: 2\n\ny\n";
        assert_eq!(messages(forged.as_bytes()), [forged]);
    }

    #[test]
    fn no_empty_line_in_front_of_a_from_line() {
        let from = "From a@b.example Mon May  4 06:57:12 2026\n";
        let glued = format!("{from}Subject: 1\n\nx\n{from}Subject: 2\n\ny\n");
        assert_eq!(messages(glued.as_bytes()), ["Subject: 1\n\nx\n", "Subject: 2\n\ny\n"]);
        assert_eq!(messages(format!("{from}Subject: 1\n\nx\n{from}is how").as_bytes()).len(), 1);
        assert_eq!(messages(format!("{from}Subject: 1\n\nx\n{from}").as_bytes()).len(), 1);
    }
}
