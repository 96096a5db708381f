//! `deadletter undo` takes a plan back; `deadletter resume` goes on with one that was broken off.

use std::io::{self, Write};

use crate::clock::Clock;
use crate::config::Config;
use crate::engine::apply::{PAUSES, give_up};
use crate::mail::SafeText;
use crate::store::Store;
use crate::triage::{NewPlan, Plan, PlanId, inverse};

use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::plan::args::{ResumeArgs, UndoArgs};
use super::plan::carry::{Carrying, go_on, hands, may_write};
use super::plan::told;
use super::stored;

pub(super) fn run(what: &UndoArgs, config: &Config) -> Result<u8, Error> {
    let mut store = stored::open_kept()?;
    if what.list {
        told::list(&store.plans()?, what.agreement.format)?;
        return Ok(GOOD);
    }
    let id = match what.plan {
        Some(id) => PlanId(id),
        None => last_done(&store)?.ok_or(Error::NothingToUndo)?,
    };
    let mut plan = find(&store, id)?;
    if !what.agreement.dry_run && plan.what.steps.iter().any(|step| step.state.is_open()) {
        may_write(config)?;
        let mut hands = hands(&plan.what, false, config)?;
        // What was broken off ends here, so that it is known what there is to take back.
        let ended = give_up(&mut store, id, &mut hands, PAUSES)?;
        if !ended.troubles.is_empty() {
            for trouble in &ended.troubles {
                writeln!(io::stderr(), "deadletter: {trouble}")?;
            }
            return Ok(FAILED);
        }
        plan = ended.plan;
    }
    let (steps, lost) = inverse(&plan);
    if lost > 0 {
        let said = "where they went is not known, so that they cannot be brought back";
        writeln!(io::stderr(), "deadletter: {lost} of the messages: {said}")?;
    }
    let title = SafeText::new(&format!("undo plan {id} ({})", plan.what.title));
    let plan = NewPlan { at: Clock::System.now(), title, undoes: Some(id), steps };
    let agreement = &what.agreement;
    Carrying { plan, hidden: 0, creates: true, to_trash: false, agreement }.out(&mut store, config)
}

/// The last plan of which something was done, which takes none back and was not taken back.
fn last_done(store: &Store) -> Result<Option<PlanId>, Error> {
    for plan in store.plans()? {
        let is_undo = plan.undoes.is_some() || plan.undone_by.is_some();
        if !is_undo && (plan.done > 0 || plan.open > 0) {
            return Ok(Some(plan.id));
        }
    }
    Ok(None)
}

fn find(store: &Store, id: PlanId) -> Result<Plan, Error> {
    store.plan(id)?.ok_or(Error::NoPlan(id))
}

pub(super) fn resume(what: &ResumeArgs, config: &Config) -> Result<u8, Error> {
    let mut store = stored::open_kept()?;
    let id = match what.plan {
        Some(id) => PlanId(id),
        None => last_open(&store)?.ok_or(Error::NothingToResume)?,
    };
    let plan = find(&store, id)?;
    may_write(config)?;
    let mut hands = hands(&plan.what, false, config)?;
    go_on(id, &mut hands, &mut store, what.format)
}

/// The last plan that was not carried out to its end.
fn last_open(store: &Store) -> Result<Option<PlanId>, Error> {
    Ok(store.plans()?.into_iter().find(|plan| plan.open > 0).map(|plan| plan.id))
}
