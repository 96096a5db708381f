//! What a verdict is made of, taken from a message or given by hand: facts of the message, of one
//! delivery, and of the world outside.

use std::net::{IpAddr, Ipv6Addr};

use crate::bounce::dialect::exchange::indicator::FixIt;
use crate::bounce::{Answer, Bounce, Delivery, DsnAction, Kind, Phase, Remote, Status};
use crate::mail::address;

use super::backscatter::Backscatter;
use super::conflict::Conflict;
use super::hosts::{is_microsoft, is_our_tenant};
use super::ours::Ours;

/// All that is known of one delivery. Names in responsibility rules: G generating server, X
/// rejecting server, R recipient domain, S envelope sender domain, F From domain.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What is the same for all deliveries of the message.
    pub message: &'a MessageFacts<'a>,
    /// What the message says of this one.
    pub delivery: DeliveryFacts<'a>,
    /// What the message does not say.
    pub outside: &'a Outside,
}

/// What is the same for all deliveries of a message.
#[derive(Clone, Debug)]
pub struct MessageFacts<'a> {
    /// Failure, delay or something else.
    pub kind: Kind,
    /// G: who wrote the report.
    pub generating: Option<&'a str>,
    /// F: domain of the author of the returned message.
    pub from_domain: Option<String>,
    /// S: domain of its envelope sender.
    pub sender_domain: Option<String>,
    /// Domain of the From of the report: whose system speaks, where a host of Microsoft's wrote it.
    pub reporter_domain: Option<String>,
    /// Hosts that wrote more than one Received field of the returned message.
    pub repeated: Vec<String>,
    /// Nothing of the original came back: whether it was ours cannot be proved.
    pub unprovable: bool,
    /// Whether we sent the returned message at all.
    pub backscatter: Backscatter,
    /// The column Exchange paints red.
    pub fix_it: Option<FixIt>,
    /// The dialect of the report.
    pub dialect: &'a str,
}

/// What a message says of one delivery.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFacts<'a> {
    /// What was done with this recipient.
    pub action: Option<DsnAction>,
    /// X: who refused; None when G itself did.
    pub rejecting: Option<&'a Remote>,
    /// The failed address; empty when it is not known.
    pub recipient: &'a str,
    /// The address the sender wrote, when it is another one.
    pub original_recipient: Option<&'a str>,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Basic reply code.
    pub reply: Option<u16>,
    /// The step of the dialogue.
    pub phase: Option<Phase>,
    /// T: what was said.
    pub text: &'a str,
    /// The last real error of a message whose time ran out.
    pub last_error: Option<&'a str>,
    /// Where the message contradicts itself about the recipient.
    pub conflict: Option<Conflict>,
}

/// What the message does not say, as far as somebody looked it up.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The MX set of R; empty when it is not known.
    pub mx: Vec<String>,
    /// Days since mail to this address was last delivered.
    pub delivered_before_days: Option<u32>,
    /// G is ours although its name does not show it.
    pub generating_is_ours: bool,
}

impl<'a> MessageFacts<'a> {
    /// The facts of a message.
    #[must_use]
    pub fn of(bounce: &'a Bounce, backscatter: Backscatter) -> Self {
        let original = bounce.original.as_ref();
        let author = original.and_then(|original| original.author.as_deref());
        let return_path = original.and_then(|original| original.sender.as_deref());
        let generating = bounce.generating_server.as_deref();
        let mut reporter = None;
        if generating.is_some_and(is_microsoft) {
            reporter = bounce.from.as_deref().and_then(address::first_in);
        }
        let mut hosts = Vec::new();
        let mut unprovable = true;
        if let Some(original) = original {
            hosts.extend(original.chain.hops.iter().filter_map(|hop| hop.by.as_deref()));
            unprovable = original.message_id.is_none() && original.chain.hops.is_empty();
        }
        Self {
            kind: bounce.kind,
            generating,
            from_domain: domain(author),
            sender_domain: domain(bounce.envelope_sender.as_deref().or(return_path)),
            reporter_domain: domain(reporter),
            repeated: repeated(hosts),
            unprovable,
            backscatter,
            fix_it: bounce.fix_it,
            dialect: bounce.dialect,
        }
    }
}

/// The domain of an address, if there is one.
fn domain(address: Option<&str>) -> Option<String> {
    Some(address::domain(address?)).filter(|domain| !domain.is_empty())
}

impl<'a> DeliveryFacts<'a> {
    /// The facts of a delivery, but for where the message contradicts itself.
    #[must_use]
    pub fn of(delivery: &'a Delivery) -> Self {
        Self {
            action: delivery.action,
            rejecting: delivery.remote.as_ref(),
            recipient: delivery.recipient.as_deref().unwrap_or(""),
            original_recipient: delivery.original_recipient.as_deref(),
            status: delivery.status,
            reply: delivery.reply,
            phase: delivery.phase,
            text: delivery.said.as_ref().map_or("", |said| said.text.as_str()),
            last_error: delivery.last_error.as_ref().map(|said| said.text.as_str()),
            conflict: None,
        }
    }
}

impl Facts<'_> {
    /// True when G is ours: by its name, or because the report of a shared cloud comes from our
    /// tenant.
    #[must_use]
    pub fn generator_is_ours(&self, ours: &Ours) -> bool {
        if self.outside.generating_is_ours {
            return true;
        }
        let Some(generator) = self.message.generating else { return false };
        let reporter = self.message.reporter_domain.as_deref();
        ours.has_host(generator)
            || ours.has_relay(generator)
            || is_our_tenant(generator, ours)
            || is_microsoft(generator) && reporter.is_some_and(|domain| ours.has_domain(domain))
    }

    /// True when a Microsoft host wrote or refused, or the report has an Exchange layout.
    #[must_use]
    pub fn is_microsoft(&self) -> bool {
        self.message.dialect.starts_with("exchange")
            || self.message.generating.is_some_and(is_microsoft)
            || self.rejecting_name().is_some_and(is_microsoft)
    }

    /// The name of X, where it is known.
    #[must_use]
    pub fn rejecting_name(&self) -> Option<&str> {
        self.delivery.rejecting?.name.as_deref()
    }
}

/// True when a Microsoft host wrote or refused, or the report has an Exchange layout.
#[must_use]
pub fn is_of_microsoft(bounce: &Bounce, delivery: &Delivery) -> bool {
    let refusing = delivery.remote.as_ref().and_then(|remote| remote.name.as_deref());
    bounce.dialect.starts_with("exchange")
        || bounce.generating_server.as_deref().is_some_and(is_microsoft)
        || refusing.is_some_and(is_microsoft)
}

/// Hosts with a full name that occur more than once, in lower case.
#[must_use]
pub fn repeated<'h>(hosts: impl IntoIterator<Item = &'h str>) -> Vec<String> {
    let mut seen: Vec<&str> = Vec::new();
    let mut again = Vec::new();
    for host in hosts {
        if seen.iter().any(|before| before.eq_ignore_ascii_case(host)) {
            again.push(host.to_ascii_lowercase());
        } else if host.contains('.') {
            seen.push(host);
        }
    }
    again
}

/// All addresses of hosts in a text, also those in literals (`[IPv6:2001:db8::1]`).
pub fn ips(text: &str) -> impl Iterator<Item = IpAddr> {
    text.split(|c: char| !(c.is_ascii_hexdigit() || c == ':' || c == '.')).filter_map(ip_in)
}

/// The address in a word of hexadecimal digits, colons and dots; a port behind it is left out.
fn ip_in(word: &str) -> Option<IpAddr> {
    if word.len() < 3 {
        return None;
    }
    let word = word.trim_matches(['.', ':']);
    // What is left of `IPv6:2001:db8::1`.
    if let Some(literal) = word.strip_prefix("6:")
        && let Ok(ip) = literal.parse::<Ipv6Addr>()
    {
        return Some(ip.into());
    }
    if word.contains("::") || word.bytes().filter(|b| *b == b':').count() >= 3 {
        return word.parse().ok();
    }
    let host = word.split(':').next()?;
    let dots = host.bytes().filter(|b| *b == b'.').count();
    if dots == 3 { host.parse().ok() } else { None }
}

/// The addresses that an answer names, but for that of the host that gave it.
pub fn refused_ips<'a>(
    answer: &Answer<'a>,
    by: Option<&Remote>,
) -> impl Iterator<Item = IpAddr> + use<'a> {
    let own = by.and_then(|remote| remote.ip);
    ips(answer.words).filter(move |ip| Some(*ip) != own)
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
            refused_ips(&Answer::of(text), by).map(|ip| ip.to_string()).collect::<Vec<_>>()
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
