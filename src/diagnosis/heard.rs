//! An error text as it was heard: found once what it says, for all the recipients that share it.

use std::cell::OnceCell;
use std::net::IpAddr;

use crate::bounce::remote::is_host_name;
use crate::bounce::{Answer, Remote};
use crate::mail::SafeText;
use crate::mail::find::position;

use super::facts::{ips, refused_ips};
use super::hosts::is_private;
use super::judgement::Meaning;
use super::ours::Ours;

/// Words that speak of the name service.
const DNS: [&str; 7] =
    ["dns", "name serv", "lookup", "servfail", "resolve", "host not found", "domain name"];

/// Our own network is cut off.
const UNREACHABLE: [&str; 2] = ["network is unreachable", "network unreachable"];

/// An error text. What is asked about it does not depend on the recipient: one message may say
/// eight kilobytes to fifty thousand of them.
#[derive(Clone, Debug)]
pub(super) struct HeardText<'a> {
    /// What it means.
    pub(super) meaning: Meaning<'a>,
    /// The text taken apart.
    pub(super) answer: Answer<'a>,
    refused: OnceCell<RefusedIps>,
    remote: OnceCell<Option<SafeText>>,
    unresolved: OnceCell<Option<SafeText>>,
    our_host: OnceCell<bool>,
    our_domain: OnceCell<bool>,
    private: OnceCell<bool>,
    dns: OnceCell<bool>,
    unreachable: OnceCell<bool>,
}

/// The addresses that an answer refuses, the first of each sort.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RefusedIps {
    /// One of ours.
    pub(super) ours: Option<IpAddr>,
    /// One that is not ours.
    pub(super) foreign: Option<IpAddr>,
}

impl RefusedIps {
    fn of(answer: &Answer<'_>, by: Option<&Remote>, ours: &Ours) -> Self {
        let mut refused = Self::default();
        for ip in refused_ips(answer, by) {
            let known = if ours.has_ip(ip) { &mut refused.ours } else { &mut refused.foreign };
            known.get_or_insert(ip);
            if refused.ours.is_some() && refused.foreign.is_some() {
                break;
            }
        }
        refused
    }
}

impl<'a> HeardText<'a> {
    /// A text, taken apart, and its meaning.
    pub(super) fn new(answer: Answer<'a>, meaning: Meaning<'a>) -> Self {
        Self {
            meaning,
            answer,
            refused: OnceCell::new(),
            remote: OnceCell::new(),
            unresolved: OnceCell::new(),
            our_host: OnceCell::new(),
            our_domain: OnceCell::new(),
            private: OnceCell::new(),
            dns: OnceCell::new(),
            unreachable: OnceCell::new(),
        }
    }

    /// The addresses that it refuses; `by` is the host that answered, always the same.
    pub(super) fn refused(&self, by: Option<&Remote>, ours: &Ours) -> RefusedIps {
        *self.refused.get_or_init(|| RefusedIps::of(&self.answer, by, ours))
    }

    /// The name of the host that it says was asked.
    pub(super) fn remote_name(&self) -> Option<&str> {
        let name = self.remote.get_or_init(|| self.answer.remote()?.name);
        name.as_deref()
    }

    /// The name that it says could not be resolved.
    pub(super) fn unresolved(&self) -> Option<&str> {
        let name = self.unresolved.get_or_init(|| unresolved(self.answer.words));
        name.as_deref()
    }

    /// It names one of our hosts: one that the other side could not reach.
    pub(super) fn names_host_of(&self, ours: &Ours) -> bool {
        *self.our_host.get_or_init(|| names_host(self.answer.words, ours))
    }

    /// It names one of our domains.
    pub(super) fn names_domain_of(&self, ours: &Ours) -> bool {
        *self.our_domain.get_or_init(|| names(self.answer.words, &ours.domains))
    }

    /// It names a private address.
    pub(super) fn names_private(&self) -> bool {
        *self.private.get_or_init(|| ips(self.answer.whole).any(is_private))
    }

    /// It speaks of the name service.
    pub(super) fn says_dns(&self) -> bool {
        *self.dns.get_or_init(|| names(self.answer.whole, &DNS))
    }

    /// It says that our own network is cut off.
    pub(super) fn says_unreachable(&self) -> bool {
        *self.unreachable.get_or_init(|| names(self.answer.whole, &UNREACHABLE))
    }
}

/// True when a text holds one of the phrases, whatever their case.
fn names(text: &str, phrases: &[impl AsRef<str>]) -> bool {
    phrases.iter().any(|phrase| position(text, &phrase.as_ref().to_lowercase()).is_some())
}

/// True when one of the words is the name of a host of ours.
fn names_host(words: &str, ours: &Ours) -> bool {
    let ends = |c: char| c.is_whitespace() || "<>[]():;,".contains(c);
    words.split(ends).any(|word| is_host_name(word) && ours.has_host(word))
}

/// The name that could not be resolved, as Postfix and Gmail write it.
fn unresolved(words: &str) -> Option<SafeText> {
    for mark in ["for name=", "lookup of ", "resolve mx server "] {
        if let Some(at) = position(words, mark) {
            let name = words[at + mark.len()..].split_whitespace().next()?;
            let name = name.trim_end_matches(['.', ',', ';', ':']);
            return if is_host_name(name) { Some(SafeText::new(name)) } else { None };
        }
    }
    None
}
