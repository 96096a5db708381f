//! Mailboxes on a disk that other programs use, made out of a fuzzer's bytes: what is delivered
//! comes once, and what is opened is what was announced, or is said to be gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use deadletter::source::local::Local;
use deadletter::source::{Event, Place, Source};

use super::choices::Choices;
use super::folder::scratch;

/// Messages by the number under which they were announced.
type Announced = BTreeMap<u32, Vec<u8>>;

/// Streams what is new.
fn stream(source: &mut Local, announced: &mut Announced) {
    let result = source.stream(&mut |event: Event<'_>| {
        if let Event::Message(message) = event {
            let before = announced.insert(message.place.uid, message.bytes.to_vec());
            assert!(before.is_none(), "two messages under number {}", message.place.uid);
        }
        ControlFlow::Continue(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Opens everything that was announced: it is that, or it is gone. Returns those that are there.
fn open_all(source: &Local, announced: &Announced) -> Vec<Vec<u8>> {
    let mut reader = source.reader();
    let mut there = Vec::new();
    for (&uid, bytes) in announced {
        // Else it is gone, or not found where it was.
        if let Ok(read) = reader.whole(Place { validity: 0, uid }) {
            assert!(read == *bytes, "{}\nopened as\n{}", text(bytes), text(&read));
            there.push(read);
        }
    }
    there
}

fn text(bytes: &[u8]) -> String {
    format!("{:.400}", bytes.escape_ascii().to_string())
}

/// Writes a file as if that had been long ago: of what was written just now, more may follow, which
/// would be waited for.
fn write(path: &Path, bytes: &[u8], seconds: usize) {
    let mut file = File::create(path).expect("a file");
    file.write_all(bytes).expect("written");
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds as u64);
    file.set_modified(time).expect("a time");
}

/// An empty folder.
fn emptied(path: &Path) -> &Path {
    let _ = fs::remove_dir_all(path);
    fs::create_dir_all(path).expect("a folder");
    path
}

/// A message that no other one is like; mostly short.
fn message(choices: &mut Choices<'_>, number: usize) -> Vec<u8> {
    let subject = choices.of(&["failure notice", "Undelivered Mail", ""]);
    let mut message = format!("Message-ID: <{number}@birch.example>\nSubject: {subject}\n\n");
    for _ in 0..choices.below(4) {
        message.push_str(choices.of(&["x\n", "From here\n", "\n", "Subject: 1\n"]));
    }
    message.into_bytes()
}

/// Maildirs in which messages are delivered, seen, flagged, moved and expunged between two looks:
/// whatever is there was announced exactly once, and opens as what it is.
pub(crate) fn maildir(input: &[u8]) {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| scratch("maildir").join("Maildir"));
    let mut choices = Choices::new(input);
    let root = emptied(&ROOT);
    for folder in ["", ".Bounces"] {
        for sub in ["cur", "new", "tmp"] {
            fs::create_dir_all(root.join(folder).join(sub)).expect("a folder");
        }
    }
    let mut source = Local::new(vec![root.to_path_buf()]);
    let mut announced = Announced::new();
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let mut delivered = 0;
    for _ in 0..16 {
        if choices.is_done() {
            break;
        }
        let which = choices.below(files.len().max(1));
        match choices.below(8) {
            0..=2 => {
                let bytes = message(&mut choices, delivered);
                // Two Maildirs may use the same name.
                let name = format!("{}.a.host", delivered / 2);
                let path = root.join(choices.of(&["new", ".Bounces/new", "tmp"])).join(name);
                delivered += 1;
                if !files.iter().any(|(other, _)| is_same(other, &path)) {
                    write(&path, &bytes, delivered);
                    files.push((path, bytes));
                }
            }
            3 | 4 if !files.is_empty() => rename(&mut choices, &mut files[which].0),
            5 if !files.is_empty() => {
                fs::remove_file(files.remove(which).0).expect("removed");
            }
            6 => stream(&mut source, &mut announced),
            _ => {
                open_all(&source, &announced);
            }
        }
    }
    stream(&mut source, &mut announced);
    let mut there = open_all(&source, &announced);
    let mut wanted: Vec<Vec<u8>> = Vec::new();
    for (path, bytes) in files {
        if !path.parent().is_some_and(|folder| folder.ends_with("tmp")) {
            wanted.push(bytes);
        }
    }
    there.sort();
    wanted.sort();
    assert!(there == wanted, "{} of {} can be opened", there.len(), wanted.len());
}

/// True for the same message of the same Maildir.
fn is_same(a: &Path, b: &Path) -> bool {
    maildir_of(a) == maildir_of(b) && base(a) == base(b)
}

fn maildir_of(path: &Path) -> Option<&Path> {
    path.parent().and_then(Path::parent)
}

/// The name of a message without its flags.
fn base(path: &Path) -> String {
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    name.split(":2,").next().unwrap_or(&name).to_owned()
}

/// What a server does when a message is seen: out of `new`, with flags at its name; or other flags.
fn rename(choices: &mut Choices<'_>, path: &mut PathBuf) {
    let base = base(path);
    let flags = choices.of(&["", "S", "RS", "T"]);
    let folder = maildir_of(path).expect("a Maildir");
    let new = folder.join("cur").join(format!("{base}:2,{flags}"));
    fs::rename(&*path, &new).expect("renamed");
    *path = new;
}

const FROM: &str = "From MAILER-DAEMON Mon May  4 06:57:12 2026\n";

/// An mbox to which another program appends, out of which it expunges, and which it writes anew:
/// what is opened is what was announced or is gone, and what is there was announced once.
pub(crate) fn mbox_in_use(input: &[u8]) {
    static PATH: LazyLock<PathBuf> = LazyLock::new(|| scratch("in-use").join("mbox"));
    let mut choices = Choices::new(input);
    let mut messages: Vec<Vec<u8>> = vec![message(&mut choices, 0)];
    write(&PATH, &mbox(&messages), 0);
    let mut source = Local::new(vec![PATH.clone()]);
    let mut announced = Announced::new();
    for number in 1..12 {
        if choices.is_done() {
            break;
        }
        let which = choices.below(messages.len());
        match choices.below(8) {
            0 | 1 => messages.push(message(&mut choices, number)),
            2 if messages.len() > 1 => drop(messages.remove(which)),
            3 => messages.swap(0, which),
            4 | 5 => {
                stream(&mut source, &mut announced);
                continue;
            }
            _ => {
                open_all(&source, &announced);
                continue;
            }
        }
        write(&PATH, &mbox(&messages), number);
    }
    stream(&mut source, &mut announced);
    let mut there = open_all(&source, &announced);
    there.sort();
    messages.sort();
    assert!(there == messages, "{} of {} can be opened", there.len(), messages.len());
}

fn mbox(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut mbox = String::new();
    for message in messages {
        let quoted = String::from_utf8_lossy(message).replace("\nFrom ", "\n>From ");
        mbox.extend([FROM, &quoted, "\n"]);
    }
    mbox.into_bytes()
}
