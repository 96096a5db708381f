//! Who must act: rules R0 to R15, first one that decides. Confidence is calibrated: high only where
//! the message itself shows it.

use crate::bounce::dialect::exchange::indicator::FixIt;
use crate::bounce::{DsnAction, Kind};

use super::backscatter::Backscatter;
use super::conflict::Conflict;
use super::hosts::Relation;
use super::inquiry::Inquiry;
use super::judgement::{Ground as G, Judgement};
use super::matcher::Rank;
use super::party::Confidence::{High, Low, Medium};
use super::party::Party::{self, self as P};
use super::reason::Reason;
use super::rules::OwnerIs;

/// An address that took mail so many days ago did exist.
const KNOWN_DAYS: u32 = 90;

impl Inquiry<'_> {
    /// Who must act.
    pub(super) fn judge(&self) -> Judgement {
        let mut judgement = match self.not_a_failure() {
            Some(judgement) => judgement,
            None => self.failure(),
        };
        if let Some(conflict) = self.facts.delivery.conflict {
            judgement.confidence = judgement.confidence.min(conflict.most());
        }
        judgement
    }

    /// R0: what is no failure has no owner.
    fn not_a_failure(&self) -> Option<Judgement> {
        let kind = self.facts.message.kind;
        if self.facts.message.backscatter == Backscatter::Yes {
            return Some(Judgement::new(P::Nobody, High, G::NotOurs));
        }
        match self.facts.delivery.action {
            // What a code refuses has not arrived, whatever the Action says.
            Some(_) if self.facts.delivery.conflict == Some(Conflict::Action) => None,
            Some(DsnAction::Delivered | DsnAction::Relayed | DsnAction::Expanded) => {
                Some(Judgement::new(P::Nobody, High, G::NoFailure))
            }
            _ if !kind.is_bounce() => Some(Judgement::new(P::Nobody, High, G::NoFailure)),
            Some(DsnAction::Delayed) => Some(self.delay()),
            None if kind == Kind::Delay => Some(self.delay()),
            _ => None,
        }
    }

    /// R0: a delay has an owner only if its last error alone would be certain.
    fn delay(&self) -> Judgement {
        if self.meaning.reason != Reason::Deferred && self.facts.delivery.conflict.is_none() {
            let judgement = self.failure();
            if judgement.confidence == High && judgement.party != P::Nobody {
                return Judgement { confidence: Low, ..judgement };
            }
        }
        let known = self.meaning.reason != Reason::Unknown;
        Judgement::new(P::Nobody, if known { High } else { Medium }, G::Waiting)
    }

    /// Judges what has failed.
    fn failure(&self) -> Judgement {
        let mut judgement = self.by_reason();
        judgement.confidence = judgement.confidence.min(self.meaning.most());
        if self.meaning.rule.is_some_and(|rule| rule.uncertain) {
            judgement.confidence = judgement.confidence.lowered();
        }
        if self.is_our_affair(judgement.party) {
            judgement = Judgement::new(P::OurSystem, judgement.confidence, G::OurDomain).by_ours();
        }
        if self.facts.message.fix_it.is_some_and(|column| !agrees(column, judgement.party)) {
            judgement.confidence = judgement.confidence.lowered();
        }
        if self.facts.message.unprovable && !self.ours.is_empty() && !self.generator_ours {
            judgement.confidence = judgement.confidence.min(Medium);
        }
        if judgement.on_ours && (self.ours.learnt || self.ours.is_empty()) {
            judgement.confidence = judgement.confidence.lowered();
        }
        judgement
    }

    /// What is the recipient side's affair is ours where the recipient's domain is ours; so is an
    /// address of ours that our own server does not know: its routing or its directory.
    fn is_our_affair(&self, party: Party) -> bool {
        if !self.ours.has_domain(&self.domain) || self.ours.learnt {
            return false;
        }
        let unknown_here = self.meaning.reason == Reason::UserUnknown
            && self.relation == Relation::Unnamed
            && self.generator_ours;
        party == P::RecipientSystem || party == P::Sender && unknown_here
    }

    /// The rule for the reason.
    pub(super) fn by_reason(&self) -> Judgement {
        match self.meaning.reason {
            Reason::IpReputation | Reason::ReverseDns => self.reputation(),
            Reason::SenderBlocked => Judgement::new(P::OurSystem, High, G::Reason),
            Reason::SenderAuth => self.authentication(),
            Reason::MailboxFull | Reason::MailboxInactive => {
                Judgement::new(P::Recipient, High, G::Mailbox)
            }
            Reason::NotPermitted => self.not_permitted(),
            Reason::RelayDenied | Reason::AuthRequired => self.relay(),
            Reason::Expired | Reason::Network => self.expired(),
            Reason::UserUnknown => self.user_unknown(),
            Reason::DomainInvalid => self.domain_invalid(),
            Reason::RoutingLoop => self.routing_loop(),
            Reason::Policy | Reason::SystemError => self.organisation(),
            Reason::TooLarge | Reason::Malformed => Judgement::new(P::Sender, Medium, G::Reason),
            Reason::SpamContent | Reason::Malware => self.content(),
            Reason::RateLimited => self.rate(),
            Reason::Tls => self.tls(),
            Reason::Deferred => self.deferred(),
            Reason::Protocol => Judgement::new(P::OurSystem, Medium, G::Reason),
            Reason::Unknown => self.unknown(),
        }
    }

    /// R4b: a recipient, group or list that does not admit the sender.
    fn not_permitted(&self) -> Judgement {
        if self.meaning.owner_or(P::RecipientSystem) == P::Recipient {
            return Judgement::new(P::Recipient, High, G::Reason);
        }
        match self.relation {
            Relation::Serves | Relation::Provider => {
                Judgement::new(P::RecipientSystem, High, G::TheirHost)
            }
            _ => Judgement::new(P::RecipientSystem, High, G::Reason),
        }
    }

    /// R5b: put off, and given up because of it.
    fn deferred(&self) -> Judgement {
        let by_sender = self.meaning.owner_or(P::Unknown) == P::Sender;
        Judgement::new(if by_sender { P::Sender } else { P::OurSystem }, Medium, G::Reason)
    }

    /// R7: no such mailbox.
    fn user_unknown(&self) -> Judgement {
        if self.facts.outside.delivered_before_days.is_some_and(|days| days <= KNOWN_DAYS) {
            Judgement::new(P::RecipientSystem, Medium, G::DeliveredBefore)
        } else if self.meaning.owner_or(P::Unknown) == P::OurSystem {
            Judgement::new(P::OurSystem, Medium, G::Reason)
        } else if self.was_forwarded() {
            Judgement::new(P::Recipient, Medium, G::Forwarded)
        } else {
            Judgement::new(P::Sender, High, G::Reason)
        }
    }

    /// R10: a rule or a fault of the organisation that refused, unless the rule is about how we
    /// send. R3c: a blocklist's answer to the receiver itself ("you ask through an open resolver")
    /// is no listing of ours.
    fn organisation(&self) -> Judgement {
        let owner = self.meaning.owner_or(P::Unknown);
        if self.meaning.reason == Reason::SystemError && self.meaning.owner_is(OwnerIs::Certain) {
            return Judgement::new(owner, High, G::Reason);
        }
        let telling = self.meaning.rank.is_some_and(|rank| rank >= Rank::SpecificCode);
        let about_us = owner == P::OurSystem && telling;
        if owner == P::Sender && !self.is_at_ours() {
            return Judgement::new(P::Sender, Medium, G::Reason);
        }
        match self.relation {
            Relation::Ours | Relation::OurRelay => {
                return Judgement::new(P::OurSystem, High, G::OurHost).by_ours();
            }
            Relation::Inside | Relation::Unnamed if self.generator_ours => {
                return Judgement::new(P::OurSystem, High, G::OurHost).by_ours();
            }
            Relation::Inside | Relation::Unnamed
                if self.facts.message.generating.is_some_and(|host| self.serves(host)) =>
            {
                return Judgement::new(P::RecipientSystem, Medium, G::TheirHost);
            }
            Relation::Serves | Relation::Provider if !about_us => {
                return Judgement::new(P::RecipientSystem, Medium, G::TheirHost);
            }
            _ => {}
        }
        match owner {
            P::OurSystem | P::Sender => Judgement::new(owner, Medium, G::Reason),
            _ => Judgement::new(P::RecipientSystem, Medium, G::Reason),
        }
    }

    /// R12: a filter found something in the message.
    fn content(&self) -> Judgement {
        let party = match self.meaning.owner_or(P::Unknown) {
            P::Sender => P::Sender,
            // Quarantined there.
            P::RecipientSystem if !self.is_at_ours() => P::RecipientSystem,
            _ => P::OurSystem,
        };
        Judgement::new(party, Medium, G::Reason)
    }

    /// R12: too much. A limit of our own account is certain.
    fn rate(&self) -> Judgement {
        let owner = self.meaning.owner_or(P::OurSystem);
        match owner {
            P::OurSystem => {
                let own_limit = self.is_at_ours() || self.relation == Relation::Unnamed;
                let named = self.meaning.rank.is_some_and(|rank| rank >= Rank::Named);
                Judgement::new(owner, if own_limit && named { High } else { Medium }, G::Reason)
            }
            P::Sender | P::Recipient | P::RecipientSystem => {
                Judgement::new(owner, Medium, G::Reason)
            }
            _ => Judgement::new(P::OurSystem, Medium, G::Reason),
        }
    }

    /// R13: whose encryption.
    fn tls(&self) -> Judgement {
        if self.is_at_ours() {
            return Judgement::new(P::OurSystem, High, G::OurHost).by_ours();
        }
        match self.meaning.owner_or(P::RecipientSystem) {
            owner @ (P::OurSystem | P::Network) => Judgement::new(owner, Medium, G::Reason),
            _ if self.meaning.owner_is(OwnerIs::Open) => {
                Judgement::new(P::RecipientSystem, Medium, G::Reason)
            }
            _ => Judgement::new(P::RecipientSystem, High, G::Reason),
        }
    }

    /// R15: nothing is recognised. Only a subject of the code may be guessed from.
    fn unknown(&self) -> Judgement {
        match (self.facts.delivery.status, self.facts.delivery.reply) {
            (Some(status), _) if status.class == 5 && status.subject != 0 => {
                Judgement::new(self.meaning.owner_or(P::Unknown), Low, G::CodeOnly)
            }
            (None, None) => Judgement::new(P::Unknown, Low, G::Nothing),
            _ => Judgement::new(P::Unknown, Low, G::CodeOnly),
        }
    }
}

/// Exchange's own opinion and ours: the left column is the sender's side, the right one the
/// recipient's.
fn agrees(column: FixIt, party: Party) -> bool {
    match column {
        FixIt::Sender => matches!(party, P::Sender | P::OurSystem | P::Nobody | P::Unknown),
        FixIt::Recipient => {
            matches!(party, P::RecipientSystem | P::Recipient | P::Nobody | P::Unknown)
        }
        FixIt::Service => true,
    }
}
