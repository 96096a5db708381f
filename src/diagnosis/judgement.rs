//! A judgement: who must act, how sure that is, and what decided.

use std::net::IpAddr;
use std::sync::Arc;

use super::matcher::Rank;
use super::party::{Confidence, Party};
use super::reason::Reason;
use super::rules::{OwnerIs, Rule};

/// What an error text means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meaning<'a> {
    /// The reason.
    pub reason: Reason,
    /// The rule that says so.
    pub rule: Option<&'a Arc<Rule>>,
    /// How much the match counts.
    pub rank: Option<Rank>,
    /// The words of the text that say so; empty where a code alone does.
    pub wording: &'a str,
}

impl Meaning<'_> {
    /// True when only a code, or a wording that proves little, speaks.
    pub(super) fn is_weak(&self) -> bool {
        match self.rank {
            None | Some(Rank::Last | Rank::Subject | Rank::VagueCode | Rank::Filler) => true,
            Some(Rank::Hint) => !matches!(self.reason, Reason::Expired | Reason::Deferred),
            Some(Rank::Registry) => !self.rule.is_some_and(|rule| rule.decisive),
            _ => false,
        }
    }

    /// The most that a judgement on it can be relied on.
    pub(super) fn most(&self) -> Confidence {
        let most = match self.rank {
            _ if !self.is_weak() => Confidence::High,
            Some(Rank::Registry | Rank::Hint) => Confidence::Medium,
            _ => Confidence::Low,
        };
        match self.rule {
            Some(rule) => most.min(rule.confidence),
            None => most,
        }
    }

    /// True when the rule says that its owner is so sure.
    pub(super) fn owner_is(&self, sure: OwnerIs) -> bool {
        self.rule.is_some_and(|rule| rule.owner_is == sure)
    }

    /// Whom the rule names; `otherwise` where there is no rule.
    pub(super) fn owner_or(&self, otherwise: Party) -> Party {
        self.rule.map_or(otherwise, |rule| rule.owner)
    }
}

/// Who must act, how sure that is, and what decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Who.
    pub party: Party,
    /// How sure.
    pub confidence: Confidence,
    /// What decided.
    pub ground: Ground,
    /// Knowledge of who we are decided.
    pub on_ours: bool,
}

/// What decided: the sentence under the indicator is made of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// The message is no failure.
    NoFailure,
    /// The server has not given up yet.
    Waiting,
    /// We never sent the returned message.
    NotOurs,
    /// The answer names one of our addresses.
    OurAddress(IpAddr),
    /// The answer names an address that is not ours.
    ForeignAddress(IpAddr),
    /// The refusing host is ours.
    OurHost,
    /// The refusing host takes mail for the recipient's domain.
    TheirHost,
    /// The refusing host is a large provider's.
    Provider,
    /// The refusing host has nothing to do with either side.
    Stranger,
    /// The MX set does not hold the refusing host.
    NotInMx,
    /// The failing domain is ours.
    OurDomain,
    /// The failing domain is not ours.
    ForeignDomain,
    /// The message was passed on to another domain.
    Forwarded,
    /// The receiver's own list or set-up.
    TheirList,
    /// Only the mailbox's owner can help.
    Mailbox,
    /// Mail was delivered to this address before.
    DeliveredBefore,
    /// Hosts repeat in the way of the message.
    Loop,
    /// The last endpoint has a private address.
    PrivateEndpoint,
    /// The domain looks like a typing error of a known one.
    Typo,
    /// The reason alone.
    #[default]
    Reason,
    /// Only a code or a class of codes.
    CodeOnly,
    /// Neither code nor wording.
    Nothing,
}

impl Ground {
    /// The name in the guidance.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NoFailure => "no_failure",
            Self::Waiting => "waiting",
            Self::NotOurs => "not_ours",
            Self::OurAddress(_) => "our_address",
            Self::ForeignAddress(_) => "foreign_address",
            Self::OurHost => "our_host",
            Self::TheirHost => "their_host",
            Self::Provider => "provider",
            Self::Stranger => "stranger",
            Self::NotInMx => "not_in_mx",
            Self::OurDomain => "our_domain",
            Self::ForeignDomain => "foreign_domain",
            Self::Forwarded => "forwarded",
            Self::TheirList => "their_list",
            Self::Mailbox => "mailbox",
            Self::DeliveredBefore => "delivered_before",
            Self::Loop => "loop",
            Self::PrivateEndpoint => "private_endpoint",
            Self::Typo => "typo",
            Self::Reason => "reason",
            Self::CodeOnly => "code_only",
            Self::Nothing => "nothing",
        }
    }
}

impl Judgement {
    /// A judgement that does not rest on who we are.
    pub(super) const fn new(party: Party, confidence: Confidence, ground: Ground) -> Self {
        Self { party, confidence, ground, on_ours: false }
    }

    /// The same, resting on who we are.
    pub(super) const fn by_ours(self) -> Self {
        Self { on_ours: true, ..self }
    }
}
