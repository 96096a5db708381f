//! The steps of one account, folder by folder, in pieces.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::mail::SafeText;
use crate::source::imap;
use crate::source::{self, FoundMessage, OpenFolder};
use crate::store::{self, MailboxName, Store};
use crate::triage::{
    ArrivalRange, Change, Keeps, Likeness, MessageFlags, Plan, PlanStep, SeenMessage, StepState,
    StepVerdict, judge, route,
};

use super::hand::{Hand, HowFar, PlanProgress};

/// Messages that are changed with one command.
pub(super) const TOGETHER: usize = 100;

/// Why the work on an account stops.
#[derive(Debug)]
pub(super) enum Stop {
    Source(source::Error),
    Store(store::Error),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// The work on one account.
pub(super) struct Work<'a> {
    pub(super) store: &'a mut Store,
    pub(super) plan: &'a mut Plan,
    pub(super) hand: &'a mut Hand,
    pub(super) notes: &'a mut BTreeSet<SafeText>,
    tell: &'a mut dyn FnMut(PlanProgress),
    /// The folder that is open.
    open: Option<(String, OpenFolder)>,
    /// From where on messages arrive in folders that something is moved to.
    arrivals: HashMap<String, ArrivalRange>,
    /// Steps of which only the server says where their messages went.
    pub(super) unproven: Vec<usize>,
}

/// What was found of the messages of a folder, by UID.
pub(super) type FoundByUid = HashMap<u32, FoundMessage>;

impl<'a> Work<'a> {
    pub(super) fn new(
        store: &'a mut Store,
        plan: &'a mut Plan,
        hand: &'a mut Hand,
        notes: &'a mut BTreeSet<SafeText>,
        tell: &'a mut dyn FnMut(PlanProgress),
    ) -> Self {
        let (open, arrivals, unproven) = (None, HashMap::new(), Vec::new());
        Self { store, plan, hand, notes, tell, open, arrivals, unproven }
    }

    /// Steps of which something is still to be done.
    pub(super) fn open_steps(&self) -> usize {
        let mut count = 0;
        for step in &self.plan.what.steps {
            count += usize::from(step.place.account == self.hand.account && step.state.is_open());
        }
        count
    }

    /// Does what is to be done, from the beginning of what is open.
    pub(super) fn run(&mut self, extent: HowFar) -> Result<(), Stop> {
        self.open = None;
        let mut folders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, step) in self.plan.what.steps.iter().enumerate() {
            if step.place.account == self.hand.account && step.state.is_open() {
                folders.entry(step.place.folder.clone()).or_default().push(at);
            }
        }
        for (folder, of) in &folders {
            let sent = in_state(&self.plan.what.steps, of, StepState::Sent);
            for piece in sent.chunks(TOGETHER) {
                self.settle(folder, piece)?;
                self.report();
            }
            if extent == HowFar::WhatWasSent {
                continue;
            }
            let planned = in_state(&self.plan.what.steps, of, StepState::Planned);
            for piece in planned.chunks(TOGETHER) {
                self.piece(folder, piece)?;
                self.report();
            }
        }
        self.prove()
    }

    fn report(&mut self) {
        let steps = &self.plan.what.steps;
        let open = steps.iter().filter(|step| step.state.is_open()).count();
        (self.tell)(PlanProgress { ended: steps.len() - open, all: steps.len() });
    }

    /// Steps that nothing was sent of.
    fn piece(&mut self, folder: &str, of: &[usize]) -> Result<(), Stop> {
        let open = self.enter(folder)?;
        let mut of = self.same_validity(folder, &open, of)?;
        if open.read_only {
            let why = format!("the server lets nobody change {}", SafeText::new(folder));
            self.end_all(&of, StepState::Refused, &why);
            return self.save(&of);
        }
        let found = self.look(&of)?;
        let ended = self.judge_all(&open, &mut of, &found)?;
        self.save(&ended)?;
        let mut moves: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let (mut marks, mut local) = (Vec::new(), Vec::new());
        for at in of {
            match &self.plan.what.steps[at].change {
                Change::Move(to) => moves.entry(to.clone()).or_default().push(at),
                Change::Local(_) => local.push(at),
                _ => marks.push(at),
            }
        }
        self.keep_here(&local)?;
        self.mark_all(folder, &marks, found)?;
        for (to, of) in moves {
            self.move_all(folder, &to, &of)?;
        }
        Ok(())
    }

    /// Those steps whose folder is still the one that they were planned for; the others are refused.
    fn same_validity(
        &mut self,
        folder: &str,
        open: &OpenFolder,
        of: &[usize],
    ) -> Result<Vec<usize>, Stop> {
        let (mut same, mut void) = (Vec::new(), Vec::new());
        for &at in of {
            let is_same = self.plan.what.steps[at].place.validity == open.validity;
            if is_same { same.push(at) } else { void.push(at) }
        }
        if !void.is_empty() {
            let name = SafeText::new(folder);
            let why = format!(
                "{name} is another folder than the one that was listed (its UIDVALIDITY is \
                 {} now); run `deadletter sync` and choose again",
                open.validity
            );
            self.end_all(&void, StepState::Refused, &why);
            self.save(&void)?;
            let (account, folder) = (self.hand.account.clone(), folder.to_owned());
            let mailbox = self.store.mailbox(&MailboxName { account, folder })?;
            if self.store.held(mailbox)?.validity != open.validity {
                self.store.reset(mailbox)?;
            }
        }
        Ok(same)
    }

    /// Ends the steps that may not be done, and takes them out; returns them.
    fn judge_all(
        &mut self,
        open: &OpenFolder,
        of: &mut Vec<usize>,
        found: &FoundByUid,
    ) -> Result<Vec<usize>, Stop> {
        let keeps = Keeps::read(open.keeps.iter().map(String::as_str));
        let (mut ready, mut ended) = (Vec::new(), Vec::new());
        for at in std::mem::take(of) {
            if !self.take_route(at, keeps) {
                ended.push(at);
                continue;
            }
            let seen = self.seen(at, found)?;
            let step = &mut self.plan.what.steps[at];
            if let Some(seen) = &seen {
                step.before = seen.marks;
            }
            match judge(step, seen.as_ref()) {
                StepVerdict::Ready => {
                    if let Some(seen) = seen {
                        step.likeness = seen.likeness;
                    }
                    ready.push(at);
                }
                StepVerdict::Ends(state, why) => {
                    step.ends(state, why);
                    ended.push(at);
                }
            }
        }
        *of = ready;
        Ok(ended)
    }

    /// A state goes the way that the folder allows; false when it allows none.
    fn take_route(&mut self, at: usize, keeps: Keeps) -> bool {
        let step = &mut self.plan.what.steps[at];
        let name = SafeText::new(&step.place.folder);
        let Some(change) = route(&step.change, keeps, &self.hand.folders) else {
            let why = format!("{name} does not keep such marks");
            step.ends(StepState::Refused, Some(SafeText::new(&why)));
            return false;
        };
        let note = match &change {
            change if *change == step.change => return true,
            Change::Move(to) => {
                let to = SafeText::new(to);
                format!("{name} keeps no keywords: the folder {to} stands for the state")
            }
            _ => format!(
                "{name} keeps no keywords: the state is known on this machine alone \
                 (state_folders of the account would share it)"
            ),
        };
        self.notes.insert(SafeText::new(&note));
        step.change = change;
        true
    }

    /// What there is to see of the message of a step.
    fn seen(&self, at: usize, found: &FoundByUid) -> Result<Option<SeenMessage>, Stop> {
        let step = &self.plan.what.steps[at];
        let Some(message) = found.get(&step.place.uid) else { return Ok(None) };
        let mut seen = seen(message);
        if matches!(step.change, Change::Local(_)) {
            let here = self.store.marks(&step.place)?.shared(MessageFlags::STATES);
            seen.marks = seen.marks.without(MessageFlags::STATES).with(here);
        }
        Ok(Some(seen))
    }

    /// States that are known on this machine alone.
    fn keep_here(&mut self, of: &[usize]) -> Result<(), Stop> {
        self.end_all(of, StepState::Done, "on this machine alone");
        self.save(of)
    }

    /// Opens a folder, unless it is open.
    pub(super) fn enter(&mut self, folder: &str) -> Result<OpenFolder, Stop> {
        if let Some((name, open)) = &self.open
            && name == folder
        {
            return Ok(open.clone());
        }
        let opened = self.hand.editor.open(folder);
        let open = self.worked(opened)?;
        self.open = Some((folder.to_owned(), open.clone()));
        Ok(open)
    }

    /// What the editor gave; after an error a folder is opened anew.
    pub(super) fn worked<T>(&mut self, result: Result<T, source::Error>) -> Result<T, Stop> {
        if result.is_err() {
            self.open = None;
        }
        result.map_err(Stop::Source)
    }

    /// From where on messages arrive in a folder; none when it is missing.
    pub(super) fn arrival(&mut self, folder: &str) -> Result<Option<ArrivalRange>, Stop> {
        if let Some(known) = self.arrivals.get(folder) {
            return Ok(Some(*known));
        }
        let open = match self.enter(folder) {
            Err(Stop::Source(error)) if is_missing(&error) && self.hand.creates => {
                let made = self.hand.editor.create(folder);
                self.worked(made)?;
                self.enter(folder)?
            }
            Err(Stop::Source(error)) if is_missing(&error) => return Ok(None),
            entered => entered?,
        };
        let arrival = ArrivalRange { validity: open.validity, next: open.next, uid: None };
        self.arrivals.insert(folder.to_owned(), arrival);
        Ok(Some(arrival))
    }

    /// Looks at the messages of steps, in the open folder.
    pub(super) fn look(&mut self, of: &[usize]) -> Result<FoundByUid, Stop> {
        let looked = self.hand.editor.look(&self.uids(of));
        let mut found = FoundByUid::new();
        for message in self.worked(looked)? {
            found.insert(message.uid, message);
        }
        Ok(found)
    }

    pub(super) fn uids(&self, of: &[usize]) -> Vec<u32> {
        of.iter().map(|&at| self.plan.what.steps[at].place.uid).collect()
    }

    pub(super) fn step(&mut self, at: usize) -> &mut PlanStep {
        &mut self.plan.what.steps[at]
    }

    pub(super) fn end_all(&mut self, of: &[usize], state: StepState, why: &str) {
        for &at in of {
            self.step(at).ends(state, Some(SafeText::new(why)));
        }
    }

    /// Writes into the journal how far steps are.
    pub(super) fn save(&mut self, of: &[usize]) -> Result<(), Stop> {
        if of.is_empty() {
            return Ok(());
        }
        let steps: Vec<&PlanStep> = of.iter().map(|&at| &self.plan.what.steps[at]).collect();
        Ok(self.store.save_steps(self.plan.id, &steps)?)
    }
}

/// What there is to see of a message.
pub(super) fn seen(message: &FoundMessage) -> SeenMessage {
    let flags = || message.flags.iter().map(String::as_str);
    SeenMessage {
        marks: MessageFlags::read(flags()),
        deleted: flags().any(|flag| flag.eq_ignore_ascii_case("\\Deleted")),
        likeness: likeness(message),
    }
}

/// By what a message is known again.
pub(super) fn likeness(message: &FoundMessage) -> Likeness {
    Likeness {
        message_id: message.message_id.clone(),
        size: Some(message.size),
        received: message.received,
    }
}

/// True when a folder cannot be opened, or a command is refused: the connection is still good.
pub(super) fn is_missing(error: &source::Error) -> bool {
    matches!(error, source::Error::Imap(imap::Error::Folder { .. }))
}

/// True when the server has refused a command: the connection is still good.
pub(super) fn is_refusal(error: &source::Error) -> bool {
    matches!(error, source::Error::Imap(imap::Error::Refused { .. }))
}

/// The steps of a plan in some state.
fn in_state(steps: &[PlanStep], of: &[usize], state: StepState) -> Vec<usize> {
    of.iter().copied().filter(|&at| steps[at].state == state).collect()
}
