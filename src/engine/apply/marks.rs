//! Setting and clearing marks, so that of two who change a message at the same moment one is told
//! that the other was there (UNCHANGEDSINCE, RFC 7162).

use std::collections::{BTreeMap, HashSet};

use crate::source::Flagging;
use crate::triage::{Change, Effect, MessageFlags, StepState, StepVerdict, TriageState, judge};

use super::work::{FoundByUid, Stop, Work, is_refusal, seen};

/// How often a message is looked at again that others keep changing.
const ROUNDS: u32 = 8;

impl Work<'_> {
    /// Changes the marks of messages of the open folder, which have just been looked at.
    pub(super) fn mark_all(
        &mut self,
        folder: &str,
        of: &[usize],
        mut found: FoundByUid,
    ) -> Result<(), Stop> {
        let mut left = of.to_vec();
        for _ in 0..ROUNDS {
            if left.is_empty() {
                return Ok(());
            }
            let changed = self.mark(folder, &left, &found)?;
            if changed.is_empty() {
                return Ok(());
            }
            found = self.look(&changed)?;
            left = self.judge_again(&changed, &found)?;
        }
        self.end_all(&left, StepState::Conflict, "others change it again and again");
        self.save(&left)
    }

    /// Those that may still be done, of messages that somebody else has changed.
    fn judge_again(&mut self, of: &[usize], found: &FoundByUid) -> Result<Vec<usize>, Stop> {
        let (mut ready, mut ended) = (Vec::new(), Vec::new());
        for &at in of {
            let step = self.step(at);
            let seen = found.get(&step.place.uid).map(seen);
            if let Some(seen) = &seen {
                step.before = seen.marks;
            }
            match judge(step, seen.as_ref()) {
                StepVerdict::Ready => ready.push(at),
                StepVerdict::Ends(state, why) => {
                    step.ends(state, why);
                    ended.push(at);
                }
            }
        }
        self.save(&ended)?;
        Ok(ready)
    }

    /// Changes marks once; returns those that somebody else had changed in between.
    fn mark(&mut self, folder: &str, of: &[usize], found: &FoundByUid) -> Result<Vec<usize>, Stop> {
        let since = self.enter(folder)?.changed;
        let mut groups: BTreeMap<(Effect, Option<u64>), Vec<usize>> = BTreeMap::new();
        for &at in of {
            let step = self.step(at);
            step.state = StepState::Sent;
            let effect = step.change.effect(step.before);
            let changed = found.get(&step.place.uid).and_then(|message| message.changed);
            let guard = guard(changed, since);
            groups.entry((effect, guard)).or_default().push(at);
        }
        self.save(of)?;
        let mut modified = Vec::new();
        for ((effect, guard), members) in groups {
            if guard.is_none() && effect.set.has(TriageState::Taken.marks()) {
                self.notes.insert(
                    "the server counts no changes (CONDSTORE): two people may take the same message \
                     at the same moment"
                        .into(),
                );
            }
            let left = match self.put(effect, &members, guard) {
                Err(Stop::Source(error)) if is_refusal(&error) => {
                    self.settle(folder, of)?;
                    self.save(of)?;
                    return Err(Stop::Source(error));
                }
                put => put?,
            };
            for at in members {
                let step = self.step(at);
                if left.contains(&step.place.uid) {
                    step.state = StepState::Planned;
                    modified.push(at);
                } else {
                    step.ends(StepState::Done, None);
                }
            }
        }
        self.save(of)?;
        Ok(modified)
    }

    /// Sends what sets and clears; returns the UIDs that were left alone.
    fn put(
        &mut self,
        effect: Effect,
        of: &[usize],
        guard: Option<u64>,
    ) -> Result<HashSet<u32>, Stop> {
        let mut uids = self.uids(of);
        let mut left = HashSet::new();
        let mut guard = guard;
        for (set, marks) in [(true, effect.set), (false, effect.clear)] {
            if marks.is_empty() || uids.is_empty() {
                continue;
            }
            let names = marks.names();
            let flagging = Flagging { set, names: &names, unchanged_since: guard };
            let flagged = self.hand.editor.flag(&uids, flagging);
            left.extend(self.worked(flagged)?);
            uids.retain(|uid| !left.contains(uid));
            // From here on the messages are ours.
            guard = None;
        }
        Ok(left)
    }

    /// What became of changes that were sent without an answer.
    pub(super) fn settle_marks(&mut self, folder: &str, of: &[usize]) -> Result<(), Stop> {
        let open = self.enter(folder)?;
        let found = self.look(of)?;
        let mut to_clear: BTreeMap<MessageFlags, Vec<usize>> = BTreeMap::new();
        for &at in of {
            let step = self.step(at);
            let seen = found.get(&step.place.uid).map(seen);
            let Some(seen) = seen.filter(|_| step.place.validity == open.validity) else {
                // Nothing to find out any more: the next look says why.
                step.state = StepState::Planned;
                continue;
            };
            let effect = step.change.effect(step.before);
            let left = effect.clear.shared(seen.marks);
            if !seen.marks.has(effect.set) || effect.set.is_empty() && !left.is_empty() {
                step.state = StepState::Planned;
                continue;
            }
            let was_claim = step.change == Change::State(TriageState::Taken);
            let why = "the answer was lost; somebody else may have taken it at the same moment";
            step.ends(StepState::Done, was_claim.then(|| why.into()));
            if !left.is_empty() {
                step.state = StepState::Sent;
                to_clear.entry(left).or_default().push(at);
            }
        }
        for (clear, of) in to_clear {
            self.put(Effect { set: MessageFlags::NONE, clear }, &of, None)?;
            for at in of {
                self.step(at).state = StepState::Done;
            }
        }
        self.save(of)
    }
}

/// The count since which a message must not have been changed: that of the folder when it was opened
/// covers all that were not changed since, so that one command does for them.
fn guard(changed: Option<u64>, since: Option<u64>) -> Option<u64> {
    let changed = changed.filter(|&count| count > 0)?;
    Some(changed.max(since.unwrap_or(0)))
}
