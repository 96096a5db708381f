//! What a host is to a recipient's domain: its own server, its provider's, ours, or a stranger.

use std::net::IpAddr;

use crate::bounce::Remote;

use super::ours::{Ours, is_or_below};

/// What the host that refused is to us and to the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// One of our hosts.
    Ours,
    /// A relay that sends for us.
    OurRelay,
    /// It takes mail for the recipient's domain.
    Serves,
    /// A large provider that takes mail for many domains: likely the recipient's.
    Provider,
    /// A private address, localhost, a mailbox store: a part of the host that wrote the report.
    Inside,
    /// None of these: a stale MX, a wrong route, a forwarder.
    Stranger,
    /// No host is named: the host that wrote the report refused itself.
    Unnamed,
}

/// Names under which large providers take mail for the domains of others.
const PROVIDERS: [&str; 44] = [
    "google.com",
    "googlemail.com",
    "outlook.com",
    "microsoft",
    "hotmail.com",
    "mimecast.com",
    "mimecast.co.za",
    "pphosted.com",
    "ppe-hosted.com",
    "messagelabs.com",
    "barracudanetworks.com",
    "yahoodns.net",
    "icloud.com",
    "mail.ru",
    "yandex.net",
    "yandex.ru",
    "zoho.com",
    "zoho.eu",
    "protonmail.ch",
    "messagingengine.com",
    "emailsrvr.com",
    "secureserver.net",
    "mailgun.org",
    "amazonaws.com",
    "iphmx.com",
    "trendmicro.com",
    "trendmicro.eu",
    "fireeyecloud.com",
    "mailcontrol.com",
    "antispameurope.com",
    "hornetsecurity.com",
    "kundenserver.de",
    "ionos.com",
    "gandi.net",
    "ovh.net",
    "mailspamprotection.com",
    "cloudfilter.net",
    "cloudflare.net",
    "forcepoint.com",
    "retarus.com",
    "spamh.com",
    "mxlogic.net",
    "qq.com",
    "netease.com",
];

/// Hosts that take mail only from those who send through them: never anybody's MX, so they send for
/// us when they refuse us.
const SUBMISSION: [&str; 26] = [
    "smtp.office365.com",
    "smtp-mail.outlook.com",
    "smtp-legacy.office365.com",
    "smtp.gmail.com",
    "smtp-relay.gmail.com",
    "smtp.mail.yahoo.com",
    "smtp.aol.com",
    "smtp.mail.me.com",
    "smtp.sendgrid.net",
    "smtp.mailgun.org",
    "smtp.eu.mailgun.org",
    "in.mailjet.com",
    "in-v3.mailjet.com",
    "smtp.postmarkapp.com",
    "smtp.sparkpostmail.com",
    "smtp.mandrillapp.com",
    "smtp-relay.brevo.com",
    "smtp-relay.sendinblue.com",
    "mail.smtp2go.com",
    "smtp.elasticemail.com",
    "smtp.zoho.com",
    "smtp.zoho.eu",
    "smtp.fastmail.com",
    "smtp.mail.ru",
    "smtp.yandex.ru",
    "smtp.yandex.com",
];

/// Domains of Microsoft's mail hosts.
const MICROSOFT: [&str; 6] = [
    "outlook.com",
    "exchangelabs.com",
    "office365.com",
    "hotmail.com",
    "microsoft.com",
    "microsoft",
];

/// Domains at which anybody can have a mailbox.
pub const MAILBOX_PROVIDERS: [&str; 21] = [
    "gmail.com",
    "googlemail.com",
    "googlegroups.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "live.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "yahoo.co.uk",
    "hotmail.co.uk",
    "protonmail.com",
    "msn.com",
    "comcast.net",
    "orange.fr",
    "libero.it",
    "wp.pl",
    "onet.pl",
];

/// Domains with mailboxes that are one letter away from one of these, and no mistake.
const NEIGHBOURS: [&str; 5] = ["mail.com", "email.com", "ymail.com", "op.pl", "vp.pl"];

/// The domain below the public suffix: `mx1.mail.example.co.uk` is of `example.co.uk`.
#[must_use]
pub fn registrable(name: &str) -> Option<&str> {
    psl::domain_str(name.trim_end_matches('.'))
}

/// Domains under which one operator takes mail, and the one that stands for it.
const OPERATORS: [(&str, &str); 34] = [
    ("google.com", "google.com"),
    ("googlemail.com", "google.com"),
    ("gmail.com", "google.com"),
    ("outlook.com", "outlook.com"),
    ("hotmail.com", "outlook.com"),
    ("live.com", "outlook.com"),
    ("msn.com", "outlook.com"),
    ("exchangelabs.com", "outlook.com"),
    ("office365.com", "outlook.com"),
    ("yahoodns.net", "yahoo.com"),
    ("aol.com", "yahoo.com"),
    ("ymail.com", "yahoo.com"),
    ("rocketmail.com", "yahoo.com"),
    ("icloud.com", "icloud.com"),
    ("me.com", "icloud.com"),
    ("mac.com", "icloud.com"),
    ("web.de", "gmx.net"),
    ("yandex.net", "yandex.ru"),
    ("yandex.com", "yandex.ru"),
    ("ya.ru", "yandex.ru"),
    ("bk.ru", "mail.ru"),
    ("inbox.ru", "mail.ru"),
    ("list.ru", "mail.ru"),
    ("wanadoo.fr", "orange.fr"),
    ("o2.pl", "wp.pl"),
    ("virgilio.it", "libero.it"),
    ("proton.me", "protonmail.ch"),
    ("protonmail.com", "protonmail.ch"),
    ("foxmail.com", "qq.com"),
    ("126.com", "163.com"),
    ("yeah.net", "163.com"),
    ("netease.com", "163.com"),
    ("fastmail.com", "messagingengine.com"),
    ("magenta.de", "t-online.de"),
];

/// The same of operators with a domain in each country: the label before the public suffix.
const EVERYWHERE: [(&str, &str); 3] =
    [("yahoo", "yahoo.com"), ("hotmail", "outlook.com"), ("gmx", "gmx.net")];

/// Operators by the names that rules give to those whose words they know.
const OPERATORS_OF_PROVIDERS: [(&str, &str); 13] = [
    ("Gmail", "google.com"),
    ("Google Workspace", "google.com"),
    ("Exchange Online", "outlook.com"),
    ("Microsoft 365", "outlook.com"),
    ("Outlook.com", "outlook.com"),
    ("Yahoo", "yahoo.com"),
    ("AOL", "yahoo.com"),
    ("iCloud Mail", "icloud.com"),
    ("Yandex", "yandex.ru"),
    ("Mail.ru", "mail.ru"),
    ("T-Online", "t-online.de"),
    ("QQ", "qq.com"),
    ("WP and o2", "wp.pl"),
];

/// Whoever runs a host or takes the mail of a domain, by one domain for all their names: the large
/// providers', else the registrable one. In lower case.
#[must_use]
pub fn operator(name: &str) -> Option<String> {
    for (domain, operator) in OPERATORS {
        if is_or_below(name, domain) {
            return Some(operator.to_owned());
        }
    }
    let registrable = registrable(name)?.to_ascii_lowercase();
    let label = registrable.split('.').next().unwrap_or("");
    match EVERYWHERE.iter().find(|(known, _)| *known == label) {
        Some((_, operator)) => Some((*operator).to_owned()),
        None => Some(registrable),
    }
}

/// The operator whom rules call by this name, where all its hosts are its own.
#[must_use]
pub fn operator_of_provider(provider: &str) -> Option<&'static str> {
    let known = OPERATORS_OF_PROVIDERS.iter().find(|(name, _)| *name == provider)?;
    Some(known.1)
}

/// True when both names are of the same registrable domain.
fn same_organisation(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    is_or_below(&a, &b)
        || is_or_below(&b, &a) && b.contains('.')
        || registrable(&a).is_some_and(|ra| Some(ra) == registrable(&b))
}

/// True for a host that takes mail for the domain, as far as names show: the same organisation,
/// Exchange Online's `contoso-com.mail.protection.outlook.com`, or a member of the MX set when it
/// is known.
#[must_use]
pub fn serves(host: &str, domain: &str, mx: &[String]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if domain.is_empty() {
        return false;
    }
    if mx.iter().any(|m| m.trim_end_matches('.').eq_ignore_ascii_case(&host))
        || same_organisation(&host, domain)
    {
        return true;
    }
    let hyphened = domain.replace('.', "-").to_ascii_lowercase();
    host.strip_prefix(&hyphened).is_some_and(|rest| rest.starts_with('.'))
}

/// True for a host that only takes mail from those who send through it.
fn is_submission(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let by_region = host.starts_with("email-smtp.") && host.ends_with(".amazonaws.com");
    by_region || SUBMISSION.contains(&host)
}

/// True for the entrance of one of our domains at Exchange Online: `birch-example.mail.protection
/// .outlook.com` is ours when `birch.example` is.
pub(super) fn is_our_tenant(host: &str, ours: &Ours) -> bool {
    let Some(tenant) = host.trim_end_matches('.').strip_suffix(".mail.protection.outlook.com")
    else {
        return false;
    };
    ours.domains.iter().any(|domain| domain.replace('.', "-").eq_ignore_ascii_case(tenant))
}

/// True for a large provider's host.
#[must_use]
pub fn is_provider(host: &str) -> bool {
    PROVIDERS.iter().any(|provider| is_or_below(host, provider))
}

/// True for one of Microsoft's hosts.
#[must_use]
pub fn is_microsoft(host: &str) -> bool {
    MICROSOFT.iter().any(|domain| is_or_below(host, domain))
}

/// True for an address that is not on the Internet: private, loopback, link-local.
#[must_use]
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The well-known domain that this one is a letter or a swap away from.
#[must_use]
pub fn typo(domain: &str) -> Option<&'static str> {
    if MAILBOX_PROVIDERS.contains(&domain) || NEIGHBOURS.contains(&domain) {
        return None;
    }
    MAILBOX_PROVIDERS.into_iter().find(|known| one_slip(domain.as_bytes(), known.as_bytes()))
}

/// One letter more, less or other, or two neighbours swapped.
fn one_slip(mut written: &[u8], mut known: &[u8]) -> bool {
    if written.len().abs_diff(known.len()) > 1 || written.len() < 5 {
        return false;
    }
    // What both begin and end with says nothing.
    while let ([a, written_rest @ ..], [b, known_rest @ ..]) = (written, known)
        && a == b
    {
        (written, known) = (written_rest, known_rest);
    }
    while let ([written_rest @ .., a], [known_rest @ .., b]) = (written, known)
        && a == b
    {
        (written, known) = (written_rest, known_rest);
    }
    match (written, known) {
        ([_] | [], [_]) | ([_], []) => true,
        ([first, second], [one, other]) => first == other && second == one,
        _ => false,
    }
}

/// What the host that refused is to us and to the domain of the recipient.
#[must_use]
pub fn relation(remote: Option<&Remote>, domain: &str, ours: &Ours, mx: &[String]) -> Relation {
    let Some(remote) = remote else { return Relation::Unnamed };
    let name = remote.name.as_deref().unwrap_or("").to_ascii_lowercase();
    if ours.has_relay(&name) || is_submission(&name) {
        Relation::OurRelay
    } else if is_our_tenant(&name, ours)
        || ours.has(remote) && !(ours.learnt && serves(&name, domain, mx))
    {
        Relation::Ours
    } else if serves(&name, domain, mx) {
        Relation::Serves
    } else if is_inside(&name, remote.ip) {
        Relation::Inside
    } else if is_provider(&name) {
        Relation::Provider
    } else {
        Relation::Stranger
    }
}

/// True for localhost, a private address, and a mailbox store without any name.
fn is_inside(name: &str, ip: Option<IpAddr>) -> bool {
    match ip {
        Some(ip) if is_private(ip) => true,
        None if name.is_empty() => true,
        _ => name == "localhost" || name.starts_with("localhost."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_mail_for_a_domain() {
        for (host, domain) in [
            ("mail.contoso.com", "contoso.com"),
            ("mx.example.co.uk", "shop.example.co.uk"),
            ("contoso-com.mail.protection.outlook.com", "contoso.com"),
            ("in.ostwind.test", "ostwind.test"),
        ] {
            assert!(serves(host, domain, &[]), "{host} {domain}");
        }
        assert!(!serves("mx.other.co.uk", "example.co.uk", &[]));
        assert!(!serves("contoso-com.evil.example", "", &[]));
        assert!(serves("mx.hoster.test", "contoso.com", &["MX.hoster.test.".into()]));
    }

    #[test]
    fn one_slip_from_a_known_domain() {
        assert_eq!(typo("gmial.com"), Some("gmail.com"));
        assert_eq!(typo("gmal.com"), Some("gmail.com"));
        assert_eq!(typo("gmaill.com"), Some("gmail.com"));
        assert_eq!(typo("gmaol.com"), Some("gmail.com"));
        for other in ["gmail.com", "mail.com", "wp.pl", "op.pl", "oak.example", ""] {
            assert_eq!(typo(other), None, "{other}");
        }
    }

    #[test]
    fn what_hosts_are_to_us() {
        let ours: Ours =
            toml::from_str("domains = ['birch.example']\nrelays = ['smtp.hub.example']")
                .expect("valid");
        let is = |host: &str| relation(Remote::read(host).as_ref(), "contoso.com", &ours, &[]);
        assert_eq!(is("relay1.birch.example"), Relation::Ours);
        assert_eq!(is("smtp.hub.example"), Relation::OurRelay);
        assert_eq!(is("smtp.office365.com"), Relation::OurRelay);
        assert_eq!(is("email-smtp.eu-west-1.amazonaws.com"), Relation::OurRelay);
        assert_eq!(is("birch-example.mail.protection.outlook.com"), Relation::Ours);
        assert_eq!(is("mx.contoso.com"), Relation::Serves);
        assert_eq!(is("aspmx.l.google.com"), Relation::Provider);
        assert_eq!(is("[127.0.0.1]"), Relation::Inside);
        assert_eq!(is("mx.stranger.example"), Relation::Stranger);
        assert_eq!(is(""), Relation::Unnamed);
    }
}
