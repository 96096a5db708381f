//! Carrying out a plan from the command line: shown, agreed to, written into the journal, done.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal, Write};

use crate::config::{Account, Config};
use crate::credentials;
use crate::engine::apply::{Hand, PAUSES, PlanProgress, apply};
use crate::human::count;
use crate::mail::SafeText;
use crate::source::Source;
use crate::source::imap::Imap;
use crate::store::Store;
use crate::triage::{Change, NewPlan, PlanId, Preview, TriageState};

use super::super::error::Error;
use super::super::exit::{FAILED, GOOD};
use super::agree::agreed;
use super::args::{Agreement, PlanFormat};
use super::told;

/// A plan on its way.
pub(in super::super) struct Carrying<'a> {
    pub(in super::super) plan: NewPlan,
    /// Deliveries that change with it and were not chosen.
    pub(in super::super) hidden: usize,
    /// True when missing folders may be made.
    pub(in super::super) creates: bool,
    /// True when its moves go into the folder for what is deleted.
    pub(in super::super) to_trash: bool,
    pub(in super::super) agreement: &'a Agreement,
}

impl Carrying<'_> {
    /// Shows it, asks, and carries it out; returns the exit code.
    pub(in super::super) fn out(self, store: &mut Store, config: &Config) -> Result<u8, Error> {
        let Self { mut plan, hidden, creates, to_trash, agreement } = self;
        let preview = Preview::of(&plan, hidden);
        if agreement.dry_run {
            told::show(&preview, agreement.format)?;
            return Ok(GOOD);
        }
        if plan.steps.is_empty() {
            writeln!(io::stderr(), "deadletter: there is nothing to do")?;
            return Ok(GOOD);
        }
        may_write(config)?;
        if !agreed(&preview, agreement)? {
            writeln!(io::stderr(), "deadletter: nothing was changed")?;
            return Ok(FAILED);
        }
        let mut hands = hands(&plan, creates, config)?;
        if to_trash {
            into_trash(&mut plan, &mut hands, config)?;
        }
        let id = store.write_plan(&plan)?;
        go_on(id, &mut hands, store, agreement.format)
    }
}

/// Carries out a plan of the journal; returns the exit code.
pub(in super::super) fn go_on(
    id: PlanId,
    hands: &mut [Hand],
    store: &mut Store,
    format: PlanFormat,
) -> Result<u8, Error> {
    let is_seen = format == PlanFormat::Text && io::stderr().is_terminal();
    let mut tell = |PlanProgress { ended, all }: PlanProgress| {
        if is_seen {
            // Whoever does not see it misses nothing.
            let _ = write!(io::stderr(), "\r{} of {} ", count(ended), count(all));
        }
    };
    let applied = apply(store, id, hands, PAUSES, &mut tell)?;
    if is_seen {
        write!(io::stderr(), "\r")?;
    }
    Ok(told::tell(&applied, format)?)
}

/// Refuses everything that would write, where that is set.
pub(in super::super) fn may_write(config: &Config) -> Result<(), Error> {
    if config.read_only { Err(Error::ReadOnly) } else { Ok(()) }
}

/// What changes the messages of the accounts of a plan.
pub(in super::super) fn hands(
    plan: &NewPlan,
    creates: bool,
    config: &Config,
) -> Result<Vec<Hand>, Error> {
    let mut names = BTreeSet::new();
    for step in &plan.steps {
        names.insert(step.place.account.as_str());
    }
    let mut hands = Vec::new();
    for name in names {
        hands.push(hand(config.account(name)?, creates, config)?);
    }
    Ok(hands)
}

fn hand(account: &Account, creates: bool, config: &Config) -> Result<Hand, Error> {
    may_write(config)?;
    let secret = credentials::obtain(account)?;
    let source = Imap::new(account.clone(), secret).writable();
    let Some(editor) = source.editor() else { return Err(Error::ReadOnly) };
    let mut folders = BTreeMap::new();
    let set = &account.state_folders;
    for (state, folder) in [
        (TriageState::Taken, &set.taken),
        (TriageState::Waiting, &set.waiting),
        (TriageState::Done, &set.done),
        (TriageState::Ignored, &set.ignored),
    ] {
        if let Some(folder) = folder {
            folders.insert(state, folder.clone());
        }
    }
    Ok(Hand { account: account.name.clone(), editor, folders, creates })
}

/// Each message goes into the folder that its account has for what is deleted.
fn into_trash(plan: &mut NewPlan, hands: &mut [Hand], config: &Config) -> Result<(), Error> {
    for hand in hands {
        let found = match &config.account(&hand.account)?.trash {
            Some(folder) => Some(folder.clone()),
            None => hand.editor.trash()?,
        };
        let Some(folder) = found else {
            return Err(Error::NoTrash(SafeText::new(&hand.account)));
        };
        for step in &mut plan.steps {
            if step.place.account == hand.account {
                step.change = Change::Move(folder.clone());
            }
        }
    }
    Ok(())
}
