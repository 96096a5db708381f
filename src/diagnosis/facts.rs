//! What a verdict is made of: the facts of one delivery, taken from the message or given by hand.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use crate::bounce::dialect::exchange::indicator::FixIt;
use crate::bounce::notice::sentences::answer;
use crate::bounce::{Bounce, Delivery, DsnAction, Kind, Phase, Remote, Said, Status};
use crate::mail::{SafeText, address};

use super::backscatter::Backscatter;
use super::hosts::is_microsoft;
use super::ours::Ours;

/// The facts of one delivery. Names in responsibility rules: G generating server, X rejecting
/// server, R recipient domain, S envelope sender domain, F From domain.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Failure, delay or something else.
    pub kind: Kind,
    /// What was done with this recipient.
    pub action: Option<DsnAction>,
    /// G: who wrote the report.
    pub generating: Option<String>,
    /// X: who refused; None when G itself did.
    pub rejecting: Option<Remote>,
    /// The failed address.
    pub recipient: String,
    /// The address the sender wrote, when it is another one.
    pub original_recipient: Option<String>,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Basic reply code.
    pub reply: Option<u16>,
    /// The step of the dialogue.
    pub phase: Option<Phase>,
    /// T: what was said.
    pub text: SafeText,
    /// The last real error of a message whose time ran out.
    pub last_error: Option<SafeText>,
    /// F: domain of the author of the returned message.
    pub from_domain: Option<String>,
    /// S: domain of its envelope sender.
    pub sender_domain: Option<String>,
    /// Domain of the From of the report: whose system speaks.
    pub reporter_domain: Option<String>,
    /// Hosts that wrote more than one Received field of the returned message.
    pub repeated: Arc<[String]>,
    /// The MX set of R, when somebody looked it up.
    pub mx: Vec<String>,
    /// Days since mail to this address was last delivered, when that is known.
    pub delivered_before_days: Option<u32>,
    /// G is ours although its name does not show it.
    pub generating_is_ours: bool,
    /// Nothing of the original came back: whether it was ours cannot be proved.
    pub unprovable: bool,
    /// The message says of the same recipient that the mail failed and that it arrived.
    pub contradicted: bool,
    /// Whether we sent the returned message at all.
    pub backscatter: Backscatter,
    /// The column Exchange paints red.
    pub fix_it: Option<FixIt>,
    /// The dialect of the report.
    pub dialect: &'static str,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            kind: Kind::Failure,
            action: None,
            generating: None,
            rejecting: None,
            recipient: String::new(),
            original_recipient: None,
            status: None,
            reply: None,
            phase: None,
            text: SafeText::default(),
            last_error: None,
            from_domain: None,
            sender_domain: None,
            reporter_domain: None,
            repeated: Arc::default(),
            mx: Vec::new(),
            delivered_before_days: None,
            generating_is_ours: false,
            unprovable: false,
            contradicted: false,
            backscatter: Backscatter::Unknown,
            fix_it: None,
            dialect: "",
        }
    }
}

impl Facts {
    /// The facts of each delivery of a message, in their order.
    pub fn of(
        bounce: &Bounce,
        backscatter: Backscatter,
    ) -> impl Iterator<Item = (&Delivery, Self)> {
        let shared = Self::of_message(bounce, backscatter);
        let contradictory = contradictory(bounce);
        bounce.deliveries.iter().map(move |delivery| {
            let recipient = delivery.recipient.as_deref().unwrap_or("");
            let accepted = delivery.failed() && delivery.said.as_ref().is_some_and(Said::accepts);
            let facts = Self {
                action: delivery.action,
                rejecting: delivery.remote.clone(),
                recipient: recipient.to_owned(),
                original_recipient: delivery.original_recipient.as_ref().map(ToString::to_string),
                status: delivery.status,
                reply: delivery.reply,
                phase: delivery.phase,
                text: delivery.said.as_ref().map(|s| s.text.clone()).unwrap_or_default(),
                last_error: delivery.last_error.as_ref().map(|s| s.text.clone()),
                contradicted: accepted || contradictory.contains(&recipient.to_ascii_lowercase()),
                ..shared.clone()
            };
            (delivery, facts)
        })
    }

    /// What is the same for all deliveries of a message.
    fn of_message(bounce: &Bounce, backscatter: Backscatter) -> Self {
        let original = bounce.original.as_ref();
        let domain = |address: &str| Some(address::domain(address)).filter(|d| !d.is_empty());
        let hosts =
            original.into_iter().flat_map(|o| o.chain.hops.iter().filter_map(|h| h.by.as_deref()));
        Self {
            kind: bounce.kind,
            generating: bounce.generating_server.as_ref().map(ToString::to_string),
            from_domain: original.and_then(|o| o.author.as_deref()).and_then(domain),
            sender_domain: bounce
                .envelope_sender
                .as_deref()
                .or_else(|| original.and_then(|o| o.sender.as_deref()))
                .and_then(domain),
            reporter_domain: bounce
                .from
                .as_deref()
                .and_then(|f| address::first_in(f))
                .and_then(domain),
            repeated: repeated(hosts),
            unprovable: original.is_none_or(|o| o.message_id.is_none() && o.chain.hops.is_empty()),
            backscatter,
            fix_it: bounce.fix_it,
            dialect: bounce.dialect,
            ..Self::default()
        }
    }

    /// True when the text of both means the same, whoever the recipients are.
    #[must_use]
    pub fn say_as_much_as(&self, other: &Self) -> bool {
        let said = |f: &Self| (f.status, f.reply, f.phase);
        said(self) == said(other) && self.text == other.text && self.rejecting == other.rejecting
    }

    /// R: the domain of the recipient.
    #[must_use]
    pub fn domain(&self) -> String {
        address::domain(&self.recipient)
    }

    /// True when G is ours: by its name, or because the report of a shared cloud comes from our
    /// tenant.
    #[must_use]
    pub fn generator_is_ours(&self, ours: &Ours) -> bool {
        let named =
            self.generating.as_deref().is_some_and(|g| ours.has_host(g) || ours.has_relay(g));
        let tenant = self.generating.as_deref().is_some_and(is_microsoft)
            && self.reporter_domain.as_deref().is_some_and(|d| ours.has_domain(d));
        self.generating_is_ours || named || tenant
    }

    /// True when a Microsoft host wrote or refused, or the report has an Exchange layout.
    #[must_use]
    pub fn is_microsoft(&self) -> bool {
        let hosts = self
            .generating
            .as_deref()
            .into_iter()
            .chain(self.rejecting.as_ref().and_then(|r| r.name.as_deref()));
        self.dialect.starts_with("exchange") || hosts.into_iter().any(is_microsoft)
    }

    /// True when the message was passed on from the address the sender wrote to another domain.
    #[must_use]
    pub fn was_forwarded(&self) -> bool {
        let domain = self.domain();
        self.original_recipient.as_deref().is_some_and(|o| {
            let original = address::domain(o);
            !original.is_empty() && !original.eq_ignore_ascii_case(&domain)
        })
    }
}

/// Hosts with a full name that occur more than once, in lower case.
pub fn repeated<'h>(hosts: impl Iterator<Item = &'h str>) -> Arc<[String]> {
    let (mut seen, mut again) = (HashSet::new(), Vec::new());
    for host in hosts.filter(|host| host.contains('.')).map(str::to_ascii_lowercase) {
        if seen.contains(&host) {
            again.push(host);
        } else {
            seen.insert(host);
        }
    }
    again.into()
}

/// Recipients, in lower case, that the message reports as reached and as failed.
fn contradictory(bounce: &Bounce) -> HashSet<String> {
    let reached =
        |delivery: &&Delivery| !delivery.failed() && delivery.action != Some(DsnAction::Delayed);
    let recipient =
        |delivery: &Delivery| delivery.recipient.as_ref().map(|r| r.to_ascii_lowercase());
    let reached: HashSet<String> =
        bounce.deliveries.iter().filter(reached).filter_map(recipient).collect();
    if reached.is_empty() {
        return reached;
    }
    bounce
        .deliveries
        .iter()
        .filter(|d| d.failed())
        .filter_map(recipient)
        .filter(|r| reached.contains(r))
        .collect()
}

/// All addresses of hosts in a text, also those in literals (`[IPv6:2001:db8::1]`).
pub fn ips(text: &str) -> impl Iterator<Item = IpAddr> {
    let word = |c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.');
    text.split(word).filter(|w| w.len() >= 3).filter_map(|w| {
        let w = w.trim_matches(['.', ':']);
        let w =
            w.strip_prefix("6:").filter(|literal| literal.parse::<Ipv6Addr>().is_ok()).unwrap_or(w);
        let v4 = || {
            w.split(':')
                .next()
                .filter(|v4| v4.bytes().filter(|b| *b == b'.').count() == 3)
                .and_then(|v4| v4.parse().ok())
        };
        if w.contains("::") || w.bytes().filter(|b| *b == b':').count() >= 3 {
            w.parse().ok()
        } else {
            v4()
        }
    })
}

/// The addresses that an answer names, but for that of the host that gave it.
pub fn refused_ips(text: &str, by: Option<&Remote>) -> impl Iterator<Item = IpAddr> {
    let own = by.and_then(|remote| remote.ip);
    ips(answer(text)).filter(move |ip| Some(*ip) != own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_literals() {
        let found: Vec<IpAddr> =
            ips("Client host [IPv6:2001:db8:b1::25] blocked; [ipv6:2001:db8::1]").collect();
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2001:db8:b1::25", "2001:db8::1"]
        );
    }

    #[test]
    fn the_host_that_answers_does_not_refuse_itself() {
        let text = "host mx.b.example[198.51.100.13] said: 550 5.7.1 messages from [192.0.2.26] were not sent";
        let named = |by: Option<&Remote>| {
            refused_ips(text, by).map(|ip| ip.to_string()).collect::<Vec<_>>()
        };
        let by_name = Remote { name: Some("mx.b.example".into()), ip: None };
        assert_eq!(named(Some(&by_name)), ["192.0.2.26"]);
        assert_eq!(named(Some(&Remote { ip: "192.0.2.26".parse().ok(), ..by_name })), [""; 0]);
    }

    #[test]
    fn addresses_in_an_answer() {
        let found: Vec<String> =
            ips("Client host [192.0.2.7] blocked; last endpoint 10.1.1.3:25; [2001:db8::10] at 12:30:45 id 5.7.1.")
                .map(|ip| ip.to_string())
                .collect();
        assert_eq!(found, ["192.0.2.7", "10.1.1.3", "2001:db8::10"]);
    }
}
