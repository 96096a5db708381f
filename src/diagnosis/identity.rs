//! Rules R3: our address, our name or our domain is refused. Whose is it really?

use crate::bounce::answer::Speaker;
use crate::mail::address;
use crate::mail::find::position;

use super::facts::refused_ips;
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
        let mut named = None;
        for ip in refused_ips(&self.answer(), self.facts.delivery.rejecting) {
            if ours.has_ip(ip) {
                return Judgement::new(P::OurSystem, High, G::OurAddress(ip)).by_ours();
            }
            named = named.or(Some(ip));
        }
        let by_relay = self.facts.message.generating.is_some_and(|host| ours.has_relay(host));
        let direct =
            self.generator_ours && !matches!(self.relation, Relation::Ours | Relation::Unnamed);
        let quoted = self.generator_ours && self.answer().speaker != Speaker::Reporter;
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
        let named_ours = author.is_some_and(|domain| ours.has_domain(domain)) || self.names_ours();
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
        let mut named = refused_ips(&self.answer(), self.facts.delivery.rejecting);
        match named.find(|ip| !ours.has_ip(*ip)) {
            Some(ip) if ours.lists_such(ip) => {
                Judgement::new(P::OurSystem, Medium, G::ForeignAddress(ip)).by_ours()
            }
            _ if named_ours => Judgement::new(P::OurSystem, High, G::OurDomain).by_ours(),
            _ => Judgement::new(P::OurSystem, Medium, G::Reason),
        }
    }

    /// The answer names one of our domains.
    fn names_ours(&self) -> bool {
        let words = self.answer().words;
        self.ours.domains.iter().any(|domain| position(words, &domain.to_lowercase()).is_some())
    }

    /// The address the sender wrote is in one of our domains.
    fn was_forwarded_by_us(&self) -> bool {
        let original = self.facts.delivery.original_recipient.unwrap_or("");
        self.ours.has_domain(&address::domain(original))
    }
}
