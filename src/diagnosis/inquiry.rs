//! One delivery before the judge: the facts, what the text means, and who everybody is.

use crate::bounce::answer::Speaker;
use crate::mail::address;

use super::facts::{DeliveryFacts, Facts};
use super::heard::HeardText;
use super::hosts::{Relation, relation, serves};
use super::judgement::Meaning;
use super::ours::Ours;
use super::reason::Reason;

/// A mail system that quotes the answers of other hosts and never says whose they are; of its own
/// troubles it speaks without a reply code.
const NAMELESS: &str = "opensmtpd";

/// One delivery before the judge. The rules of responsibility are its methods.
#[derive(Clone, Debug)]
pub(super) struct Inquiry<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) meaning: Meaning<'a>,
    /// T, as it was heard.
    pub(super) heard: &'a HeardText<'a>,
    /// The last real error of an expired message, if there is one.
    pub(super) last: Option<&'a HeardText<'a>>,
    pub(super) ours: &'a Ours,
    /// R: the domain of the recipient.
    pub(super) domain: String,
    /// What X is to us and to R.
    pub(super) relation: Relation,
    /// G is ours.
    pub(super) generator_ours: bool,
}

/// What is told of deliveries that say the same, whoever their recipients are.
#[derive(Clone, Debug)]
pub(super) struct Spoken<'a> {
    /// T.
    pub(super) heard: HeardText<'a>,
    /// The last real error of an expired message, if there is one.
    pub(super) last: Option<HeardText<'a>>,
}

impl<'a> Spoken<'a> {
    /// What an expired message really failed on, where its last error says.
    pub(super) fn behind_expiry(&self) -> Meaning<'a> {
        let meaning = self.heard.meaning;
        let Some(last) = &self.last else { return meaning };
        if meaning.reason != Reason::Expired {
            return meaning;
        }
        match last.meaning.reason {
            Reason::Expired | Reason::Network | Reason::Unknown | Reason::Deferred => meaning,
            _ if last.meaning.rule.is_none() => meaning,
            _ => last.meaning,
        }
    }
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(
        facts: Facts<'a>,
        spoken: &'a Spoken<'a>,
        ours: &'a Ours,
        generator_ours: bool,
    ) -> Self {
        let domain = address::domain(facts.delivery.recipient);
        let Spoken { heard, last } = spoken;
        let mut relation = relation(facts.delivery.rejecting, &domain, ours, &facts.outside.mx);
        let quotes = facts.message.dialect == NAMELESS && heard.answer.speaker == Speaker::Untold;
        if quotes && relation == Relation::Unnamed {
            relation = Relation::Stranger;
        }
        let (meaning, last) = (heard.meaning, last.as_ref());
        Self { facts, meaning, heard, last, ours, domain, relation, generator_ours }
    }

    /// The inquiry into the last real error of an expired message, if there is one.
    pub(super) fn of_last_error(&self) -> Option<Self> {
        let last = self.last?;
        let text = self.facts.delivery.last_error?;
        let delivery = DeliveryFacts { text, last_error: None, ..self.facts.delivery };
        Some(Self {
            facts: Facts { delivery, ..self.facts },
            meaning: last.meaning,
            heard: last,
            last: None,
            domain: self.domain.clone(),
            ..*self
        })
    }

    /// X is one of our hosts or a relay that sends for us.
    pub(super) fn is_at_ours(&self) -> bool {
        matches!(self.relation, Relation::Ours | Relation::OurRelay)
    }

    /// True for a host that takes mail for R.
    pub(super) fn serves(&self, host: &str) -> bool {
        serves(host, &self.domain, &self.facts.outside.mx)
    }

    /// The message was passed on from the address the sender wrote to another domain.
    pub(super) fn was_forwarded(&self) -> bool {
        let Some(original) = self.facts.delivery.original_recipient else { return false };
        let original = address::domain(original);
        !original.is_empty() && !original.eq_ignore_ascii_case(&self.domain)
    }
}
