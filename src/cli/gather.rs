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

/// All deliveries of these files, and what was wrong with them.
pub(super) fn gather(paths: &[PathBuf], config: &Config) -> Result<Gathered, Error> {
    let rules = setup::rules(config)?;
    let inputs = Inputs::of(paths);
    let ours = if config.ours.is_empty() { inputs.learn() } else { config.ours.clone() };
    let judge = Judge { rules, ours: Arc::new(ours) };
    let ended = pipeline::run(
        Pace::Full,
        |intake| inputs.feed(intake),
        |batch| Gathered::in_batch(&judge, &batch),
        Gathered::joined,
    )?;
    let mut gathered = ended.taken;
    gathered.troubles.append(ended.fed.unwrap_or_default());
    gathered.troubles.append(inputs.unread);
    gathered.again = inputs.again;
    Ok(gathered)
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

/// What came of a batch.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) listed: Vec<Listed>,
    pub(super) troubles: Sentences,
    /// Files and folders that were named before.
    pub(super) again: Sentences,
}

impl Gathered {
    fn in_batch(judge: &Judge, batch: &Batch<Incoming>) -> Self {
        let mut gathered = Self::default();
        for (Incoming { label, .. }, raw) in batch.each() {
            match judge.understand(raw) {
                Ok(understood) => gathered.add(judge, label, &understood, raw.len()),
                Err(Fault) => {
                    gathered.troubles.push(SafeText::new(&format!("{label} {Fault}")));
                }
            }
        }
        gathered
    }

    /// A row for each recipient, as far as the size of the message allows.
    fn add(
        &mut self,
        judge: &Judge,
        label: &str,
        (bounce, diagnosis): &(Bounce, Diagnosis),
        size: usize,
    ) {
        let file = SafeText::new(label);
        let rows = Row::as_many(bounce, diagnosis, &judge.ours, size);
        for StoredDelivery { row, evidence } in judge.deliveries(bounce, diagnosis, rows) {
            let message_id = bounce.message_id.clone();
            self.listed.push(Listed::new(file.clone(), message_id, row, evidence));
        }
    }

    /// All batches together. What has the same cause shares it.
    fn joined(results: Results<Self>) -> Self {
        let (mut all, mut causes) = (Self::default(), HashSet::new());
        for result in results {
            match result {
                Ok(mut gathered) => {
                    for one in &mut gathered.listed {
                        one.row.cause = shared(&mut causes, &one.row.cause);
                    }
                    all.listed.append(&mut gathered.listed);
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
