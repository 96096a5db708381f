//! Rules R3: our address, our name or our domain is refused. Whose is it really?

use crate::bounce::answer::Speaker;
use crate::mail::address;

use super::hosts::Relation;
use super::inquiry::Inquiry;
use super::judgement::{Ground as G, Judgement};
use super::party::Confidence::{High, Low, Medium};
use super::party::Party as P;

impl Inquiry<'_> {
    /// R3, R3a, R3b, R3c, R3f: an address or its name is refused.
    pub(super) fn reputation(&self) -> Judgement {
        if self.meaning.owner_or(P::Unknown) == P::RecipientSystem {
            return Judgement::new(P::RecipientSystem, High, G::TheirList);
        }
        let ours = self.ours;
        let refused = self.heard.refused(self.facts.delivery.rejecting, ours);
        if let Some(ip) = refused.ours {
            return Judgement::new(P::OurSystem, High, G::OurAddress(ip)).by_ours();
        }
        let named = refused.foreign;
        let by_relay = self.facts.message.generating.is_some_and(|host| ours.has_relay(host));
        let direct =
            self.generator_ours && !matches!(self.relation, Relation::Ours | Relation::Unnamed);
        let quoted = self.generator_ours && self.heard.answer.speaker != Speaker::Reporter;
        match named {
            Some(_) if by_relay => Judgement::new(P::OurSystem, Medium, G::Reason).by_ours(),
            Some(ip) if ours.lists_such(ip) => {
                Judgement::new(P::RecipientSystem, Medium, G::ForeignAddress(ip)).by_ours()
            }
            _ if direct => Judgement::new(P::OurSystem, Medium, G::Reason).by_ours(),
            _ if quoted => Judgement::new(P::OurSystem, Low, G::Reason).by_ours(),
            Some(_) => Judgement::new(P::OurSystem, Low, G::Reason),
            None if ours.is_empty() => Judgement::new(P::OurSystem, Low, G::Reason),
            None => Judgement::new(P::Unknown, Low, G::Reason),
        }
    }

    /// R3, R3d, R3e: the sender's domain does not pass.
    pub(super) fn authentication(&self) -> Judgement {
        let ours = self.ours;
        let message = self.facts.message;
        let author = message.from_domain.as_ref().or(message.sender_domain.as_ref());
        let named_ours = author.is_some_and(|domain| ours.has_domain(domain))
            || self.heard.names_domain_of(ours);
        if author.is_some() && !named_ours {
            return if ours.is_empty() {
                Judgement::new(P::OurSystem, Medium, G::Reason)
            } else {
                Judgement::new(P::OurSystem, Medium, G::ForeignDomain).by_ours()
            };
        }
        if self.was_forwarded() && !self.was_forwarded_by_us() {
            return Judgement::new(P::RecipientSystem, Medium, G::Forwarded);
        }
        match self.heard.refused(self.facts.delivery.rejecting, ours).foreign {
            Some(ip) if ours.lists_such(ip) => {
                Judgement::new(P::OurSystem, Medium, G::ForeignAddress(ip)).by_ours()
            }
            _ if named_ours => Judgement::new(P::OurSystem, High, G::OurDomain).by_ours(),
            _ => Judgement::new(P::OurSystem, Medium, G::Reason),
        }
    }

    /// The address the sender wrote is in one of our domains.
    fn was_forwarded_by_us(&self) -> bool {
        let original = self.facts.delivery.original_recipient.unwrap_or("");
        self.ours.has_domain(&address::domain(original))
    }
}
