//! Mailboxes that another program changes at random while they are read: mboxes, Maildirs and
//! folders of single messages. Never is a wrong message shown, none is lost that is still there.
//!
//! `IN_USE_RUNS` says how many runs there are of each kind; what they do follows from their number.

#![allow(clippy::disallowed_methods, reason = "another program takes its time")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use deadletter::diagnosis::Rules;
use deadletter::engine::{Engine, Judge};
use deadletter::listing::{Extent, Health, MessageId, Request, Update};
use deadletter::source::files;
use deadletter::source::local::Local;
use deadletter::source::steady::Steady;
use deadletter::source::{Error, Event, Place, Source};

/// Runs of each kind without `IN_USE_RUNS`.
const RUNS: u64 = 6;
/// Changes that the other program makes in a run.
const CHANGES: u64 = 40;

/// Who leaves a file half written for longer cannot be waited for.
const PAUSE: Duration = Duration::from_millis(40);

fn runs() -> u64 {
    std::env::var("IN_USE_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(RUNS)
}

/// Numbers that look random and are the same in every run of that number.
struct Dice(u64);

impl Dice {
    fn new(run: u64) -> Self {
        Self(run.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound.max(1)
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        all.get(usize::try_from(self.below(all.len() as u64)).ok()?).cloned()
    }
}

/// What is true of a mailbox.
#[derive(Default)]
struct Truth {
    /// Every message that was ever written, by its number.
    ever: BTreeMap<u64, String>,
    /// Those that are there, from the moment they were written to the one before they go.
    there: BTreeSet<u64>,
    /// Those that are gone or about to go.
    removed: BTreeSet<u64>,
    /// Since when a file is half written in its place.
    half: Option<Instant>,
    /// How often that took so long that nobody could know there was more to come.
    slow: u64,
}

impl Truth {
    fn new_message(&mut self, dice: &mut Dice) -> u64 {
        let number = self.ever.len() as u64 + 1;
        let body = match dice.below(4) {
            0 => "short\n".to_owned(),
            1 => "From the garden\n\nFrom a@b.example is no line of an mbox\n".to_owned(),
            2 => format!("line {number:06}\n").repeat(40),
            _ => "y".repeat(70) + "\n" + &format!("{number:06}\n").repeat(2000),
        };
        let text = format!(
            "Received: by mx.birch.example id {number:06}\nMessage-ID: <{number:06}@birch.example>\n\
             Subject: number {number:06}\n\n{body}the end of {number:06}\n"
        );
        self.ever.insert(number, text);
        number
    }

    fn text(&self, number: u64) -> String {
        self.ever[&number].clone()
    }

    /// How often files were left half written for long.
    fn slow(&self) -> u64 {
        self.slow + u64::from(self.half.is_some_and(|since| since.elapsed() > PAUSE))
    }

    fn remove(&mut self, number: u64) {
        self.there.remove(&number);
        self.removed.insert(number);
    }
}

/// A mailbox and what is true of it, shared by who changes it and who reads it.
#[derive(Clone)]
struct World {
    folder: PathBuf,
    truth: Arc<Mutex<Truth>>,
}

impl World {
    fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().expect("nobody panics with the truth in hand")
    }

    /// The number of a message that was read; None for one that was not yet written to its end.
    fn number(&self, bytes: &[u8]) -> Option<u64> {
        let text = String::from_utf8(bytes.to_vec()).expect("nothing but ASCII was written");
        let text = text.replace("\nStatus: RO\n", "\n");
        let text = text.trim_end_matches('\n');
        let truth = self.truth();
        let named = text.split_once("id ").and_then(|(_, rest)| rest.get(..6)?.parse().ok());
        let whole = named.and_then(|number: u64| truth.ever.get(&number));
        if whole.is_some_and(|whole| whole.trim_end_matches('\n') == text) {
            return named;
        }
        let begun = truth.ever.values().any(|whole| whole.starts_with(text));
        assert!(begun, "a message that nobody wrote: {text:?}");
        None
    }
}

/// Something that can change a mailbox.
trait Other: Send {
    fn change(&mut self, world: &World, dice: &mut Dice);
}

fn wait(dice: &mut Dice, most: u64) {
    thread::sleep(Duration::from_micros(dice.below(most)));
}

/// Writes a file anew: in its place, or by putting another one there.
fn write(world: &World, path: &Path, text: &str, dice: &mut Dice) {
    if dice.below(2) == 0 {
        let new = world.folder.join("other.tmp");
        fs::write(&new, text).expect("written");
        return fs::rename(&new, path).expect("renamed");
    }
    let begun = Instant::now();
    world.truth().half = Some(begun);
    let mut file = OpenOptions::new().write(true).truncate(true).create(true).open(path);
    let file = file.as_mut().expect("opened");
    for piece in text.as_bytes().chunks(1 + text.len() / 3) {
        file.write_all(piece).expect("written");
        wait(dice, 300);
    }
    let mut truth = world.truth();
    truth.half = None;
    truth.slow += u64::from(begun.elapsed() > PAUSE);
}

/// An mbox, by the messages it holds and whether they are marked as read.
#[derive(Default)]
struct Mbox {
    messages: Vec<(u64, bool)>,
}

impl Mbox {
    fn entry(text: &str, read: bool) -> String {
        let mut out = String::from("From MAILER-DAEMON Thu Apr 30 05:55:20 2026\n");
        let text =
            if read { text.replacen("\n\n", "\nStatus: RO\n\n", 1) } else { text.to_owned() };
        for line in text.split_inclusive('\n') {
            let quoted = line.trim_start_matches('>').starts_with("From ");
            out += if quoted { ">" } else { "" };
            out += line;
        }
        out + "\n"
    }

    fn rewrite(&self, world: &World, dice: &mut Dice) {
        let truth = world.truth();
        let entries = self.messages.iter().map(|(n, read)| Self::entry(&truth.text(*n), *read));
        let text: String = entries.collect();
        drop(truth);
        write(world, &world.folder.join("box/mbox"), &text, dice);
    }

    fn append(&mut self, world: &World, dice: &mut Dice) {
        let number = world.truth().new_message(dice);
        let entry = Self::entry(&world.truth().text(number), false);
        let file = OpenOptions::new().append(true).create(true).open(world.folder.join("box/mbox"));
        let (one, two) =
            entry.split_at(usize::try_from(dice.below(entry.len() as u64)).expect("small"));
        let mut file = file.expect("opened");
        file.write_all(one.as_bytes()).expect("written");
        // Sometimes so long that it is read before it is whole.
        let most = if dice.below(4) == 0 { 40_000 } else { 500 };
        wait(dice, most);
        file.write_all(two.as_bytes()).expect("written");
        self.messages.push((number, false));
        world.truth().there.insert(number);
    }
}

impl Other for Mbox {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        match dice.below(8) {
            0..4 => return self.append(world, dice),
            _ if self.messages.is_empty() => return,
            4..6 => {
                let (number, _) = self.messages.remove(at);
                world.truth().remove(number);
            }
            6 => self.messages[at].1 ^= true,
            // Another one in its place.
            _ => {
                let new = world.truth().new_message(dice);
                let (old, _) = std::mem::replace(&mut self.messages[at], (new, false));
                world.truth().remove(old);
                self.rewrite(world, dice);
                world.truth().there.insert(new);
                return;
            }
        }
        self.rewrite(world, dice);
    }
}

/// Two Maildirs, one inside the other, by the messages and where they are; names are the same in
/// both.
#[derive(Default)]
struct Maildir {
    messages: Vec<(u64, PathBuf)>,
}

impl Other for Maildir {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let box_ = world.folder.join("box");
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        match dice.below(8) {
            0..3 => {
                let number = world.truth().new_message(dice);
                let text = world.truth().text(number);
                let sub = box_.join(if number.is_multiple_of(2) { ".Sub" } else { "" });
                let name = format!("{}.M1P1.host", number / 2);
                fs::write(sub.join("tmp").join(&name), text).expect("written");
                let path = sub.join("new").join(&name);
                fs::rename(sub.join("tmp").join(&name), &path).expect("renamed");
                self.messages.push((number, path));
                world.truth().there.insert(number);
            }
            _ if self.messages.is_empty() => {}
            3 => {
                let (number, path) = self.messages.remove(at);
                world.truth().remove(number);
                fs::remove_file(path).expect("removed");
            }
            turn => {
                let path = &mut self.messages[at].1;
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let unique = name.split(':').next().unwrap_or_default();
                let root = path.parent().and_then(Path::parent).expect("a Maildir").to_path_buf();
                let flags = ["", "S", "RS", "FS"][usize::try_from(dice.below(4)).expect("small")];
                let new = match turn {
                    4 => root.join("new").join(unique),
                    _ => root.join("cur").join(format!("{unique}:2,{flags}")),
                };
                fs::rename(&*path, &new).expect("renamed");
                *path = new;
            }
        }
    }
}

/// A folder of files with one message each.
#[derive(Default)]
struct Folder {
    messages: Vec<(u64, PathBuf)>,
}

impl Other for Folder {
    fn change(&mut self, world: &World, dice: &mut Dice) {
        let at = usize::try_from(dice.below(self.messages.len() as u64)).expect("small");
        let removes = !self.messages.is_empty();
        match dice.below(6) {
            0 if removes => {
                let (number, path) = self.messages.remove(at);
                world.truth().remove(number);
                fs::remove_file(path).expect("removed");
            }
            1 | 2 if removes => {
                let new = world.truth().new_message(dice);
                let old = std::mem::replace(&mut self.messages[at].0, new);
                world.truth().remove(old);
                let text = world.truth().text(new);
                write(world, &self.messages[at].1, &text, dice);
                world.truth().there.insert(new);
            }
            _ => {
                let number = world.truth().new_message(dice);
                let text = world.truth().text(number);
                let path = world.folder.join(format!("box/{number}.eml"));
                write(world, &path, &text, dice);
                self.messages.push((number, path));
                world.truth().there.insert(number);
            }
        }
    }
}

/// A reader of the mailbox, and what it was told.
struct Eyes {
    world: World,
    source: Local,
    /// The number of each message by its place; None when it was not whole yet.
    told: BTreeMap<Place, Option<u64>>,
}

impl Eyes {
    fn look(&mut self) {
        let Self { world, source, told } = self;
        let mut take = |event: Event<'_>| {
            match event {
                Event::Message(message) => {
                    let number = world.number(message.bytes);
                    let before = told.insert(message.place, number);
                    let known = before.flatten();
                    assert!(known.is_none() || known == number, "{known:?} became {number:?}");
                }
                Event::Gone(places) => {
                    for place in places {
                        assert!(told.remove(&place).is_some(), "it was never there");
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        };
        match source.stream(&mut take) {
            // There was nothing at that moment.
            Ok(()) | Err(Error::Unread(_) | Error::File { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        let numbers: Vec<u64> = self.told.values().flatten().copied().collect();
        let different: BTreeSet<u64> = numbers.iter().copied().collect();
        let twice: Vec<_> =
            numbers.iter().filter(|n| !self.world.truth().removed.contains(n)).collect();
        let once: BTreeSet<_> = twice.iter().copied().collect();
        assert_eq!(twice.len(), once.len(), "a message twice of {different:?}");
    }

    /// Opens a message that was told of.
    fn open(&mut self, place: Place) {
        let (number, slow) = (self.told[&place], self.world.truth().slow);
        match self.source.reader().whole(place) {
            Ok(bytes) => {
                let now = self.world.number(&bytes);
                assert!(number.is_none() || now == number, "{number:?} shows {now:?}");
            }
            Err(Error::Gone | Error::GoneFrom(_)) => {
                let gone = number.is_none_or(|n| self.world.truth().removed.contains(&n));
                let slow = self.world.truth().slow() > slow;
                assert!(gone || slow, "{number:?} is said to be gone");
            }
            Err(error) => panic!("{number:?}: {error}"),
        }
    }

    /// Reads all files once, as `explain` does.
    fn read_once(&self) {
        let slow = self.world.truth().slow;
        let before = self.world.truth().there.clone();
        let mut found = Vec::new();
        let mut steady = Steady::default();
        for file in files::list(&[self.world.folder.join("box")]).files {
            // What is gone when it is read is told.
            let _ = steady.each(&file, &mut |message| {
                found.extend(self.world.number(message.bytes));
                ControlFlow::Continue(())
            });
        }
        let all: BTreeSet<u64> = found.iter().copied().collect();
        assert_eq!(found.len(), all.len(), "a message twice");
        let removed = self.world.truth().removed.clone();
        let lost: Vec<_> =
            before.iter().filter(|n| !all.contains(n) && !removed.contains(n)).collect();
        let slow = self.world.truth().slow() > slow;
        assert!(lost.is_empty() || slow, "lost while read: {lost:?}");
    }

    /// When nothing changes any more, all is as it is.
    fn settle(&mut self) {
        // So long a change may be in doubt.
        thread::sleep(Duration::from_millis(600));
        self.look();
        let there = self.world.truth().there.clone();
        let told: BTreeSet<u64> = self.told.values().flatten().copied().collect();
        assert_eq!(told, there, "what is told, what is there");
        assert_eq!(self.told.len(), there.len(), "nothing is left of what was half written");
        for place in self.told.keys().copied().collect::<Vec<_>>() {
            let bytes = self.source.reader().whole(place).expect("it is there");
            assert_eq!(self.world.number(&bytes), self.told[&place]);
        }
    }
}

fn run(number: u64, mut other: impl Other + 'static) {
    let folder = tempfile::tempdir().expect("a folder");
    for sub in ["cur", "new", "tmp", ".Sub/cur", ".Sub/new", ".Sub/tmp"] {
        if std::any::type_name_of_val(&other).ends_with("Maildir") {
            fs::create_dir_all(folder.path().join("box").join(sub)).expect("made");
        }
    }
    fs::create_dir_all(folder.path().join("box")).expect("made");
    let world = World { folder: folder.path().to_path_buf(), truth: Arc::default() };
    let mut dice = Dice::new(number);
    for _ in 0..10 {
        other.change(&world, &mut dice);
    }
    let ends = Arc::new(AtomicBool::new(false));
    let changing = {
        let (world, ends) = (world.clone(), Arc::clone(&ends));
        let mut dice = Dice::new(number + 1_000_000);
        thread::spawn(move || {
            for _ in 0..CHANGES {
                other.change(&world, &mut dice);
                wait(&mut dice, 1_500);
            }
            ends.store(true, Ordering::Relaxed);
        })
    };
    let source = Local::new(vec![folder.path().join("box")]);
    let mut eyes = Eyes { world, source, told: BTreeMap::new() };
    while !ends.load(Ordering::Relaxed) {
        match dice.below(4) {
            0 => eyes.look(),
            1 => eyes.read_once(),
            _ => {
                if let Some(place) = dice.pick(&eyes.told.keys().copied().collect::<Vec<_>>()) {
                    eyes.open(place);
                }
            }
        }
    }
    changing.join().expect("the other program has no fault");
    eyes.settle();
}

/// What the screen is told when a message is opened that has moved, or is no longer there.
#[test]
fn the_screen_is_told_what_became_of_a_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mbox");
    let (mut truth, mut dice) = (Truth::default(), Dice::new(1));
    let mut entry = || {
        let number = truth.new_message(&mut dice);
        Mbox::entry(&truth.text(number), false)
    };
    let (one, two) = (entry(), entry());
    fs::write(&path, one + &two).expect("written");
    let judge = Judge { rules: Arc::clone(Rules::standard()), ours: Arc::default() };
    let source: Box<dyn Source> = Box::new(Local::new(vec![path.clone()]));
    let (engine, updates) = Engine::start(vec![source], &judge).expect("threads");
    let next =
        |wanted: fn(&Update) -> bool| updates.iter().find(wanted).expect("the engine goes on");
    next(|update| matches!(update, Update::Health(_, Health::Idle(_))));
    fs::write(&path, two).expect("written");
    let (first, second) = (message(1), message(2));
    engine.ask(Request::Open(first, Extent::Whole));
    let told = next(|update| matches!(update, Update::Opened(_) | Update::Unopened(..)));
    let Update::Unopened(id, why) = told else { panic!("another message is shown: {told:?}") };
    assert!(id == first && why.contains("no longer in"), "{why}");
    engine.ask(Request::Open(second, Extent::Whole));
    let told = next(|update| matches!(update, Update::Opened(_) | Update::Unopened(..)));
    let Update::Opened(detail) = told else { panic!("it is there: {told:?}") };
    assert_eq!(detail.id, second);
    assert!(detail.bounce.subject.as_ref().is_some_and(|subject| subject.contains("000002")));
    thread::sleep(Duration::from_millis(600));
    engine.ask(Request::Refresh);
    let told = next(|update| matches!(update, Update::Gone(_)));
    let Update::Gone(messages) = told else { panic!("it is gone") };
    assert_eq!(messages, BTreeSet::from([first]));
}

fn message(uid: u32) -> MessageId {
    MessageId { mailbox: 0, validity: 0, uid }
}

#[test]
fn an_mbox_that_another_program_changes() {
    (0..runs()).for_each(|number| run(number, Mbox::default()));
}

#[test]
fn a_maildir_that_another_program_changes() {
    (0..runs()).for_each(|number| run(number, Maildir::default()));
}

#[test]
fn a_folder_that_another_program_changes() {
    (0..runs()).for_each(|number| run(number, Folder::default()));
}
