//! `deadletter move`: messages into another folder, or into that for what is deleted.

use crate::clock::Clock;
use crate::config::Config;
use crate::mail::SafeText;
use crate::triage::{Change, NewPlan};

use super::error::Error;
use super::plan::args::MoveArgs;
use super::plan::carry::Carrying;
use super::plan::choose::choose;
use super::stored;

pub(super) fn run(what: &MoveArgs, config: &Config) -> Result<u8, Error> {
    let mut store = stored::open_kept()?;
    let chosen = choose(&what.choice, what.account.as_deref(), &mut store, config)?;
    let hidden = chosen.hidden;
    let (title, folder) = match &what.folder {
        Some(folder) => (format!("move to {}", SafeText::line(folder)), folder.clone()),
        None => ("move to the trash".to_owned(), String::new()),
    };
    let steps = chosen.steps(&Change::Move(folder));
    let title = SafeText::new(&title);
    let plan = NewPlan { at: Clock::System.now(), title, undoes: None, steps };
    let (creates, agreement) = (what.create, &what.agreement);
    Carrying { plan, hidden, creates, to_trash: what.trash, agreement }.out(&mut store, config)
}
