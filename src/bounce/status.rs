//! Enhanced status codes (RFC 3463) and basic reply codes (RFC 5321 section 4.2), found in fields
//! and in prose.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// An enhanced status code: class 2, 4 or 5, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Status {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// What the code is about: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6
    /// content, 7 policy.
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl Status {
    /// A code from its three numbers.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// The code in a Status field: the first code in the value, comments and all (`5.1.1 (mailbox
    /// unknown)`).
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        statuses(value).next().map(|found| found.status)
    }

    /// True for codes that servers put where they know none: x.0.0 and x.5.0.
    #[must_use]
    pub const fn says_nothing(self) -> bool {
        matches!((self.subject, self.detail), (0 | 5, 0))
    }

    /// True for codes that say next to nothing: `x.0.0`, and `4.4.7`, which says only that time ran
    /// out. Any other code in the error text tells more.
    #[must_use]
    pub fn is_vague(self) -> bool {
        (self.subject == 0 && self.detail == 0) || (self.subject == 4 && self.detail == 7)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}.{}", self.class, self.subject, self.detail))
    }
}

/// A status code in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundStatus {
    /// The code.
    pub status: Status,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// All status codes in a text. Software versions and IP addresses are none: the class is 2, 4 or 5,
/// no digit, dot or letter stands before it and no digit or further number behind it.
pub fn statuses(text: &str) -> impl Iterator<Item = FoundStatus> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(dot) = memchr::memchr(b'.', &bytes[from..]).map(|i| i + from) {
            from = dot + 1;
            if let Some(found) = status_at(bytes, dot) {
                from = found.end;
                return Some(found);
            }
        }
        None
    })
}

/// The status code that a text begins with.
#[must_use]
pub fn first_status(text: &str) -> Option<FoundStatus> {
    match text.as_bytes() {
        [_, b'.', ..] => status_at(text.as_bytes(), 1),
        _ => None,
    }
}

/// The code whose first dot stands at `dot`.
fn status_at(bytes: &[u8], dot: usize) -> Option<FoundStatus> {
    let start = dot.checked_sub(1)?;
    let class = bytes[start];
    if !matches!(class, b'2' | b'4' | b'5') || start > 0 && joins_before(bytes[start - 1]) {
        return None;
    }
    let (subject, at) = number(bytes, dot + 1)?;
    if bytes.get(at) != Some(&b'.') {
        return None;
    }
    let (detail, end) = number(bytes, at + 1)?;
    if subject > 99 || goes_on(&bytes[end..]) {
        return None;
    }
    Some(FoundStatus { status: Status::new(class - b'0', subject, detail), start, end })
}

/// True for a byte before a number that makes it a part of something else.
fn joins_before(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/') || byte >= 0x80
}

/// True when what stands behind a number makes it a part of something else.
fn goes_on(behind: &[u8]) -> bool {
    match behind {
        [b'.', next, ..] => next.is_ascii_digit(),
        [b'/' | b'_', ..] => true,
        [b, ..] => b.is_ascii_alphanumeric() && *b != b'F',
        [] => false,
    }
}

/// The number of one to three digits at a byte, and where it ends.
fn number(bytes: &[u8], at: usize) -> Option<(u16, usize)> {
    let (mut value, mut end) = (0, at);
    while let Some(digit) = bytes.get(end).filter(|b| b.is_ascii_digit()) {
        if end == at + 3 {
            return None;
        }
        value = value * 10 + u16::from(digit - b'0');
        end += 1;
    }
    if end == at { None } else { Some((value, end)) }
}

/// A basic reply code in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundReply {
    /// The code, 200 to 599.
    pub code: u16,
    /// Where it begins, in bytes.
    pub start: usize,
}

impl FoundReply {
    /// The bytes of the code.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + 3
    }
}

/// All reply codes in a text: three digits that stand alone, in the ranges SMTP uses, followed by a
/// blank, a dash, a status or the end, and not part of a date, a time, a size or an address.
pub fn replies(text: &str) -> impl Iterator<Item = FoundReply> {
    let bytes = text.as_bytes();
    // No code begins in the last two bytes.
    let begins = &bytes[..bytes.len().saturating_sub(2)];
    memchr::memchr3_iter(b'2', b'4', b'5', begins).filter_map(|at| {
        let code = reply_at(bytes, at)?;
        Some(FoundReply { code, start: at })
    })
}

/// The reply code that a text begins with.
#[must_use]
pub fn first_reply(text: &str) -> Option<u16> {
    match text.as_bytes() {
        [b'2' | b'4' | b'5', _, _, ..] => reply_at(text.as_bytes(), 0),
        _ => None,
    }
}

fn reply_at(bytes: &[u8], at: usize) -> Option<u16> {
    if !stands_alone(bytes, at) {
        return None;
    }
    let (code, end) = number(&bytes[..at + 3], at)?;
    let known =
        matches!(code, 211 | 214 | 220 | 221 | 235 | 250..=252 | 400..=459 | 471 | 472 | 500..=579);
    if end == at + 3 && known && !counts_something(bytes, end) { Some(code) } else { None }
}

/// True when the three digits at a byte are part of no longer number, date, time or word.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let before = if at == 0 { b' ' } else { bytes[at - 1] };
    if !is_before_reply(before) {
        return false;
    }
    let after = bytes.get(at + 3).copied().unwrap_or(b' ');
    let digit_before = at >= 2 && bytes[at - 2].is_ascii_digit();
    let digit_after = bytes.get(at + 4).is_some_and(u8::is_ascii_digit);
    is_behind_reply(after)
        && !(digit_before && matches!(before, b'.' | b':' | b','))
        && !(digit_after && matches!(after, b'.' | b':'))
}

fn is_before_reply(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b';'
            | b':'
            | b'"'
            | b'\''
            | b'('
            | b'<'
            | b'>'
            | b','
            | b'#'
            | b'='
            | b'['
            | b'.'
    )
}

fn is_behind_reply(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'-' | b'\n' | b'\t' | b'"' | b'\'' | b',' | b')' | b';' | b':' | b'#' | b'.' | b'_'
    )
}

/// True when a unit follows: "250 minutes" and "500 messages" are no replies.
fn counts_something(bytes: &[u8], at: usize) -> bool {
    const UNITS: [&[u8]; 14] = [
        b"minute",
        b"hour",
        b"second",
        b"day",
        b"bytes",
        b"kb",
        b"mb",
        b"messages",
        b"mails",
        b"recipients",
        b"members",
        b"lines",
        b"attempts",
        b"times",
    ];
    let rest = &bytes[at.min(bytes.len())..];
    let Some(word) = rest.strip_prefix(b" ") else { return false };
    UNITS
        .iter()
        .any(|unit| word.len() >= unit.len() && word[..unit.len()].eq_ignore_ascii_case(unit))
}

/// The reply code and status code that belong together in one answer of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    /// The enhanced status code.
    pub status: Option<Status>,
    /// The basic reply code.
    pub reply: Option<u16>,
}

/// The codes that tell most in an error text: the first status that is not vague, with the reply
/// code before it; else the first of each.
#[must_use]
pub fn codes(text: &str) -> Codes {
    let Some((status, is_first)) = telling_status(text) else {
        let reply = replies(text).next();
        return Codes { status: None, reply: reply.map(|reply| reply.code) };
    };
    let mut near = None;
    for reply in replies(text) {
        if reply.start >= status.start {
            break;
        }
        near = Some(reply);
    }
    // Far in front of a later status stands the code of another answer.
    if let Some(reply) = near
        && !is_first
        && status.start - reply.start > NEAR
    {
        near = None;
    }
    let reply = near.or_else(|| replies(text).next());
    Codes { status: Some(status.status), reply: reply.map(|reply| reply.code) }
}

/// Bytes between a reply code and the status that belongs to it.
const NEAR: usize = 40;

/// The status that tells most, and whether it is the first in the text.
fn telling_status(text: &str) -> Option<(FoundStatus, bool)> {
    let mut found = statuses(text);
    let first = found.next()?;
    if !first.status.is_vague() {
        return Some((first, true));
    }
    for later in found {
        if !later.status.is_vague() && later.status.class != 2 {
            return Some((later, false));
        }
    }
    Some((first, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> Option<String> {
        codes(text).status.map(|s| s.to_string())
    }

    #[test]
    fn codes_in_prose() {
        for (text, expected, reply) in [
            ("550 5.1.1 <a@b.example>: User unknown", "5.1.1", Some(550)),
            ("550-5.7.26 Unauthenticated email", "5.7.26", Some(550)),
            ("smtp;554 5.4.14 Hop count exceeded", "5.4.14", Some(554)),
            ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1", None),
            (
                "554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed out>",
                "4.4.2",
                Some(421),
            ),
            ("5.0.0 (permanent failure) 550 5.2.2 full", "5.2.2", Some(550)),
            ("#5.7.1 smtp;530 5.7.1 Client was not authenticated", "5.7.1", Some(530)),
        ] {
            assert_eq!(status(text).as_deref(), Some(expected), "{text}");
            assert_eq!(codes(text).reply, reply, "{text}");
        }
    }

    #[test]
    fn what_is_no_code() {
        for text in [
            "id 15.20.696.11",
            "192.0.2.5",
            "5.1.1.2",
            "v5.1.1",
            "sendmail/8.14.5.1",
            "2024.5.1",
            "1.5.1.1",
        ] {
            assert_eq!(status(text), None, "{text}");
        }
        for text in ["250 minutes", "at 04:50:550", "192.0.2.550", "size 550000", "2005 550b"] {
            assert_eq!(codes(text).reply, None, "{text}");
        }
    }
}
