//! The host at the other end, as reports write it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::mail::SafeText;
use crate::mail::address::host_length;
use crate::mail::received::ip_in;

/// The host that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// Its name; absent where only the address is known.
    pub name: Option<SafeText>,
    /// Its address.
    pub ip: Option<IpAddr>,
}

impl Remote {
    /// Reads `host`, `host[ip]`, `host [ip]`, `[ip]`, `ip`, `host (ip)`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_start_matches(['<', '"', '\'', ' ']);
        let (word, rest) = text.split_at(host_length(text));
        let ip = ip_in(word).or_else(|| bracketed_ip(rest.trim_start()));
        let word = word.trim_matches(['.', '-', '_']);
        let mut name = None;
        if word.contains('.')
            && word.bytes().any(|b| b.is_ascii_alphabetic())
            && ip_in(word).is_none()
        {
            name = Some(SafeText::new(word));
        }
        if name.is_some() || ip.is_some() { Some(Self { name, ip }) } else { None }
    }

    /// What two places tell of the host, the first one first: if it is the same host for both,
    /// neither loses the name or the address that only the other knows.
    #[must_use]
    pub fn joined(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        let (Some(first), Some(second)) = (&first, &second) else { return first.or(second) };
        let same_name = match (&first.name, &second.name) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => true,
        };
        let same_ip = first.ip.is_none() || second.ip.is_none() || first.ip == second.ip;
        if !same_name || !same_ip {
            return Some(first.clone());
        }
        let name = first.name.clone().or_else(|| second.name.clone());
        Some(Self { name, ip: first.ip.or(second.ip) })
    }

    /// The name, else the address.
    #[must_use]
    pub fn label(&self) -> SafeText {
        match (&self.name, self.ip) {
            (Some(name), _) => name.clone(),
            (None, Some(ip)) => SafeText::new(&ip.to_string()),
            (None, None) => SafeText::default(),
        }
    }

    /// The name with the address behind it, as far as they are known.
    #[must_use]
    pub fn whole(&self) -> String {
        match (&self.name, self.ip) {
            (Some(name), Some(ip)) => format!("{name} [{ip}]"),
            _ => self.label().to_string(),
        }
    }
}

/// The address in brackets or behind a colon at the start of a text.
fn bracketed_ip(text: &str) -> Option<IpAddr> {
    let inside = text.strip_prefix(['[', '(', ':'])?;
    ip_in(&inside[..inside.find([']', ')'])?])
}

/// True for a host as reports write it: letters, digits, dashes and underlines between dots. An
/// address (IPv4) is one too.
#[must_use]
pub fn is_host(word: &str) -> bool {
    word.contains('.')
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// True for a host that has a name: no address.
#[must_use]
pub fn is_host_name(word: &str) -> bool {
    is_host(word) && word.bytes().any(|b| b.is_ascii_alphabetic())
}
