//! The way of a message as three stations — the sender, our service, the recipient's side — where
//! it stopped, and who must act: what the indicator draws.

use crate::bounce::{Bounce, Delivery, Remote};
use crate::mail::{SafeText, address};

use super::case::Case;
use super::hosts::{Relation, relation};
use super::ours::Ours;
use super::party::Party;
use super::reason::Reason;

/// Where a message stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Halt {
    /// It did not stop, or nothing shows where.
    #[default]
    Nowhere,
    /// Our service did not take it, or did not let it out.
    AtUs,
    /// On the way from us to them: no server answered, or the one that did would not take it.
    Between,
    /// Their side took it and gave up on it later.
    WithThem,
}

/// The three stations and where the way broke.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The author of the returned message.
    pub sender: Option<SafeText>,
    /// Our host that had the message last.
    pub ours: Option<SafeText>,
    /// The host on the recipient's side.
    pub theirs: Option<SafeText>,
    /// The recipient's domain.
    pub domain: Option<SafeText>,
    /// Where it stopped.
    pub halt: Halt,
    /// Who must act.
    pub party: Party,
}

impl Route {
    /// The route of one delivery.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let Case { bounce, delivery, verdict, ours, .. } = *case;
        let recipient = delivery.recipient.as_deref().unwrap_or("");
        let domain = address::domain(recipient);
        let relation = relation(delivery.remote.as_ref(), &domain, ours, &[]);
        let generator = bounce.generating_server.clone();
        let generator_ours = generator.as_deref().is_some_and(|host| is_ours(host, ours));
        let remote = delivery.remote.as_ref().map(Remote::label);
        let (our_host, theirs) = match relation {
            Relation::Ours | Relation::OurRelay => (remote, None),
            Relation::Unnamed if generator_ours => (generator.clone(), None),
            Relation::Unnamed => (sent_on(case), generator.clone()),
            _ if generator_ours || ours.is_empty() => (generator.clone(), remote),
            _ => (sent_on(case), remote),
        };
        // A report by a host of theirs says that they took the message, whoever of us sent it on.
        let report_is_ours = if generator.is_some() { generator_ours } else { our_host.is_some() };
        Self {
            sender: sender(bounce),
            halt: halt(bounce, delivery, relation, report_is_ours, verdict.reason),
            ours: our_host,
            theirs,
            domain: if domain.is_empty() { None } else { Some(SafeText::new(&domain)) },
            party: verdict.judgement.party,
        }
    }
}

fn is_ours(host: &str, ours: &Ours) -> bool {
    ours.has_host(host) || ours.has_relay(host)
}

/// Who sent the returned message.
fn sender(bounce: &Bounce) -> Option<SafeText> {
    if let Some(original) = &bounce.original
        && let Some(address) = original.author.as_ref().or(original.sender.as_ref())
    {
        return Some(address.clone());
    }
    bounce.envelope_sender.as_ref().or(bounce.to.as_ref()).cloned()
}

/// The last of our hosts that took the returned message.
fn sent_on(case: &Case<'_>) -> Option<SafeText> {
    let original = case.bounce.original.as_ref()?;
    for hop in original.chain.hops.iter().rev() {
        if let Some(by) = &hop.by
            && is_ours(by, case.ours)
        {
            return Some(by.clone());
        }
    }
    None
}

fn halt(
    bounce: &Bounce,
    delivery: &Delivery,
    relation: Relation,
    report_is_ours: bool,
    reason: Reason,
) -> Halt {
    if !(bounce.kind.is_bounce() && delivery.failed()) {
        return Halt::Nowhere;
    }
    match relation {
        Relation::Ours | Relation::OurRelay => Halt::AtUs,
        // Our host looked for theirs and found none.
        Relation::Unnamed
            if report_is_ours
                && matches!(reason, Reason::Network | Reason::Expired | Reason::DomainInvalid) =>
        {
            Halt::Between
        }
        Relation::Unnamed if report_is_ours => Halt::AtUs,
        Relation::Unnamed | Relation::Inside => Halt::WithThem,
        _ => Halt::Between,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::matcher::Rules;
    use crate::diagnosis::verdict::diagnose;

    fn ours() -> Ours {
        toml::from_str("domains = ['birch.example']").expect("valid")
    }

    fn report(generator: &str) -> Bounce {
        let original = "Received: from pc by relay1.birch.example; Sat, 2 May 2026 11:35:04 +0200\nFrom: a@birch.example\n\nx\n";
        let report = format!(
            "From: MAILER-DAEMON@{generator}\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {generator}\n\nFinal-Recipient: rfc822; u@oak.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n"
        );
        crate::bounce::read(report.as_bytes())
    }

    fn halt_of(remote: Option<&str>, report_is_ours: bool, reason: Reason) -> Halt {
        let bounce = report("relay1.birch.example");
        let remote = remote.and_then(Remote::read);
        let relation = relation(remote.as_ref(), "oak.example", &ours(), &[]);
        halt(&bounce, &bounce.deliveries[0], relation, report_is_ours, reason)
    }

    #[test]
    fn where_it_stopped() {
        let of = |remote, report_is_ours| halt_of(remote, report_is_ours, Reason::UserUnknown);
        assert_eq!(of(Some("mx.oak.example"), true), Halt::Between);
        assert_eq!(of(Some("relay2.birch.example"), true), Halt::AtUs);
        assert_eq!(of(None, true), Halt::AtUs);
        assert_eq!(of(None, false), Halt::WithThem);
        assert_eq!(halt_of(None, true, Reason::Network), Halt::Between);
        assert_eq!(halt_of(None, false, Reason::Expired), Halt::WithThem);
    }

    #[test]
    fn a_report_of_theirs_means_that_they_took_it() {
        let route = |generator| {
            let bounce = report(generator);
            let diagnosis = diagnose(&bounce, Rules::standard(), &ours());
            Route::of(&Case::of(&bounce, &diagnosis, &ours(), 0).expect("a delivery"))
        };
        let theirs = route("ex2.oak.example");
        assert_eq!(
            (theirs.ours.as_deref(), theirs.halt),
            (Some("relay1.birch.example"), Halt::WithThem)
        );
        assert_eq!(route("relay1.birch.example").halt, Halt::AtUs);
    }
}
