//! Deliveries of files, read and judged on all cores, for the commands that list them.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::bounce::Bounce;
use crate::config::Config;
use crate::diagnosis::Diagnosis;
use crate::engine::pipeline::{self, Batch, Pace, Results};
use crate::engine::{Fault, Judge};
use crate::export::list::Listed;
use crate::incident::Cause;
use crate::listing::Row;
use crate::mail::SafeText;
use crate::source::files::Sentences;
use crate::store::StoredDelivery;

use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::inputs::{Incoming, Inputs};
use super::setup;

/// How many of the things that are wrong are told one by one.
const TOLD: usize = 100;

/// All deliveries of these files, and what was wrong with them. What has the same cause shares it.
pub(super) fn gather(paths: &[PathBuf], config: &Config) -> Result<Gathered<Listed>, Error> {
    let mut causes = HashSet::new();
    gather_each(paths, config, list, |one: &mut Listed| {
        one.row.cause = shared(&mut causes, &one.row.cause);
    })
}

/// A row for each recipient, as far as the size of the message allows.
fn list(message: &ReadMessage<'_>, listed: &mut Vec<Listed>) {
    let ReadMessage { judge, bounce, diagnosis, .. } = *message;
    for StoredDelivery { row, evidence } in judge.deliveries(bounce, diagnosis, message.rows()) {
        let message_id = bounce.message_id.clone();
        listed.push(Listed::new(message.file(), message_id, row, evidence));
    }
}

/// Everything that `find` finds in the messages of these files, and what was wrong with them. In
/// order, each passes `join` on its way to the others.
pub(super) fn gather_each<T: Send>(
    paths: &[PathBuf],
    config: &Config,
    find: impl Fn(&ReadMessage<'_>, &mut Vec<T>) + Sync,
    mut join: impl FnMut(&mut T),
) -> Result<Gathered<T>, Error> {
    let rules = setup::rules(config)?;
    let inputs = Inputs::of(paths);
    let judge = Judge { rules, ours: Arc::new(inputs.ours(config)) };
    let ended = pipeline::run(
        Pace::Full,
        |intake| inputs.feed(intake),
        |batch| Gathered::in_batch(&judge, &batch, &find),
        |results| Gathered::joined(results, &mut join),
    )?;
    let mut gathered = ended.taken;
    gathered.troubles.append(ended.fed.unwrap_or_default());
    gathered.troubles.append(inputs.unread);
    gathered.again = inputs.again;
    Ok(gathered)
}

/// A message of a file, read and judged.
pub(super) struct ReadMessage<'a> {
    label: &'a str,
    size: usize,
    pub(super) judge: &'a Judge,
    pub(super) bounce: &'a Bounce,
    pub(super) diagnosis: &'a Diagnosis,
}

impl ReadMessage<'_> {
    /// Its file, as it is named.
    pub(super) fn file(&self) -> SafeText {
        SafeText::new(self.label)
    }

    /// Its rows, as many as its size allows.
    pub(super) fn rows(&self) -> Vec<Row> {
        Row::as_many(self.bounce, self.diagnosis, &self.judge.ours, self.size)
    }
}

/// Says on standard error what was read only once and what could not be read; returns the exit
/// code.
pub(super) fn tell(again: &Sentences, troubles: &Sentences) -> Result<u8, Error> {
    let mut errors = io::stderr().lock();
    for line in again.lines(TOLD).iter().chain(&troubles.lines(TOLD)) {
        writeln!(errors, "deadletter: {line}")?;
    }
    Ok(if troubles.is_empty() { GOOD } else { FAILED })
}

/// What was found in messages.
pub(super) struct Gathered<T> {
    pub(super) found: Vec<T>,
    pub(super) troubles: Sentences,
    /// Files and folders that were named before.
    pub(super) again: Sentences,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        let (troubles, again) = (Sentences::default(), Sentences::default());
        Self { found: Vec::new(), troubles, again }
    }
}

impl<T> Gathered<T> {
    fn in_batch(
        judge: &Judge,
        batch: &Batch<Incoming>,
        find: impl Fn(&ReadMessage<'_>, &mut Vec<T>),
    ) -> Self {
        let mut gathered = Self::default();
        for (Incoming { label, .. }, raw) in batch.each() {
            match judge.understand(raw) {
                Ok((bounce, diagnosis)) => {
                    let (bounce, diagnosis, size) = (&bounce, &diagnosis, raw.len());
                    let message = ReadMessage { label, size, judge, bounce, diagnosis };
                    find(&message, &mut gathered.found);
                }
                Err(Fault) => {
                    gathered.troubles.push(SafeText::new(&format!("{label} {Fault}")));
                }
            }
        }
        gathered
    }

    /// All batches together.
    fn joined(results: Results<Self>, join: &mut impl FnMut(&mut T)) -> Self {
        let mut all = Self::default();
        for result in results {
            match result {
                Ok(mut gathered) => {
                    gathered.found.iter_mut().for_each(&mut *join);
                    all.found.append(&mut gathered.found);
                    all.troubles.append(gathered.troubles);
                }
                Err(fault) => {
                    all.troubles.push(SafeText::new(&format!("a batch of messages {fault}")));
                }
            }
        }
        all
    }
}

/// A cause that is kept once, however many have it.
fn shared(causes: &mut HashSet<Arc<Cause>>, cause: &Arc<Cause>) -> Arc<Cause> {
    if let Some(known) = causes.get(cause) {
        return Arc::clone(known);
    }
    causes.insert(Arc::clone(cause));
    Arc::clone(cause)
}
