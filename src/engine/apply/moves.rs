//! Moving messages: MOVE where the server has it; else COPY, `\Deleted`, and UID EXPUNGE. Never
//! EXPUNGE, which would remove what others have marked.

use std::collections::{BTreeMap, HashSet};

use crate::mail::SafeText;
use crate::source::{self, Copied, Flagging};
use crate::triage::{ArrivalRange, StepState};

use super::work::{Stop, Work, is_refusal};

impl Work<'_> {
    /// Moves messages of a folder into another.
    pub(super) fn move_all(&mut self, folder: &str, to: &str, of: &[usize]) -> Result<(), Stop> {
        let Some(arrival) = self.arrival(to)? else {
            let why = format!("there is no folder {}; --create makes it", SafeText::new(to));
            self.end_all(of, StepState::Refused, &why);
            return self.save(of);
        };
        let open = self.enter(folder)?;
        if open.validity != self.step(of[0]).place.validity {
            // It was replaced in between; nothing was sent.
            return self.replaced(folder, of);
        }
        for &at in of {
            let step = self.step(at);
            (step.arrival, step.state) = (Some(arrival), StepState::Sent);
        }
        self.save(of)?;
        if open.moves {
            self.shift(folder, to, of, arrival)
        } else {
            self.copy(folder, to, of, arrival)
        }
    }

    fn replaced(&mut self, folder: &str, of: &[usize]) -> Result<(), Stop> {
        let why = format!("{} was replaced by another folder", SafeText::new(folder));
        self.end_all(of, StepState::Refused, &why);
        self.save(of)
    }

    fn shift(
        &mut self,
        folder: &str,
        to: &str,
        of: &[usize],
        arrival: ArrivalRange,
    ) -> Result<(), Stop> {
        let shifted = self.hand.editor.shift(&self.uids(of), to);
        if !self.landed(folder, of, shifted, arrival)? {
            return self.was_not_done(of);
        }
        for &at in of {
            self.step(at).ends(StepState::Done, None);
        }
        self.save(of)
    }

    fn copy(
        &mut self,
        folder: &str,
        to: &str,
        of: &[usize],
        arrival: ArrivalRange,
    ) -> Result<(), Stop> {
        let copied = self.hand.editor.copy(&self.uids(of), to);
        if !self.landed(folder, of, copied, arrival)? {
            // The originals of those whose copies were found are removed already.
            return self.was_not_done(of);
        }
        self.remove_originals(folder, of)
    }

    /// True when the answer says where all of them have arrived. Otherwise they are looked for, and
    /// what was found of them is settled; of a refusal too, which is handed on.
    fn landed(
        &mut self,
        folder: &str,
        of: &[usize],
        answer: Result<Option<Copied>, source::Error>,
        arrival: ArrivalRange,
    ) -> Result<bool, Stop> {
        let copied = match self.worked(answer) {
            Err(Stop::Source(error)) if is_refusal(&error) => {
                self.settle(folder, of)?;
                return Err(Stop::Source(error));
            }
            answered => answered?,
        };
        if self.place(of, copied.as_ref(), arrival) {
            return Ok(true);
        }
        self.says_not_where();
        self.settle(folder, of)?;
        Ok(false)
    }

    /// What is still where it was behind an answer that says otherwise will stay there.
    fn was_not_done(&mut self, of: &[usize]) -> Result<(), Stop> {
        let mut stayed = of.to_vec();
        stayed.retain(|&at| self.step(at).state == StepState::Planned);
        let why = "the server said that it was done, but it was not";
        self.end_all(&stayed, StepState::Refused, why);
        self.save(&stayed)
    }

    fn says_not_where(&mut self) {
        let note = "the server does not say where messages went: they were found again by their \
                    Message-ID and size";
        self.notes.insert(note.into());
    }

    /// Takes note of where messages went. False when the server does not say, or what it says cannot
    /// be.
    fn place(&mut self, of: &[usize], copied: Option<&Copied>, arrival: ArrivalRange) -> bool {
        let Some(copied) = copied else { return false };
        let mut where_to: BTreeMap<u32, u32> = BTreeMap::new();
        let mut taken = HashSet::new();
        for &(from, to) in &copied.uids {
            if to < arrival.next || !taken.insert(to) || where_to.insert(from, to).is_some() {
                return false;
            }
        }
        let uids = self.uids(of);
        let all = uids.iter().all(|uid| where_to.contains_key(uid));
        if copied.validity != arrival.validity || !all || where_to.len() != of.len() {
            return false;
        }
        for (&at, uid) in of.iter().zip(uids) {
            let uid = where_to.get(&uid).copied();
            self.step(at).arrival = Some(ArrivalRange { uid, ..arrival });
        }
        self.unproven.extend(of);
        true
    }

    /// Removes messages whose copies have arrived.
    pub(super) fn remove_originals(&mut self, folder: &str, of: &[usize]) -> Result<(), Stop> {
        if of.is_empty() {
            return Ok(());
        }
        let open = self.enter(folder)?;
        if open.validity == self.step(of[0]).place.validity {
            let uids = self.uids(of);
            let names: &[&str] = &["\\Deleted"];
            let marking = Flagging { set: true, names, unchanged_since: None };
            let marked = self.hand.editor.flag(&uids, marking);
            self.worked(marked)?;
            if open.expunges {
                let expunged = self.hand.editor.expunge(&uids);
                self.worked(expunged)?;
            } else {
                let note = format!(
                    "the server cannot expunge single messages (UIDPLUS): in {} they are marked as \
                     deleted, and go when somebody expunges the folder",
                    SafeText::new(folder)
                );
                self.notes.insert(SafeText::new(&note));
            }
        }
        for &at in of {
            self.step(at).ends(StepState::Done, None);
        }
        self.save(of)
    }
}
