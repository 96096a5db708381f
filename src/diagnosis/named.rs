//! What an answer names: an address, a list, a page, a sender.

use std::net::IpAddr;
use std::sync::LazyLock;

use crate::bounce::notice::phrases::Phrases;
use crate::bounce::remote::is_host_name;
use crate::mail::find::position;
use crate::mail::{SafeText, address};

use super::case::Case;
use super::facts::refused_ips;
use super::judgement::Ground;
use super::reason::Reason;
use super::rules::{BUILT_IN, Family, MeantIp};

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

/// The blocklist among those that rules know whose name, zone or page stands first in an answer.
#[must_use]
pub fn known_list(said: &str) -> Option<&'static str> {
    let mut first: Option<(usize, usize)> = None;
    for (number, place) in LISTS.marks.places(said) {
        if first.is_none_or(|(start, _)| place.start < start) {
            first = Some((place.start, number));
        }
    }
    Some(LISTS.providers[first?.1])
}

/// What answers call the blocklists of the rules.
static LISTS: LazyLock<Lists> = LazyLock::new(Lists::of_rules);

/// Marks of blocklists, and whose each of them is.
struct Lists {
    marks: Phrases,
    providers: Vec<&'static str>,
}

impl Lists {
    fn of_rules() -> Self {
        let (mut marks, mut providers) = (Vec::new(), Vec::new());
        for rule in BUILT_IN.iter() {
            let Some(provider) = &rule.provider else { continue };
            if rule.family == Family::List && rule.reason == Reason::IpReputation {
                marks.extend(rule.named.iter().map(String::as_str));
                providers.extend(std::iter::repeat_n(provider.as_str(), rule.named.len()));
            }
        }
        Self { marks: Phrases::new(marks), providers }
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
        assert_eq!(known_list(text), Some("SpamCop"));
        assert_eq!(known_list("550 see https://check.spamhaus.org/q?192.0.2.25"), Some("Spamhaus"));
        assert_eq!(known_list("blocked using Blocklist 1"), None);
    }
}
