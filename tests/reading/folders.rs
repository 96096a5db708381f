//! Folders as they may be found: with links that lead back, doubles, doors that are closed, things
//! that are no files, names that are no text, paths longer than the system takes.

use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use deadletter::source::files::{Listing, list};
use deadletter::source::local::Local;
use deadletter::source::steady::Steady;
use deadletter::source::{Event, Source, State};
use rustix::fs::{CWD, FileType, Mode, OFlags, mkdirat, mknodat, openat};

fn message(number: usize) -> String {
    format!("From: ann@birch.example\nSubject: {number}\n\nx\n")
}

fn labels(listing: &Listing) -> Vec<String> {
    listing.files.iter().map(deadletter::source::files::MessageFile::label).collect()
}

fn lines(told: &deadletter::source::files::Sentences) -> Vec<String> {
    told.lines(100).iter().map(ToString::to_string).collect()
}

#[test]
fn every_folder_is_visited_once_whatever_leads_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("loop");
    fs::create_dir_all(root.join("sub/deep")).expect("made");
    fs::write(root.join("a.eml"), message(1)).expect("written");
    fs::write(root.join("sub/deep/b.eml"), message(2)).expect("written");
    symlink(".", root.join("x")).expect("linked");
    symlink(".", root.join("y")).expect("linked");
    symlink("../..", root.join("sub/deep/up")).expect("linked");
    symlink("/", root.join("sub/deep/z")).expect("linked");
    fs::remove_file(root.join("sub/deep/z")).expect("removed");
    let listing = list(std::slice::from_ref(&root));
    assert_eq!(labels(&listing), ["a.eml", "sub/deep/b.eml"]);
    let again = lines(&listing.again);
    assert_eq!(again.len(), 3, "{again:?}");
    for (line, link) in again.iter().zip(["sub/deep/up", "x", "y"]) {
        assert!(line.contains(&format!("loop/{link} ")) && line.contains("already"), "{line}");
    }
    assert!(listing.unread.is_empty());
    // The same given again, by any name, and a file in it.
    let again = [root.clone(), root.join("."), root.join("x/sub"), root.join("a.eml")];
    assert_eq!(list(&again).files.len(), 2);
    assert_eq!(list(&again).again.len(), 6);
    let first = [root.join("a.eml"), root.clone()];
    assert_eq!(labels(&list(&first)), ["a.eml", "sub/deep/b.eml"]);
}

/// Two names of one file are one message; two files that say the same are two.
#[test]
fn a_file_under_two_names_counts_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.eml"), message(1)).expect("written");
    fs::write(path("copy.eml"), message(1)).expect("written");
    fs::hard_link(path("a.eml"), path("hard.eml")).expect("linked");
    symlink("a.eml", path("soft.eml")).expect("linked");
    let listing = list(&[folder.path().to_path_buf()]);
    assert_eq!(labels(&listing), ["a.eml", "copy.eml"]);
    assert_eq!(listing.again.len(), 2);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.eml"), message(1)).expect("written");
    fs::write(path("z.eml"), message(2)).expect("written");
    mknodat(CWD, path("pipe"), FileType::Fifo, Mode::RUSR, 0).expect("a pipe");
    let _socket = UnixListener::bind(path("socket")).expect("a socket");
    symlink("/dev/zero", path("device")).expect("linked");
    symlink("nowhere", path("dangling")).expect("linked");
    symlink("circle", path("circle")).expect("linked");
    fs::create_dir(path("shut")).expect("made");
    fs::set_permissions(path("shut"), fs::Permissions::from_mode(0o000)).expect("closed");
    fs::write(path("closed.eml"), message(3)).expect("written");
    fs::set_permissions(path("closed.eml"), fs::Permissions::from_mode(0o000)).expect("closed");
    // Nothing is closed to the superuser.
    let closed = fs::read_dir(path("shut")).is_err();
    let mut expected = vec!["circle", "dangling", "device", "pipe", "socket"];
    let listing = list(&[folder.path().to_path_buf(), path("missing")]);
    if closed {
        expected.insert(4, "shut");
    }
    expected.push("missing");
    let told = lines(&listing.unread);
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (line, name) in told.iter().zip(expected) {
        assert!(line.starts_with("cannot read ") && line.contains(&format!("/{name}: ")), "{line}");
    }
    let (mut found, mut notices, mut state) = (0, Vec::new(), None);
    let mut take = |event: Event<'_>| {
        match event {
            Event::Message(_) => found += 1,
            Event::Notice(text) => notices.push(text.to_string()),
            Event::State(now) => state = Some(now),
            _ => {}
        }
        ControlFlow::Continue(())
    };
    let begun = Instant::now();
    Local::new(vec![folder.path().to_path_buf()]).stream(&mut take).expect("some can be read");
    assert!(begun.elapsed() < Duration::from_secs(10), "nothing is waited for");
    assert_eq!(found, if closed { 2 } else { 3 });
    assert!(notices.len() == 4 && notices[3].ends_with("more like these"), "{notices:?}");
    let Some(State::Idle(text)) = state else { panic!("it ends") };
    assert!(text.ends_with(" left out"), "{text}");
    fs::set_permissions(path("shut"), fs::Permissions::from_mode(0o700)).expect("opened");
}

#[test]
fn names_that_are_no_text_are_spelled() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in [b"m\xfcller.eml".as_slice(), b"a\x1b[31m\n.eml", "\u{202e}x.eml".as_bytes()] {
        fs::write(folder.path().join(OsStr::from_bytes(name)), message(1)).expect("written");
    }
    symlink("nowhere", folder.path().join(OsStr::from_bytes(b"\xff\x1b]52;c;x\x07")))
        .expect("linked");
    let listing = list(&[folder.path().to_path_buf()]);
    // For programs names stay what they are, as far as text can say it.
    assert_eq!(labels(&listing), ["a\x1b[31m\n.eml", "m\\xfcller.eml", "\u{202e}x.eml"]);
    let told = lines(&listing.unread);
    assert!(told.len() == 1 && told[0].contains("/\\xff\\x1b]52;c;x\\x07: "), "{told:?}");
}

/// A folder inside a folder, and so on, `depth` times; with a message in the innermost.
fn deep(root: &Path, name: &str, depth: usize) {
    let mut folder: Option<OwnedFd> = None;
    let flags = OFlags::DIRECTORY | OFlags::RDONLY;
    for number in 0..depth {
        let root = if number == 0 { root.join(name) } else { PathBuf::from(name) };
        folder = Some(match &folder {
            None => {
                mkdirat(CWD, &root, Mode::RWXU).expect("made");
                openat(CWD, &root, flags, Mode::empty()).expect("opened")
            }
            Some(outer) => {
                mkdirat(outer, &root, Mode::RWXU).expect("made");
                openat(outer, &root, flags, Mode::empty()).expect("opened")
            }
        });
    }
    let inside = folder.expect("a folder");
    let file = openat(&inside, "deep.eml", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR);
    rustix::io::write(file.expect("made"), message(1).as_bytes()).expect("written");
}

/// Takes folders away that are too deep for everybody else.
fn remove(root: &Path) {
    let output = std::process::Command::new("rm").arg("-rf").arg(root).output();
    assert!(output.is_ok_and(|output| output.status.success()), "cannot clean up");
}

#[test]
fn paths_longer_than_the_system_takes_are_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, depth, followed) in [("d".repeat(200), 50, true), ("d".repeat(250), 80, false)] {
        let root = folder.path().join(format!("{depth}"));
        fs::create_dir(&root).expect("made");
        deep(&root, &name, depth);
        let listing = list(std::slice::from_ref(&root));
        assert_eq!(listing.files.len(), usize::from(followed), "{depth}");
        let told = lines(&listing.unread);
        assert_eq!(told.len(), usize::from(!followed), "{told:?}");
        assert!(told.iter().all(|line| line.contains("longer than 16,384 bytes")), "{told:?}");
        for file in &listing.files {
            let mut found = 0;
            let mut take = |_: deadletter::source::mbox::Stored<'_>| {
                found += 1;
                ControlFlow::Continue(())
            };
            Steady::default().each(file, &mut take).expect("it can be read");
            assert_eq!(found, 1);
        }
        let source =
            Local::new(vec![root.clone()]).stream(&mut |_: Event<'_>| ControlFlow::Continue(()));
        assert_eq!(source.is_ok(), followed);
        remove(&root);
    }
}

/// A pipe that is named is read, once; one into which nobody writes is not waited for.
#[test]
fn pipes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
    let file = list(std::slice::from_ref(&path)).files.remove(0);
    let begun = Instant::now();
    let nobody = Steady::default().each(&file, &mut |_| ControlFlow::Continue(()));
    assert!(nobody.is_err_and(|error| error.to_string().contains("nobody writes")));
    assert!(begun.elapsed() < Duration::from_secs(5));
    let writing = std::thread::spawn(move || fs::write(&path, message(1)).expect("written"));
    let mut found = Vec::new();
    let mut take = |stored: deadletter::source::mbox::Stored<'_>| {
        found.push(stored.bytes.to_vec());
        ControlFlow::Continue(())
    };
    Steady::default().each(&file, &mut take).expect("somebody writes");
    writing.join().expect("written");
    assert_eq!(found, [message(1).into_bytes()]);
}
