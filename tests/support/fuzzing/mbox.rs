//! Mailboxes in files made out of a fuzzer's bytes: every message that was put in comes out once,
//! with its bytes, and none is invented.

use std::fmt::Write;
use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;

use deadletter::source::mbox::{Stored, contents, split, split_from};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::choices::Choices;

/// A message as it came out of a file.
#[derive(Debug, PartialEq)]
struct Found {
    bytes: Vec<u8>,
    offset: u64,
    counted: bool,
    last: bool,
}

/// Bytes that come `most` at a time, as through a pipe.
struct Pieces<'a> {
    bytes: &'a [u8],
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(self.most);
        self.bytes.read(&mut out[..most])
    }
}

/// The messages of a file that comes in such pieces.
fn messages(bytes: &[u8], most: usize) -> Vec<Found> {
    let mut found = Vec::new();
    let mut take = |message: Stored<'_>| {
        let Stored { bytes, offset, counted, last, .. } = message;
        found.push(Found { bytes: bytes.to_vec(), offset, counted, last });
        ControlFlow::Continue(())
    };
    let file = contents(Pieces { bytes, most }, bytes.len() as u64).expect("memory");
    // What came in front of a broken compression counts.
    let _ = split(file, &mut take);
    found
}

/// Each message stands again where it was found; returns how many can be looked for.
fn standing(file: &[u8], found: &[Found]) -> usize {
    let mut count = 0;
    for Found { bytes, offset, counted, .. } in found {
        let mut again = None;
        let mut take = |message: Stored<'_>| {
            again = Some(message.bytes.to_vec());
            ControlFlow::Break(())
        };
        let from = &file[usize::try_from(*offset).expect("inside the file")..];
        if split_from(from, *offset, *counted, &mut take).expect("memory").is_some() {
            assert_eq!(again.as_ref(), Some(bytes), "at byte {offset}");
            count += 1;
        }
    }
    count
}

/// Any bytes as a file: at least one message comes of it, each stands where it is said to, and it
/// matters not in which pieces the bytes arrive. The first byte is the length of the pieces.
pub(crate) fn any_file(input: &[u8]) {
    let Some((&piece, bytes)) = input.split_first() else { return };
    let found = messages(bytes, usize::MAX);
    assert_eq!(messages(bytes, usize::from(piece).max(1)), found, "in pieces of {piece}");
    let packed = bytes.starts_with(&[0x1f, 0x8b]);
    assert!(packed || !found.is_empty(), "a file is a message at least");
    let length: usize = found.iter().map(|found| found.bytes.len()).sum();
    let most = if packed { usize::MAX } else { 3 * bytes.len() };
    assert!(length <= most, "{length} bytes of {}", bytes.len());
    let converted = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let places: Vec<u64> = found.iter().map(|found| found.offset).collect();
    if !packed && !converted && bytes.contains(&b'\n') {
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        standing(bytes, &found);
    }
}

const FROM: [&str; 4] = [
    "From MAILER-DAEMON Mon May  4 06:57:12 2026",
    "From a@b.example Mon May  4 06:57:12 2026 +0200",
    "From MAILER-DAEMON Mon May  4 06:57 2026",
    "From \"a b\"@c.example Mon May  4 06:57:12 CEST 2026",
];
const LINES: [&str; 12] = [
    "",
    "From here on",
    ">From there",
    ">>From MAILER-DAEMON Mon May  4 06:57:12 2026",
    "From MAILER-DAEMON Mon May  4 06:57:12 2026",
    "Content-Length: 3",
    "Subject: another",
    "x",
    "\u{feff}",
    "Status: RO",
    ".",
    "from a@b.example Mon May  4 06:57:12 2026",
];
/// A line so long that it is read in pieces.
const PIECE: usize = 1 << 20;

/// A message without a CR, which ends with its line.
fn message(choices: &mut Choices<'_>, number: usize) -> Vec<u8> {
    let mut message = format!("Subject: {number}\n").into_bytes();
    if choices.once_in(4) {
        // A stranger may write a length; this one leads nowhere.
        let length = 3 * PIECE + usize::from(choices.byte());
        message.extend_from_slice(format!("Content-Length: {length}\n").as_bytes());
    }
    message.push(b'\n');
    for _ in 0..choices.below(8) {
        match choices.below(24) {
            0..=15 => message.extend_from_slice(choices.of(&LINES).as_bytes()),
            16..=22 => {
                let raw = choices.bytes(80).iter().copied();
                message.extend(raw.filter(|byte| *byte != b'\r'));
            }
            _ if message.len() < PIECE => {
                let line = message.len();
                message.resize(line + PIECE - 2 + choices.below(5), b'x');
                message.extend_from_slice(choices.of(&LINES).as_bytes());
            }
            _ => {}
        }
        message.push(b'\n');
    }
    message
}

/// The mbox of these messages, mboxrd.
fn mbox(choices: &mut Choices<'_>, messages: &[Vec<u8>]) -> Vec<u8> {
    let mut mbox = Vec::new();
    for message in messages {
        mbox.extend_from_slice(choices.of(&FROM).as_bytes());
        mbox.push(b'\n');
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            let quotes = line.iter().take_while(|byte| **byte == b'>').count();
            if line[quotes..].starts_with(b"From ") {
                mbox.push(b'>');
            }
            mbox.extend_from_slice(line);
        }
        mbox.push(b'\n');
    }
    mbox
}

fn crlf(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..])
}

/// gzip in one stream or in two.
fn gzip(choices: &mut Choices<'_>, bytes: &[u8]) -> Vec<u8> {
    let middle = if choices.once_in(2) { choices.number() % (bytes.len() + 1) } else { 0 };
    let mut out = Vec::new();
    for piece in [&bytes[..middle], &bytes[middle..]] {
        let mut encoder = GzEncoder::new(out, Compression::fast());
        encoder.write_all(piece).expect("memory");
        out = encoder.finish().expect("memory");
    }
    out
}

/// An mbox comes out as it was put in: with LF or CRLF, compressed or not, in pieces or whole.
pub(crate) fn made_mbox(input: &[u8]) {
    let mut choices = Choices::new(input);
    let mut put = Vec::new();
    let count = 1 + choices.below(5);
    let (packed, ends, piece) = (choices.once_in(8), choices.once_in(4), choices.number());
    while put.len() < count {
        put.push(message(&mut choices, put.len()));
    }
    let mut bytes = mbox(&mut choices, &put);
    if ends {
        bytes = crlf(&bytes);
        for message in &mut put {
            *message = crlf(message);
        }
    }
    let file = if packed { gzip(&mut choices, &bytes) } else { bytes.clone() };
    let found = messages(&file, usize::MAX);
    let read: Vec<&Vec<u8>> = found.iter().map(|found| &found.bytes).collect();
    assert!(read.iter().copied().eq(&put), "{}", difference(&read, &put));
    assert_eq!(standing(&bytes, &found), count, "messages that stand where they are said to");
    if bytes.len() < PIECE {
        assert_eq!(messages(&file, piece % 100 + 1), found, "in pieces");
    }
}

/// What came and what should have come, long lines cut.
fn difference(read: &[&Vec<u8>], wanted: &[Vec<u8>]) -> String {
    let mut text = String::new();
    for (name, messages) in [("read", read), ("put in", &wanted.iter().collect::<Vec<_>>())] {
        for message in messages {
            let shown = message.escape_ascii().to_string();
            let _ = write!(text, "\n{name}: {shown:.300} ({} bytes)", message.len());
        }
    }
    text
}
