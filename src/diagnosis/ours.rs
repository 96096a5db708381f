//! Who we are: our domains, hosts, addresses and relays. Without it nobody can say whose fault a
//! bounce is.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::bounce::Remote;

/// The `[ours]` table of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ours {
    /// Domains we send and receive mail for; their subdomains count.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Names of our mail hosts.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Addresses and networks we send from (`192.0.2.25`, `192.0.2.0/26`, `2001:db8::/48`).
    #[serde(default)]
    pub ips: Vec<Net>,
    /// Smart hosts, mailing services and cloud fronts that send for us.
    #[serde(default)]
    pub relays: Vec<String>,
    /// True when all this was learnt from the mailbox instead of being configured.
    #[serde(skip)]
    pub learnt: bool,
}

/// An address or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Net(IpNet);

impl TryFrom<String> for Net {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        net.map(Self).map_err(|_| {
            format!("\"{text}\" is no address or network: write 192.0.2.25 or 192.0.2.0/26")
        })
    }
}

impl From<Net> for String {
    fn from(net: Net) -> Self {
        net.to_string()
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl Ours {
    /// True when nothing is known of us.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
            && self.hosts.is_empty()
            && self.ips.is_empty()
            && self.relays.is_empty()
    }

    /// True for one of our domains or a name below it.
    #[must_use]
    pub fn has_domain(&self, domain: &str) -> bool {
        self.domains.iter().any(|ours| is_or_below(domain, ours))
    }

    /// True for one of our hosts, or a host below one of our domains.
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|ours| same(ours, host)) || self.has_domain(host)
    }

    /// True for a relay that sends for us.
    #[must_use]
    pub fn has_relay(&self, host: &str) -> bool {
        self.relays.iter().any(|ours| same(ours, host))
    }

    /// True for an address we send from.
    #[must_use]
    pub fn has_ip(&self, ip: IpAddr) -> bool {
        self.ips.iter().any(|net| net.0.contains(&ip))
    }

    /// The addresses that are listed one by one.
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for net in &self.ips {
            if net.0.prefix_len() == net.0.max_prefix_len() {
                addresses.push(net.0.addr());
            }
        }
        addresses
    }

    /// True when addresses of the same sort (IPv4, IPv6) are listed at all: then one that is not
    /// listed is not ours.
    #[must_use]
    pub fn lists_such(&self, ip: IpAddr) -> bool {
        self.ips.iter().any(|net| net.0.addr().is_ipv4() == ip.is_ipv4())
    }

    /// True when the host that answered is ours, by name or by address.
    #[must_use]
    pub fn has(&self, remote: &Remote) -> bool {
        remote.name.as_ref().is_some_and(|name| self.has_host(name))
            || remote.ip.is_some_and(|ip| self.has_ip(ip))
    }
}

fn same(a: &str, b: &str) -> bool {
    a.trim_end_matches('.').eq_ignore_ascii_case(b.trim_end_matches('.'))
}

/// True when `name` is `domain` or a name below it.
#[must_use]
pub fn is_or_below(name: &str, domain: &str) -> bool {
    let (name, domain) = (name.trim_end_matches('.'), domain.trim_end_matches('.'));
    let Some(at) = name.len().checked_sub(domain.len()) else { return false };
    name.is_char_boundary(at)
        && !domain.is_empty()
        && name[at..].eq_ignore_ascii_case(domain)
        && (at == 0 || name[..at].ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_hosts_and_networks() {
        let ours: Ours = toml::from_str("domains = ['birch.example']\nhosts = ['mx.other.example']\nips = ['192.0.2.0/26', '2001:db8::1']\nrelays = ['smtp.hub.example']").expect("valid");
        assert!(
            ours.has_domain("BIRCH.example")
                && ours.has_domain("news.birch.example")
                && !ours.has_domain("notbirch.example")
        );
        assert!(
            ours.has_host("mail.birch.example.")
                && ours.has_host("mx.other.example")
                && !ours.has_host("other.example")
        );
        assert!(
            ours.has_ip("192.0.2.63".parse().expect("ip"))
                && !ours.has_ip("192.0.2.64".parse().expect("ip"))
        );
        assert!(ours.has_relay("SMTP.hub.example"));
        assert!(toml::from_str::<Ours>("ips = ['192.0.2']").is_err());
    }
}
