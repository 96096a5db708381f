//! The host at the other end, as reports write it.

use std::net::IpAddr;

use crate::mail::SafeText;
use crate::mail::received::ip_in;

/// The host that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        let end = text
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let rest = rest.trim_start();
        let ip = ip_in(word)
            .or_else(|| rest.starts_with(['[', '(', ':']).then(|| bracketed_ip(rest)).flatten());
        let name = word.trim_matches(['.', '-', '_']);
        let named = name.contains('.')
            && name.bytes().any(|b| b.is_ascii_alphabetic())
            && ip_in(name).is_none();
        (named || ip.is_some()).then(|| Self { name: named.then(|| SafeText::new(name)), ip })
    }

    /// The name, else the address.
    #[must_use]
    pub fn label(&self) -> SafeText {
        self.name
            .clone()
            .unwrap_or_else(|| SafeText::new(&self.ip.map(|ip| ip.to_string()).unwrap_or_default()))
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

fn bracketed_ip(text: &str) -> Option<IpAddr> {
    let inner = &text[1..];
    let end = inner.find([']', ')'])?;
    ip_in(&inner[..end])
}
