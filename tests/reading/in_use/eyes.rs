//! Who reads a mailbox, and holds what was told against what is true.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

use deadletter::source::files;
use deadletter::source::local::Local;
use deadletter::source::steady::Steady;
use deadletter::source::{Error, Event, Place, Source};

use super::world::World;

/// A reader of the mailbox, and what it was told.
pub(super) struct Eyes {
    world: World,
    source: Local,
    /// The number of each message by its place; None when it was not whole yet.
    pub(super) told: BTreeMap<Place, Option<u64>>,
}

impl Eyes {
    pub(super) fn new(world: World) -> Self {
        let source = Local::new(vec![world.folder.join("box")]);
        Self { world, source, told: BTreeMap::new() }
    }

    pub(super) fn look(&mut self) {
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
    pub(super) fn open(&mut self, place: Place) {
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

    /// Opens every message that was told of.
    pub(super) fn open_all(&mut self) {
        for place in self.told.keys().copied().collect::<Vec<_>>() {
            self.open(place);
        }
    }

    /// Reads all files once, as `explain` does.
    pub(super) fn read_once(&mut self) {
        let slow = self.world.truth().slow;
        let before = self.world.truth().there.clone();
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        let mut steady = Steady::default();
        for file in files::list(&[self.world.folder.join("box")]).files {
            let result = steady.each(&file, &mut |message| {
                found.extend(self.world.number(message.bytes));
                ControlFlow::Continue(())
            });
            unread.extend(result.err().map(|error| error.to_string()));
        }
        let all: BTreeSet<u64> = found.iter().copied().collect();
        assert_eq!(found.len(), all.len(), "a message twice");
        let removed = self.world.truth().removed.clone();
        let lost: Vec<_> =
            before.iter().filter(|n| !all.contains(n) && !removed.contains(n)).collect();
        let slow = self.world.truth().slow() > slow;
        assert!(lost.is_empty() || slow, "lost while read: {lost:?}, {unread:?}; found: {all:?}");
    }

    /// When nothing changes any more, all is as it is.
    pub(super) fn settle(&mut self) {
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
