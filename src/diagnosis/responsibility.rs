//! Who must act: rules R0 to R15, first one that decides. Confidence is calibrated: high only where the message itself
//! shows it.

use std::net::IpAddr;

use crate::bounce::page::position;
use crate::bounce::wording::answer;
use crate::bounce::{Action, Kind, Remote};
use crate::mail::address;

use super::backscatter::Backscatter;
use super::facts::{Facts, ips};
use super::hosts::{MAILBOX_PROVIDERS, Relation, is_private, relation, serves};
use super::matcher::Rank;
use super::ours::Ours;
use super::party::{Confidence, Party};
use super::reason::Reason;
use super::rules::Rule;

/// What the error text means.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meaning<'r> {
    /// The reason.
    pub reason: Reason,
    /// The rule that says so.
    pub rule: Option<&'r Rule>,
    /// How much the match counts.
    pub rank: Option<Rank>,
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
}

impl Ground {
    /// The name in the guidance.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NoFailure => "no_failure",
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
        }
    }
}

impl Judgement {
    const fn new(party: Party, confidence: Confidence, ground: Ground) -> Self {
        Self { party, confidence, ground, on_ours: false }
    }

    const fn by_ours(self) -> Self {
        Self { on_ours: true, ..self }
    }
}

use Confidence::{High, Low, Medium};
use Ground as G;
use Party as P;

/// Judges one delivery. `reclassify` gives the meaning of another text, for the last real error of an expired message.
#[must_use]
pub fn judge<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: &dyn Fn(&str) -> Meaning<'r>,
) -> Judgement {
    if let Some(done) = not_a_failure(facts, meaning, ours, reclassify) {
        return done;
    }
    let mut judgement = by_reason(facts, meaning, ours, reclassify);
    if weak(meaning) {
        judgement.confidence = judgement.confidence.min(if matches!(meaning.rank, Some(Rank::Registry | Rank::Hint)) {
            Medium
        } else {
            Low
        });
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

/// R0: what is no failure has no owner; a delay has one only if its last error alone would be certain.
fn not_a_failure<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: &dyn Fn(&str) -> Meaning<'r>,
) -> Option<Judgement> {
    if facts.backscatter == Backscatter::Yes {
        return Some(Judgement::new(P::Nobody, High, G::NotOurs));
    }
    let done =
        matches!(facts.action, Some(Action::Delivered | Action::Relayed | Action::Expanded)) || !facts.kind.is_bounce();
    if done {
        return Some(Judgement::new(P::Nobody, High, G::NoFailure));
    }
    if facts.action == Some(Action::Delayed) || facts.action.is_none() && facts.kind == Kind::Delay {
        let failed = Facts { kind: Kind::Failure, action: Some(Action::Failed), ..facts.clone() };
        let judgement =
            if meaning.reason == Reason::Deferred { None } else { Some(judge(&failed, meaning, ours, reclassify)) };
        let certain = judgement.filter(|j| j.confidence == High && j.party != P::Nobody);
        return Some(
            certain.map_or(Judgement::new(P::Nobody, High, G::NoFailure), |j| Judgement { confidence: Low, ..j }),
        );
    }
    None
}

/// True when only a code, or a wording that proves little, speaks.
fn weak(meaning: Meaning<'_>) -> bool {
    match meaning.rank {
        None | Some(Rank::Last | Rank::Subject | Rank::VagueCode) => true,
        Some(Rank::Hint) => !matches!(meaning.reason, Reason::Expired | Reason::Deferred),
        Some(Rank::Registry) => meaning
            .rule
            .is_none_or(|rule| !matches!(rule.id.as_str(), "iana-X.1.1" | "iana-X.2.2" | "iana-X.2.1" | "iana-X.1.10")),
        _ => false,
    }
}

/// Exchange's own opinion and ours: the left column is the sender's side, the right one the recipient's.
fn agrees(column: crate::bounce::exchange::indicator::FixIt, party: Party) -> bool {
    use crate::bounce::exchange::indicator::FixIt;
    match column {
        FixIt::Sender => matches!(party, P::Sender | P::OurSystem | P::Nobody | P::Unknown),
        FixIt::Recipient => matches!(party, P::RecipientSystem | P::Recipient | P::Nobody | P::Unknown),
        FixIt::Service => true,
    }
}

fn by_reason<'r>(
    facts: &Facts,
    meaning: Meaning<'r>,
    ours: &Ours,
    reclassify: &dyn Fn(&str) -> Meaning<'r>,
) -> Judgement {
    let owner = meaning.rule.map_or(P::Unknown, |rule| rule.owner);
    match meaning.reason {
        Reason::IpReputation | Reason::ReverseDns => reputation(facts, owner, ours),
        Reason::SenderBlocked => Judgement::new(P::OurSystem, High, G::Reason),
        Reason::SenderAuth => authentication(facts, ours),
        Reason::MailboxFull | Reason::MailboxInactive => Judgement::new(P::Recipient, High, G::Mailbox),
        Reason::NotPermitted => not_permitted(facts, meaning, ours),
        Reason::RelayDenied | Reason::AuthRequired => relay(facts, meaning, ours),
        Reason::Expired | Reason::Network => expired(facts, meaning, ours, reclassify),
        Reason::UserUnknown => user_unknown(facts, meaning),
        Reason::DomainInvalid => domain_invalid(facts, owner),
        Reason::RoutingLoop => routing_loop(facts, owner, ours),
        Reason::SystemError if list_error(meaning) => Judgement::new(P::RecipientSystem, High, G::Reason),
        Reason::Policy | Reason::SystemError => organisation(facts, meaning, ours),
        Reason::SpamContent | Reason::Malware => content(facts, owner, ours),
        Reason::RateLimited => rate(facts, meaning, ours),
        Reason::Tls => tls(facts, meaning, ours),
        Reason::TooLarge | Reason::Malformed => Judgement::new(P::Sender, Medium, G::Reason),
        Reason::Deferred if owner == P::Sender => Judgement::new(P::Sender, Medium, G::Reason),
        Reason::Protocol | Reason::Deferred => Judgement::new(P::OurSystem, Medium, G::Reason),
        Reason::Unknown => unknown(facts, meaning),
    }
}

fn related(facts: &Facts, ours: &Ours) -> Relation {
    relation(facts.rejecting.as_ref(), &facts.domain(), ours, &facts.mx)
}

/// R3, R3a, R3b, R3c, R3f: an address or its name is refused.
fn reputation(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    if owner == P::RecipientSystem {
        return Judgement::new(P::RecipientSystem, High, G::TheirList);
    }
    let their_own = facts.rejecting.as_ref().and_then(|r| r.ip);
    let named: Vec<IpAddr> = ips(answer(&facts.text)).filter(|ip| Some(*ip) != their_own).collect();
    if let Some(ip) = named.iter().find(|ip| ours.has_ip(**ip)) {
        return Judgement::new(P::OurSystem, High, G::OurAddress(*ip)).by_ours();
    }
    let direct = facts.generator_is_ours(ours) && !matches!(related(facts, ours), Relation::Ours | Relation::Unnamed);
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
fn authentication(facts: &Facts, ours: &Ours) -> Judgement {
    let author = facts.from_domain.as_ref().or(facts.sender_domain.as_ref());
    let named_ours = author.is_some_and(|domain| ours.has_domain(domain))
        || ours.domains.iter().any(|domain| position(&facts.text, &domain.to_lowercase()).is_some());
    if author.is_some() && !named_ours {
        let judgement =
            Judgement::new(P::OurSystem, Medium, if ours.is_empty() { G::Reason } else { G::ForeignDomain });
        return if ours.is_empty() { judgement } else { judgement.by_ours() };
    }
    let forwarded_by_us = facts.original_recipient.as_deref().is_some_and(|o| ours.has_domain(&address::domain(o)));
    if facts.was_forwarded() && !forwarded_by_us {
        return Judgement::new(P::RecipientSystem, Medium, G::Forwarded);
    }
    let foreign = ips(answer(&facts.text)).find(|ip| {
        !ours.has_ip(*ip) && !ours.ips.is_empty() && facts.rejecting.as_ref().and_then(|r| r.ip) != Some(*ip)
    });
    match foreign {
        Some(ip) => Judgement::new(P::OurSystem, Medium, G::ForeignAddress(ip)).by_ours(),
        None if named_ours => Judgement::new(P::OurSystem, High, G::OurDomain).by_ours(),
        None => Judgement::new(P::OurSystem, Medium, G::Reason),
    }
}

/// R4b: a recipient, group or list that does not admit the sender.
fn not_permitted(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::RecipientSystem, |rule| rule.owner);
    let says_nothing = meaning.rule.is_some_and(|rule| rule.last || rule.id == "iana-X.7.1") || meaning.rank.is_none();
    let confidence = if says_nothing { Low } else { High };
    if owner == P::Recipient {
        return Judgement::new(P::Recipient, confidence, G::Reason);
    }
    let theirs = matches!(related(facts, ours), Relation::Serves | Relation::Provider);
    Judgement::new(P::RecipientSystem, confidence, if theirs { G::TheirHost } else { G::Reason })
}

/// R5: a host that does not take the mail of this domain or of this client.
fn relay(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let domain = facts.domain();
    let our_account = meaning.reason == Reason::AuthRequired
        && meaning.rule.is_some_and(|rule| rule.owner == P::OurSystem && rule.family != super::rules::Family::Text);
    let in_mx = |remote: &Remote| {
        remote.name.as_deref().is_some_and(|name| facts.mx.iter().any(|mx| mx.eq_ignore_ascii_case(name)))
    };
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => Judgement::new(P::OurSystem, High, G::OurHost).by_ours(),
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
    reclassify: &dyn Fn(&str) -> Meaning<'r>,
) -> Judgement {
    if let Some(last) = facts.last_error.as_deref() {
        let inner = reclassify(last);
        if !matches!(inner.reason, Reason::Expired | Reason::Network | Reason::Unknown) && !weak(inner) {
            let facts = Facts { text: last.to_owned(), last_error: None, ..facts.clone() };
            return by_reason(&facts, inner, ours, reclassify);
        }
    }
    let text = facts.last_error.as_deref().unwrap_or(&facts.text);
    let ours_wrote = facts.generator_is_ours(ours);
    let private = ips(text).any(is_private);
    if private && (ours_wrote || facts.generating.is_none()) {
        return Judgement::new(P::OurSystem, Medium, G::PrivateEndpoint);
    }
    if ours_wrote && ["network is unreachable", "network unreachable"].iter().any(|t| position(text, t).is_some()) {
        return Judgement::new(P::OurSystem, Low, G::Reason).by_ours();
    }
    let names = ["dns", "name serv", "lookup", "servfail", "resolve", "host not found", "domain name"];
    let dns = names.iter().any(|sign| position(text, sign).is_some())
        || meaning.rule.is_some_and(|rule| rule.id == "iana-X.4.3");
    if dns && meaning.rule.is_some_and(|rule| rule.owner == P::Network) {
        return Judgement::new(P::Network, Medium, G::Reason);
    }
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours(),
        Relation::Serves => Judgement::new(P::RecipientSystem, Medium, G::TheirHost),
        Relation::Provider => Judgement::new(P::RecipientSystem, Medium, G::Provider),
        Relation::Inside if ours_wrote => Judgement::new(P::OurSystem, Medium, G::OurHost).by_ours(),
        Relation::Unnamed
            if crate::bounce::wording::remote(text)
                .is_some_and(|r| r.name.is_some_and(|n| serves(&n, &facts.domain(), &facts.mx))) =>
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

/// The well-known domain that this one is a letter or a swap away from.
#[must_use]
pub fn typo(domain: &str) -> Option<&'static str> {
    MAILBOX_PROVIDERS.into_iter().find(|known| *known != domain && one_slip(domain.as_bytes(), known.as_bytes()))
}

/// One letter more, less or other, or two neighbours swapped.
fn one_slip(written: &[u8], known: &[u8]) -> bool {
    if written.len().abs_diff(known.len()) > 1 || written.len() < 5 {
        return false;
    }
    let head = written.iter().zip(known).take_while(|(x, y)| x == y).count();
    let (written, known) = (&written[head..], &known[head..]);
    let tail = written.iter().rev().zip(known.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&written[..written.len() - tail], &known[..known.len() - tail]) {
        ([_], [_] | []) | ([], [_]) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}

/// R9: the hosts that repeat.
fn routing_loop(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    let domain = facts.domain();
    let ours_is_it = ours.has_domain(&domain);
    let times = |host: &String| facts.received_by.iter().filter(|h| h.eq_ignore_ascii_case(host)).count();
    let repeated: Vec<&String> = facts.received_by.iter().filter(|h| h.contains('.') && times(h) > 1).collect();
    let (mine, theirs): (Vec<&String>, Vec<&String>) =
        repeated.iter().partition(|h| ours.has_host(h) || ours.has_relay(h));
    match (mine.is_empty(), theirs.is_empty()) {
        (true, true) if owner == P::Network && !ours_is_it => Judgement::new(P::Network, Medium, G::Reason),
        (true, true) => Judgement::new(P::RecipientSystem, Low, G::Reason),
        (false, _) if ours_is_it => Judgement::new(P::OurSystem, High, G::Loop).by_ours(),
        (false, true) => Judgement::new(P::OurSystem, Medium, G::Loop).by_ours(),
        (true, false) if theirs.iter().any(|h| serves(h, &domain, &facts.mx)) => {
            Judgement::new(P::RecipientSystem, High, G::Loop)
        }
        _ => Judgement::new(P::RecipientSystem, Medium, G::Loop),
    }
}

/// R3c: a blocklist's answer to the receiver itself ("you ask through an open resolver") is no listing of ours.
fn list_error(meaning: Meaning<'_>) -> bool {
    meaning.rule.is_some_and(|rule| rule.id.starts_with("dnsbl-"))
}

/// R10: a rule or a fault of the organisation that refused, unless the rule is about how we send.
fn organisation(facts: &Facts, meaning: Meaning<'_>, ours: &Ours) -> Judgement {
    let owner = meaning.rule.map_or(P::Unknown, |rule| rule.owner);
    let about_us = owner == P::OurSystem && meaning.rank.is_some_and(|rank| rank >= Rank::SpecificCode);
    let domain = facts.domain();
    let generator_serves = facts.generating.as_deref().is_some_and(|g| serves(g, &domain, &facts.mx));
    match related(facts, ours) {
        Relation::Ours | Relation::OurRelay => Judgement::new(P::OurSystem, High, G::OurHost).by_ours(),
        Relation::Inside | Relation::Unnamed if facts.generator_is_ours(ours) => {
            Judgement::new(P::OurSystem, High, G::OurHost).by_ours()
        }
        Relation::Inside | Relation::Unnamed if generator_serves => {
            Judgement::new(P::RecipientSystem, Medium, G::TheirHost)
        }
        Relation::Serves | Relation::Provider if !about_us => Judgement::new(P::RecipientSystem, Medium, G::TheirHost),
        _ if owner == P::OurSystem => Judgement::new(P::OurSystem, Medium, G::Reason),
        _ if owner == P::Sender => Judgement::new(P::Sender, Medium, G::Reason),
        _ => Judgement::new(P::RecipientSystem, Medium, G::Reason),
    }
}

/// R12: a filter found something in the message.
fn content(facts: &Facts, owner: Party, ours: &Ours) -> Judgement {
    let party = match owner {
        P::Sender | P::RecipientSystem => owner,
        _ => P::OurSystem,
    };
    let quarantined =
        party == P::RecipientSystem && !matches!(related(facts, ours), Relation::Ours | Relation::OurRelay);
    Judgement::new(
        if quarantined {
            P::RecipientSystem
        } else if party == P::Sender {
            P::Sender
        } else {
            P::OurSystem
        },
        Medium,
        G::Reason,
    )
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
        _ if meaning
            .rule
            .is_some_and(|rule| rule.id.contains("tlsa") || rule.id.contains("323") || rule.id == "txt-starttls") =>
        {
            Judgement::new(P::RecipientSystem, Medium, G::Reason)
        }
        _ => Judgement::new(P::RecipientSystem, High, G::Reason),
    }
}

/// R15: nothing is recognised. Only a subject of the code may be guessed from.
fn unknown(facts: &Facts, meaning: Meaning<'_>) -> Judgement {
    let telling = facts.status.is_some_and(|s| s.class == 5 && s.subject != 0) && meaning.rule.is_some();
    let party = if telling { meaning.rule.map_or(P::Unknown, |rule| rule.owner) } else { P::Unknown };
    Judgement::new(party, Low, G::CodeOnly)
}
