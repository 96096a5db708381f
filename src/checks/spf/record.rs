//! An SPF record taken apart (RFC 7208 sections 4.5, 5, 6 and 12).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::macros::is_domain_spec;

/// What a match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// Lengths of the networks in which addresses match, for IPv4 and IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefixes {
    v4: u8,
    v6: u8,
}

impl Prefixes {
    /// True when two addresses are in one network of that size.
    pub(super) fn join(self, one: IpAddr, other: IpAddr) -> bool {
        let length = if one.is_ipv4() { self.v4 } else { self.v6 };
        match IpNet::new(one, length) {
            Ok(net) => net.contains(&other),
            Err(_) => false,
        }
    }
}

/// What may match. A target of None is the domain itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    All,
    Include(String),
    A { target: Option<String>, prefixes: Prefixes },
    Mx { target: Option<String>, prefixes: Prefixes },
    Ptr(Option<String>),
    Net(IpNet),
    Exists(String),
}

/// A mechanism with its qualifier, and as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) qualifier: Qualifier,
    pub(super) mechanism: Mechanism,
    pub(super) written: String,
}

/// A record that can be evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SpfRecord {
    pub(super) directives: Vec<Directive>,
    pub(super) redirect: Option<String>,
}

/// True for a text record that is one of SPF: its version stands alone (RFC 7208 section 4.5).
#[must_use]
pub fn is_spf(text: &[u8]) -> bool {
    const VERSION: &[u8] = b"v=spf1";
    let Some((version, rest)) = text.split_at_checked(VERSION.len()) else { return false };
    version.eq_ignore_ascii_case(VERSION) && matches!(rest.first(), None | Some(b' '))
}

impl SpfRecord {
    /// Reads the text of a record.
    ///
    /// # Errors
    /// The term that cannot be read.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let Ok(text) = str::from_utf8(text) else { return Err("no ASCII".to_owned()) };
        let mut record = Self::default();
        let mut has_explanation = false;
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            match modifier(term) {
                Some(("redirect", target)) => {
                    let again = record.redirect.replace(target.to_owned()).is_some();
                    if again || !is_domain_spec(target) {
                        return Err(term.to_owned());
                    }
                }
                Some(("exp", target)) => {
                    if has_explanation || !is_domain_spec(target) {
                        return Err(term.to_owned());
                    }
                    has_explanation = true;
                }
                Some(_) => {}
                None => match directive(term) {
                    Some(directive) => record.directives.push(directive),
                    None => return Err(term.to_owned()),
                },
            }
        }
        Ok(record)
    }
}

/// The name, in lower case where it is known, and the value of a modifier.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !begins || !name.chars().all(plain) {
        return None;
    }
    for known in ["redirect", "exp"] {
        if name.eq_ignore_ascii_case(known) {
            return Some((known, value));
        }
    }
    Some((name, value))
}

fn directive(term: &str) -> Option<Directive> {
    let (qualifier, rest) = match term.split_at_checked(1)? {
        ("+", rest) => (Qualifier::Pass, rest),
        ("-", rest) => (Qualifier::Fail, rest),
        ("~", rest) => (Qualifier::SoftFail, rest),
        ("?", rest) => (Qualifier::Neutral, rest),
        _ => (Qualifier::Pass, term),
    };
    Some(Directive { qualifier, mechanism: mechanism(rest)?, written: term.to_owned() })
}

fn mechanism(text: &str) -> Option<Mechanism> {
    let end = text.find([':', '/']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match (name.to_ascii_lowercase().as_str(), rest.strip_prefix(':')) {
        ("all", None) if rest.is_empty() => Some(Mechanism::All),
        ("include", Some(target)) => Some(Mechanism::Include(domain_spec(target)?)),
        ("exists", Some(target)) => Some(Mechanism::Exists(domain_spec(target)?)),
        ("ptr", None) if rest.is_empty() => Some(Mechanism::Ptr(None)),
        ("ptr", Some(target)) => Some(Mechanism::Ptr(Some(domain_spec(target)?))),
        ("ip4", Some(net)) => network(net, true),
        ("ip6", Some(net)) => network(net, false),
        ("a", _) => {
            let (target, prefixes) = target(rest)?;
            Some(Mechanism::A { target, prefixes })
        }
        ("mx", _) => {
            let (target, prefixes) = target(rest)?;
            Some(Mechanism::Mx { target, prefixes })
        }
        _ => None,
    }
}

fn domain_spec(text: &str) -> Option<String> {
    if is_domain_spec(text) { Some(text.to_owned()) } else { None }
}

fn network(text: &str, v4: bool) -> Option<Mechanism> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(prefix(length, if v4 { 32 } else { 128 })?)),
        None => (text, None),
    };
    let (ip, whole) = if v4 {
        (IpAddr::from(address.parse::<Ipv4Addr>().ok()?), 32)
    } else {
        (IpAddr::from(address.parse::<Ipv6Addr>().ok()?), 128)
    };
    let net = IpNet::new(ip, length.unwrap_or(whole)).ok()?;
    Some(Mechanism::Net(net))
}

/// The domain and the lengths behind `a` and `mx`: `:domain/24//64`, each part may be missing.
fn target(rest: &str) -> Option<(Option<String>, Prefixes)> {
    let (rest, v6) = match rest.rsplit_once("//") {
        Some((before, length)) => (before, prefix(length, 128)?),
        None => (rest, 128),
    };
    // A slash inside a macro is none of a length.
    let (rest, v4) = match rest.rsplit_once('/') {
        Some((before, length)) if !length.contains('}') => (before, prefix(length, 32)?),
        _ => (rest, 32),
    };
    let prefixes = Prefixes { v4, v6 };
    match rest.strip_prefix(':') {
        Some(target) => Some((Some(domain_spec(target)?), prefixes)),
        None if rest.is_empty() => Some((None, prefixes)),
        None => None,
    }
}

/// A length without needless zeros.
fn prefix(text: &str, most: u8) -> Option<u8> {
    if text.is_empty() || text.len() > 1 && text.starts_with('0') || text.starts_with('+') {
        return None;
    }
    text.parse().ok().filter(|length| *length <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        for good in [
            "v=spf1",
            "v=spf1 -all",
            "v=spf1  a mx/24//64 a:mail.birch.example/28 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all",
            "V=SPF1 Include:_spf.oak.example ?ALL",
            "v=spf1 exists:%{ir}.%{v}._spf.%{d2} redirect=oak.example",
            "v=spf1 a:%{d}/24 moo.cow-far_out=man:dog/cat ptr ptr:birch.example exp=e.%{d}",
        ] {
            assert!(is_spf(good.as_bytes()), "{good}");
            assert!(SpfRecord::read(good.as_bytes()).is_ok(), "{good}");
        }
        for bad in [
            "v=spf1 all:x",
            "v=spf1 ip4:192.0.2",
            "v=spf1 ip4:192.0.2.0/33",
            "v=spf1 ip4:192.0.2.0/024",
            "v=spf1 ip6:192.0.2.1",
            "v=spf1 include",
            "v=spf1 include:",
            "v=spf1 a:",
            "v=spf1 a/33",
            "v=spf1 a//129",
            "v=spf1 foo:bar.example",
            "v=spf1 redirect=a.example redirect=b.example",
            "v=spf1 exists:%{x}.example",
            "v=spf1 -allé",
            "v=spf1 --all",
        ] {
            assert!(SpfRecord::read(bad.as_bytes()).is_err(), "{bad}");
        }
        for other in ["v=spf10 -all", "v=spf1-all", "spf1 -all", "", "v=sp"] {
            assert!(!is_spf(other.as_bytes()), "{other}");
        }
    }
}
