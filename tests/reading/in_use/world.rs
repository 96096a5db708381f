//! What is true of a mailbox, whoever reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Who leaves a file half written for longer cannot be waited for.
pub(super) const PAUSE: Duration = Duration::from_millis(40);

/// Numbers that look random and are the same in every run of that number.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(run: u64) -> Self {
        Self(run.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound.max(1)
    }

    pub(super) fn pick<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        all.get(usize::try_from(self.below(all.len() as u64)).ok()?).cloned()
    }
}

/// What is true of a mailbox.
#[derive(Default)]
pub(super) struct Truth {
    /// Every message that was ever written, by its number.
    pub(super) ever: BTreeMap<u64, String>,
    /// Those that are there, from the moment they were written to the one before they go.
    pub(super) there: BTreeSet<u64>,
    /// Those that are gone or about to go.
    pub(super) removed: BTreeSet<u64>,
    /// Since when a file is half written in its place.
    pub(super) half: Option<Instant>,
    /// How often that took so long that nobody could know there was more to come.
    pub(super) slow: u64,
}

impl Truth {
    pub(super) fn new_message(&mut self, dice: &mut Dice) -> u64 {
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

    pub(super) fn text(&self, number: u64) -> String {
        self.ever[&number].clone()
    }

    /// How often files were left half written for long.
    pub(super) fn slow(&self) -> u64 {
        self.slow + u64::from(self.half.is_some_and(|since| since.elapsed() > PAUSE))
    }

    pub(super) fn remove(&mut self, number: u64) {
        self.there.remove(&number);
        self.removed.insert(number);
    }
}

/// A mailbox and what is true of it, shared by who changes it and who reads it.
#[derive(Clone)]
pub(super) struct World {
    pub(super) folder: PathBuf,
    pub(super) truth: Arc<Mutex<Truth>>,
    pub(super) pace: Pace,
}

/// How another program works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// It writes files anew in their place or puts others there, and rests between two changes.
    Usual,
    /// It writes all files anew in their place, one after the other without a rest.
    Restless,
}

impl World {
    pub(super) fn new(folder: &Path, pace: Pace) -> Self {
        Self { folder: folder.to_path_buf(), truth: Arc::default(), pace }
    }

    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().expect("nobody panics with the truth in hand")
    }

    /// The number of a message that was read; None for one that was not yet written to its end.
    pub(super) fn number(&self, bytes: &[u8]) -> Option<u64> {
        let text = String::from_utf8(bytes.to_vec()).expect("nothing but ASCII was written");
        let text = text.replace("\nStatus: RO\n", "\n");
        let text = text.trim_end_matches('\n');
        let truth = self.truth();
        let named = text.split_once("id ").and_then(|(_, rest)| rest.get(..6)?.parse().ok());
        let whole = named.and_then(|number: u64| truth.ever.get(&number));
        if whole.is_some_and(|whole| whole.trim_end_matches('\n') == text) {
            return named;
        }
        // It may end within the beginning of a line that is quoted.
        let (before, line) = text.rsplit_once('\n').unwrap_or(("", text));
        let quoted = line.strip_prefix('>').filter(|line| "From ".starts_with(line));
        let unquoted = quoted.map(|line| format!("{before}\n{line}"));
        let text = unquoted.as_deref().unwrap_or(text);
        let begun = truth.ever.values().any(|whole| whole.starts_with(text));
        assert!(begun, "a message that nobody wrote: {text:?}");
        None
    }
}
