//! Who must act: rules R0 to R15, first one that decides. Confidence is calibrated: high only where
//! the message itself shows it.

use crate::bounce::{DsnAction, Kind, Remote};
use crate::mail::find::position;

use super::backscatter::Backscatter;
use super::facts::{Facts, ips};
use super::hosts::{Relation, is_private, relation, serves, typo};
use super::identity::{authentication, reputation};
use super::judgement::{Ground as G, Judgement, Meaning};
use super::matcher::Rank;
use super::ours::Ours;
use super::party::Confidence::{High, Low, Medium};
use super::party::Party::{self, self as P};
use super::reason::Reason;
use super::rules::OwnerIs;

/// Gives the meaning of another text than the answer.
type Reclassify<'f, 'r> = &'f dyn Fn(&str) -> Meaning<'r>;

/// Judges one delivery. `reclassify` gives the meaning of another text, for the last real error of
/// an expired message.
#[must_use]
pub fn judge<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: Reclassify<'_, 'r>,
) -> Judgement {
    let judgement = not_a_failure(facts, meaning, ours, reclassify)
        .unwrap_or_else(|| failure(facts, meaning, ours, reclassify));
    if facts.contradicted { Judgement { confidence: Low, ..judgement } } else { judgement }
}

/// Judges what has failed.
fn failure<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: Reclassify<'_, 'r>,
) -> Judgement {
    let mut judgement = by_reason(facts, meaning, ours, reclassify);
    if weak(meaning) {
        judgement.confidence = judgement.confidence.min(
            if matches!(meaning.rank, Some(Rank::Registry | Rank::Hint)) { Medium } else { Low },
        );
    }
    if let Some(rule) = meaning.rule {
        judgement.confidence = judgement.confidence.min(rule.confidence);
    }
    if meaning.rule.is_some_and(|rule| rule.uncertain) {
        judgement.confidence = judgement.confidence.lowered();
    }
    if judgement.party == P::RecipientSystem && ours.has_domain(&facts.domain()) && !ours.learnt {
        judgement = Judgement::new(P::OurSystem, judgement.confidence, G::OurDomain).by_ours();
    }
    if facts.fix_it.is_some_and(|column| !agrees(column, judgement.party)) {
        judgement.confidence = judgement.confidence.lowered();
    }
    if facts.unprovable && !ours.is_empty() && !facts.generator_is_ours(ours) {
        judgement.confidence = judgement.confidence.min(Medium);
    }
    if judgement.on_ours && (ours.learnt || ours.is_empty()) {
        judgement.confidence = judgement.confidence.lowered();
    }
    judgement
}

/// R0: what is no failure has no owner; a delay has one only if its last error alone would be
/// certain.
fn not_a_failure<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: Reclassify<'_, 'r>,
) -> Option<Judgement> {
    if facts.backscatter == Backscatter::Yes {
        return Some(Judgement::new(P::Nobody, High, G::NotOurs));
    }
    let done = matches!(
        facts.action,
        Some(DsnAction::Delivered | DsnAction::Relayed | DsnAction::Expanded)
    ) || !facts.kind.is_bounce();
    if done {
        return Some(Judgement::new(P::Nobody, High, G::NoFailure));
    }
    if facts.action == Some(DsnAction::Delayed)
        || facts.action.is_none() && facts.kind == Kind::Delay
    {
        let telling = meaning.reason != Reason::Deferred && !facts.contradicted;
        let judgement = telling.then(|| failure(facts, meaning, ours, reclassify));
        let certain = judgement.filter(|j| j.confidence == High && j.party != P::Nobody);
        return Some(certain.map_or(Judgement::new(P::Nobody, High, G::Waiting), |j| Judgement {
            confidence: Low,
            ..j
        }));
    }
    None
}

/// True when only a code, or a wording that proves little, speaks.
fn weak(meaning: Meaning<'_>) -> bool {
    match meaning.rank {
        None | Some(Rank::Last | Rank::Subject | Rank::VagueCode) => true,
        Some(Rank::Hint) => !matches!(meaning.reason, Reason::Expired | Reason::Deferred),
        Some(Rank::Registry) => !meaning.rule.is_some_and(|rule| rule.decisive),
        _ => false,
    }
}

/// Exchange's own opinion and ours: the left column is the sender's side, the right one the
/// recipient's.
fn agrees(column: crate::bounce::dialect::exchange::indicator::FixIt, party: Party) -> bool {
    use crate::bounce::dialect::exchange::indicator::FixIt;
    match column {
        FixIt::Sender => matches!(party, P::Sender | P::OurSystem | P::Nobody | P::Unknown),
        FixIt::Recipient => {
            matches!(party, P::RecipientSystem | P::Recipient | P::Nobody | P::Unknown)
        }
        FixIt::Service => true,
    }
}

fn by_reason<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: Reclassify<'_, 'r>,
) -> Judgement {
    let owner = meaning.rule.map_or(P::Unknown, |rule| rule.owner);
    match meaning.reason {
        Reason::IpReputation | Reason::ReverseDns => reputation(facts, owner, ours),
        Reason::SenderBlocked => Judgement::new(P::OurSystem, High, G::Reason),
        Reason::SenderAuth => authentication(facts, ours),
        Reason::MailboxFull | Reason::MailboxInactive => {
            Judgement::new(P::Recipient, High, G::Mailbox)
        }
        Reason::NotPermitted => not_permitted(facts, meaning, ours),
        Reason::RelayDenied | Reason::AuthRequired => relay(facts, meaning, ours),
        Reason::Expired | Reason::Network => expired(facts, meaning, ours, reclassify),
        Reason::UserUnknown => user_unknown(facts, meaning),
        Reason::DomainInvalid => domain_invalid(facts, owner),
        Reason::RoutingLoop => routing_loop(facts, owner, ours),
        Reason::SystemError if list_error(meaning) => {
            Judgement::new(P::RecipientSystem, High, G::Reason)
        }
        Reason::Policy | Reason::SystemError => organisation(facts, meaning, ours),
        Reason::TooLarge | Reason::Malformed => Judgement::new(P::Sender, Medium, G::Reason),
        Reason::SpamContent | Reason::Malware => content(facts, owner, ours),
        Reason::RateLimited => rate(facts, meaning, ours),
        Reason::Tls => tls(facts, meaning, ours),
        Reason::Deferred if owner == P::Sender => Judgement::new(P::Sender, Medium, G::Reason),
        Reason::Deferred | Reason::Protocol => Judgement::new(P::OurSystem, Medium, G::Reason),
        Reason::Unknown => unknown(facts, meaning),
    }
}

pub(super) fn related(facts: &Facts, ours: &Ours) -> Relation {
    relation(facts.rejecting.as_ref(), &facts.domain(), ours, &facts.mx)
}

/// R4b: a recipient, group or list that does not admit the sender.
fn not_permitted(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::RecipientSystem, |rule| rule.owner);
    if owner == P::Recipient {
        return Judgement::new(P::Recipient, High, G::Reason);
    }
    let theirs = matches!(related(facts, ours), Relation::Serves | Relation::Provider);
    Judgement::new(P::RecipientSystem, High, if theirs { G::TheirHost } else { G::Reason })
}

/// R5: a host that does not take the mail of this domain or of this client.
fn relay(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let domain = facts.domain();
    let our_account = meaning.reason == Reason::AuthRequired
        && meaning.rule.is_some_and(|rule| {
            rule.owner == P::OurSystem && rule.family != super::rules::Family::Text
        });
    let in_mx = |remote: &Remote| {
        remote
            .name
            .as_deref()
            .is_some_and(|name| facts.mx.iter().any(|mx| mx.eq_ignore_ascii_case(name)))
    };
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => {
            Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
        }
        Relation::Serves => Judgement::new(P::RecipientSystem, High, G::TheirHost),
        _ if facts.rejecting.as_ref().is_some_and(|r| !facts.mx.is_empty() && !in_mx(r)) => {
            Judgement::new(P::Network, Medium, G::NotInMx)
        }
        _ if our_account => Judgement::new(P::OurSystem, Medium, G::Reason),
        Relation::Provider => Judgement::new(P::RecipientSystem, Medium, G::Provider),
        Relation::Unnamed | Relation::Inside if facts.generator_is_ours(ours) => {
            Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
        }
        Relation::Unnamed | Relation::Inside => match facts.generating.as_deref() {
            Some(generator) if serves(generator, &domain, &facts.mx) => {
                Judgement::new(P::RecipientSystem, High, G::TheirHost)
            }
            Some(_) => Judgement::new(P::RecipientSystem, Medium, G::Reason),
            None => Judgement::new(P::RecipientSystem, Low, G::Reason),
        },
        Relation::Stranger if ours.is_empty() => Judgement::new(P::Network, Low, G::Stranger),
        Relation::Stranger => Judgement::new(P::Network, Medium, G::Stranger),
    }
}

/// R6: no connection, or the time ran out. The last real error decides if there is one.
fn expired<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: Reclassify<'_, 'r>,
) -> Judgement {
    if let Some(last) = &facts.last_error {
        let inner = reclassify(last);
        if !matches!(inner.reason, Reason::Expired | Reason::Network | Reason::Unknown)
            && !weak(inner)
        {
            let facts = Facts { text: last.clone(), last_error: None, ..facts.clone() };
            return by_reason(&facts, inner, ours, reclassify);
        }
    }
    let text = facts.last_error.as_deref().unwrap_or(&facts.text);
    let ours_wrote = facts.generator_is_ours(ours);
    let private = ips(text).any(is_private);
    if private && (ours_wrote || facts.generating.is_none()) {
        return Judgement::new(P::OurSystem, Medium, G::PrivateEndpoint);
    }
    if ours_wrote
        && ["network is unreachable", "network unreachable"]
            .iter()
            .any(|t| position(text, t).is_some())
    {
        return Judgement::new(P::OurSystem, Low, G::Reason).by_ours();
    }
    let names =
        ["dns", "name serv", "lookup", "servfail", "resolve", "host not found", "domain name"];
    let dns = names.iter().any(|sign| position(text, sign).is_some())
        || owner_is(meaning, OwnerIs::Certain);
    if dns && meaning.rule.is_some_and(|rule| rule.owner == P::Network) {
        return Judgement::new(P::Network, Medium, G::Reason);
    }
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => {
            Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours()
        }
        Relation::Serves => Judgement::new(P::RecipientSystem, Medium, G::TheirHost),
        Relation::Provider => Judgement::new(P::RecipientSystem, Medium, G::Provider),
        Relation::Inside if ours_wrote => {
            Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours()
        }
        Relation::Unnamed
            if crate::bounce::notice::sentences::remote(text).is_some_and(|r| {
                r.name.is_some_and(|n| serves(&n, &facts.domain(), &facts.mx))
            }) =>
        {
            Judgement::new(P::RecipientSystem, Medium, G::TheirHost)
        }
        _ if private => Judgement::new(P::RecipientSystem, Low, G::PrivateEndpoint),
        _ => Judgement::new(P::RecipientSystem, Low, G::Reason),
    }
}

/// R7: no such mailbox.
fn user_unknown(facts: &Facts, meaning: Meaning<'_>) -> Judgement {
    if facts.delivered_before_days.is_some_and(|days| days <= 90) {
        return Judgement::new(P::RecipientSystem, Medium, G::DeliveredBefore);
    }
    if meaning.rule.is_some_and(|rule| rule.owner == P::OurSystem) {
        return Judgement::new(P::OurSystem, Medium, G::Reason);
    }
    if facts.was_forwarded() {
        return Judgement::new(P::Recipient, Medium, G::Forwarded);
    }
    Judgement::new(P::Sender, High, G::Reason)
}

/// R8: no such domain, or DNS in trouble.
fn domain_invalid(facts: &Facts, owner: Party) -> Judgement {
    match owner {
        _ if facts.was_forwarded() => Judgement::new(P::Recipient, Medium, G::Forwarded),
        _ if typo(&facts.domain()).is_some() => Judgement::new(P::Sender, High, G::Typo),
        P::Network => Judgement::new(P::Network, Medium, G::Reason),
        _ => Judgement::new(P::Sender, Medium, G::Reason),
    }
}

/// R9: the hosts that repeat.
fn routing_loop(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    let domain = facts.domain();
    let ours_is_it = ours.has_domain(&domain);
    let (mine, theirs): (Vec<&String>, Vec<&String>) =
        facts.repeated.iter().partition(|h| ours.has_host(h) || ours.has_relay(h));
    match (mine.is_empty(), theirs.is_empty()) {
        (true, true) if owner == P::Network && !ours_is_it => {
            Judgement::new(P::Network, Medium, G::Reason)
        }
        (true, true) => Judgement::new(P::RecipientSystem, Low, G::Reason),
        (false, _) if ours_is_it => Judgement::new(P::OurSystem, High, G::Loop).by_ours(),
        (false, true) => Judgement::new(P::OurSystem, Medium, G::Loop).by_ours(),
        (true, false) if theirs.iter().any(|h| serves(h, &domain, &facts.mx)) => {
            Judgement::new(P::RecipientSystem, High, G::Loop)
        }
        _ => Judgement::new(P::RecipientSystem, Medium, G::Loop),
    }
}

fn owner_is(meaning: Meaning<'_>, sure: OwnerIs) -> bool {
    meaning.rule.is_some_and(|rule| rule.owner_is == sure)
}

/// R3c: a blocklist's answer to the receiver itself ("you ask through an open resolver") is no
/// listing of ours.
fn list_error(meaning: Meaning<'_>) -> bool {
    owner_is(meaning, OwnerIs::Certain)
}

/// R10: a rule or a fault of the organisation that refused, unless the rule is about how we send.
fn organisation(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::Unknown, |rule| rule.owner);
    let about_us =
        owner == P::OurSystem && meaning.rank.is_some_and(|rank| rank >= Rank::SpecificCode);
    let domain = facts.domain();
    let generator_serves =
        facts.generating.as_deref().is_some_and(|g| serves(g, &domain, &facts.mx));
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => {
            Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
        }
        Relation::Inside | Relation::Unnamed if facts.generator_is_ours(ours) => {
            Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
        }
        Relation::Inside | Relation::Unnamed if generator_serves => {
            Judgement::new(P::RecipientSystem, Medium, G::TheirHost)
        }
        Relation::Serves | Relation::Provider if !about_us => {
            Judgement::new(P::RecipientSystem, Medium, G::TheirHost)
        }
        _ if owner == P::OurSystem => Judgement::new(P::OurSystem, Medium, G::Reason),
        _ if owner == P::Sender => Judgement::new(P::Sender, Medium, G::Reason),
        _ => Judgement::new(P::RecipientSystem, Medium, G::Reason),
    }
}

/// R12: a filter found something in the message.
fn content(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    let at_ours = matches!(related(facts, ours), Relation::Ours | Relation::OurRelay);
    let party = match owner {
        P::Sender => P::Sender,
        // Quarantined there.
        P::RecipientSystem if !at_ours => P::RecipientSystem,
        _ => P::OurSystem,
    };
    Judgement::new(party, Medium, G::Reason)
}

/// R12: too much. A limit of our own account is certain.
fn rate(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::OurSystem, |rule| rule.owner);
    let own_limit = owner == P::OurSystem
        && matches!(related(facts, ours), Relation::Unnamed | Relation::Ours | Relation::OurRelay);
    match owner {
        P::OurSystem if own_limit && meaning.rank.is_some_and(|rank| rank >= Rank::Named) => {
            Judgement::new(P::OurSystem, High, G::Reason)
        }
        P::Sender | P::Recipient | P::RecipientSystem => Judgement::new(owner, Medium, G::Reason),
        _ => Judgement::new(P::OurSystem, Medium, G::Reason),
    }
}

/// R13: whose encryption.
fn tls(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::RecipientSystem, |rule| rule.owner);
    if matches!(related(facts, ours), Relation::Ours | Relation::OurRelay) {
        return Judgement::new(P::OurSystem, High, G::OurHost).by_ours();
    }
    match owner {
        P::OurSystem => Judgement::new(P::OurSystem, Medium, G::Reason),
        P::Network => Judgement::new(P::Network, Medium, G::Reason),
        _ if owner_is(meaning, OwnerIs::Open) => {
            Judgement::new(P::RecipientSystem, Medium, G::Reason)
        }
        _ => Judgement::new(P::RecipientSystem, High, G::Reason),
    }
}

/// R15: nothing is recognised. Only a subject of the code may be guessed from.
fn unknown(facts: &Facts, meaning: Meaning<'_>) -> Judgement {
    let telling =
        facts.status.is_some_and(|s| s.class == 5 && s.subject != 0) && meaning.rule.is_some();
    let party =
        if telling { meaning.rule.map_or(P::Unknown, |rule| rule.owner) } else { P::Unknown };
    Judgement::new(party, Low, G::CodeOnly)
}
