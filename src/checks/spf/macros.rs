//! The macros in SPF records (RFC 7208 section 7).

use std::fmt::Write;
use std::net::IpAddr;

/// What the letters stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct MacroValues<'a> {
    /// The envelope sender: `local@domain`.
    pub(super) sender: (&'a str, &'a str),
    /// The domain whose record is read.
    pub(super) domain: &'a str,
    /// The name in HELO.
    pub(super) helo: &'a str,
    /// The address that sends.
    pub(super) ip: IpAddr,
    /// A name of the address that leads back to it.
    pub(super) validated: &'a str,
}

/// One piece of a text with macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MacroPiece<'a> {
    Literal(&'a str),
    Macro(Macro<'a>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Macro<'a> {
    letter: char,
    /// How many parts from the right count; all without it.
    parts: Option<usize>,
    reverse: bool,
    delimiters: &'a str,
}

/// True for the domain of a mechanism: macros that exist, and at its end a macro or a name as the
/// Internet has them.
pub(super) fn is_domain_spec(text: &str) -> bool {
    let Some(pieces) = pieces(text) else { return false };
    match pieces.last() {
        Some(MacroPiece::Macro(_)) => true,
        Some(MacroPiece::Literal(end)) => has_top_label(end),
        None => false,
    }
}

/// True when the name ends in a label that is no number.
fn has_top_label(end: &str) -> bool {
    let name = end.strip_suffix('.').unwrap_or(end);
    let Some((_, label)) = name.rsplit_once('.') else { return false };
    let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let numeric = label.bytes().all(|b| b.is_ascii_digit());
    plain && !numeric && !label.starts_with('-') && !label.ends_with('-')
}

/// True when a text asks for the validated name of the address, which costs look-ups.
pub(super) fn asks_for_name(text: &str) -> bool {
    let Some(pieces) = pieces(text) else { return false };
    pieces.iter().any(|piece| matches!(piece, MacroPiece::Macro(one) if one.letter == 'p'))
}

/// A text with its macros replaced, cut from the left to the length of a name.
pub(super) fn expand(text: &str, values: &MacroValues<'_>) -> String {
    let mut out = String::new();
    for piece in pieces(text).unwrap_or_default() {
        match piece {
            MacroPiece::Literal(literal) => out.push_str(literal),
            MacroPiece::Macro(one) => out.push_str(&value(one, values)),
        }
    }
    while out.trim_end_matches('.').len() > 253 {
        let Some((_, rest)) = out.split_once('.') else { break };
        out = rest.to_owned();
    }
    out
}

/// The pieces of a text; None when a macro cannot be.
fn pieces(text: &str) -> Option<Vec<MacroPiece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('%') {
        if !literal.is_empty() {
            pieces.push(MacroPiece::Literal(literal));
        }
        if let Some(inside) = after.strip_prefix('{') {
            let (inside, tail) = inside.split_once('}')?;
            pieces.push(MacroPiece::Macro(read(inside)?));
            rest = tail;
            continue;
        }
        let (escaped, tail) = after.split_at_checked(1)?;
        pieces.push(MacroPiece::Literal(match escaped {
            "%" => "%",
            "_" => " ",
            "-" => "%20",
            _ => return None,
        }));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(MacroPiece::Literal(rest));
    }
    let visible = text.bytes().all(|b| b.is_ascii_graphic());
    if visible { Some(pieces) } else { None }
}

/// What stands between the braces.
fn read(inside: &str) -> Option<Macro<'_>> {
    let letter = inside.chars().next()?;
    if !"slodiphvSLODIPHV".contains(letter) {
        return None;
    }
    let rest = &inside[1..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    let parts = if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(usize::MAX)) };
    if parts == Some(0) {
        return None;
    }
    let (reverse, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(delimiters) => (true, delimiters),
        None => (false, rest),
    };
    if delimiters.chars().all(|c| ".-+,/_=".contains(c)) {
        return Some(Macro { letter, parts, reverse, delimiters });
    }
    None
}

fn value(one: Macro<'_>, values: &MacroValues<'_>) -> String {
    let (local, domain) = values.sender;
    let whole = match one.letter.to_ascii_lowercase() {
        's' => format!("{local}@{domain}"),
        'l' => local.to_owned(),
        'o' => domain.to_owned(),
        'i' => dotted(values.ip),
        'p' => values.validated.to_owned(),
        'v' => if values.ip.is_ipv4() { "in-addr" } else { "ip6" }.to_owned(),
        'h' => values.helo.to_owned(),
        _ => values.domain.to_owned(),
    };
    let delimiters = if one.delimiters.is_empty() { "." } else { one.delimiters };
    let mut parts: Vec<&str> = whole.split(|c| delimiters.contains(c)).collect();
    if one.reverse {
        parts.reverse();
    }
    let first = parts.len().saturating_sub(one.parts.unwrap_or(usize::MAX));
    let text = parts[first..].join(".");
    if one.letter.is_ascii_uppercase() { url_encoded(&text) } else { text }
}

/// An address as macros write it: the digits of IPv6 with dots between them.
fn dotted(ip: IpAddr) -> String {
    let IpAddr::V6(ip) = ip else { return ip.to_string() };
    let digits: Vec<String> = format!("{:032x}", ip.to_bits()).chars().map(String::from).collect();
    digits.join(".")
}

fn url_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to memory cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7208 section 7.4.
    #[test]
    fn the_examples_of_the_standard() {
        let values = |ip: &str| MacroValues {
            sender: ("strong-bad", "email.example.com"),
            domain: "email.example.com",
            helo: "mx.example.org",
            ip: ip.parse().expect("an address"),
            validated: "mx.example.org",
        };
        for (text, expanded) in [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d3}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ] {
            assert_eq!(expand(text, &values("192.0.2.3")), expanded, "{text}");
        }
        assert!(expand("%{ir}.%{v}._spf.%{d2}", &values("2001:db8::cb01")).starts_with(
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf"
        ));
        assert_eq!(expand("%{S}", &values("192.0.2.3")), "strong-bad%40email.example.com");
        assert_eq!(expand("a%%b%_c%-d", &values("192.0.2.3")), "a%b c%20d");
    }

    #[test]
    fn what_may_stand_behind_a_mechanism() {
        for good in ["birch.example", "birch.example.", "%{d}", "a.%{d2}", "%{i}.x.example"] {
            assert!(is_domain_spec(good), "{good}");
        }
        for bad in [
            "",
            "example",
            "a.1",
            "a.-x",
            "%{c}",
            "%{d0}",
            "%{d}x",
            "%x.example",
            "%{d",
            "a b.example",
        ] {
            assert!(!is_domain_spec(bad), "{bad}");
        }
    }
}
