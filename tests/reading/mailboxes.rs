//! The forms in which messages lie on a disk: mboxes as different programs write them, compressed
//! or not, Maildirs, single files under any line ends and encodings. In each form the same is told
//! of the same messages.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use deadletter::bounce::read;
use deadletter::mail::canonical::canonical;
use deadletter::source::files;
use deadletter::source::local::Local;
use deadletter::source::mbox::Stored;
use deadletter::source::steady::Steady;
use deadletter::source::{Error, Event, Place, Source, State};
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

fn gzip(bytes: &[u8]) -> Vec<u8> {
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
fn numbered(number: u32) -> String {
    format!(
        "From: ann@birch.example\nMessage-ID: <{number}@birch.example>\nSubject: {number}\n\nx\n"
    )
}

fn entry(number: u32) -> String {
    format!("From ann@birch.example Thu Apr 30 05:55:20 2026\n{}\n", numbered(number))
}

/// A mailbox of files as a reader of bounces sees it.
struct Seen {
    source: Local,
    /// The subject of each message, by its place.
    told: BTreeMap<Place, String>,
    notices: Vec<String>,
    state: Option<State>,
}

impl Seen {
    fn new(path: &Path) -> Self {
        let source = Local::new(vec![path.to_path_buf()]);
        let mut seen = Self { source, told: BTreeMap::new(), notices: Vec::new(), state: None };
        seen.look();
        seen
    }

    /// Looks once more; returns what is new.
    fn look(&mut self) -> Vec<String> {
        let (mut new, mut gone) = (BTreeMap::new(), Vec::new());
        let result = self.source.stream(&mut |event: Event<'_>| {
            match event {
                Event::Message(message) => {
                    let subject = read(message.bytes).subject.map(|s| s.to_string());
                    new.insert(message.place, subject.unwrap_or_default());
                }
                Event::Gone(places) => gone = places,
                Event::Notice(text) => self.notices.push(text.to_string()),
                Event::State(state) => self.state = Some(state),
                Event::Reset => {}
            }
            ControlFlow::Continue(())
        });
        result.expect("files that can be read");
        self.told.extend(new.clone());
        self.told.retain(|place, _| !gone.contains(place));
        new.into_values().collect()
    }

    /// What is shown of each message that was told of.
    fn opened(&self) -> Vec<String> {
        let mut reader = self.source.reader();
        let shown = self.told.iter().map(|(place, subject)| match reader.whole(*place) {
            Ok(bytes) => {
                let shown = read(&bytes).subject.map(|s| s.to_string());
                assert_eq!(shown.as_ref(), Some(subject), "another message");
                subject.clone()
            }
            Err(error @ (Error::Gone | Error::GoneFrom(_))) => {
                assert!(error.to_string().contains("no longer in"), "{error}");
                format!("{subject} is gone")
            }
            Err(error) => panic!("{error}"),
        });
        shown.collect()
    }

    fn subjects(&self) -> Vec<&str> {
        self.told.values().map(String::as_str).collect()
    }
}

/// So long what another program has just written may be in doubt.
fn later() {
    let _ = crossbeam_channel::after(Duration::from_millis(600)).recv();
}

#[test]
fn a_message_that_moved_in_its_mbox_is_found_and_one_that_is_gone_is_said_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["mbox", "mbox.gz"] {
        let path = folder.path().join(name);
        let put = |text: String| {
            let text = text.into_bytes();
            fs::write(&path, if name == "mbox" { text } else { gzip(&text) }).expect("written");
        };
        put(entry(1) + &entry(2) + &entry(3));
        let mut seen = Seen::new(&path);
        // The first is taken away; what stands at the place of the second is the third.
        put(entry(2) + &entry(3) + &entry(4));
        assert_eq!(seen.opened(), ["1 is gone", "2", "3"], "{name}");
        put(entry(5) + &entry(3).replacen("\n\n", "\nStatus: RO\nX-UID: 3\n\n", 1));
        assert_eq!(seen.opened(), ["1 is gone", "2 is gone", "3"], "{name}");
        later();
        assert_eq!(seen.look(), ["5"], "{name}");
        assert_eq!(seen.subjects(), ["3", "5"], "{name}");
        put(String::new());
        assert_eq!(seen.opened(), ["3 is gone", "5 is gone"], "{name}");
        fs::remove_file(&path).expect("removed");
        assert_eq!(seen.opened(), ["3 is gone", "5 is gone"], "{name}");
    }
}

#[test]
fn a_file_that_holds_another_message_now_shows_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.eml");
    fs::write(&path, numbered(1)).expect("written");
    let mut seen = Seen::new(folder.path());
    fs::write(&path, numbered(2)).expect("written");
    assert_eq!(seen.opened(), ["1 is gone"]);
    let other = folder.path().join("other");
    fs::write(&other, numbered(3)).expect("written");
    fs::rename(&other, &path).expect("renamed");
    assert_eq!(seen.opened(), ["1 is gone"]);
    later();
    assert_eq!(seen.look(), ["3"]);
    assert_eq!(seen.subjects(), ["3"]);
    fs::write(&path, entry(4) + &entry(3)).expect("written");
    assert_eq!(seen.opened(), ["3"], "it is an mbox now");
}

#[test]
fn what_was_read_before_it_was_whole_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mbox");
    let (whole, last) = (entry(1), entry(2));
    for cut in (1..last.len()).step_by(11) {
        fs::write(&path, whole.clone() + &last[..cut]).expect("written");
        let mut seen = Seen::new(&path);
        assert_eq!(seen.told.values().next().map(String::as_str), Some("1"), "{cut}");
        fs::write(&path, whole.clone() + &last + &entry(3)).expect("written");
        let opened = seen.source.reader().whole(Place { validity: 0, uid: 1 });
        assert_eq!(opened.ok(), Some(numbered(1).into_bytes()), "{cut}");
        seen.look();
        let subjects = seen.subjects();
        assert!(subjects.contains(&"2") && subjects.contains(&"3"), "{cut}: {subjects:?}");
        assert_eq!(subjects.first(), Some(&"1"), "{cut}");
    }
}

#[test]
fn a_maildir_in_use_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for sub in ["cur", "new", "tmp", ".Sub/cur", ".Sub/new", ".Sub/tmp"] {
        fs::create_dir_all(root.join(sub)).expect("made");
    }
    for number in 0..20 {
        fs::write(root.join(format!("new/{number}.host")), numbered(number)).expect("written");
    }
    // The same name in another folder is another message.
    fs::write(root.join(".Sub/cur/1.host:2,S"), numbered(99)).expect("written");
    let listed = files::list(&[root.to_path_buf()]);
    let mut seen = Seen::new(root);
    for number in 0..20 {
        let old = root.join(format!("new/{number}.host"));
        fs::rename(old, root.join(format!("cur/{number}.host:2,S"))).expect("renamed");
    }
    let (mut steady, mut found) = (Steady::default(), Vec::new());
    for file in &listed.files {
        let mut take = |message: Stored<'_>| {
            found.push(message.bytes.to_vec());
            ControlFlow::Continue(())
        };
        steady.each(file, &mut take).expect("it lies somewhere else now");
    }
    assert_eq!(found.len(), 21);
    assert_eq!(seen.told.len(), 21);
    assert!(seen.opened().iter().all(|shown| !shown.contains("gone")));
    assert!(seen.look().is_empty(), "they are the same");
    fs::rename(root.join("cur/7.host:2,S"), root.join("cur/7.host:2,FRS")).expect("renamed");
    fs::remove_file(root.join("cur/8.host:2,S")).expect("removed");
    let shown = seen.opened();
    assert!(
        shown.contains(&"7".to_owned()) && shown.contains(&"8 is gone".to_owned()),
        "{shown:?}"
    );
    assert!(shown.contains(&"99".to_owned()));
    assert!(seen.look().is_empty());
    assert_eq!(seen.told.len(), 20);
}

/// Where no mbox can be, a From_ line begins no other message.
#[test]
fn a_message_of_a_maildir_is_one_whatever_it_begins_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = entry(1) + &entry(2);
    for name in ["cur/1.M1P1.host:2,S", "new/2.M1P1.host", "lone/cur/3.M1P1.host:2,"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, &text).expect("written");
        assert_eq!(Seen::new(&path).subjects(), ["1"], "{name} by itself");
    }
    assert_eq!(Seen::new(folder.path()).subjects(), ["1", "1", "1"]);
    assert_eq!(Seen::new(&folder.path().join("cur")).subjects(), ["1"]);
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
