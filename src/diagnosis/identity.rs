//! Rules R3: our address, our name or our domain is refused. Whose is it really?

use std::net::IpAddr;

use crate::mail::address;
use crate::mail::find::position;

use super::facts::{Facts, refused_ips};
use super::hosts::Relation;
use super::judgement::{Ground as G, Judgement};
use super::ours::Ours;
use super::party::Confidence::{High, Low, Medium};
use super::party::Party::{self, self as P};
use super::responsibility::related;

/// R3, R3a, R3b, R3c, R3f: an address or its name is refused.
pub(super) fn reputation(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    if owner == P::RecipientSystem {
        return Judgement::new(P::RecipientSystem, High, G::TheirList);
    }
    let named: Vec<IpAddr> = refused_ips(&facts.text, facts.rejecting.as_ref()).collect();
    if let Some(ip) = named.iter().find(|ip| ours.has_ip(**ip)) {
        return Judgement::new(P::OurSystem, High, G::OurAddress(*ip)).by_ours();
    }
    let direct = facts.generator_is_ours(ours)
        && !matches!(related(facts, ours), Relation::Ours | Relation::Unnamed);
    match named.first() {
        Some(_) if facts.generating.as_deref().is_some_and(|g| ours.has_relay(g)) => {
            Judgement::new(P::OurSystem, Medium, G::Reason).by_ours()
        }
        Some(ip) if !ours.ips.is_empty() => {
            Judgement::new(P::RecipientSystem, Medium, G::ForeignAddress(*ip)).by_ours()
        }
        _ if direct => Judgement::new(P::OurSystem, Medium, G::Reason).by_ours(),
        Some(_) => Judgement::new(P::OurSystem, Low, G::Reason),
        None if ours.is_empty() => Judgement::new(P::OurSystem, Low, G::Reason),
        None => Judgement::new(P::Unknown, Low, G::Reason),
    }
}

/// R3, R3d, R3e: the sender's domain does not pass.
pub(super) fn authentication(facts: &Facts, ours: &Ours) -> Judgement {
    let author = facts.from_domain.as_ref().or(facts.sender_domain.as_ref());
    let named_ours = author.is_some_and(|domain| ours.has_domain(domain))
        || ours
            .domains
            .iter()
            .any(|domain| position(&facts.text, &domain.to_lowercase()).is_some());
    if author.is_some() && !named_ours {
        let judgement = Judgement::new(
            P::OurSystem,
            Medium,
            if ours.is_empty() { G::Reason } else { G::ForeignDomain },
        );
        return if ours.is_empty() { judgement } else { judgement.by_ours() };
    }
    let forwarded_by_us =
        facts.original_recipient.as_deref().is_some_and(|o| ours.has_domain(&address::domain(o)));
    if facts.was_forwarded() && !forwarded_by_us {
        return Judgement::new(P::RecipientSystem, Medium, G::Forwarded);
    }
    let mut named = refused_ips(&facts.text, facts.rejecting.as_ref());
    let foreign = named.find(|ip| !ours.has_ip(*ip) && !ours.ips.is_empty());
    match foreign {
        Some(ip) => Judgement::new(P::OurSystem, Medium, G::ForeignAddress(ip)).by_ours(),
        None if named_ours => Judgement::new(P::OurSystem, High, G::OurDomain).by_ours(),
        None => Judgement::new(P::OurSystem, Medium, G::Reason),
    }
}
