//! Mailboxes that another program changes at random while they are read: mboxes, Maildirs and
//! folders of single messages. Never is a wrong message shown, none is lost that is still there.
//!
//! `IN_USE_RUNS` says how many runs there are of each kind; what they do follows from their number.

#![allow(clippy::disallowed_methods, reason = "another program takes its time")]

mod eyes;
mod others;
mod world;

use std::fs::{self, File};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use deadletter::diagnosis::Rules;
use deadletter::engine::{Engine, Judge, Worked};
use deadletter::listing::{Ask, Extent, Health, MessageId, Request, Update};
use deadletter::source::Source;
use deadletter::source::local::Local;
use deadletter::store::{MailboxName, Store};

use eyes::Eyes;
use others::{Folder, Maildir, Mbox, Other, wait};
use world::{Dice, PAUSE, Pace, Truth, World};

/// Runs of each kind without `IN_USE_RUNS`.
const RUNS: u64 = 6;
/// Runs that are made at the same time: most of the time is spent waiting.
const TOGETHER: u64 = 3;
/// Changes that the other program makes in a run.
const CHANGES: u64 = 40;
/// The same of one that does not rest.
const RESTLESS_CHANGES: u64 = 100;

fn runs(pace: Pace) -> u64 {
    let runs = std::env::var("IN_USE_RUNS").ok().and_then(|runs| runs.parse().ok());
    runs.unwrap_or(if pace == Pace::Usual { RUNS } else { RUNS / 3 })
}

/// Makes all runs with mailboxes of this kind; what fails is told with the number of its run.
fn every_run<O: Other + Default + 'static>(pace: Pace) {
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= runs(pace) {
                        break;
                    }
                    let thread = thread::Builder::new().name(format!("run {number}"));
                    let run =
                        thread.spawn(move || run(number, O::default(), pace)).expect("a thread");
                    failed.fetch_add(u64::from(run.join().is_err()), Ordering::Relaxed);
                }
            });
        }
    });
    let failed = failed.into_inner();
    assert_eq!(failed, 0, "of {} runs", runs(pace));
}

fn run(number: u64, mut other: impl Other + 'static, pace: Pace) {
    let folder = tempfile::tempdir().expect("a folder");
    for sub in ["cur", "new", "tmp", ".Sub/cur", ".Sub/new", ".Sub/tmp"] {
        if std::any::type_name_of_val(&other).ends_with("Maildir") {
            fs::create_dir_all(folder.path().join("box").join(sub)).expect("made");
        }
    }
    fs::create_dir_all(folder.path().join("box")).expect("made");
    let world = World::new(folder.path(), pace);
    let mut dice = Dice::new(number);
    for _ in 0..10 {
        other.change(&world, &mut dice);
    }
    let ends = Arc::new(AtomicBool::new(false));
    let changing = {
        let (world, ends) = (world.clone(), Arc::clone(&ends));
        let mut dice = Dice::new(number + 1_000_000);
        thread::spawn(move || {
            let (changes, rest) = match pace {
                Pace::Usual => (CHANGES, 1_500),
                Pace::Restless => (RESTLESS_CHANGES, 0),
            };
            for _ in 0..changes {
                other.change(&world, &mut dice);
                wait(&mut dice, rest);
            }
            ends.store(true, Ordering::Relaxed);
        })
    };
    let mut eyes = Eyes::new(world);
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

/// Who writes a file anew empties it first, and its time is changed only after that.
#[test]
fn a_file_that_was_emptied_a_moment_ago_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path(), Pace::Usual);
    let (mut mbox, mut dice) = (Mbox::default(), Dice::new(1));
    fs::create_dir(folder.path().join("box")).expect("made");
    for _ in 0..3 {
        mbox.append(&world, &mut dice);
    }
    let path = folder.path().join("box/mbox");
    let text = fs::read(&path).expect("there");
    let mut eyes = Eyes::new(world);
    eyes.look();
    for reads in [Eyes::read_once, Eyes::open_all] {
        loop {
            let begun = Instant::now();
            let file = File::create(&path).expect("emptied");
            file.set_modified(SystemTime::now() - Duration::from_hours(1)).expect("its time");
            let writer = thread::spawn({
                let (path, text) = (path.clone(), text.clone());
                move || {
                    thread::sleep(Duration::from_millis(10));
                    fs::write(path, text).expect("written");
                    begun.elapsed()
                }
            });
            let read = panic::catch_unwind(AssertUnwindSafe(|| reads(&mut eyes)));
            // Who takes longer cannot be waited for.
            if writer.join().expect("it writes") < PAUSE {
                break read.expect("nothing is lost");
            }
        }
    }
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
    let name = MailboxName { account: "files".into(), folder: String::new() };
    let store = Store::temporary().expect("memory");
    let mailboxes = vec![Worked { name, source }];
    let (engine, updates) = Engine::start(mailboxes, &judge, store).expect("threads");
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
    engine.ask(Request::Show(Ask { reach: 10, ..Ask::default() }));
    let told = next(|update| matches!(update, Update::Window(window) if window.rows.len() == 1));
    let Update::Window(window) = told else { panic!("one is left: {told:?}") };
    assert_eq!(window.rows.delivery(0).map(|row| row.id.message), Some(second), "it is gone");
}

fn message(uid: u32) -> MessageId {
    MessageId { mailbox: 0, validity: 0, uid }
}

#[test]
fn an_mbox_that_another_program_changes() {
    every_run::<Mbox>(Pace::Usual);
}

#[test]
fn a_maildir_that_another_program_changes() {
    every_run::<Maildir>(Pace::Usual);
}

#[test]
fn a_folder_that_another_program_changes() {
    every_run::<Folder>(Pace::Usual);
}

#[test]
fn an_mbox_that_another_program_changes_without_a_rest() {
    every_run::<Mbox>(Pace::Restless);
}

#[test]
fn a_maildir_that_another_program_changes_without_a_rest() {
    every_run::<Maildir>(Pace::Restless);
}

#[test]
fn a_folder_that_another_program_changes_without_a_rest() {
    every_run::<Folder>(Pace::Restless);
}
