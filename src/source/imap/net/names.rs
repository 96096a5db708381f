//! Which server a certificate is for (RFC 9525). Only the names in its subjectAltName count: a
//! common name is a text for people. The TLS library compares names too, but some of them are still
//! content with a common name; so both must agree.

use std::net::IpAddr;

/// A name in a subjectAltName (RFC 5280 section 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CertifiedName {
    /// A `dNSName`, as it stands there: nothing says that it is a name at all.
    Host(Vec<u8>),
    /// An `iPAddress`.
    Address(IpAddr),
}

/// True when a certificate with these names is for the server that is called `host`. An address is
/// found among addresses alone, a name among names alone.
pub(crate) fn are_for(names: &[CertifiedName], host: &str) -> bool {
    if let Ok(address) = host.parse() {
        return names.contains(&CertifiedName::Address(address));
    }
    for name in names {
        if let CertifiedName::Host(pattern) = name
            && covers(pattern, absolute(host).as_bytes())
        {
            return true;
        }
    }
    false
}

/// A host name without the dot that may end it.
pub(crate) fn absolute(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// True when a name of a certificate is this host, or has a wildcard in place of its first label
/// (RFC 9525 section 6.3): the whole label, and one label only.
fn covers(pattern: &[u8], host: &[u8]) -> bool {
    if !is_host_name(host) {
        return false;
    }
    let Some(parent) = pattern.strip_prefix(b"*.") else {
        return is_host_name(pattern) && pattern.eq_ignore_ascii_case(host);
    };
    let Some(dot) = memchr::memchr(b'.', host) else { return false };
    // A wildcard directly below the root of the names would be for half the world.
    parent.contains(&b'.') && is_host_name(parent) && parent.eq_ignore_ascii_case(&host[dot + 1..])
}

/// True for labels of ASCII letters, digits, hyphens and underscores between dots. Names in other
/// scripts stand in certificates in their ASCII form alone (RFC 9525 section 6.3).
fn is_host_name(name: &[u8]) -> bool {
    for label in name.split(|&byte| byte == b'.') {
        let is_plain =
            label.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if label.is_empty() || label.len() > 63 || !is_plain {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_label_by_label() {
        for (pattern, host) in [
            ("mail.birch.example", "mail.birch.example"),
            ("MAIL.Birch.example", "mail.birch.EXAMPLE"),
            ("mail.birch.example", "mail.birch.example."),
            ("*.birch.example", "mail.birch.example"),
            ("*.birch.example", "xn--bcher-kva.birch.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("localhost", "localhost"),
        ] {
            assert!(are_for(&[CertifiedName::Host(pattern.into())], host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("*.birch.example", "birch.example"),
            ("*.birch.example", "a.mail.birch.example"),
            ("*.birch.example", ".birch.example"),
            ("*.*.example", "mail.birch.example"),
            ("mail.*.example", "mail.birch.example"),
            ("m*.birch.example", "mail.birch.example"),
            ("*l.birch.example", "mail.birch.example"),
            ("**.birch.example", "mail.birch.example"),
            ("*.example", "birch.example"),
            ("*", "localhost"),
            ("*.", "localhost"),
            ("", ""),
            ("mail.birch.example", "birch.example"),
            ("birch.example", "mail.birch.example"),
            ("mail.birch.example.", "mail.birch.example"),
            ("mail.birch.example\0.oak.example", "mail.birch.example"),
            ("mail.birch.example ", "mail.birch.example"),
            ("b\u{fc}cher.example", "b\u{fc}cher.example"),
            ("192.0.2.1", "192.0.2.1"),
            ("*.0.2.1", "192.0.2.1"),
        ] {
            assert!(!are_for(&[CertifiedName::Host(pattern.into())], host), "{pattern} {host}");
        }
    }

    #[test]
    fn addresses_are_found_among_addresses_alone() {
        let names =
            ["192.0.2.1", "2001:db8::1"].map(|a| CertifiedName::Address(a.parse().unwrap()));
        for host in ["192.0.2.1", "2001:db8::1", "2001:0DB8:0::1"] {
            assert!(are_for(&names, host), "{host}");
        }
        for host in ["192.0.2.2", "::ffff:192.0.2.1", "2001:db8::2", "mail.birch.example", ""] {
            assert!(!are_for(&names, host), "{host}");
        }
    }
}
