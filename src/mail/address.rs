//! Mailbox addresses as they occur in headers, report fields and running text.

use std::borrow::Cow;

/// Bytes of the longest address literal (`[IPv6:…%zone]`).
const LITERAL: usize = 80;

/// The first address in a line: the one in angle brackets if there is one, else the first word with
/// an `@`.
#[must_use]
pub fn first_in(text: &str) -> Option<&str> {
    let closed = text.rfind('>').map_or("", |end| &text[..end]);
    let bracketed =
        closed.split('>').filter_map(|piece| piece.rsplit_once('<')).find_map(|(_, inner)| {
            find(inner)
                .filter(|found| found.text.len() + 8 >= inner.trim().len())
                .map(|found| found.text)
        });
    bracketed.or_else(|| find(text).map(|found| found.text))
}

/// An address inside a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// The address alone.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
}

impl Found<'_> {
    /// Where it ends, in bytes.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The first address in running text.
#[must_use]
pub fn find(text: &str) -> Option<Found<'_>> {
    all(text).next()
}

/// All addresses in running text, from left to right. Quoted local parts, IPv4 literals and letters
/// of any script count.
pub fn all(text: &str) -> impl Iterator<Item = Found<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(at) = memchr::memchr(b'@', &text.as_bytes()[from..]).map(|i| i + from) {
            let found = around(text, from, at);
            from = found.map_or(at + 1, |f| f.end());
            if found.is_some() {
                return found;
            }
        }
        None
    })
}

/// The address around the `@` at byte `at`, looking back no further than `from`.
fn around(text: &str, from: usize, at: usize) -> Option<Found<'_>> {
    let (before, after) = (&text[from..at], &text[at + 1..]);
    let start = if let Some(inner) = before.strip_suffix('"') {
        from + inner.rfind('"')?
    } else {
        let local = before.trim_end_matches(is_local);
        let skip = before[local.len()..]
            .find(|c| !matches!(c, '.' | '\'' | '=' | '*' | '-' | '|' | '{' | '}' | '`'))
            .unwrap_or(0);
        from + local.len() + if before[local.len()..].starts_with("=?") { 0 } else { skip }
    };
    let domain = domain_at(after)?;
    (start < at).then(|| Found { text: &text[start..at + 1 + domain.len()], start })
}

/// The domain or address literal at the start of `text`.
fn domain_at(text: &str) -> Option<&str> {
    if text.starts_with('[') {
        let end = text.bytes().take(LITERAL).position(|b| b == b']')?;
        return text[1..end]
            .bytes()
            .all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'I' | b'P' | b'v'))
            .then_some(&text[..=end]);
    }
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .unwrap_or(text.len());
    let domain = text[..end].trim_end_matches(['.', '-', '_']);
    (domain.starts_with(char::is_alphanumeric) && !domain.contains("..")).then_some(domain)
}

fn is_local(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c)
    } else {
        c.is_alphanumeric()
    }
}

/// True when the whole text is one address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    find(text).is_some_and(|found| found.text == text)
}

/// The part behind the last `@`, in lower case; empty where there is none.
#[must_use]
pub fn domain(address: &str) -> String {
    address
        .rsplit_once('@')
        .map_or_else(String::new, |(_, domain)| domain.trim_end_matches('.').to_ascii_lowercase())
}

/// The part before the last `@`; the whole address where there is none.
#[must_use]
pub fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// The address in a recipient field of a delivery report (RFC 3464 section 2.3.1): `type; address`,
/// with every tolerance that reports in the wild demand: no type, brackets, display names,
/// comments, xtext (RFC 3461), RFC 6533 escapes.
#[must_use]
pub fn in_report_field(value: &str) -> Cow<'_, str> {
    let value = value
        .split_once(';')
        .map_or(value, |(kind, rest)| if kind.contains('@') { value } else { rest })
        .trim();
    let value = value
        .strip_prefix("RFC822:")
        .or_else(|| value.strip_prefix("SMTP:"))
        .unwrap_or(value)
        .trim();
    let inner = match (value.rfind('<'), value.rfind('>')) {
        (Some(open), Some(close)) if open < close => value[open + 1..close].trim(),
        _ => value,
    };
    let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
    let bare = inner.split_once(" (").map_or(inner, |(address, _)| address.trim());
    let word = bare.split_whitespace().next().unwrap_or("");
    // What hides in an address must come to light, so none of it is left out.
    if word.contains(super::text::is_hidden) {
        return Cow::Borrowed(word);
    }
    if bare.contains("\\x{") {
        return Cow::Owned(unescape(bare));
    }
    if bare.contains("+40") && !bare.contains('@') || bare.contains("+2B") || bare.contains("+3D") {
        return Cow::Owned(xtext(bare));
    }
    if let Some(found) = find(bare) {
        return Cow::Borrowed(found.text);
    }
    Cow::Borrowed(word)
}

/// Undoes xtext (RFC 3461 section 4): `+40` is `@`.
#[must_use]
pub fn xtext(coded: &str) -> String {
    let mut out = Vec::with_capacity(coded.len());
    let mut rest = coded.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let pair = (byte == b'+')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|h| std::str::from_utf8(h).ok());
        if let Some(code) = pair.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            out.push(code);
            rest = &tail[2..];
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Undoes the `\x{HEX}` form of RFC 6533 section 3.
fn unescape(coded: &str) -> String {
    let mut out = String::with_capacity(coded.len());
    let mut rest = coded;
    while let Some((before, tail)) = rest.split_once("\\x{") {
        out.push_str(before);
        let Some((code, after)) = tail.split_once('}') else { break };
        out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_running_text() {
        assert_eq!(first_in("Ann <ann@a.example>"), Some("ann@a.example"));
        assert_eq!(first_in("mailto:ann@a.example."), Some("ann@a.example"));
        assert_eq!(first_in("<>"), None);
        assert_eq!(first_in("\"two words\"@a.example said"), Some("\"two words\"@a.example"));
        assert_eq!(first_in("x <ann@[192.0.2.1]> y"), Some("ann@[192.0.2.1]"));
        assert_eq!(first_in("at @ sign and a@"), None);
        assert_eq!(first_in("zażółć@pl.example,"), Some("zażółć@pl.example"));
        assert_eq!(first_in("from='<ann@a.example>'"), Some("ann@a.example"));
        assert_eq!(first_in("Ann <at work> <<ann@a.example>"), Some("ann@a.example"));
        assert_eq!(first_in(&format!("a@[{}]", "1".repeat(1000))), None);
        let found: Vec<_> = all("a@b.example,c@d.example;e@f").map(|f| f.text).collect();
        assert_eq!(found, ["a@b.example", "c@d.example", "e@f"]);
    }

    #[test]
    fn addresses_in_report_fields() {
        for (field, address) in [
            ("rfc822; ann@a.example", "ann@a.example"),
            ("RFC822;<ann@a.example>", "ann@a.example"),
            ("<ann@a.example>", "ann@a.example"),
            ("rfc822;ann+40a.example", "ann@a.example"),
            ("utf-8; \\x{17c}ona@a.example", "żona@a.example"),
            ("rfc822;Ann Lee <ann@a.example>", "ann@a.example"),
            ("rfc822; ann", "ann"),
            ("rfc822; ann@a.example (was bob)", "ann@a.example"),
            ("RFC822; RFC822:ann@a.example", "ann@a.example"),
            ("", ""),
        ] {
            assert_eq!(in_report_field(field), address, "{field}");
        }
    }
}
