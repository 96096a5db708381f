//! The files, folders and standard input that a command reads.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::bounce::read;
use crate::config::Config;
use crate::diagnosis::Ours;
use crate::diagnosis::learn::{Learner, Lesson};
use crate::engine::pipeline::Intake;
use crate::mail::SafeText;
use crate::source;
use crate::source::files::{FileForm, MessageFile, Sentences, failed, list};
use crate::source::mbox::{Take, split};
use crate::source::steady::Steady;

/// A message on its way: what to call it, and how much may be told of it.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    pub(super) label: String,
    /// True for one of so many tiny messages that a line is enough for it.
    pub(super) brief: bool,
}

/// So many messages are told at length whatever their size.
const AT_LENGTH: usize = 10_000;
/// Beyond them one for so many bytes; real messages are longer.
const BYTES: usize = 1 << 10;

/// What there is to read, what of it cannot be read, and what was named before.
pub(super) struct Inputs {
    all: Vec<Input>,
    pub(super) unread: Sentences,
    pub(super) again: Sentences,
}

/// A file, or standard input.
enum Input {
    File(MessageFile),
    Standard,
}

impl Inputs {
    /// What is under these paths; `-` is standard input.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let (mut named, mut standard) = (Vec::new(), None);
        for path in paths {
            if path == Path::new("-") {
                // It can be read only once.
                standard.get_or_insert(named.len());
            } else {
                named.push(path.clone());
            }
        }
        let listing = list(&named);
        let end = listing.files.len();
        let mut inputs: Vec<Input> = listing.files.into_iter().map(Input::File).collect();
        if let Some(number) = standard {
            let at = listing.begins.get(number).copied();
            inputs.insert(at.unwrap_or(end), Input::Standard);
        }
        Self { all: inputs, unread: listing.unread, again: listing.again }
    }

    /// True when there is nothing to read, and nothing wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.unread.is_empty()
    }

    /// Who we are: as it is configured, else as far as the first messages show it.
    pub(super) fn ours(&self, config: &Config) -> Ours {
        if config.ours.is_empty() { self.learn() } else { config.ours.clone() }
    }

    fn learn(&self) -> Ours {
        let (mut learner, mut steady) = (Learner::default(), Steady::default());
        for input in &self.all {
            if !input.stays() {
                continue;
            }
            // What cannot be read is told later, in its turn.
            let _ = input.each(&mut steady, &mut |message| {
                learner.add(&Lesson::of(message.bytes, &read(message.bytes)));
                if learner.is_done() {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
            if learner.is_done() {
                break;
            }
        }
        learner.ours()
    }

    /// Reads the inputs into the pipeline; returns what could not be read.
    pub(super) fn feed(&self, intake: &mut Intake<Incoming>) -> Sentences {
        let (mut troubles, mut steady) = (Sentences::default(), Steady::default());
        let mut lengths = Lengths::default();
        for input in &self.all {
            let label = input.label();
            let lengths = &mut lengths;
            let mut numbering = Numbering { intake, lengths, label: &label, count: 0, first: None };
            let read = input.each(&mut steady, &mut |message| numbering.put(message.bytes));
            let flow = numbering.end();
            if let Err(error) = read {
                troubles.push(SafeText::new(&error.to_string()));
            }
            if flow.is_break() {
                return troubles;
            }
        }
        troubles
    }
}

impl Input {
    fn label(&self) -> String {
        match self {
            Self::File(file) => file.label(),
            Self::Standard => "-".to_owned(),
        }
    }

    fn each(&self, steady: &mut Steady, take: &mut Take<'_>) -> Result<(), source::Error> {
        match self {
            Self::File(file) => steady.each(file, take).map_err(|e| failed(&file.path(), &e)),
            Self::Standard => {
                split(io::stdin().lock(), take).map_err(|e| failed(Path::new("-"), &e))
            }
        }
    }

    /// True for what can be read more than once.
    fn stays(&self) -> bool {
        matches!(self, Self::File(file) if file.form != FileForm::Pipe)
    }
}

/// The messages of one input on their way into the pipeline: the first waits for a second, since
/// only where there are several do they have numbers.
struct Numbering<'a> {
    intake: &'a mut Intake<Incoming>,
    lengths: &'a mut Lengths,
    label: &'a str,
    count: usize,
    first: Option<Vec<u8>>,
}

impl Numbering<'_> {
    fn put(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.count += 1;
        if self.count == 1 {
            self.first = Some(bytes.to_vec());
            return ControlFlow::Continue(());
        }
        if let Some(first) = self.first.take() {
            self.hand_over(format!("{}#1", self.label), &first)?;
        }
        self.hand_over(format!("{}#{}", self.label, self.count), bytes)
    }

    fn hand_over(&mut self, label: String, bytes: &[u8]) -> ControlFlow<()> {
        let brief = self.lengths.is_brief(bytes.len());
        self.intake.put(Incoming { label, brief }, bytes)
    }

    fn end(mut self) -> ControlFlow<()> {
        match self.first.take() {
            Some(only) => self.hand_over(self.label.to_owned(), &only),
            None => ControlFlow::Continue(()),
        }
    }
}

/// How much came, and how much of it may be told at length: what is written of ever so many tiny
/// messages would be many times what was read.
#[derive(Default)]
struct Lengths {
    at_length: usize,
    bytes: usize,
}

impl Lengths {
    fn is_brief(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        let brief = self.at_length >= AT_LENGTH + self.bytes / BYTES;
        self.at_length += usize::from(!brief);
        brief
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_of_many_tiny_messages_little_is_told() {
        let mut lengths = Lengths::default();
        assert!((0..AT_LENGTH).all(|_| !lengths.is_brief(40)));
        let brief = (0..AT_LENGTH).filter(|_| lengths.is_brief(40)).count();
        assert!(brief > AT_LENGTH * 9 / 10 && brief < AT_LENGTH, "{brief}");
        let mut lengths = Lengths::default();
        assert!((0..20 * AT_LENGTH).all(|_| !lengths.is_brief(BYTES)), "real ones are told");
    }
}
