//! Finding out what became of steps that were sent without an answer: where the messages are now.

use std::collections::{BTreeMap, HashSet};

use crate::mail::SafeText;
use crate::triage::{ArrivalRange, Change, Likeness, PlanStep, StepState, matched};

use super::work::{Stop, TOGETHER, Work, is_missing, likeness};

impl Work<'_> {
    /// Finds out what became of steps in a folder, and finishes what was half done. Steps of which
    /// nothing has happened are planned again.
    pub(super) fn settle(&mut self, folder: &str, of: &[usize]) -> Result<(), Stop> {
        let mut moves: BTreeMap<(String, u32, u32), Vec<usize>> = BTreeMap::new();
        let mut marks = Vec::new();
        for &at in of {
            let step = self.step(at);
            if step.state != StepState::Sent {
                continue;
            }
            match (&step.change, step.arrival) {
                (Change::Move(to), Some(ArrivalRange { validity, next, .. })) => {
                    moves.entry((to.clone(), validity, next)).or_default().push(at);
                }
                (Change::Move(_), None) => step.state = StepState::Planned,
                _ => marks.push(at),
            }
        }
        if !marks.is_empty() {
            self.settle_marks(folder, &marks)?;
        }
        for ((to, validity, next), of) in moves {
            self.settle_moves(folder, &to, ArrivalRange { validity, next, uid: None }, &of)?;
        }
        Ok(())
    }

    fn settle_moves(
        &mut self,
        folder: &str,
        to: &str,
        arrival: ArrivalRange,
        of: &[usize],
    ) -> Result<(), Stop> {
        let there = self.still_there(folder, of)?;
        let arrived = self.arrived(to, arrival)?;
        let steps: Vec<PlanStep> = of.iter().map(|&at| self.plan.what.steps[at].clone()).collect();
        let found = matched(&steps, &|step| there.contains(&step.place.uid), &arrived);
        let mut originals = Vec::new();
        for (&at, uid) in of.iter().zip(found) {
            let step = self.step(at);
            let is_there = there.contains(&step.place.uid);
            step.arrival = Some(ArrivalRange { uid, ..arrival });
            match (is_there, uid) {
                (true, Some(_)) => originals.push(at),
                (false, Some(_)) => step.ends(StepState::Done, None),
                (true, None) => (step.state, step.arrival) = (StepState::Planned, None),
                (false, None) => {
                    let (from, to) = (SafeText::new(folder), SafeText::new(to));
                    let why = format!("it is neither in {from} nor among what came into {to}");
                    step.ends(StepState::Gone, Some(SafeText::new(&why)));
                }
            }
        }
        self.save(of)?;
        self.remove_originals(folder, &originals)
    }

    /// The UIDs of those messages that still lie where they were.
    fn still_there(&mut self, folder: &str, of: &[usize]) -> Result<HashSet<u32>, Stop> {
        let open = match self.enter(folder) {
            Err(Stop::Source(error)) if is_missing(&error) => return Ok(HashSet::new()),
            entered => entered?,
        };
        let found = self.look(of)?;
        let mut there = HashSet::new();
        for &at in of {
            let step = self.step(at);
            if let Some(message) = found.get(&step.place.uid)
                && step.place.validity == open.validity
                && step.likeness.fits(&likeness(message))
            {
                there.insert(step.place.uid);
            }
        }
        Ok(there)
    }

    /// What has come into a folder since, without what other steps of the plan have brought there.
    fn arrived(&mut self, to: &str, since: ArrivalRange) -> Result<Vec<(u32, Likeness)>, Stop> {
        let open = match self.enter(to) {
            Err(Stop::Source(error)) if is_missing(&error) => return Ok(Vec::new()),
            entered => entered?,
        };
        if open.validity != since.validity {
            return Ok(Vec::new());
        }
        let looked = self.hand.editor.arrived(since.next);
        let looked = self.worked(looked)?;
        let known = self.known(to, &[]);
        let mut arrived = Vec::new();
        for message in looked {
            if !known.contains(&message.uid) {
                arrived.push((message.uid, likeness(&message)));
            }
        }
        Ok(arrived)
    }

    /// The UIDs in a folder of what the plan has brought there, with other steps than these.
    fn known(&self, to: &str, without: &[usize]) -> HashSet<u32> {
        let without: HashSet<usize> = without.iter().copied().collect();
        let mut known = HashSet::new();
        for (at, step) in self.plan.what.steps.iter().enumerate() {
            if !without.contains(&at)
                && let (StepState::Done, Change::Move(folder), Some(arrival)) =
                    (step.state, &step.change, step.arrival)
                && folder == to
                && step.place.account == self.hand.account
            {
                known.extend(arrival.uid);
            }
        }
        known
    }

    /// Looks whether messages went where the server said; those that did not are looked for.
    pub(super) fn prove(&mut self) -> Result<(), Stop> {
        let mut folders: BTreeMap<(String, u32, u32), Vec<usize>> = BTreeMap::new();
        for at in self.unproven.clone() {
            let step = self.step(at);
            if let (Change::Move(to), Some(ArrivalRange { validity, next, .. })) =
                (&step.change, step.arrival)
            {
                folders.entry((to.clone(), validity, next)).or_default().push(at);
            }
        }
        for ((to, validity, next), of) in folders {
            self.prove_in(&to, ArrivalRange { validity, next, uid: None }, &of)?;
        }
        self.unproven.clear();
        Ok(())
    }

    fn prove_in(&mut self, to: &str, since: ArrivalRange, of: &[usize]) -> Result<(), Stop> {
        if self.enter(to)?.validity != since.validity {
            return Ok(());
        }
        let mut wrong = Vec::new();
        let mut taken = self.known(to, of);
        for piece in of.chunks(TOGETHER) {
            let uids: Vec<u32> =
                piece.iter().filter_map(|&at| self.step(at).arrival?.uid).collect();
            let looked = self.hand.editor.look(&uids);
            let mut found = BTreeMap::new();
            for message in self.worked(looked)? {
                found.insert(message.uid, likeness(&message));
            }
            for &at in piece {
                let step = self.step(at);
                let Some(ArrivalRange { uid: Some(uid), .. }) = step.arrival else { continue };
                let is_it = found.get(&uid).is_some_and(|likeness| step.likeness.fits(likeness));
                if !is_it || !taken.insert(uid) {
                    step.arrival = Some(since);
                    wrong.push(at);
                }
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let note = "the server named places to which messages did not go: they were looked for by \
                    their Message-ID and size";
        self.notes.insert(note.into());
        let arrived = self.arrived(to, since)?;
        let steps: Vec<PlanStep> =
            wrong.iter().map(|&at| self.plan.what.steps[at].clone()).collect();
        for (&at, uid) in wrong.iter().zip(matched(&steps, &|_| false, &arrived)) {
            self.step(at).arrival = Some(ArrivalRange { uid, ..since });
        }
        self.save(&wrong)
    }
}
