//! What a certificate says of itself (RFC 5280): the names, the issuer, the days, and its
//! fingerprint. Whether its issuer is trusted is decided by the TLS library alone.

use std::fmt::Write;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::config::Fingerprint;
use crate::credentials;
use crate::mail::SafeText;

use super::names::CertifiedName;

/// How many names are shown.
const NAMES: usize = 8;

const SEQUENCE: u8 = 0x30;
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANIZATION: &[u8] = &[0x55, 4, 10];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 29, 17];

/// What people want to know of a certificate, and what is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The SHA-256 of its bytes.
    pub(crate) fingerprint: Fingerprint,
    /// The host names and addresses it is for.
    pub(crate) names: Vec<CertifiedName>,
    /// The common name of its subject: shown where there is no other name, and never compared.
    pub(crate) common_name: Option<SafeText>,
    /// Who issued it.
    pub(crate) issuer: SafeText,
    /// First moment of validity.
    pub(crate) from: Option<Timestamp>,
    /// Last moment of validity.
    pub(crate) until: Option<Timestamp>,
}

impl Certificate {
    /// Reads a certificate in DER; of one that cannot be read the fingerprint alone.
    pub(crate) fn read(der: &[u8]) -> Self {
        let fingerprint = Fingerprint::of(der);
        Self { fingerprint, ..Self::fields(der).unwrap_or_default() }
    }

    /// What stands in it.
    fn fields(der: &[u8]) -> Option<Self> {
        let mut tbs = Der(Der(der).expect(SEQUENCE)?);
        let mut fields = Der(tbs.expect(SEQUENCE)?);
        let (tag, _) = fields.next()?;
        if tag == 0xa0 {
            fields.next()?; // the serial number, after a version
        }
        fields.expect(SEQUENCE)?; // the algorithm of the signature
        let issuer = fields.expect(SEQUENCE)?;
        let mut validity = Der(fields.expect(SEQUENCE)?);
        let subject = fields.expect(SEQUENCE)?;
        let issuer = match attribute(issuer, COMMON_NAME) {
            Some(name) => Some(name),
            None => attribute(issuer, ORGANIZATION),
        };
        Some(Self {
            fingerprint: Fingerprint::default(),
            names: alternative_names(fields).unwrap_or_default(),
            common_name: attribute(subject, COMMON_NAME),
            issuer: issuer.unwrap_or_default(),
            from: validity.time(),
            until: validity.time(),
        })
    }

    /// One clause: `it is for a, b; issued by X; valid from 2026-01-01 to 2027-01-01; sha256:…`.
    pub(crate) fn shown(&self) -> SafeText {
        let mut out = String::from("it is for ");
        let shown: Vec<String> = self.names.iter().take(NAMES).map(shown_name).collect();
        match (shown.as_slice(), &self.common_name) {
            ([], None) => out.push_str("no name"),
            ([], Some(common)) => {
                let _ = write!(out, "no name (a common name, {common}, does not count)");
            }
            (names, _) => out.push_str(&names.join(", ")),
        }
        if self.names.len() > NAMES {
            let _ = write!(out, " and {} more", self.names.len() - NAMES);
        }
        if !self.issuer.is_empty() {
            let _ = write!(out, "; issued by {}", self.issuer);
        }
        if let (Some(from), Some(until)) = (self.from, self.until) {
            let _ = write!(out, "; valid from {} to {}", day(from), day(until));
        }
        let _ = write!(out, "; {}", self.fingerprint);
        // A server that has heard the password may show it in its next certificate.
        credentials::shown(out.as_bytes())
    }
}

fn shown_name(name: &CertifiedName) -> String {
    match name {
        CertifiedName::Host(host) => SafeText::from_bytes(host).to_string(),
        CertifiedName::Address(address) => address.to_string(),
    }
}

fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// A walk over the elements of one level of DER (X.690): tag, length, content.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |n, &d| n << 8 | usize::from(d)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.next()?;
        if found == tag { Some(content) } else { None }
    }

    /// `UTCTime` or `GeneralizedTime` in UTC (RFC 5280 section 4.1.2.5).
    fn time(&mut self) -> Option<Timestamp> {
        let (tag, text) = self.next()?;
        let is_short = tag == 0x17;
        let (year, rest) = text.split_at_checked(if is_short { 2 } else { 4 })?;
        let mut year: i16 = std::str::from_utf8(year).ok()?.parse().ok()?;
        if is_short {
            year += if (0..50).contains(&year) { 2000 } else { 1900 };
        }
        let date = Date::new(year, pair(rest, 0)?, pair(rest, 2)?).ok()?;
        let time = Time::new(pair(rest, 4)?, pair(rest, 6)?, pair(rest, 8)?, 0).ok()?;
        TimeZone::UTC.to_timestamp(DateTime::from_parts(date, time)).ok()
    }
}

/// The value of an attribute of a name: a sequence of sets of (type, value).
fn attribute(name: &[u8], wanted: &[u8]) -> Option<SafeText> {
    let mut sets = Der(name);
    while let Some((_, set)) = sets.next() {
        let mut pair = Der(Der(set).expect(SEQUENCE)?);
        if pair.next()?.1 == wanted {
            return pair.next().map(|(_, value)| SafeText::from_bytes(value));
        }
    }
    None
}

/// The names in the subjectAltName extension (RFC 5280 section 4.2.1.6).
fn alternative_names(mut fields: Der<'_>) -> Option<Vec<CertifiedName>> {
    let extensions = loop {
        if let (0xa3, extensions) = fields.next()? {
            break extensions;
        }
    };
    let mut extensions = Der(Der(extensions).expect(SEQUENCE)?);
    while let Some(extension) = extensions.expect(SEQUENCE) {
        let mut parts = Der(extension);
        if parts.next()?.1 != ALTERNATIVE_NAMES {
            continue;
        }
        let mut value = None;
        while let Some((_, part)) = parts.next() {
            value = Some(part); // the last part: a criticality may stand before it
        }
        let mut names = Der(Der(value?).expect(SEQUENCE)?);
        let mut found = Vec::new();
        while let Some((tag, name)) = names.next() {
            found.extend(general_name(tag, name));
        }
        return Some(found);
    }
    None
}

fn general_name(tag: u8, name: &[u8]) -> Option<CertifiedName> {
    match tag {
        0x82 => Some(CertifiedName::Host(name.to_vec())),
        0x87 => {
            let address = if let Ok(four) = <[u8; 4]>::try_from(name) {
                IpAddr::from(four)
            } else {
                IpAddr::from(<[u8; 16]>::try_from(name).ok()?)
            };
            Some(CertifiedName::Address(address))
        }
        _ => None,
    }
}

/// Two digits as a number.
fn pair(text: &[u8], at: usize) -> Option<i8> {
    std::str::from_utf8(text.get(at..at + 2)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, content].concat()
    }

    fn name(common: &str) -> Vec<u8> {
        der(
            0x30,
            &der(0x31, &der(0x30, &[der(6, COMMON_NAME), der(12, common.as_bytes())].concat())),
        )
    }

    fn certificate(alternatives: &[u8]) -> Vec<u8> {
        let validity =
            der(0x30, &[der(0x17, b"260102030405Z"), der(0x18, b"20510203040506Z")].concat());
        let value = der(4, &der(0x30, alternatives));
        let extension = der(0x30, &[der(6, ALTERNATIVE_NAMES), der(1, &[255]), value].concat());
        let other = der(0x30, &[der(6, &[0x55, 29, 19]), der(4, &[])].concat());
        let extensions = der(0xa3, &der(0x30, &[other, extension].concat()));
        let fields = [
            der(0xa0, &[2, 1, 2]),
            der(2, &[1]),
            der(0x30, &[]),
            name("Test CA\u{1b}"),
            validity,
            name("cn.example"),
            der(0x30, &[]),
            extensions,
        ];
        der(0x30, &der(0x30, &fields.concat()))
    }

    #[test]
    fn names_issuer_and_days_are_read() {
        let alternatives =
            [der(0x82, b"mx1.example.org"), der(0x87, &[127, 0, 0, 1]), der(0x81, b"a@b")].concat();
        let der = certificate(&alternatives);
        assert_eq!(
            Certificate::read(&der).shown(),
            format!(
                "it is for mx1.example.org, 127.0.0.1; issued by Test CA\\x1b; \
                 valid from 2026-01-02 to 2051-02-03; {}",
                Fingerprint::of(&der)
            )
            .as_str()
        );
        let bare = Certificate::read(&certificate(b""));
        assert!(bare.names.is_empty());
        assert!(bare.shown().contains("no name (a common name, cn.example, does not count)"));
    }

    #[test]
    fn many_names_are_counted() {
        let many: Vec<u8> = (0..20).flat_map(|_| der(0x82, b"a.example")).collect();
        assert!(Certificate::read(&certificate(&many)).shown().contains("a.example and 12 more"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>, at in 0usize..200, byte: u8) {
            let _ = Certificate::read(&bytes);
            let mut damaged = certificate(&der(0x82, b"a.example"));
            let at = at % damaged.len();
            damaged[at] = byte;
            let _ = Certificate::read(&damaged).shown();
        }
    }
}
