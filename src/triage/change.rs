//! A change of one message.

use super::mark::{MessageFlags, TriageState};

/// Marks that are set, and marks that are taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Effect {
    /// Set.
    pub set: MessageFlags,
    /// Taken away.
    pub clear: MessageFlags,
}

impl Effect {
    /// True when nothing is changed.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.set.is_empty() && self.clear.is_empty()
    }

    /// What is left to do where these marks are there already.
    #[must_use]
    pub const fn on(self, before: MessageFlags) -> Self {
        Self { set: self.set.without(before), clear: self.clear.shared(before) }
    }

    /// What takes it back.
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self { set: self.clear, clear: self.set }
    }
}

/// What is done to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It goes into another folder of its account.
    Move(String),
    /// It gets this state, for all who work on the mailbox.
    State(TriageState),
    /// It gets and loses these marks, whatever else happened to it.
    Flags(Effect),
    /// What was done to its marks is taken back, if they are still as they were left.
    Restore(Effect),
    /// It gets this state on this machine alone: the server keeps no keywords.
    Local(TriageState),
}

impl Change {
    /// What happens to the marks of a message that has these.
    #[must_use]
    pub fn effect(&self, before: MessageFlags) -> Effect {
        let effect = match self {
            Self::Move(_) | Self::Local(_) => Effect::default(),
            Self::State(state) => {
                let set = state.marks();
                Effect { set, clear: MessageFlags::STATES.without(set) }
            }
            Self::Flags(effect) | Self::Restore(effect) => *effect,
        };
        effect.on(before)
    }

    /// What it is called in the journal: a word, and what it is about.
    #[must_use]
    pub fn written(&self) -> (&'static str, String) {
        match self {
            Self::Move(folder) => ("move", folder.clone()),
            Self::State(state) => ("state", state.slug().to_owned()),
            Self::Flags(effect) => ("flags", written(*effect)),
            Self::Restore(effect) => ("restore", written(*effect)),
            Self::Local(state) => ("local", state.slug().to_owned()),
        }
    }

    /// The change that is written so.
    #[must_use]
    pub fn read(word: &str, about: &str) -> Option<Self> {
        Some(match word {
            "move" => Self::Move(about.to_owned()),
            "state" => Self::State(TriageState::from_slug(about)?),
            "flags" => Self::Flags(effect(about)?),
            "restore" => Self::Restore(effect(about)?),
            "local" => Self::Local(TriageState::from_slug(about)?),
            _ => return None,
        })
    }
}

/// Marks to set, a bar, marks to take away.
fn written(effect: Effect) -> String {
    format!("{}|{}", effect.set, effect.clear)
}

fn effect(text: &str) -> Option<Effect> {
    let (set, clear) = text.split_once('|')?;
    Some(Effect {
        set: MessageFlags::read(set.split(' ')),
        clear: MessageFlags::read(clear.split(' ')),
    })
}

#[cfg(test)]
mod tests {
    use super::super::mark::MessageFlag;
    use super::*;

    #[test]
    fn a_state_takes_the_place_of_another() {
        let waiting = TriageState::Waiting.marks().with(MessageFlags::of(MessageFlag::Seen));
        let effect = Change::State(TriageState::Done).effect(waiting);
        assert_eq!(effect.set, TriageState::Done.marks());
        assert_eq!(effect.clear, TriageState::Waiting.marks());
        assert_eq!(effect.inverse().on(TriageState::Done.marks()), effect.inverse());
        assert!(Change::State(TriageState::Waiting).effect(waiting).is_empty());
        assert_eq!(Change::State(TriageState::New).effect(waiting).clear.names(), ["$DLWaiting"]);
    }

    #[test]
    fn what_is_written_is_read() {
        let effect =
            Effect { set: MessageFlags::of(MessageFlag::Seen), clear: MessageFlags::STATES };
        for change in [
            Change::Move("INBOX/Done | \"x\"".into()),
            Change::State(TriageState::Taken),
            Change::Flags(effect),
            Change::Restore(effect.inverse()),
            Change::Restore(Effect::default()),
            Change::Local(TriageState::New),
        ] {
            let (word, about) = change.written();
            assert_eq!(Change::read(word, &about), Some(change));
        }
        assert_eq!(Change::read("expunge", ""), None);
        assert_eq!(Change::read("state", "gone"), None);
    }
}
