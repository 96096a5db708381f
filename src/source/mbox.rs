//! What is in a message file: one message, or an mbox in any variant (mboxrd, mboxo, mboxcl,
//! mboxcl2, with any line ends, with or without the empty line in front of a From_ line), plain or
//! compressed with gzip. Read as a stream: memory holds one message.
//!
//! A file that does not begin with a From_ line is one message, whatever its text holds: else a
//! mail could bring forged reports along. For the same reason a piece of a long line is no line.

use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use memchr::memmem;

use crate::mail::canonical::canonical;
use crate::mail::header::field_name;

use super::counted::{Length, told_length};
use super::from_line::{count_of, is_from_line, unquoted};
use super::gzip::{MAGIC, Members};
use super::window::Window;

/// Bytes that are read together.
const CHUNK: usize = 256 << 10;
/// A message beyond this is cut, in bytes.
const MESSAGE_BYTES: usize = 64 << 20;
/// Bytes from which it is known what a file is.
const HEAD: usize = 64 << 10;

/// Takes the messages of a file, one after the other, until it breaks.
pub type Take<'a> = dyn FnMut(Stored<'_>) -> ControlFlow<()> + 'a;

/// A message of a file.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// Its bytes, without the mbox's own.
    pub bytes: &'a [u8],
    /// False when it was longer than 64 MiB, and cut there.
    pub whole: bool,
    /// Byte of the file at which it begins, From_ line included; of no use in files that are
    /// compressed or converted.
    pub offset: u64,
    /// True while every message before it has told its length (mboxcl, mboxcl2).
    pub counted: bool,
    /// True for the last of the file, which may be not yet written to its end.
    pub last: bool,
}

/// The contents of a file, decompressed if it is gzip. `size` is that of the file, where it is
/// known.
///
/// # Errors
/// When it cannot be read.
pub fn contents<'a>(mut file: impl Read + 'a, size: u64) -> io::Result<Box<dyn Read + 'a>> {
    let mut head = Vec::new();
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut head)?;
    let compressed = head == MAGIC;
    let file = io::Cursor::new(head).chain(file);
    if compressed {
        return Ok(Box::new(Members::new(BufReader::with_capacity(chunk(size), file))));
    }
    Ok(Box::new(file))
}

/// Calls `take` with every message of an input, in order. `From ` lines are taken away and quoted
/// ones (`>From `) restored; what is no mbox is one message. What came before an error is handed
/// over.
///
/// # Errors
/// When reading fails, or the compression is broken.
pub fn split(input: impl Read, take: &mut Take<'_>) -> io::Result<()> {
    split_sized(input, u64::MAX, take)
}

/// Like [`split`] for an input of about so many bytes.
///
/// # Errors
/// Like [`split`].
pub fn split_sized(input: impl Read, size: u64, take: &mut Take<'_>) -> io::Result<()> {
    let mut window = Window::new(input, chunk(size));
    let head = window.ahead(HEAD);
    let lead = lead(head);
    let is_mbox = head[lead..].starts_with(b"From ");
    let only_cr = !head.contains(&b'\n') && head.contains(&b'\r');
    if is_mbox && !only_cr {
        window.consume(lead);
        return Mbox::new(window, true, take).split();
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if is_mbox || wide {
        let converted = canonical(beginning(&mut window)).into_owned();
        if converted.starts_with(b"From ") {
            Mbox::new(Window::new(&*converted, CHUNK), true, take).split()?;
            return window.finish();
        }
    }
    only(window, take)
}

/// The one message that a file of a Maildir holds, whatever it begins with.
///
/// # Errors
/// When reading fails, or the compression is broken.
pub fn alone(input: impl Read, size: u64, take: &mut Take<'_>) -> io::Result<()> {
    only(Window::new(input, chunk(size)), take)
}

/// The messages of an mbox from one on that began at byte `offset`; None when no From_ line is
/// there any more. `counted` is what was said of that message.
///
/// # Errors
/// When reading fails.
pub fn split_from(
    input: impl Read,
    offset: u64,
    counted: bool,
    take: &mut Take<'_>,
) -> io::Result<Option<()>> {
    let mut window = Window::new(input, CHUNK).counted_from(offset);
    if !window.ahead(5).starts_with(b"From ") {
        return window.finish().map(|()| None);
    }
    Mbox::new(window, counted, take).split().map(Some)
}

/// How many bytes of a file of this size are read together.
fn chunk(size: u64) -> usize {
    usize::try_from(size.saturating_add(1)).unwrap_or(CHUNK).clamp(4 << 10, CHUNK)
}

/// The first message's worth of an input.
fn beginning<R: Read>(window: &mut Window<R>) -> &[u8] {
    let ahead = window.ahead(MESSAGE_BYTES + 1);
    &ahead[..ahead.len().min(MESSAGE_BYTES)]
}

/// All of an input as one message.
fn only<R: Read>(mut window: Window<R>, take: &mut Take<'_>) -> io::Result<()> {
    let whole = window.ahead(MESSAGE_BYTES + 1).len() <= MESSAGE_BYTES;
    let nothing = window.failed() && window.ahead(1).is_empty();
    if !nothing {
        let bytes = beginning(&mut window);
        // It is the only one whatever the other side says.
        let _ = take(Stored { bytes, whole, offset: 0, counted: false, last: true });
    }
    window.finish()
}

/// How many bytes in front of the first line do not count: a byte order mark, empty lines.
fn lead(head: &[u8]) -> usize {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.len() - text.len() + count_of(text, b"\r\n")
}

/// An mbox, in front of a From_ line.
struct Mbox<'a, 'b, R> {
    window: Window<R>,
    take: &'a mut Take<'b>,
    /// The message that is read.
    message: Vec<u8>,
    whole: bool,
    /// Bytes of the longest message.
    limit: usize,
    /// True while every message has told its length: the one who wrote the file writes it, and it
    /// is not what a stranger put into one mail.
    counted: bool,
}

impl<'a, 'b, R: Read> Mbox<'a, 'b, R> {
    fn new(window: Window<R>, counted: bool, take: &'a mut Take<'b>) -> Self {
        Self { window, take, message: Vec::new(), whole: true, limit: MESSAGE_BYTES, counted }
    }

    fn split(mut self) -> io::Result<()> {
        loop {
            let (offset, counted) = (self.window.at(), self.counted);
            self.skip_line();
            self.message.clear();
            self.whole = true;
            let more = match self.length() {
                Some(length) => self.by_length(&length),
                None => self.by_lines(),
            };
            // A From_ line alone, at the end, is what was written so far of the next message.
            let nothing = !more && self.message.is_empty() && (offset > 0 || self.window.failed());
            if !nothing {
                let bytes = trim_end(&self.message);
                let message = Stored { bytes, whole: self.whole, offset, counted, last: !more };
                if (self.take)(message).is_break() {
                    return Ok(());
                }
            }
            if !more {
                return self.window.finish();
            }
        }
    }

    fn skip_line(&mut self) {
        loop {
            let length = self.window.line(0);
            let ends = self.window.ahead(length)[..length].ends_with(b"\n");
            self.window.consume(length);
            if ends || length == 0 {
                return;
            }
        }
    }

    /// Reads a message up to the next From_ line; false when there is none.
    fn by_lines(&mut self) -> bool {
        let (mut begins, mut after_blank) = (true, false);
        loop {
            let length = self.window.line(0);
            if length == 0 || begins && self.is_half_a_from_line(length, after_blank) {
                return false;
            }
            if begins && self.is_from_line(length, after_blank) {
                return true;
            }
            let piece = &self.window.ahead(length)[..length];
            let ends = piece.ends_with(b"\n");
            after_blank = begins && ends && count_of(piece, b"\r\n") == length;
            let text = if begins { unquoted(piece) } else { piece };
            self.whole &= self.message.len() + text.len() <= self.limit;
            if self.whole {
                self.message.extend_from_slice(text);
            }
            self.window.consume(length);
            begins = ends;
        }
    }

    /// True when the line of this length that comes next is a From_ line behind a blank one or in
    /// front of a header.
    fn is_from_line(&mut self, length: usize, after_blank: bool) -> bool {
        if !is_from_line(&self.window.ahead(length)[..length]) {
            return false;
        }
        let next = self.window.line(length);
        after_blank || field_name(&self.window.ahead(length + next)[length..]).is_some()
    }

    /// True when the file ends within a From_ line: another program is writing it.
    fn is_half_a_from_line(&mut self, length: usize, after_blank: bool) -> bool {
        let line = self.window.ahead(length + 1);
        let ended = line.len() == length && !line.ends_with(b"\n");
        ended && after_blank && (line.starts_with(b"From ") || b"From ".starts_with(line))
    }

    /// How long the next message is, so long as all have told that truly.
    fn length(&mut self) -> Option<Length> {
        if !self.counted {
            return None;
        }
        let length = told_length(&mut self.window);
        self.counted = length.is_some();
        length
    }

    /// Reads a message of known length; false when it is the last one.
    fn by_length(&mut self, length: &Length) -> bool {
        let message = &self.window.ahead(length.header + length.body);
        let body = &message[length.header..length.header + length.body];
        self.message.extend_from_slice(&message[..length.header]);
        if body.starts_with(b"From ") || memmem::find(body, b"\nFrom ").is_some() {
            // Who writes such lines quotes none.
            self.message.extend_from_slice(body);
        } else {
            for line in body.split_inclusive(|byte| *byte == b'\n') {
                self.message.extend_from_slice(unquoted(line));
            }
        }
        self.window.consume(length.header + length.body + length.between);
        length.more
    }
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
pub(super) mod tests {
    use super::*;

    pub(in crate::source) const FROM: &str = "From a@b.example Mon May  4 06:57:12 2026\n";

    pub(in crate::source) fn messages(input: &[u8]) -> Vec<String> {
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
        let glued = format!("{FROM}Subject: 1\n\nx\n{FROM}Subject: 2\n\ny\n");
        assert_eq!(messages(glued.as_bytes()), ["Subject: 1\n\nx\n", "Subject: 2\n\ny\n"]);
        assert_eq!(messages(format!("{FROM}Subject: 1\n\nx\n{FROM}is how").as_bytes()).len(), 1);
        assert_eq!(messages(format!("{FROM}Subject: 1\n\nx\n{FROM}").as_bytes()).len(), 1);
    }

    /// Wherever a long line may be cut, what follows is still the same line.
    #[test]
    fn a_piece_of_a_long_line_is_no_line() {
        for length in [CHUNK - 43, CHUNK, 1 << 20, (1 << 20) + 1, (1 << 20) + CHUNK, 2 << 20] {
            for (end, filler) in [("\n", "x"), ("\r\n", "\r")] {
                let long = filler.repeat(length);
                let text = format!("{FROM}Subject: 1{end}{end}{long}{FROM}Subject: 2{end}{end}")
                    + &format!(">{long}{end}{long}{FROM}From: f{end}");
                assert_eq!(messages(text.as_bytes()).len(), 1, "{length} {filler:?}");
            }
        }
    }

    #[test]
    fn a_message_beyond_the_limit_has_no_holes() {
        let (some, much) = ("y".repeat(40), "y".repeat(200));
        let text = format!("{FROM}Subject: 1\n\n{some}\n{much}\nz\n\n{FROM}Subject: 2\n\nz\n");
        let mut found = Vec::new();
        let mut take = |m: Stored<'_>| {
            found.push((m.whole, m.bytes.ends_with(b"y\n"), m.bytes.ends_with(b"z\n")));
            ControlFlow::Continue(())
        };
        let mut mbox = Mbox::new(Window::new(text.as_bytes(), 64), false, &mut take);
        mbox.limit = 100;
        mbox.split().expect("memory");
        assert_eq!(found, [(false, true, false), (true, false, true)]);
    }

    #[test]
    fn what_is_being_written_at_the_end_belongs_to_no_message() {
        let whole = format!("{FROM}Subject: 1\n\nx\n\n{FROM}Subject: 2\n\ny\n\n{FROM}");
        let (one, two) = ("Subject: 1\n\nx\n", "Subject: 2\n\ny\n");
        for cut in whole.len() - FROM.len()..=whole.len() {
            assert_eq!(messages(&whole.as_bytes()[..cut]), [one, two], "{cut}");
        }
    }
}
