//! Mailbox addresses as they occur in headers, report fields and running text.

use std::borrow::Cow;

use super::disguise::{is_dot, is_picture};
use super::text::{escape_length, is_hidden, is_unseen};

/// Bytes of the longest address literal (`[IPv6:…%zone]`).
const LITERAL: usize = 80;

/// The first address in a line: the one in angle brackets if there is one, else the first word with
/// an `@`.
#[must_use]
pub fn first_in(text: &str) -> Option<&str> {
    if let Some(end) = memchr::memrchr(b'>', text.as_bytes()) {
        for piece in text[..end].split('>') {
            let Some((_, inner)) = piece.rsplit_once('<') else { continue };
            // Who hides behind what a terminal obeys must come to light whole.
            if inner.contains('@') && inner.contains(char::is_control) {
                return Some(inner.trim());
            }
            if let Some(found) = alone(inner)
                && found.len() + 8 >= inner.trim().len()
            {
                return Some(found);
            }
        }
    }
    Some(find(text)?.text)
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
        while let Some(distance) = memchr::memchr(b'@', &text.as_bytes()[from..]) {
            let at = from + distance;
            if let Some(found) = around(text, from, at) {
                from = found.end();
                return Some(found);
            }
            from = at + 1;
        }
        None
    })
}

/// The address around the `@` at byte `at`, looking back no further than `from`.
fn around(text: &str, from: usize, at: usize) -> Option<Found<'_>> {
    let start = from + local_at_end(&text[from..at])?;
    let domain = domain_at(&text[at + 1..])?;
    if start == at {
        return None;
    }
    Some(Found { text: &text[start..=at + domain.len()], start })
}

/// Where the local part begins with which `text` ends.
fn local_at_end(text: &str) -> Option<usize> {
    if let Some(inner) = text.strip_suffix('"') {
        return inner.rfind('"');
    }
    let mut start = local_of_ascii(text).unwrap_or_else(|| text.trim_end_matches(is_local).len());
    while text[..start].ends_with('\\') && escape_length(&text[start - 1..]) > 0 {
        start = text[..start - 1].trim_end_matches(is_local).len();
    }
    let start = start + glued(&text[start..]);
    let local = &text[start..];
    // Between brackets nothing stands but the address.
    if local.starts_with("=?") || text[..start].ends_with('<') && begins_local(local) {
        return Some(start);
    }
    Some(start + local.find(|c| !is_punctuation(c)).unwrap_or(0))
}

/// The same for a local part in ASCII; None where something else stands in front of it.
fn local_of_ascii(text: &str) -> Option<usize> {
    for (at, byte) in text.bytes().enumerate().rev() {
        if !byte.is_ascii() {
            return None;
        }
        if !is_ascii_local(byte) {
            return Some(at + 1);
        }
    }
    Some(0)
}

/// Where a local part in Latin letters begins behind words of a script that is written without
/// blanks.
fn glued(local: &str) -> usize {
    if local.is_ascii() {
        return 0;
    }
    let latin = local.trim_end_matches(|c: char| c.is_ascii());
    let begins = local[latin.len()..].starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && latin.ends_with(is_unspaced) { latin.len() } else { 0 }
}

/// Letters of scripts that set no blanks between words, or glue endings to them.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// Characters that may stand in a local part, but in front of one only by mistake.
fn is_punctuation(c: char) -> bool {
    matches!(c, '.' | '\'' | '=' | '*' | '-' | '|' | '{' | '}' | '`')
}

/// True for what may begin a local part (RFC 5321 section 4.1.2: a dash may), where it is known to
/// be one; quotes around an address are none of it.
fn begins_local(text: &str) -> bool {
    !text.starts_with(['.', '\''])
}

/// The address in a text in which nothing else should stand, a field or brackets.
fn alone(text: &str) -> Option<&str> {
    let text = text.trim();
    let found = find(text)?;
    let before = &text[..found.start];
    let begins = before.chars().all(is_punctuation) && begins_local(before);
    Some(if begins && found.end() == text.len() { text } else { found.text })
}

/// The domain or address literal at the start of `text`.
fn domain_at(text: &str) -> Option<&str> {
    if text.starts_with('[') {
        let end = text.bytes().take(LITERAL).position(|b| b == b']')?;
        let valid = text[1..end].bytes().all(is_in_literal);
        return if valid { Some(&text[..=end]) } else { None };
    }
    let mut end = host_length(text);
    // Words of another script behind a domain in Latin letters do not belong to it; the rest of a
    // label does.
    if !text[..end].is_ascii()
        && let Some(other) = text[..end].find(is_unspaced)
        && text[..other].ends_with(|c: char| c.is_ascii_alphanumeric())
        && (text[..other].contains('.') || !text[other..end].contains('.'))
    {
        end = other;
    }
    let domain = text[..end].trim_end_matches(|c| matches!(c, '-' | '_') || is_dot(c));
    if domain.starts_with(begins_domain) && !has_empty_label(domain) { Some(domain) } else { None }
}

/// True where two dots stand beside each other.
fn has_empty_label(domain: &str) -> bool {
    domain.as_bytes().windows(2).any(|pair| pair == b"..")
}

fn is_in_literal(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'I' | b'P' | b'v')
}

/// Bytes of the host name at the start of a text: letters of any script, digits, dashes, dots, and
/// what hides among them, also where it was made visible.
#[must_use]
pub fn host_length(text: &str) -> usize {
    let mut end = 0;
    loop {
        let ascii = text.as_bytes()[end..].iter().take_while(|byte| is_in_ascii_domain(**byte));
        end += ascii.count();
        let rest = &text[end..];
        match rest.as_bytes().first() {
            None => return end,
            Some(byte) if byte.is_ascii() && *byte != b'\\' => return end,
            Some(_) => end += rest.find(|c| !is_in_domain(c)).unwrap_or(rest.len()),
        }
        match escape_length(&text[end..]) {
            0 => return end,
            escape => end += escape,
        }
    }
}

fn is_in_ascii_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn is_in_domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_') || is_dot(c) || is_unseen(c)
}

/// True for the first character of a domain; an escape begins with a backslash.
fn begins_domain(c: char) -> bool {
    c.is_alphanumeric() || c == '\\' || is_unseen(c)
}

fn is_local(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => is_ascii_local(byte),
        // RFC 6531 allows everything beyond ASCII.
        _ => c.is_alphanumeric() || is_picture(c) || is_unseen(c),
    }
}

const fn is_ascii_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-'..=b'/' | b'=' | b'?')
        || matches!(byte, b'^'..=b'`' | b'{'..=b'~')
}

/// True when the whole text is one address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    match find(text) {
        Some(found) => found.text == text,
        None => false,
    }
}

/// The part behind the last `@`, in lower case; empty where there is none.
#[must_use]
pub fn domain(address: &str) -> String {
    written_domain(address).to_ascii_lowercase()
}

/// The part behind the last `@`, as it is written; empty where there is none.
#[must_use]
pub fn written_domain(address: &str) -> &str {
    match address.rsplit_once('@') {
        Some((_, domain)) => domain.trim_end_matches('.'),
        None => "",
    }
}

/// The part before the last `@`; the whole address where there is none.
#[must_use]
pub fn local(address: &str) -> &str {
    match address.rsplit_once('@') {
        Some((local, _)) => local,
        None => address,
    }
}

/// The address in a recipient field of a delivery report (RFC 3464 section 2.3.1): `type; address`,
/// with every tolerance that reports in the wild demand: no type, brackets, display names,
/// comments, xtext (RFC 3461), RFC 6533 escapes.
#[must_use]
pub fn in_report_field(value: &str) -> Cow<'_, str> {
    let bare = bare(without_type(value));
    let word = bare.split_whitespace().next().unwrap_or("");
    // What hides in an address must come to light, so none of it is left out.
    if word.contains(is_hidden) {
        return Cow::Borrowed(word);
    }
    if memchr::memchr2(b'\\', b'+', bare.as_bytes()).is_some() {
        if bare.contains("\\x{") {
            return Cow::Owned(unescape(bare));
        }
        if is_xtext(bare) {
            return Cow::Owned(xtext(bare));
        }
    }
    Cow::Borrowed(alone(bare).unwrap_or(word))
}

/// What stands behind the address type, which may be missing or written twice.
fn without_type(value: &str) -> &str {
    let address = match value.split_once(';') {
        Some((kind, address)) if !kind.contains('@') => address.trim(),
        _ => value.trim(),
    };
    let again = address.strip_prefix("RFC822:").or_else(|| address.strip_prefix("SMTP:"));
    again.unwrap_or(address).trim()
}

/// The address without brackets, the scheme of a link and comments.
fn bare(address: &str) -> &str {
    let inner = match (address.rfind('<'), address.rfind('>')) {
        (Some(open), Some(close)) if open < close => address[open + 1..close].trim(),
        _ => address,
    };
    let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
    for at in memchr::memchr_iter(b'(', inner.as_bytes()) {
        if let Some(address) = inner[..at].strip_suffix(' ') {
            return address.trim();
        }
    }
    inner
}

/// True for an address in which xtext hides a sign that addresses have.
fn is_xtext(bare: &str) -> bool {
    bare.contains("+40") && !bare.contains('@') || bare.contains("+2B") || bare.contains("+3D")
}

/// Undoes xtext (RFC 3461 section 4): `+40` is `@`.
#[must_use]
pub fn xtext(coded: &str) -> String {
    let mut out = Vec::with_capacity(coded.len());
    let mut rest = coded.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'+'
            && let Some(code) = hex_pair(tail)
        {
            out.push(code);
            rest = &tail[2..];
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The byte that two hexadecimal digits at the start name.
fn hex_pair(coded: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(coded.get(..2)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
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
        assert_eq!(first_in("  🌲@a.example"), Some("🌲@a.example"));
        assert_eq!(first_in("您发送到ann@a.example的邮件"), Some("ann@a.example"));
        assert_eq!(first_in("ann@oak日本.example"), Some("ann@oak日本.example"));
        assert_eq!(first_in("用户@例子.中国"), Some("用户@例子.中国"));
        assert_eq!(first_in("Ann <at work> <<ann@a.example>"), Some("ann@a.example"));
        assert_eq!(first_in(&format!("a@[{}]", "1".repeat(1000))), None);
        assert_eq!(first_in("<ann@oak\u{200b}.example>:"), Some("ann@oak\u{200b}.example"));
        assert_eq!(first_in("<b\u{202e}b@oak.example>"), Some("b\u{202e}b@oak.example"));
        assert_eq!(first_in("ann@oak\\u{435}k.example x"), Some("ann@oak\\u{435}k.example"));
        assert_eq!(first_in("x b\\u{202e}b@oak.example"), Some("b\\u{202e}b@oak.example"));
        assert_eq!(first_in("<a\u{1b}[2Jb@oak.example>"), Some("a\u{1b}[2Jb@oak.example"));
        assert_eq!(first_in("<ann@oak\0.example>"), Some("ann@oak\0.example"));
        assert_eq!(first_in("a@oak\u{ff0e}example\u{ff0e}"), Some("a@oak\u{ff0e}example"));
        assert_eq!(first_in("<-x@oak.example>: 550"), Some("-x@oak.example"));
        assert_eq!(first_in("- x@oak.example, -x@oak.example"), Some("x@oak.example"));
        assert_eq!(first_in("<'ann@a.example'>"), Some("ann@a.example"));
        let found: Vec<_> = all("<=a@b.example>,-c@d.example").map(|f| f.text).collect();
        assert_eq!(found, ["=a@b.example", "c@d.example"]);
        assert_eq!(in_report_field("rfc822; -x@oak.example"), "-x@oak.example");
        assert_eq!(in_report_field("rfc822; 'ann@a.example'"), "ann@a.example");
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
