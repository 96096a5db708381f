//! Rules R5, R6, R8 and R9: a host that does not take the mail, no connection, no such domain, a
//! loop. Whose host, whose route, whose zone is it?

use crate::bounce::answer::Speaker;

use super::heard::HeardText;
use super::hosts::{Relation, typo};
use super::inquiry::Inquiry;
use super::judgement::{Ground as G, Judgement};
use super::party::Confidence::{High, Low, Medium};
use super::party::Party as P;
use super::reason::Reason;
use super::rules::{Family, OwnerIs};

impl Inquiry<'_> {
    /// R5: a host that does not take the mail of this domain or of this client.
    pub(super) fn relay(&self) -> Judgement {
        match self.relation {
            Relation::Ours | Relation::OurRelay => {
                Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
            }
            Relation::Serves => Judgement::new(P::RecipientSystem, High, G::TheirHost),
            _ if self.is_outside_mx() => Judgement::new(P::Network, Medium, G::NotInMx),
            _ if self.is_our_account() => Judgement::new(P::OurSystem, Medium, G::Reason),
            Relation::Provider => Judgement::new(P::RecipientSystem, Medium, G::Provider),
            Relation::Unnamed | Relation::Inside => self.relay_of_generator(),
            Relation::Stranger if self.ours.is_empty() => {
                Judgement::new(P::Network, Low, G::Stranger)
            }
            // A host without a name that our own server asked: it asks those who take the mail.
            Relation::Stranger if self.generator_ours && self.facts.rejecting_name().is_none() => {
                Judgement::new(P::RecipientSystem, Low, G::Reason)
            }
            Relation::Stranger => Judgement::new(P::Network, Medium, G::Stranger),
        }
    }

    /// R5 where G itself refused.
    fn relay_of_generator(&self) -> Judgement {
        if self.generator_ours {
            return Judgement::new(P::OurSystem, High, G::OurHost).by_ours();
        }
        match self.facts.message.generating {
            Some(host) if self.serves(host) => {
                Judgement::new(P::RecipientSystem, High, G::TheirHost)
            }
            Some(_) => Judgement::new(P::RecipientSystem, Medium, G::Reason),
            None => Judgement::new(P::RecipientSystem, Low, G::Reason),
        }
    }

    /// The MX set is known, and X is not in it.
    fn is_outside_mx(&self) -> bool {
        let mx = &self.facts.outside.mx;
        if mx.is_empty() || self.facts.delivery.rejecting.is_none() {
            return false;
        }
        let name = self.facts.rejecting_name().unwrap_or("");
        !mx.iter().any(|mx| mx.eq_ignore_ascii_case(name))
    }

    /// A provider demands the login of an account of ours.
    fn is_our_account(&self) -> bool {
        let Some(rule) = self.meaning.rule else { return false };
        self.meaning.reason == Reason::AuthRequired
            && rule.owner == P::OurSystem
            && rule.family != Family::Text
    }

    /// R6: no connection, or the time ran out. The last real error decides if there is one.
    pub(super) fn expired(&self) -> Judgement {
        if let Some(last) = self.of_last_error()
            && !matches!(last.meaning.reason, Reason::Expired | Reason::Network | Reason::Unknown)
            && !last.meaning.is_weak()
        {
            return last.by_reason();
        }
        let error = self.last.unwrap_or(self.heard);
        let private = error.names_private();
        // What an answer passes on is about hosts of those who gave it.
        let own_words =
            error.answer.speaker != Speaker::Remote && error.answer.passed_on().is_none();
        if private && own_words && (self.generator_ours || self.facts.message.generating.is_none())
        {
            return Judgement::new(P::OurSystem, Medium, G::PrivateEndpoint);
        }
        if self.generator_ours && error.says_unreachable() {
            return Judgement::new(P::OurSystem, Low, G::Reason).by_ours();
        }
        let dns = self.meaning.owner_is(OwnerIs::Certain) || error.says_dns();
        if dns && self.meaning.owner_or(P::Unknown) == P::Network {
            return Judgement::new(P::Network, Medium, G::Reason);
        }
        self.no_connection(error)
    }

    /// R6: whose the host is to which there was no connection.
    fn no_connection(&self, error: &HeardText<'_>) -> Judgement {
        if self.heard.answer.speaker == Speaker::Remote && self.heard.names_host_of(self.ours) {
            return Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours();
        }
        match self.relation {
            Relation::Ours | Relation::OurRelay => {
                Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours()
            }
            Relation::Serves => Judgement::new(P::RecipientSystem, Medium, G::TheirHost),
            Relation::Provider => Judgement::new(P::RecipientSystem, Medium, G::Provider),
            Relation::Inside if self.generator_ours => {
                Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours()
            }
            Relation::Unnamed if self.names_their_host(error) => {
                Judgement::new(P::RecipientSystem, Medium, G::TheirHost)
            }
            _ if error.names_private() => {
                Judgement::new(P::RecipientSystem, Low, G::PrivateEndpoint)
            }
            _ => Judgement::new(P::RecipientSystem, Low, G::Reason),
        }
    }

    /// The text names a host that takes mail for R.
    fn names_their_host(&self, error: &HeardText<'_>) -> bool {
        match error.remote_name() {
            Some(name) => self.serves(name),
            None => false,
        }
    }

    /// R8: no such domain, or DNS in trouble. A name that is not the recipient's domain is one that
    /// a zone points to: its owner must act, not the sender.
    pub(super) fn domain_invalid(&self) -> Judgement {
        if let Some(name) = self.heard.unresolved()
            && !name.eq_ignore_ascii_case(&self.domain)
        {
            return if self.ours.has_host(name) || self.ours.has_relay(name) {
                Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours()
            } else {
                Judgement::new(P::RecipientSystem, Medium, G::Reason)
            };
        }
        if self.was_forwarded() {
            Judgement::new(P::Recipient, Medium, G::Forwarded)
        } else if typo(&self.domain).is_some() {
            Judgement::new(P::Sender, High, G::Typo)
        } else if self.meaning.owner_or(P::Unknown) == P::Network {
            Judgement::new(P::Network, Medium, G::Reason)
        } else {
            Judgement::new(P::Sender, Medium, G::Reason)
        }
    }

    /// R9: the hosts that repeat.
    pub(super) fn routing_loop(&self) -> Judgement {
        let ours_is_it = self.ours.has_domain(&self.domain);
        let (mut ours_repeat, mut others_repeat, mut theirs_repeat) = (false, false, false);
        for host in &self.facts.message.repeated {
            if self.ours.has_host(host) || self.ours.has_relay(host) {
                ours_repeat = true;
            } else {
                others_repeat = true;
                theirs_repeat |= self.serves(host);
            }
        }
        if ours_repeat && ours_is_it {
            Judgement::new(P::OurSystem, High, G::Loop).by_ours()
        } else if ours_repeat && !others_repeat {
            Judgement::new(P::OurSystem, Medium, G::Loop).by_ours()
        } else if theirs_repeat && !ours_repeat {
            Judgement::new(P::RecipientSystem, High, G::Loop)
        } else if ours_repeat || others_repeat {
            Judgement::new(P::RecipientSystem, Medium, G::Loop)
        } else if self.meaning.owner_or(P::Unknown) == P::Network && !ours_is_it {
            Judgement::new(P::Network, Medium, G::Reason)
        } else {
            Judgement::new(P::RecipientSystem, Low, G::Reason)
        }
    }
}
