//! Who has to act, and how sure that is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who has to act so that the mail gets through.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The person or program that wrote the mail.
    Sender,
    /// The sending service and its administrators: we.
    OurSystem,
    /// DNS or the route between the two, and who owns the zone.
    Network,
    /// The administrators of the recipient's mail system.
    RecipientSystem,
    /// The recipient, or the owner or moderator of a group.
    Recipient,
    /// Nobody: there is nothing to repair.
    Nobody,
    /// The evidence does not decide.
    #[default]
    Unknown,
}

impl Party {
    /// All parties in the order the mail travels.
    pub const ALL: [Self; 7] = [
        Self::Sender,
        Self::OurSystem,
        Self::Network,
        Self::RecipientSystem,
        Self::Recipient,
        Self::Nobody,
        Self::Unknown,
    ];

    /// The name in JSON, in filters and in rules.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::OurSystem => "our_system",
            Self::Network => "network",
            Self::RecipientSystem => "recipient_system",
            Self::Recipient => "recipient",
            Self::Nobody => "nobody",
            Self::Unknown => "unknown",
        }
    }

    /// The word of the WHO column.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::OurSystem => "us",
            Self::Network => "network",
            Self::RecipientSystem => "their sys",
            Self::Recipient => "recipient",
            Self::Nobody => "nobody",
            Self::Unknown => "?",
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// How far a verdict can be relied on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess; other readings are as likely.
    #[default]
    Low,
    /// Likely, but something that would settle it is missing.
    Medium,
    /// The message itself shows it.
    High,
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

    /// The name in JSON.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}
