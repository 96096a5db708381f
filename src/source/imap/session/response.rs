//! The little grammar of responses (RFC 3501 sections 4.3 and 7) that is read before anything else
//! is believed.

use crate::credentials;
use crate::mail::SafeText;

/// Longest text of a server that is shown, in bytes.
const SHOWN: usize = 500;
/// So much of a longer one is searched for secrets, of which a part may stand where it is cut.
const SEARCHED: usize = 16 << 10;

/// The five words that begin a status response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It went well, or: information.
    Ok,
    /// It did not, or: a warning.
    No,
    /// The command was wrong, or: a serious warning.
    Bad,
    /// The connection ends.
    Bye,
    /// A greeting that says we are logged in already.
    Preauth,
}

/// A status response: `a1 NO [ALERT] text`, `* OK text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatusResponse<'a> {
    /// The tag, or `*`.
    pub(crate) tag: &'a [u8],
    /// The word.
    pub(crate) condition: Condition,
    /// What stands in brackets, without them; empty when nothing does.
    pub(crate) code: &'a [u8],
    /// The human text.
    pub(crate) text: &'a [u8],
    /// Code and text as they came.
    said: &'a [u8],
}

impl<'a> StatusResponse<'a> {
    /// Reads a line; none when it is no status response.
    pub(crate) fn read(line: &'a [u8]) -> Option<Self> {
        let (tag, rest) = word(trim_end(line));
        let (name, rest) = word(rest);
        let condition = match name.to_ascii_uppercase().as_slice() {
            b"OK" => Condition::Ok,
            b"NO" => Condition::No,
            b"BAD" => Condition::Bad,
            b"BYE" => Condition::Bye,
            b"PREAUTH" => Condition::Preauth,
            _ => return None,
        };
        let mut code: &[u8] = b"";
        let mut text = rest;
        if let Some(inner) = rest.strip_prefix(b"[")
            && let Some(end) = memchr::memchr(b']', inner)
        {
            code = &inner[..end];
            text = inner[end + 1..].trim_ascii_start();
        }
        Some(Self { tag, condition, code, text, said: rest })
    }

    /// The first word of the code, in upper case: `UIDVALIDITY`.
    pub(crate) fn code_name(&self) -> Vec<u8> {
        word(self.code).0.to_ascii_uppercase()
    }

    /// True when the code says that the refusal passes (RFC 5530).
    pub(crate) fn passes(&self) -> bool {
        matches!(self.code_name().as_slice(), b"UNAVAILABLE" | b"INUSE" | b"LIMIT")
    }

    /// What follows the first word of the code.
    pub(crate) fn code_value(&self) -> &'a [u8] {
        word(self.code).1
    }

    /// Code and text, to be shown.
    pub(crate) fn shown(&self) -> SafeText {
        // A secret with a bracket in it may stand in both of them.
        if credentials::hide(&self.said[..self.said.len().min(SEARCHED)]).is_some() {
            return shown(self.said);
        }
        match (self.code, shown(self.text)) {
            (b"", text) if text.is_empty() => "no reason given".into(),
            (b"", text) => text,
            (code, text) if text.is_empty() => shown(code),
            (code, text) => SafeText::new(&format!("{}: {text}", shown(code))),
        }
    }
}

/// Text of a server, without secrets, cut to what fits into a sentence. Here it becomes safe to
/// print, once.
pub(crate) fn shown(text: &[u8]) -> SafeText {
    let text = &text[..text.len().min(SEARCHED)];
    let hidden = credentials::hide(text);
    let text = hidden.as_deref().unwrap_or(text);
    SafeText::from_bytes(&text[..text.len().min(SHOWN)])
}

/// The bytes up to the next blank, and what follows it.
pub(crate) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

/// The line without its end.
pub(crate) fn trim_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Digits as a number; none when they are none or too many.
pub(crate) fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The literal that a line announces at its end: where its brace opens, and its length in bytes. A
/// length that no number holds counts as the largest; `{5+}` is for clients only (RFC 7888).
pub(crate) fn literal(line: &[u8]) -> Option<(usize, u64)> {
    let line = trim_end(line);
    let inner = line.strip_suffix(b"}")?;
    let open = memchr::memrchr(b'{', inner)?;
    let digits = &inner[open + 1..];
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((open, number(digits).unwrap_or(u64::MAX)))
}

/// How deep parentheses are open, across the lines of one response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ParenthesisDepth {
    open: usize,
    quoted: bool,
}

impl ParenthesisDepth {
    /// Follows one line; false when more than `limit` are open at once.
    pub(crate) fn follow(&mut self, line: &[u8], limit: usize) -> bool {
        let mut escaped = false;
        for &byte in line {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if self.quoted => escaped = true,
                b'"' => self.quoted = !self.quoted,
                b'(' if !self.quoted => self.open += 1,
                b')' if !self.quoted => self.open = self.open.saturating_sub(1),
                _ => {}
            }
            if self.open > limit {
                return false;
            }
        }
        // A quoted string never goes on in the next line.
        self.quoted = false;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_responses_are_taken_apart() {
        let s = StatusResponse::read(b"a1 no [AUTHENTICATIONFAILED] Nope.\r\n").unwrap();
        assert_eq!(
            (s.tag, s.condition, s.code, s.text),
            (&b"a1"[..], Condition::No, &b"AUTHENTICATIONFAILED"[..], &b"Nope."[..])
        );
        assert_eq!(s.shown(), "AUTHENTICATIONFAILED: Nope.");
        let s = StatusResponse::read(b"* OK [UIDVALIDITY 12] UIDs\r\n").unwrap();
        assert_eq!((s.code_name().as_slice(), s.code_value()), (&b"UIDVALIDITY"[..], &b"12"[..]));
        assert_eq!(StatusResponse::read(b"* BYE\r\n").unwrap().shown(), "no reason given");
        assert_eq!(StatusResponse::read(b"* OK [broken text\r\n").unwrap().text, b"[broken text");
        assert_eq!(StatusResponse::read(b"* PREAUTH hello").unwrap().condition, Condition::Preauth);
        for line in [&b"* 12 EXISTS"[..], b"", b"*", b"+ idling", b"* CAPABILITY IMAP4rev1"] {
            assert_eq!(StatusResponse::read(line), None);
        }
    }

    #[test]
    fn what_the_server_says_is_made_safe() {
        let s = StatusResponse::read(b"* OK [ALERT] \x1b[2Jgone \xff\r\n").unwrap();
        assert_eq!(s.shown(), "ALERT: \\x1b[2Jgone \u{ff}");
        let long = [b"* BYE ".to_vec(), vec![b'x'; 1 << 20]].concat();
        assert!(StatusResponse::read(&long).unwrap().shown().len() <= SHOWN);
    }

    #[test]
    fn literals_are_found_at_the_end_of_a_line() {
        assert_eq!(literal(b"* 1 FETCH (BODY[] {12}\r\n"), Some((18, 12)));
        assert_eq!(literal(b"~{3}\n"), Some((1, 3)));
        assert_eq!(literal(b"{99999999999999999999}\r\n"), Some((0, u64::MAX)));
        for line in [
            &b"{-1}\r\n"[..],
            b"{}\r\n",
            b"{1} \r\n",
            b"\"{1}\"\r\n",
            b"1}",
            b"{x}",
            b"{+}",
            b"{5+}\r\n",
            b"{ 5}\r\n",
        ] {
            assert_eq!(literal(line), None);
        }
    }

    #[test]
    fn depth_is_followed_outside_quotes() {
        let mut depth = ParenthesisDepth::default();
        assert!(depth.follow(b"((\"((((\\\"((((\" (", 3));
        assert!(!depth.follow(b"(", 3));
        assert!(ParenthesisDepth::default().follow(&b"()".repeat(1000), 1));
        assert!(!ParenthesisDepth::default().follow(&[b'('; 101], 100));
    }
}
