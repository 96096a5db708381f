//! One delivery before the judge: the facts, what the text means, and who everybody is.

use crate::bounce::Answer;
use crate::mail::address;

use super::facts::{DeliveryFacts, Facts};
use super::hosts::{Relation, relation, serves};
use super::judgement::Meaning;
use super::meaning::Interpreter;
use super::ours::Ours;

/// One delivery before the judge. The rules of responsibility are its methods.
#[derive(Clone, Debug)]
pub(super) struct Inquiry<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) meaning: Meaning<'a>,
    pub(super) ours: &'a Ours,
    /// R: the domain of the recipient.
    pub(super) domain: String,
    /// What X is to us and to R.
    pub(super) relation: Relation,
    /// G is ours.
    pub(super) generator_ours: bool,
    interpreter: Interpreter<'a>,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(interpreter: Interpreter<'a>, meaning: Meaning<'a>, ours: &'a Ours) -> Self {
        let facts = interpreter.facts;
        let domain = address::domain(facts.delivery.recipient);
        let relation = relation(facts.delivery.rejecting, &domain, ours, &facts.outside.mx);
        let generator_ours = facts.generator_is_ours(ours);
        Self { facts, meaning, ours, domain, relation, generator_ours, interpreter }
    }

    /// The inquiry into the last real error of an expired message, if there is one.
    pub(super) fn of_last_error(&self) -> Option<Self> {
        let text = self.facts.delivery.last_error?;
        let delivery = DeliveryFacts { text, last_error: None, ..self.facts.delivery };
        Some(Self {
            facts: Facts { delivery, ..self.facts },
            meaning: self.interpreter.meaning(text),
            domain: self.domain.clone(),
            ..*self
        })
    }

    /// T, taken apart.
    pub(super) fn answer(&self) -> Answer<'a> {
        Answer::of(self.facts.delivery.text)
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
