//! Who has to act, and how sure that is.

names! {
    /// Who has to act so that the mail gets through, in the order the mail travels.
    #[derive(Default)]
    pub enum Party {
        /// The person or program that wrote the mail.
        Sender "sender" "sender",
        /// The sending service and its administrators: we.
        OurSystem "our_system" "us",
        /// DNS or the route between the two, and who owns the zone.
        Network "network" "network",
        /// The administrators of the recipient's mail system.
        RecipientSystem "recipient_system" "their sys",
        /// The recipient, or the owner or moderator of a group.
        Recipient "recipient" "recipient",
        /// Nobody: there is nothing to repair.
        Nobody "nobody" "nobody",
        /// The evidence does not decide.
        #[default]
        Unknown "unknown" "?",
    }
}

impl Party {
    /// Those first who read what is listed: we, then what nobody knows yet, then the others.
    pub const NEAREST_FIRST: [Self; 7] = [
        Self::OurSystem,
        Self::Unknown,
        Self::Sender,
        Self::RecipientSystem,
        Self::Network,
        Self::Recipient,
        Self::Nobody,
    ];
}

names! {
    /// How far a verdict can be relied on.
    #[derive(Default)]
    pub enum Confidence {
        /// A guess; other readings are as likely.
        #[default]
        Low "low" "low",
        /// Likely, but something that would settle it is missing.
        Medium "medium" "medium",
        /// The message itself shows it.
        High "high" "high",
    }
}

impl Confidence {
    /// One step less.
    #[must_use]
    pub const fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}
