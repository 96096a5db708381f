//! Which of the messages that are kept are to be changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::clock::Clock;
use crate::config::Config;
use crate::engine::judge_again;
use crate::filter::Filter;
use crate::incident::{IncidentId, incidents};
use crate::listing::ColumnWords;
use crate::mail::SafeText;
use crate::store::{ListedDelivery, MailboxName, Store};
use crate::triage::{Change, Likeness, PlanStep, TriageState, Whereabouts};

use super::super::error::Error;
use super::super::passes::read_filter;
use super::super::setup;
use super::args::WhichMessages;

/// Messages that were chosen, the newest first.
#[derive(Default)]
pub(in super::super) struct ChosenMessages {
    pub(in super::super) messages: Vec<ChosenMessage>,
    /// Deliveries of these messages that were not chosen.
    pub(in super::super) hidden: usize,
}

/// A message that was chosen.
pub(in super::super) struct ChosenMessage {
    place: Whereabouts,
    likeness: Likeness,
    label: SafeText,
}

impl ChosenMessages {
    /// A step for each of them.
    pub(in super::super) fn steps(self, change: &Change) -> Vec<PlanStep> {
        let mut steps = Vec::with_capacity(self.messages.len());
        for ChosenMessage { place, likeness, label } in self.messages {
            steps.push(PlanStep::new(place, likeness, label, change.clone()));
        }
        steps
    }
}

/// The messages that are chosen, of an account or of all.
pub(in super::super) fn choose(
    choice: &WhichMessages,
    account: Option<&str>,
    store: &mut Store,
    config: &Config,
) -> Result<ChosenMessages, Error> {
    let filter = match &choice.filter {
        Some(text) if text.trim().is_empty() => return Err(Error::EmptyFilter),
        Some(text) => Some(read_filter(text, Clock::System.now())?),
        None => None,
    };
    let mut accounts = HashSet::new();
    for account in config.chosen(account)? {
        accounts.insert(account.name.as_str());
    }
    judge_again(&setup::judge(config)?, store)?;
    let mut kept = Vec::new();
    store.deliveries(None, &mut |one| kept.push(one))?;
    kept.retain(|one| accounts.contains(one.mailbox.account.as_str()));
    let words = ColumnWords::of(config.lang);
    let mut choosing =
        Choosing { choice, filter, words, named: NamedMessages::of(&choice.id, &kept) };
    let chosen = choosing.among(&kept, store)?;
    match choosing.named.unknown() {
        Some(id) => Err(Error::UnknownId(SafeText::line(id))),
        None => Ok(chosen),
    }
}

/// What decides.
struct Choosing<'a> {
    choice: &'a WhichMessages,
    filter: Option<Filter>,
    words: ColumnWords,
    named: NamedMessages<'a>,
}

impl Choosing<'_> {
    fn among(&mut self, kept: &[ListedDelivery], store: &Store) -> Result<ChosenMessages, Error> {
        let mut chosen = ChosenMessages::default();
        let mut known: BTreeMap<(&MailboxName, u32), (bool, usize)> = BTreeMap::new();
        let mut order = Vec::new();
        for one in kept {
            let passes = self.passes(one);
            let message = (&one.mailbox, one.delivery.row.id.message.uid);
            let (is_chosen, others) = known.entry(message).or_default();
            if !passes {
                *others += one.delivery.row.deliveries();
            } else if !std::mem::replace(is_chosen, true) {
                order.push(one);
            }
        }
        for (is_chosen, others) in known.into_values() {
            chosen.hidden += if is_chosen { others } else { 0 };
        }
        for one in order {
            chosen.messages.push(message(one, store)?);
        }
        Ok(chosen)
    }

    fn passes(&mut self, one: &ListedDelivery) -> bool {
        let row = &one.delivery.row;
        let by_filter = self.filter.as_ref().is_some_and(|f| f.passes(row, &self.words));
        let by_name = self.named.has(one);
        self.choice.all || by_filter || by_name
    }
}

fn message(one: &ListedDelivery, store: &Store) -> Result<ChosenMessage, Error> {
    let row = &one.delivery.row;
    let MailboxName { account, folder } = one.mailbox.clone();
    let place =
        Whereabouts { account, folder, validity: row.id.message.validity, uid: row.id.message.uid };
    let recipient = row.recipient.as_deref().unwrap_or("no address");
    let mut label = format!("{recipient}  {}  {}", row.code(), row.class.reason.slug());
    let state = TriageState::of(store.marks(&place)?);
    if state != TriageState::New {
        label = format!("{label}  ({state})");
    }
    let likeness = Likeness { message_id: one.message_id.clone(), ..Likeness::default() };
    Ok(ChosenMessage { place, likeness, label: SafeText::line(&label) })
}

/// Messages that are named one by one, or by their incident.
struct NamedMessages<'a> {
    ids: &'a [String],
    /// Which of the ids name causes.
    causes: HashMap<IncidentId, &'a str>,
    met: BTreeSet<&'a str>,
}

impl<'a> NamedMessages<'a> {
    fn of(ids: &'a [String], kept: &[ListedDelivery]) -> Self {
        let mut causes = HashMap::new();
        if !ids.is_empty() {
            let contributions = kept.iter().map(|one| one.delivery.row.contribution(None));
            for incident in incidents(contributions) {
                let name = incident.id().to_string();
                if let Some(id) = ids.iter().find(|id| **id == name) {
                    causes.extend(incident.causes.iter().map(|cause| (*cause, id.as_str())));
                }
            }
        }
        Self { ids, causes, met: BTreeSet::new() }
    }

    fn has(&mut self, one: &ListedDelivery) -> bool {
        let MailboxName { account, folder } = &one.mailbox;
        let place = format!("{account} {folder}#{}", one.delivery.row.id.message.uid);
        let mut found = self.causes.get(&one.delivery.row.cause.id()).copied();
        for id in self.ids {
            let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
            if one.message_id.as_deref() == Some(bare) || *id == place {
                found = Some(id);
            }
        }
        self.met.extend(found);
        found.is_some()
    }

    /// An id by which nothing was found.
    fn unknown(&self) -> Option<&'a str> {
        self.ids.iter().map(String::as_str).find(|id| !self.met.contains(id))
    }
}
