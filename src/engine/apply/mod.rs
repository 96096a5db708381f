//! Carrying out plans. What is about to be sent stands in the journal before the first byte of it,
//! and what came of it behind each piece; so a plan goes on wherever it was broken off: what was sent
//! without an answer is looked for first.

mod hand;
mod marks;
#[cfg(test)]
mod model;
mod moves;
mod settle;
#[cfg(test)]
mod trials;
mod work;

use std::collections::BTreeSet;
use std::time::Duration;

use crossbeam_channel::after;

use crate::mail::SafeText;
use crate::source;
use crate::store::{self, Store};
use crate::triage::{Plan, PlanId, StepState};

pub use hand::{Hand, PlanProgress};

use hand::HowFar;
use work::{Stop, Work};

/// What came of a plan.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The plan, with how far each step is.
    pub plan: Plan,
    /// Why it did not come to its end, each reason once.
    pub troubles: Vec<SafeText>,
    /// What else is to be said, each thing once.
    pub notes: Vec<SafeText>,
}

/// Why a plan cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Unapplied {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// There is no such plan.
    #[error("there is no plan {0}; `deadletter undo --list` lists them")]
    NoPlan(PlanId),
    /// Another program carries out plans.
    #[error("another deadletter changes mailboxes at the moment; try again when it is done")]
    Busy,
}

/// Pauses before connections are made anew. What has got on since the last one counts as a new
/// beginning.
pub const PAUSES: &[Duration] =
    &[Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];

/// Carries out a plan, or goes on with it.
///
/// # Errors
/// When the store fails, there is no such plan, or another program carries out plans.
pub fn apply(
    store: &mut Store,
    id: PlanId,
    hands: &mut [Hand],
    pauses: &[Duration],
    tell: &mut dyn FnMut(PlanProgress),
) -> Result<Applied, Unapplied> {
    carry(store, id, hands, pauses, HowFar::All, tell)
}

fn carry(
    store: &mut Store,
    id: PlanId,
    hands: &mut [Hand],
    pauses: &[Duration],
    extent: HowFar,
    tell: &mut dyn FnMut(PlanProgress),
) -> Result<Applied, Unapplied> {
    let Some(_lock) = store.lock_plans()? else { return Err(Unapplied::Busy) };
    let Some(mut plan) = store.plan(id)? else { return Err(Unapplied::NoPlan(id)) };
    let (mut troubles, mut notes) = (BTreeSet::new(), BTreeSet::new());
    for account in accounts(&plan) {
        let Some(hand) = hands.iter_mut().find(|hand| hand.account == account) else {
            let name = SafeText::new(&account);
            let why = format!("the messages of account {name} cannot be changed from here");
            troubles.insert(SafeText::new(&why));
            continue;
        };
        let mut work = Work::new(store, &mut plan, hand, &mut notes, tell);
        if let Err(error) = persist(&mut work, extent, pauses)? {
            troubles.insert(SafeText::new(&error.to_string()));
        }
    }
    let troubles = troubles.into_iter().collect();
    Ok(Applied { plan, troubles, notes: notes.into_iter().collect() })
}

/// Gives up a plan that was broken off: what was sent without an answer is looked for, what was not
/// sent will not be.
///
/// # Errors
/// As [`apply`]; then something is still open.
pub fn give_up(
    store: &mut Store,
    id: PlanId,
    hands: &mut [Hand],
    pauses: &[Duration],
) -> Result<Applied, Unapplied> {
    let mut applied = carry(store, id, hands, pauses, HowFar::WhatWasSent, &mut |_| {})?;
    let mut given_up = Vec::new();
    for step in &mut applied.plan.what.steps {
        if step.state == StepState::Planned {
            step.ends(StepState::Refused, Some("given up before it was begun".into()));
            given_up.push(&*step);
        }
    }
    store.save_steps(id, &given_up)?;
    Ok(applied)
}

/// The accounts of which something is to be done.
fn accounts(plan: &Plan) -> BTreeSet<String> {
    let mut accounts = BTreeSet::new();
    for step in plan.what.steps.iter().filter(|step| step.state.is_open()) {
        accounts.insert(step.place.account.clone());
    }
    accounts
}

/// Goes on through broken connections, while something gets done.
fn persist(
    work: &mut Work<'_>,
    extent: HowFar,
    pauses: &[Duration],
) -> Result<Result<(), source::Error>, store::Error> {
    let mut pauses_left = pauses.iter();
    loop {
        let before = work.open_steps();
        let error = match work.run(extent) {
            Ok(()) => return Ok(Ok(())),
            Err(Stop::Store(error)) => return Err(error),
            Err(Stop::Source(error)) => error,
        };
        if !error.passes() {
            return Ok(Err(error));
        }
        if work.open_steps() < before {
            pauses_left = pauses.iter();
        }
        let Some(pause) = pauses_left.next() else { return Ok(Err(error)) };
        // Nobody sends; the time passes.
        let _ = after(*pause).recv();
    }
}
