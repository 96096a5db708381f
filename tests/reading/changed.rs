//! Mailboxes of files that change between two looks, or between a look and the opening of a message.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use deadletter::bounce::read;
use deadletter::source::files;
use deadletter::source::local::Local;
use deadletter::source::mbox::Stored;
use deadletter::source::steady::Steady;
use deadletter::source::{Error, Event, Place, Source, State};

use crate::mailboxes::{entry, gzip, numbered};

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
