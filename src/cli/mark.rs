//! `deadletter mark`: how far somebody is with messages, for all who work on the mailbox.

use crate::clock::Clock;
use crate::config::Config;
use crate::mail::SafeText;
use crate::triage::NewPlan;

use super::error::Error;
use super::plan::args::MarkArgs;
use super::plan::carry::Carrying;
use super::plan::choose::choose;
use super::stored;

pub(super) fn run(what: &MarkArgs, config: &Config) -> Result<u8, Error> {
    let mut store = stored::open_kept()?;
    let chosen = choose(&what.choice, what.account.as_deref(), &mut store, config)?;
    let hidden = chosen.hidden;
    let title = SafeText::new(&format!("mark {}", what.state.name()));
    let steps = chosen.steps(&what.state.change());
    let plan = NewPlan { at: Clock::System.now(), title, undoes: None, steps };
    let agreement = &what.agreement;
    Carrying { plan, hidden, creates: false, to_trash: false, agreement }.out(&mut store, config)
}
