//! The host at the other end, as reports write it.

use std::net::IpAddr;

use serde::Serialize;

use crate::mail::SafeText;
use crate::mail::received::ip_in;

/// The host that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let (word, rest) = text.split_at(text.find(|c| !is_part(c)).unwrap_or(text.len()));
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

/// True for a host that has a name: neither an address nor a version such as `v0.13`.
#[must_use]
pub fn is_host_name(word: &str) -> bool {
    let version = word.strip_prefix('v').unwrap_or("").starts_with(|c: char| c.is_ascii_digit());
    is_host(word) && !version && word.bytes().any(|b| b.is_ascii_alphabetic())
}
