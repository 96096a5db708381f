//! What a cause hangs on: whoever refuses, and what of ours is refused.

use crate::bounce::Remote;
use crate::diagnosis::hosts::{operator, registrable};
use crate::diagnosis::{Case, Party, Reason, named};
use crate::mail::{SafeText, address};

/// Where deliveries of one cause meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hinge {
    /// Who refused or is out of reach.
    pub(super) at: Option<SafeText>,
    /// What of ours is refused.
    pub(super) about: Option<SafeText>,
}

impl Hinge {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let ours = matches!(case.verdict.judgement.party, Party::OurSystem | Party::Sender);
        match case.verdict.reason {
            // What is in bad repute is the same wherever a list is asked about it.
            Reason::IpReputation => Self { at: list_or_refuser(case), about: ip(case) },
            Reason::ReverseDns if ours => Self { at: None, about: ip(case) },
            Reason::SenderAuth if ours => Self { at: None, about: sender_domain(case) },
            Reason::SpamContent | Reason::Malware | Reason::SenderBlocked if ours => {
                Self { at: None, about: sender(case) }
            }
            // Whose mailbox it is matters, not which host of theirs knows about it.
            Reason::UserUnknown
            | Reason::MailboxInactive
            | Reason::MailboxFull
            | Reason::DomainInvalid
            | Reason::NotPermitted
            | Reason::RoutingLoop
            | Reason::Expired
            | Reason::Network => Self { at: recipient_domain(case), about: None },
            _ => Self { at: refuser(case).or_else(|| recipient_domain(case)), about: None },
        }
    }
}

fn list_or_refuser(case: &Case<'_>) -> Option<SafeText> {
    if let Some(said) = &case.delivery.said
        && let Some(list) = named::list(said.answer().words)
    {
        let operator = registrable(&list).unwrap_or(&list).to_ascii_lowercase();
        return Some(SafeText::new(&operator));
    }
    // Where the address is named, what others say of the same one tells who refused.
    if ip(case).is_some() {
        refuser(case)
    } else {
        refuser(case).or_else(|| recipient_domain(case))
    }
}

/// Whoever runs the host that refused, unless it is ours.
fn refuser(case: &Case<'_>) -> Option<SafeText> {
    let remote: &Remote = case.delivery.remote.as_ref()?;
    let name = remote.name.as_deref()?;
    if case.ours.has_host(name) {
        return None;
    }
    Some(SafeText::new(&operator(name)?))
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

fn sender(case: &Case<'_>) -> Option<SafeText> {
    let original = case.bounce.original.as_ref();
    let author = original.and_then(|original| original.author.as_ref());
    let sender = author.or_else(|| case.bounce.return_path())?;
    Some(SafeText::new(&sender.to_lowercase()))
}

fn sender_domain(case: &Case<'_>) -> Option<SafeText> {
    let refused = named::sender(case).or_else(|| sender(case))?;
    let domain = address::domain(&refused);
    if domain.is_empty() { None } else { Some(SafeText::new(&domain)) }
}
