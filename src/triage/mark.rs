//! The state of a message among those who work on a mailbox, as keywords on the server that every
//! mail program keeps.

use std::fmt;

names! {
    /// A flag or keyword of a message (RFC 3501 section 2.3.2) that is set here; the slug is its
    /// name on the server.
    pub enum MessageFlag {
        /// Somebody works on it.
        Taken "$DLTaken",
        /// Somebody waits for an answer.
        Waiting "$DLWaiting",
        /// It is done with.
        Done "$DLDone",
        /// Nothing needs to be done.
        Ignored "$DLIgnored",
        /// Read.
        Seen "\\Seen",
        /// Important.
        Flagged "\\Flagged",
    }
}

/// Marks of a message.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageFlags(u8);

impl MessageFlags {
    /// None.
    pub const NONE: Self = Self(0);

    /// The keywords of which a message has one at most.
    pub const STATES: Self = Self(0b1111);

    /// This mark alone.
    #[must_use]
    pub const fn of(mark: MessageFlag) -> Self {
        Self(1 << mark as u8)
    }

    /// Those of the flags of a message that are marks; a keyword is the same in any case.
    pub fn read<'a>(flags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut marks = Self::NONE;
        for flag in flags {
            for mark in MessageFlag::ALL {
                if mark.slug().eq_ignore_ascii_case(flag) {
                    marks = marks.with(Self::of(*mark));
                }
            }
        }
        marks
    }

    /// True when there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True when all of these are among them.
    #[must_use]
    pub const fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These and others.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those that are in both.
    #[must_use]
    pub const fn shared(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// These without others.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Their names on the server.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for mark in MessageFlag::ALL {
            if self.has(Self::of(*mark)) {
                names.push(mark.slug());
            }
        }
        names
    }
}

impl fmt::Debug for MessageFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for MessageFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

names! {
    /// How far somebody is with a message.
    #[derive(Default)]
    pub enum TriageState {
        /// Nobody has looked at it.
        #[default]
        New "new" "new",
        /// Somebody works on it.
        Taken "taken" "taken",
        /// Somebody waits for an answer.
        Waiting "waiting" "waiting",
        /// It is done with.
        Done "done" "done",
        /// Nothing needs to be done.
        Ignored "ignored" "ignored",
    }
}

impl TriageState {
    /// The mark that stands for it; a new message has none.
    #[must_use]
    pub const fn marks(self) -> MessageFlags {
        match self {
            Self::New => MessageFlags::NONE,
            Self::Taken => MessageFlags::of(MessageFlag::Taken),
            Self::Waiting => MessageFlags::of(MessageFlag::Waiting),
            Self::Done => MessageFlags::of(MessageFlag::Done),
            Self::Ignored => MessageFlags::of(MessageFlag::Ignored),
        }
    }

    /// The state of a message with these marks. Where another program has set several, the one that
    /// ends the work counts.
    #[must_use]
    pub fn of(marks: MessageFlags) -> Self {
        for state in [Self::Done, Self::Ignored, Self::Waiting, Self::Taken] {
            if marks.has(state.marks()) {
                return state;
            }
        }
        Self::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_among_flags() {
        let marks = MessageFlags::read(["\\seen", "$dldone", "$Junk", "\\Recent"]);
        assert_eq!(marks.to_string(), "$DLDone \\Seen");
        assert_eq!(TriageState::of(marks), TriageState::Done);
        assert_eq!(marks.without(MessageFlags::STATES), MessageFlags::of(MessageFlag::Seen));
        assert_eq!(marks.shared(MessageFlags::STATES).names(), ["$DLDone"]);
        assert_eq!(TriageState::of(MessageFlags::of(MessageFlag::Flagged)), TriageState::New);
    }

    #[test]
    fn every_state_has_a_mark_of_its_own() {
        for state in TriageState::ALL {
            assert_eq!(TriageState::of(state.marks()), *state);
            assert!(MessageFlags::STATES.has(state.marks()));
        }
        let both = TriageState::Taken.marks().with(TriageState::Done.marks());
        assert_eq!(TriageState::of(both), TriageState::Done);
    }
}
