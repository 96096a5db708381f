//! The forms in which messages lie on a disk: mboxes as different programs write them, compressed
//! or not, Maildirs, single files under any line ends and encodings. In each form the same is told
//! of the same messages.

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use deadletter::bounce::read;
use deadletter::mail::canonical::canonical;
use deadletter::source::files;
use deadletter::source::local::Local;
use deadletter::source::steady::Steady;
use deadletter::source::{Event, Source, State};
use flate2::Compression;
use flate2::write::GzEncoder;

const FROM: &[u8] = b"From MAILER-DAEMON Thu Apr 30 05:55:20 2026\n";
const GARDEN: &str =
    "From: ann@birch.example\nSubject: garden\n\nHello,\n\nFrom the garden\n>From the cellar\n";
const MESSAGES: [&str; 3] = [
    "tests/corpus/postfix/our-relay-on-zen.eml",
    "tests/corpus/several/exchange-three-remote-answers.eml",
    "tests/corpus/rfc3464/rfc6533-raw-utf8-address.eml",
];

/// The messages of [`MESSAGES`] and [`GARDEN`], with LF line ends.
fn messages() -> Vec<Vec<u8>> {
    let files =
        MESSAGES.iter().map(|name| canonical(&fs::read(name).expect("a message")).into_owned());
    files.chain([GARDEN.as_bytes().to_vec()]).collect()
}

/// How a program quotes the line of a body.
type Quote = fn(&[u8]) -> bool;

/// mboxrd quotes what is quoted already, mboxo does not.
const MBOXRD: Quote =
    |line| line[line.iter().take_while(|b| **b == b'>').count()..].starts_with(b"From ");
const MBOXO: Quote = |line| line.starts_with(b"From ");

/// An mbox of the messages.
fn mbox(quote: Quote, between: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages() {
        out.extend_from_slice(FROM);
        for line in message.split_inclusive(|b| *b == b'\n') {
            out.extend_from_slice(if quote(line) { b">" } else { b"" });
            out.extend_from_slice(line);
        }
        out.extend_from_slice(between);
    }
    out
}

fn with_line_ends(lf: &[u8], end: &[u8]) -> Vec<u8> {
    lf.split(|b| *b == b'\n').collect::<Vec<_>>().join(end)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn utf16(lf: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = std::str::from_utf8(lf).expect("UTF-8");
    ['\u{feff}']
        .into_iter()
        .chain(text.chars())
        .flat_map(|c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().copied().flat_map(unit).collect::<Vec<_>>()
        })
        .collect()
}

/// Subject and failed addresses: what tells messages apart.
fn told(raw: &[u8]) -> (Option<String>, Vec<Option<String>>) {
    let bounce = read(raw);
    let recipients =
        bounce.deliveries.iter().map(|d| d.recipient.as_ref().map(ToString::to_string));
    (bounce.subject.map(|s| s.to_string()), recipients.collect())
}

/// The messages of files, each also fetched once more by its place.
fn stored(path: &Path) -> Vec<Vec<u8>> {
    let mut source = Local::new(vec![path.to_path_buf()]);
    let mut found = Vec::new();
    source
        .stream(&mut |event: Event<'_>| {
            if let Event::Message(message) = event {
                found.push((message.place, message.bytes.to_vec()));
            }
            ControlFlow::Continue(())
        })
        .expect("files that can be read");
    let mut reader = source.reader();
    for (place, bytes) in &found {
        let again = reader.whole(*place).expect("it is still there");
        assert_eq!(&again, bytes, "{}: {}", path.display(), place.uid);
    }
    found.into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn an_mbox_in_every_variant() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = mbox(MBOXRD, b"\n");
    let marked = [b"\xef\xbb\xbf".as_slice(), b"\n\n", &plain].concat();
    let variants = [
        ("mboxrd", plain.clone()),
        ("mboxo", mbox(MBOXO, b"\n")),
        ("no empty line between messages", mbox(MBOXRD, b"")),
        ("two empty lines between messages", mbox(MBOXRD, b"\n\n")),
        ("CRLF", with_line_ends(&plain, b"\r\n")),
        ("CR", with_line_ends(&plain, b"\r")),
        ("a byte order mark and empty lines in front", marked),
        ("UTF-16, little end first", utf16(&plain, u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(&plain, u16::to_be_bytes)),
        ("gzip", gzip(&plain)),
        ("two gzip files in one", [gzip(&plain[..1000]), gzip(&plain[1000..])].concat()),
    ];
    let expected: Vec<_> = messages().iter().map(|message| told(message)).collect();
    for (name, bytes) in variants {
        let path = folder.path().join("mbox");
        fs::write(&path, bytes).expect("written");
        let found: Vec<_> = stored(&path).iter().map(|message| told(message)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

/// mboxrd gives every line back as it was; mboxo cannot tell a quoted line from one that began with
/// `>` before.
#[test]
fn quoted_lines_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mbox");
    fs::write(&path, mbox(MBOXRD, b"\n")).expect("written");
    assert_eq!(stored(&path).pop().as_deref(), Some(GARDEN.as_bytes()));
    fs::write(&path, mbox(MBOXO, b"\n")).expect("written");
    let unquoted = GARDEN.replace(">From", "From");
    assert_eq!(stored(&path).pop().as_deref(), Some(unquoted.as_bytes()));
}

#[test]
fn a_message_under_every_encoding_of_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for message in messages() {
        let mixed: Vec<u8> = message
            .split(|b| *b == b'\n')
            .enumerate()
            .flat_map(|(n, line)| [line, [b"\r\n".as_slice(), b"\n", b"\r"][n % 3]].concat())
            .collect();
        for (name, bytes) in [
            ("byte order mark", [b"\xef\xbb\xbf", message.as_slice()].concat()),
            ("UTF-16, little end first", utf16(&message, u16::to_le_bytes)),
            ("UTF-16, big end first", utf16(&message, u16::to_be_bytes)),
            ("CR", with_line_ends(&message, b"\r")),
            ("mixed line ends", mixed),
            ("gzip", gzip(&message)),
        ] {
            let path = folder.path().join("one.eml");
            fs::write(&path, bytes).expect("written");
            let found: Vec<_> = stored(&path).iter().map(|message| told(message)).collect();
            assert_eq!(found, [told(&message)], "{name}");
        }
    }
}

#[test]
fn a_maildir_is_what_is_in_cur_and_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("Maildir");
    let mut expected = Vec::new();
    for (name, message) in
        ["cur/1.a.host:2,S", "new/2.b.host", ".Bounces/cur/3.c.host:2,", "tmp/4.d.host"]
            .iter()
            .zip(messages())
    {
        let path = root.join(name);
        for sub in ["cur", "new", "tmp"] {
            fs::create_dir_all(path.parent().and_then(Path::parent).expect("a folder").join(sub))
                .expect("made");
        }
        fs::write(&path, &message).expect("written");
        if !name.starts_with("tmp") {
            expected.push(told(&message));
        }
    }
    fs::write(root.join("dovecot.index.log"), [0, 1, 2, 3]).expect("written");
    let mut found: Vec<_> = stored(&root).iter().map(|bytes| told(bytes)).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

/// What cannot be unpacked to its end is told; what came before counts.
#[test]
fn a_broken_compression_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mbox.gz");
    let whole = gzip(&mbox(MBOXRD, b"\n"));
    fs::write(&path, &whole[..whole.len() - 200]).expect("written");
    let (mut found, mut stopped) = (0, None);
    let result = Local::new(vec![path]).stream(&mut |event: Event<'_>| {
        match event {
            Event::Message(_) => found += 1,
            Event::State(State::Stopped(why)) => stopped = Some(why.to_string()),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert!(result.is_err());
    assert_eq!(found, 3, "messages before the end, the last as far as it goes");
    let why = stopped.expect("a reason");
    assert!(why.starts_with("cannot read ") && why.contains("mbox.gz: "), "{why}");
}

/// A message that says no more than its number.
pub(crate) fn numbered(number: u32) -> String {
    format!(
        "From: ann@birch.example\nMessage-ID: <{number}@birch.example>\nSubject: {number}\n\nx\n"
    )
}

pub(crate) fn entry(number: u32) -> String {
    format!("From ann@birch.example Thu Apr 30 05:55:20 2026\n{}\n", numbered(number))
}

/// Nothing that came out of a compressed file is lost because of what stands behind it.
#[test]
fn a_compressed_file_with_something_wrong_at_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mbox.gz");
    let whole = gzip((entry(1) + &entry(2)).as_bytes());
    let mut wrong = whole.clone();
    let crc = wrong.len() - 8;
    wrong[crc] ^= 1;
    let more = gzip(entry(3).as_bytes());
    let zeros = vec![0; 70_000];
    for (what, bytes, count, is_told) in [
        ("padding", [whole.as_slice(), &zeros].concat(), 2, false),
        ("padding between", [whole.as_slice(), &zeros, &more].concat(), 3, false),
        ("a wrong checksum", wrong.clone(), 2, true),
        ("a wrong checksum in the middle", [wrong.as_slice(), &more].concat(), 3, true),
        ("something else behind", [whole.as_slice(), b"and more"].concat(), 2, true),
        ("a second member that ends", [whole.as_slice(), &more[..20]].concat(), 2, true),
        ("no checksum", whole[..whole.len() - 8].to_vec(), 2, true),
    ] {
        fs::write(&path, bytes).expect("written");
        let (file, mut found) = (files::list(std::slice::from_ref(&path)).files.remove(0), 0);
        let result = Steady::default().each(&file, &mut |_| {
            found += 1;
            ControlFlow::Continue(())
        });
        assert_eq!((found, result.is_err()), (count, is_told), "{what}: {result:?}");
    }
}
