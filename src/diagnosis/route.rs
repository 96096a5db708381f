//! The way of a message as three stations — the sender, our service, the recipient's side — where
//! it stopped, and who must act: what the indicator draws.

use crate::bounce::{Bounce, Delivery};
use crate::mail::{SafeText, address};

use super::Party;
use super::case::Case;
use super::hosts::{Relation, relation};
use super::reason::Reason;

/// Where a message stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stop {
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
    pub stop: Stop,
    /// Who must act.
    pub party: Party,
}

impl Route {
    /// The route of one delivery.
    #[must_use]
    pub fn of(case: &Case<'_>) -> Self {
        let Case { bounce, delivery, verdict, ours, .. } = *case;
        let original = bounce.original.as_ref();
        let sender = original
            .and_then(|o| o.author.clone().or_else(|| o.sender.clone()))
            .or_else(|| bounce.envelope_sender.clone())
            .or_else(|| bounce.to.clone());
        let domain = delivery.recipient.as_deref().map(address::domain).filter(|d| !d.is_empty());
        let relation =
            relation(delivery.remote.as_ref(), domain.as_deref().unwrap_or(""), ours, &[]);
        let generator = bounce.generating_server.clone();
        let generator_ours =
            generator.as_deref().is_some_and(|host| ours.has_host(host) || ours.has_relay(host));
        let remote = delivery.remote.as_ref().map(crate::bounce::Remote::label);
        let at_ours = matches!(relation, Relation::Ours | Relation::OurRelay);
        let sent_on = original.and_then(|o| {
            o.chain
                .hops
                .iter()
                .rev()
                .filter_map(|hop| hop.by.clone())
                .find(|by| ours.has_host(by) || ours.has_relay(by))
        });
        let our_host = if at_ours {
            remote.clone()
        } else if generator_ours || ours.is_empty() && relation != Relation::Unnamed {
            generator.clone()
        } else {
            sent_on
        };
        // A report by a host of theirs says that they took the message, whoever of us sent it on.
        let report_is_ours = if generator.is_some() { generator_ours } else { our_host.is_some() };
        let theirs = match relation {
            Relation::Ours | Relation::OurRelay => None,
            Relation::Unnamed => generator.filter(|_| !generator_ours),
            _ => remote,
        };
        Self {
            sender,
            stop: stop(bounce, delivery, relation, report_is_ours, verdict.reason),
            ours: our_host,
            theirs,
            domain: domain.map(|d| SafeText::new(&d)),
            party: verdict.judgement.party,
        }
    }
}

fn stop(
    bounce: &Bounce,
    delivery: &Delivery,
    relation: Relation,
    report_is_ours: bool,
    reason: Reason,
) -> Stop {
    if !(bounce.kind.is_bounce() && delivery.failed()) {
        return Stop::Nowhere;
    }
    match relation {
        Relation::Ours | Relation::OurRelay => Stop::AtUs,
        // Our host looked for theirs and found none.
        Relation::Unnamed
            if report_is_ours
                && matches!(reason, Reason::Network | Reason::Expired | Reason::DomainInvalid) =>
        {
            Stop::Between
        }
        Relation::Unnamed if report_is_ours => Stop::AtUs,
        Relation::Unnamed | Relation::Inside => Stop::WithThem,
        _ => Stop::Between,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::Remote;
    use crate::diagnosis::matcher::STANDARD;
    use crate::diagnosis::{Ours, diagnose};

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

    fn stop_of(remote: Option<&str>, report_is_ours: bool, reason: Reason) -> Stop {
        let bounce = report("relay1.birch.example");
        let remote = remote.and_then(Remote::read);
        let relation = relation(remote.as_ref(), "oak.example", &ours(), &[]);
        stop(&bounce, &bounce.deliveries[0], relation, report_is_ours, reason)
    }

    #[test]
    fn where_it_stopped() {
        let of = |remote, report_is_ours| stop_of(remote, report_is_ours, Reason::UserUnknown);
        assert_eq!(of(Some("mx.oak.example"), true), Stop::Between);
        assert_eq!(of(Some("relay2.birch.example"), true), Stop::AtUs);
        assert_eq!(of(None, true), Stop::AtUs);
        assert_eq!(of(None, false), Stop::WithThem);
        assert_eq!(stop_of(None, true, Reason::Network), Stop::Between);
        assert_eq!(stop_of(None, false, Reason::Expired), Stop::WithThem);
    }

    #[test]
    fn a_report_of_theirs_means_that_they_took_it() {
        let route = |generator| {
            let bounce = report(generator);
            let diagnosis = diagnose(&bounce, &STANDARD, &ours());
            Route::of(&Case::of(&bounce, &diagnosis, &ours(), 0).expect("a delivery"))
        };
        let theirs = route("ex2.oak.example");
        assert_eq!(
            (theirs.ours.as_deref(), theirs.stop),
            (Some("relay1.birch.example"), Stop::WithThem)
        );
        assert_eq!(route("relay1.birch.example").stop, Stop::AtUs);
    }
}
