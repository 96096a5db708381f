//! What a cause hangs on: whoever refuses, and what of ours is refused.

use crate::bounce::Remote;
use crate::diagnosis::hosts::{operator, operator_of_provider, registrable};
use crate::diagnosis::matcher::Rank;
use crate::diagnosis::{Case, Party, Reason, named};
use crate::mail::find::contains;
use crate::mail::{SafeText, address};

use super::mechanism::mechanism;
use super::template::template;

/// Local parts of those who write to many.
const BULK: [&str; 12] = [
    "news",
    "newsletter",
    "mailing",
    "mailings",
    "marketing",
    "promo",
    "promotion",
    "campaign",
    "noreply",
    "no-reply",
    "donotreply",
    "do-not-reply",
];

/// Local parts of those who read reports on mail that others wrote.
const KEEPERS: [&str; 3] = ["postmaster", "mailer-daemon", "abuse"];

/// Where deliveries of one cause meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hinge {
    /// Who refused or is out of reach.
    pub(super) at: Option<SafeText>,
    /// What of ours is refused.
    pub(super) about: Option<SafeText>,
    /// What tells apart where these two do not.
    pub(super) words: Option<SafeText>,
}

impl Hinge {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let party = case.verdict.judgement.party;
        let ours = matches!(party, Party::OurSystem | Party::Sender);
        match case.verdict.reason {
            // What is in bad repute is the same wherever a list is asked about it.
            Reason::IpReputation => {
                let about = ip(case).or_else(|| domain_in_answer(case));
                Self { at: list_or_refuser(case, about.is_some()), about, words: None }
            }
            Reason::ReverseDns if ours => Self::about(ip(case)),
            Reason::SenderAuth if ours => {
                Self { at: None, about: sender_domain(case), words: mechanism(case) }
            }
            Reason::Malware | Reason::SenderBlocked if ours => Self::about(sender(case)),
            // A newsletter is called spam for what is in it, whoever looks.
            Reason::SpamContent if ours && is_bulk(case) => Self::about(sender(case)),
            Reason::RateLimited if party == Party::Sender => Self::about(sender(case)),
            // Whose mailbox it is matters, not which host of theirs knows about it.
            Reason::UserUnknown
            | Reason::MailboxInactive
            | Reason::MailboxFull
            | Reason::DomainInvalid
            | Reason::NotPermitted
            | Reason::RoutingLoop => Self::at(recipient_domain(case)),
            Reason::Unknown => {
                let said = case.delivery.said.as_ref();
                let words = said.and_then(|said| template(said.answer().words));
                Self { words, ..Self::at(refuser(case).or_else(|| recipient_domain(case))) }
            }
            _ => Self::at(refuser(case).or_else(|| recipient_domain(case))),
        }
    }

    fn at(at: Option<SafeText>) -> Self {
        Self { at, ..Self::default() }
    }

    fn about(about: Option<SafeText>) -> Self {
        Self { about, ..Self::default() }
    }
}

/// Who holds the address or the domain for bad. Where that is named, what others say of the same
/// one tells who refused.
fn list_or_refuser(case: &Case<'_>, is_named: bool) -> Option<SafeText> {
    if let Some(said) = &case.delivery.said {
        let words = said.answer().words;
        if let Some(provider) = named::known_list(words) {
            return Some(SafeText::new(provider));
        }
        if let Some(list) = named::list(words) {
            let operator = registrable(&list).unwrap_or(&list).to_ascii_lowercase();
            return Some(SafeText::new(&operator));
        }
    }
    match refuser(case) {
        None if !is_named => recipient_domain(case),
        refuser => refuser,
    }
}

/// Whoever runs the host that refused, unless it is ours: by its name, else by whose words they
/// are; where no other host is spoken of, the one that wrote the report.
fn refuser(case: &Case<'_>) -> Option<SafeText> {
    let remote: Option<&Remote> = case.delivery.remote.as_ref();
    let host = match remote {
        Some(remote) => remote.name.as_deref(),
        None => case.bounce.generating_server.as_deref(),
    };
    if let Some(host) = host
        && !case.ours.has_host(host)
    {
        return Some(SafeText::new(&operator(host)?));
    }
    if host.is_some() && remote.is_some() {
        return None;
    }
    let rule = case.verdict.rule.as_ref()?;
    if case.verdict.rank < Some(Rank::SpecificCode) {
        return None;
    }
    Some(SafeText::new(operator_of_provider(rule.provider.as_deref()?)?))
}

fn recipient_domain(case: &Case<'_>) -> Option<SafeText> {
    let delivery = case.delivery;
    let recipient = delivery.recipient.as_ref().or(delivery.original_recipient.as_ref())?;
    let domain = address::domain(recipient);
    if domain.is_empty() {
        return None;
    }
    Some(SafeText::new(&operator(&domain).unwrap_or(domain)))
}

/// The address of ours that the answer names.
fn ip(case: &Case<'_>) -> Option<SafeText> {
    Some(SafeText::new(&named::ip(case)?.to_string()))
}

/// The sender's domain, where the answer speaks of it.
fn domain_in_answer(case: &Case<'_>) -> Option<SafeText> {
    let said = case.delivery.said.as_ref()?;
    let domain = address::domain(&sender(case)?);
    if domain.is_empty() || !contains(said.answer().words, &domain) {
        return None;
    }
    Some(SafeText::new(&domain))
}

/// Who wrote what came back; where nothing did, to whom the report was sent.
fn sender(case: &Case<'_>) -> Option<SafeText> {
    let original = case.bounce.original.as_ref();
    let author = original.and_then(|original| original.author.as_ref());
    if let Some(sender) = author.or_else(|| case.bounce.return_path()) {
        return Some(SafeText::new(&sender.to_lowercase()));
    }
    let to = address::first_in(case.bounce.to.as_ref()?)?.to_lowercase();
    let is_keeper = KEEPERS.contains(&address::local(&to));
    if is_keeper { None } else { Some(SafeText::new(&to)) }
}

/// True for mail to many.
fn is_bulk(case: &Case<'_>) -> bool {
    if case.bounce.original.as_ref().is_some_and(|original| original.list_id.is_some()) {
        return true;
    }
    sender(case).is_some_and(|sender| BULK.contains(&address::local(&sender)))
}

fn sender_domain(case: &Case<'_>) -> Option<SafeText> {
    let refused = named::sender(case).or_else(|| sender(case))?;
    let domain = address::domain(&refused);
    if domain.is_empty() { None } else { Some(SafeText::new(&domain)) }
}
