//! What is allowed where, what may still be done to a message that somebody has just looked at, and
//! which messages that have arrived are which.

use std::collections::BTreeMap;

use crate::mail::SafeText;

use super::change::{Change, Effect};
use super::mark::{MessageFlag, MessageFlags, TriageState};
use super::plan::{Likeness, PlanStep, StepState};

/// The marks that a folder keeps (PERMANENTFLAGS, RFC 3501 section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeps(pub MessageFlags);

impl Keeps {
    /// What PERMANENTFLAGS says; `\*` stands for any keyword.
    pub fn read<'a>(flags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept = MessageFlags::NONE;
        for flag in flags {
            kept = kept.with(if flag == "\\*" {
                MessageFlags::STATES
            } else {
                MessageFlags::read([flag])
            });
        }
        Self(kept)
    }
}

/// The change by which a state is kept where not every folder keeps keywords: as it is; else by
/// moving the message, where a folder is set for the state; else on this machine alone.
#[must_use]
pub fn route(
    change: &Change,
    keeps: Keeps,
    folders: &BTreeMap<TriageState, String>,
) -> Option<Change> {
    match change {
        Change::State(state) if !keeps.0.has(MessageFlags::STATES) => {
            Some(match folders.get(state) {
                Some(folder) => Change::Move(folder.clone()),
                None => Change::Local(*state),
            })
        }
        Change::Flags(Effect { set, clear }) | Change::Restore(Effect { set, clear })
            if !keeps.0.has(set.with(*clear)) =>
        {
            None
        }
        change => Some(change.clone()),
    }
}

/// What somebody sees who looks at a message before changing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenMessage {
    /// Its marks.
    pub marks: MessageFlags,
    /// True when it is marked as deleted.
    pub deleted: bool,
    /// By what it is known.
    pub likeness: Likeness,
}

/// Whether a step may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepVerdict {
    /// It may.
    Ready,
    /// It ends in this state, for this reason.
    Ends(StepState, Option<SafeText>),
}

impl StepVerdict {
    fn ends(state: StepState, why: &str) -> Self {
        Self::Ends(state, Some(why.into()))
    }
}

/// Whether a step may be done to what lies at its place now.
#[must_use]
pub fn judge(step: &PlanStep, found: Option<&SeenMessage>) -> StepVerdict {
    let Some(seen) = found else {
        return StepVerdict::ends(StepState::Gone, "it is no longer in the folder");
    };
    if !step.likeness.fits(&seen.likeness) {
        return StepVerdict::ends(StepState::Refused, "another message lies at its place");
    }
    if seen.deleted {
        return StepVerdict::ends(StepState::Gone, "it is marked as deleted");
    }
    let effect = step.change.effect(seen.marks);
    match &step.change {
        Change::Move(folder) if *folder == step.place.folder => {
            StepVerdict::ends(StepState::Same, "it is in this folder already")
        }
        Change::Move(_) | Change::Local(_) => StepVerdict::Ready,
        Change::State(TriageState::Taken)
            if seen.marks.has(MessageFlags::of(MessageFlag::Taken)) =>
        {
            StepVerdict::ends(StepState::Conflict, "somebody has taken it already")
        }
        Change::Restore(wanted) => restore(*wanted, seen.marks),
        _ if effect.is_empty() => StepVerdict::Ends(StepState::Same, None),
        _ => StepVerdict::Ready,
    }
}

/// What was done is taken back only from marks that are as they were left.
fn restore(wanted: Effect, marks: MessageFlags) -> StepVerdict {
    let touched = wanted.set.with(wanted.clear);
    if touched.is_empty() {
        return StepVerdict::Ends(StepState::Same, None);
    }
    let states = touched.shared(MessageFlags::STATES);
    let others =
        if states.is_empty() { MessageFlags::NONE } else { MessageFlags::STATES.without(states) };
    let is_as_left = marks.has(wanted.clear)
        && marks.shared(wanted.set).is_empty()
        && marks.shared(others).is_empty();
    if is_as_left {
        return StepVerdict::Ready;
    }
    let now = TriageState::of(marks);
    let why = format!("somebody has changed it since; it is {now} now");
    StepVerdict::Ends(StepState::Conflict, Some(SafeText::new(&why)))
}

/// Which of the messages that have arrived in a folder are those of these steps: for each step the
/// UID. Steps whose message is no longer where it was come first: of two messages that look the
/// same, the one that is gone is the one that has arrived.
#[must_use]
pub fn matched(
    steps: &[PlanStep],
    is_there: &dyn Fn(&PlanStep) -> bool,
    arrived: &[(u32, Likeness)],
) -> Vec<Option<u32>> {
    let mut by_id: BTreeMap<Option<&str>, Vec<&(u32, Likeness)>> = BTreeMap::new();
    for one in arrived.iter().rev() {
        by_id.entry(one.1.message_id.as_deref()).or_default().push(one);
    }
    let mut found = vec![None; steps.len()];
    for there in [false, true] {
        for (at, step) in steps.iter().enumerate() {
            if is_there(step) != there {
                continue;
            }
            let Some(same) = by_id.get_mut(&step.likeness.message_id.as_deref()) else { continue };
            if let Some(which) = same.iter().rposition(|(_, likeness)| step.likeness.fits(likeness))
            {
                found[at] = Some(same.remove(which).0);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::plan::Whereabouts;
    use super::*;

    fn step(uid: u32, id: &str, change: Change) -> PlanStep {
        let place = Whereabouts { account: "lab".into(), folder: "INBOX".into(), validity: 7, uid };
        PlanStep::new(place, likeness(id), "x".into(), change)
    }

    fn likeness(id: &str) -> Likeness {
        Likeness { message_id: Some(id.into()), size: Some(9), received: None }
    }

    fn seen(marks: MessageFlags) -> SeenMessage {
        SeenMessage { marks, deleted: false, likeness: likeness("a") }
    }

    fn state_after(step: &PlanStep, seen: Option<&SeenMessage>) -> Option<StepState> {
        match judge(step, seen) {
            StepVerdict::Ready => None,
            StepVerdict::Ends(state, _) => Some(state),
        }
    }

    #[test]
    fn a_message_is_taken_once() {
        let take = step(1, "a", Change::State(TriageState::Taken));
        assert_eq!(state_after(&take, Some(&seen(MessageFlags::NONE))), None);
        let taken = seen(TriageState::Taken.marks());
        assert_eq!(state_after(&take, Some(&taken)), Some(StepState::Conflict));
        assert_eq!(state_after(&take, None), Some(StepState::Gone));
        let done = step(1, "a", Change::State(TriageState::Done));
        assert_eq!(state_after(&done, Some(&taken)), None);
        let is_done = seen(TriageState::Done.marks());
        assert_eq!(state_after(&done, Some(&is_done)), Some(StepState::Same));
        let other = step(1, "b", Change::State(TriageState::Done));
        assert_eq!(state_after(&other, Some(&taken)), Some(StepState::Refused));
        let deleted = SeenMessage { deleted: true, ..taken };
        assert_eq!(state_after(&done, Some(&deleted)), Some(StepState::Gone));
        let stay = step(1, "a", Change::Move("INBOX".into()));
        assert_eq!(state_after(&stay, Some(&is_done)), Some(StepState::Same));
    }

    #[test]
    fn what_somebody_else_changed_is_not_taken_back() {
        let taken = TriageState::Taken.marks();
        let effect = Effect { set: TriageState::Waiting.marks(), clear: taken };
        let back = step(1, "a", Change::Restore(effect));
        let seen_mark = MessageFlags::of(MessageFlag::Seen);
        assert_eq!(state_after(&back, Some(&seen(taken.with(seen_mark)))), None);
        for marks in [MessageFlags::NONE, TriageState::Done.marks(), taken.with(effect.set)] {
            assert_eq!(state_after(&back, Some(&seen(marks))), Some(StepState::Conflict));
        }
        let both = taken.with(TriageState::Done.marks());
        assert_eq!(state_after(&back, Some(&seen(both))), Some(StepState::Conflict));
        let unread = Effect { set: MessageFlags::NONE, clear: seen_mark };
        let back = step(1, "a", Change::Restore(unread));
        assert_eq!(state_after(&back, Some(&seen(both.with(seen_mark)))), None);
    }

    #[test]
    fn what_a_folder_does_not_keep_goes_another_way() {
        let done = Change::State(TriageState::Done);
        let keeps = Keeps::read(["\\Seen", "\\Deleted", "\\*"]);
        let none = BTreeMap::new();
        assert_eq!(route(&done, keeps, &none), Some(done.clone()));
        let all = Keeps::read(["$DLTaken", "$dlwaiting", "$DLDone", "$DLIgnored"]);
        assert_eq!(route(&done, all, &none), Some(done.clone()));
        let bare = Keeps::read(["\\Seen", "$DLDone"]);
        assert_eq!(route(&done, bare, &none), Some(Change::Local(TriageState::Done)));
        let folders = BTreeMap::from([(TriageState::Done, "Done".to_owned())]);
        assert_eq!(route(&done, bare, &folders), Some(Change::Move("Done".into())));
        let flags =
            |mark| Change::Flags(Effect { set: MessageFlags::of(mark), clear: MessageFlags::NONE });
        assert!(route(&flags(MessageFlag::Seen), bare, &none).is_some());
        assert!(route(&flags(MessageFlag::Flagged), bare, &none).is_none());
    }

    #[test]
    fn of_two_that_look_the_same_the_one_that_is_gone_has_arrived() {
        let to = || Change::Move("Done".into());
        let steps = [step(1, "a", to()), step(2, "a", to()), step(3, "b", to())];
        let arrived = [(50, likeness("a")), (51, likeness("c"))];
        let found = matched(&steps, &|step| step.place.uid != 2, &arrived);
        assert_eq!(found, [None, Some(50), None]);
        let arrived = [(50, likeness("a")), (51, likeness("b")), (52, likeness("a"))];
        let found = matched(&steps, &|_| false, &arrived);
        assert_eq!(found, [Some(50), Some(52), Some(51)]);
    }
}
