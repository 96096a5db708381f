//! What an answer names: an address, a list, a page, a sender.

use std::net::IpAddr;

use crate::bounce::remote::is_host_name;
use crate::mail::find::position;
use crate::mail::{SafeText, address};

use super::case::Case;
use super::facts::refused_ips;
use super::judgement::Ground;
use super::rules::MeantIp;

/// Words before the name of a list in an answer.
const LISTED: [&str; 6] =
    ["using ", "listed in ", "listed by ", "listed at ", "listed on ", "rbl "];

/// The sender whose address an answer refuses: `553 5.1.8 <addr>: Sender address rejected`.
#[must_use]
pub fn sender(case: &Case<'_>) -> Option<SafeText> {
    let said = case.delivery.said.as_ref()?;
    let (codes, rest) = said.answer().words.split_once('<')?;
    let (sender, _) = rest.split_once('>')?;
    let begins = codes.chars().all(|c| c.is_ascii_digit() || " .-".contains(c));
    let recipient = case.delivery.recipient.as_deref().unwrap_or("");
    if begins && address::is_address(sender) && !sender.eq_ignore_ascii_case(recipient) {
        return Some(SafeText::new(sender));
    }
    None
}

/// The address that the guidance speaks of.
#[must_use]
pub fn ip(case: &Case<'_>) -> Option<IpAddr> {
    let Case { delivery, verdict, .. } = *case;
    let remote = delivery.remote.as_ref();
    if let Some(rule) = &verdict.rule
        && rule.ip == MeantIp::Remote
        && let Some(ip) = remote.and_then(|remote| remote.ip)
    {
        return Some(ip);
    }
    match verdict.judgement.ground {
        Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip),
        _ => refused_ips(&delivery.said.as_ref()?.answer(), remote).next(),
    }
}

/// The list that an answer names by its zone.
#[must_use]
pub fn list(said: &str) -> Option<SafeText> {
    for lead in LISTED {
        let Some(at) = position(said, lead) else { continue };
        let word = said[at + lead.len()..].split([' ', ';', ',', ')']).next().unwrap_or("");
        let zone = word.trim_matches(['.', '[', ']', '(', '<', '>', '"', '\'']);
        if zone.contains('.') && is_host_name(zone) {
            return Some(SafeText::new(zone));
        }
    }
    None
}

/// The first page that an answer names.
#[must_use]
pub fn page(said: &str) -> Option<SafeText> {
    let at = position(said, "https://").or_else(|| position(said, "http://"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(c);
    let end = said[at..].find(|c| !plain(c)).unwrap_or(said.len() - at);
    Some(SafeText::new(said[at..at + end].trim_end_matches(['.', ',', ';', ':', '!', '?'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_names() {
        let text = "554 Client host [192.0.2.25] blocked using bl.spamcop.net; see https://www.spamcop.net/bl.shtml?192.0.2.25.";
        assert_eq!(list(text).as_deref(), Some("bl.spamcop.net"));
        assert_eq!(page(text).as_deref(), Some("https://www.spamcop.net/bl.shtml?192.0.2.25"));
        assert_eq!(list("blocked using Blocklist 1"), None);
    }
}
