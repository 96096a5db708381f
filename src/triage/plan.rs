//! Plans: what is done to which messages, step by step, and what takes it back.

use std::fmt;

use jiff::Timestamp;

use crate::mail::SafeText;

use super::change::{Change, Effect};
use super::mark::{MessageFlags, TriageState};

/// Which plan; they are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanId(pub i64);

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where a message lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Whereabouts {
    /// The account, as the configuration calls it.
    pub account: String,
    /// The folder on the server.
    pub folder: String,
    /// UIDVALIDITY of the folder (RFC 3501 section 2.3.1.1).
    pub validity: u32,
    /// UID of the message.
    pub uid: u32,
}

/// By what a message is known again wherever it lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Likeness {
    /// Message-ID.
    pub message_id: Option<SafeText>,
    /// Its size on the server, in bytes; none before somebody has looked.
    pub size: Option<u64>,
    /// When the server took it, in seconds since 1970.
    pub received: Option<i64>,
}

impl Likeness {
    /// True when it may be that of the same message: nothing that both know differs. The time is
    /// asked only where there is no Message-ID, since some servers give a copy another.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        let Self { message_id, size, received } = self;
        let was_seen = size.is_some() && other.size.is_some();
        if was_seen && *size != other.size {
            return false;
        }
        match (message_id, &other.message_id) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                received.is_none() || other.received.is_none() || *received == other.received
            }
            // One that nobody has looked at may have an id that nobody knows.
            _ => !was_seen,
        }
    }
}

names! {
    /// How far a step is.
    #[derive(Default)]
    pub enum StepState {
        /// Nothing was sent.
        #[default]
        Planned "planned" "not done yet",
        /// The command was or may have been sent; what came of it is not known.
        Sent "sent" "sent, without an answer",
        /// Done.
        Done "done" "done",
        /// It was so already.
        Same "same" "so already",
        /// Somebody else was there before.
        Conflict "conflict" "changed by somebody else",
        /// The message is no longer there.
        Gone "gone" "no longer there",
        /// It cannot be done.
        Refused "refused" "refused",
    }
}

impl StepState {
    /// True when something is still to be done or to be found out.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Sent)
    }
}

/// From where on in a folder messages have arrived since a plan began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrivalRange {
    /// UIDVALIDITY of the folder.
    pub validity: u32,
    /// The first UID that was free.
    pub next: u32,
    /// UID of the message, once it is known.
    pub uid: Option<u32>,
}

/// One change of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStep {
    /// Which of its plan, counted from 0.
    pub number: u32,
    /// Where the message lies before.
    pub place: Whereabouts,
    /// By what it is known again.
    pub likeness: Likeness,
    /// What people see of it.
    pub label: SafeText,
    /// What is done.
    pub change: Change,
    /// Its marks when somebody last looked before the change.
    pub before: MessageFlags,
    /// Of a move: where it has arrived.
    pub arrival: Option<ArrivalRange>,
    /// How far it is.
    pub state: StepState,
    /// What there is to say of that.
    pub detail: Option<SafeText>,
}

impl PlanStep {
    /// A step of which nothing is done.
    #[must_use]
    pub fn new(place: Whereabouts, likeness: Likeness, label: SafeText, change: Change) -> Self {
        Self {
            number: 0,
            place,
            likeness,
            label,
            change,
            before: MessageFlags::NONE,
            arrival: None,
            state: StepState::Planned,
            detail: None,
        }
    }

    /// The marks of its message as they are now, if it has come to its end.
    #[must_use]
    pub fn marks_now(&self) -> MessageFlags {
        match (&self.change, self.state) {
            (Change::Local(state), _) => {
                self.before.without(MessageFlags::STATES).with(state.marks())
            }
            (change, StepState::Done) => {
                let Effect { set, clear } = change.effect(self.before);
                self.before.with(set).without(clear)
            }
            _ => self.before,
        }
    }

    /// True when it is done on this machine alone.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self.change, Change::Local(_))
    }

    /// It has come to this.
    pub fn ends(&mut self, state: StepState, detail: Option<SafeText>) {
        (self.state, self.detail) = (state, detail);
    }
}

/// A plan before it is written into the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// When it was made.
    pub at: Timestamp,
    /// What it does, in a few words: `move to Archive`.
    pub title: SafeText,
    /// The plan that it takes back.
    pub undoes: Option<PlanId>,
    /// Its steps.
    pub steps: Vec<PlanStep>,
}

/// A plan of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which.
    pub id: PlanId,
    /// What was planned, and how far each step is.
    pub what: NewPlan,
}

impl Plan {
    /// How many steps are in a state.
    #[must_use]
    pub fn count(&self, state: StepState) -> usize {
        self.what.steps.iter().filter(|step| step.state == state).count()
    }
}

/// The steps that take a plan back, the last first; and how many of what was done cannot be taken
/// back, because nobody knows where the message is.
#[must_use]
pub fn inverse(plan: &Plan) -> (Vec<PlanStep>, usize) {
    let (mut steps, mut lost) = (Vec::new(), 0);
    for step in plan.what.steps.iter().rev() {
        if step.state != StepState::Done {
            continue;
        }
        match back(step) {
            Some(back) => steps.push(back),
            None => lost += 1,
        }
    }
    (steps, lost)
}

/// What takes one step back.
fn back(step: &PlanStep) -> Option<PlanStep> {
    let mut place = step.place.clone();
    let change = match &step.change {
        Change::Move(folder) => {
            let arrival = step.arrival?;
            let from = std::mem::replace(&mut place.folder, folder.clone());
            (place.validity, place.uid) = (arrival.validity, arrival.uid?);
            Change::Move(from)
        }
        Change::Local(_) => Change::Local(TriageState::of(step.before)),
        change => Change::Restore(change.effect(step.before).inverse()),
    };
    Some(PlanStep::new(place, step.likeness.clone(), step.label.clone(), change))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(change: Change) -> PlanStep {
        let place =
            Whereabouts { account: "lab".into(), folder: "INBOX".into(), validity: 7, uid: 12 };
        PlanStep::new(place, Likeness::default(), "ann@oak.example".into(), change)
    }

    fn plan(steps: Vec<PlanStep>) -> Plan {
        let what = NewPlan { at: Timestamp::UNIX_EPOCH, title: "x".into(), undoes: None, steps };
        Plan { id: PlanId(1), what }
    }

    #[test]
    fn only_what_was_done_is_taken_back() {
        let mut moved = step(Change::Move("Done".into()));
        moved.state = StepState::Done;
        moved.arrival = Some(ArrivalRange { validity: 9, next: 3, uid: Some(4) });
        let mut nowhere = moved.clone();
        nowhere.arrival = Some(ArrivalRange { validity: 9, next: 3, uid: None });
        let mut taken = step(Change::State(TriageState::Taken));
        taken.state = StepState::Done;
        taken.before = TriageState::Waiting.marks();
        let mut refused = step(Change::State(TriageState::Taken));
        refused.state = StepState::Conflict;
        let (steps, lost) = inverse(&plan(vec![moved, nowhere, taken, refused]));
        assert_eq!((steps.len(), lost), (2, 1));
        let Change::Restore(effect) = steps[0].change else { panic!("{:?}", steps[0]) };
        assert_eq!(effect.set, TriageState::Waiting.marks());
        assert_eq!(effect.clear, TriageState::Taken.marks());
        assert_eq!(steps[1].change, Change::Move("INBOX".into()));
        let Whereabouts { folder, validity, uid, .. } = &steps[1].place;
        assert_eq!((folder.as_str(), *validity, *uid), ("Done", 9, 4));
    }

    #[test]
    fn messages_are_known_again() {
        let likeness = |id: Option<&str>, size, received| Likeness {
            message_id: id.map(SafeText::new),
            size,
            received,
        };
        let one = likeness(Some("1@birch.example"), Some(100), Some(5));
        assert!(one.fits(&likeness(Some("1@birch.example"), None, Some(6))));
        assert!(!one.fits(&likeness(Some("2@birch.example"), Some(100), Some(5))));
        assert!(!one.fits(&likeness(Some("1@birch.example"), Some(101), Some(5))));
        assert!(!one.fits(&likeness(None, Some(100), Some(5))));
        assert!(one.fits(&likeness(None, None, None)));
        let bare = likeness(None, Some(100), Some(5));
        assert!(bare.fits(&likeness(None, Some(100), None)));
        assert!(!bare.fits(&likeness(None, Some(100), Some(6))));
    }
}
