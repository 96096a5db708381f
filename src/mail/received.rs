//! Received fields (RFC 5321 section 4.4) of every mail system that writes them its own way.

use std::net::IpAddr;

use super::SafeText;
use super::date::{self, Stamp};

/// One Received field, taken apart. What the field does not say is None.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received {
    /// What the client called itself: a claim.
    pub from: Option<SafeText>,
    /// The name the receiving host found for the client's address.
    pub rdns: Option<SafeText>,
    /// The client's address as the receiving host saw it: the only certain thing about the client.
    pub ip: Option<IpAddr>,
    /// The host that wrote the field.
    pub by: Option<SafeText>,
    /// The link, or the role of the host (Exchange).
    pub via: Option<SafeText>,
    /// The protocol, several words where the software writes several.
    pub with: Option<SafeText>,
    /// The queue id; on Exchange the version of the software.
    pub id: Option<SafeText>,
    /// The recipient, where the field names one.
    pub for_: Option<SafeText>,
    /// TLS version as written (`TLSv1.3`, `TLS1_2`).
    pub tls: Option<SafeText>,
    /// TLS cipher suite as written.
    pub cipher: Option<SafeText>,
    /// When the host took the message.
    pub time: Option<Stamp>,
}

impl Received {
    /// Reads an unfolded Received (or X-Received) value.
    #[must_use]
    pub fn read(value: &str) -> Self {
        let (head, time) = split_date(value);
        let received = Self { time, ..Self::default() };
        let mut reader = ClauseReader { received, clause: None, closed: false };
        let mut tokens = Tokens(head);
        while let Some(token) = tokens.take_next() {
            match token {
                Token::Word(word) => reader.word(word),
                Token::Comment(comment) => reader.comment(comment),
            }
        }
        reader.finish()
    }

    /// True when the connection was encrypted: a TLS version, or a protocol name with the S of RFC
    /// 3848.
    #[must_use]
    pub fn encrypted(&self) -> bool {
        const SECURE: [&str; 7] =
            ["ESMTPS", "ESMTPSA", "UTF8SMTPS", "UTF8SMTPSA", "LMTPS", "LMTPSA", "HTTPS"];
        let with = self.with.as_deref().unwrap_or("");
        self.tls.is_some() || SECURE.iter().any(|name| with.eq_ignore_ascii_case(name))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Clause {
    From,
    By,
    Via,
    With,
    Id,
    For,
}

impl Clause {
    fn named(word: &str) -> Option<Self> {
        const NAMES: [(&str, Clause); 6] = [
            ("from", Clause::From),
            ("by", Clause::By),
            ("via", Clause::Via),
            ("with", Clause::With),
            ("id", Clause::Id),
            ("for", Clause::For),
        ];
        for (name, clause) in NAMES {
            if word.eq_ignore_ascii_case(name) {
                return Some(clause);
            }
        }
        None
    }
}

/// Collects what the clauses of a field say.
struct ClauseReader {
    received: Received,
    clause: Option<Clause>,
    /// A comment or another value ended the clause: further words are no part of it.
    closed: bool,
}

impl ClauseReader {
    fn slot(&mut self, clause: Clause) -> &mut Option<SafeText> {
        let r = &mut self.received;
        match clause {
            Clause::From => &mut r.from,
            Clause::By => &mut r.by,
            Clause::Via => &mut r.via,
            Clause::With => &mut r.with,
            Clause::Id => &mut r.id,
            Clause::For => &mut r.for_,
        }
    }

    fn word(&mut self, word: &str) {
        let word = word.trim_end_matches(';');
        if let Some(clause) = Clause::named(word)
            && self.slot(clause).is_none()
        {
            (self.clause, self.closed) = (Some(clause), false);
            return;
        }
        self.security(word);
        let Some(clause) = self.clause else { return };
        if self.closed || word.is_empty() {
            return;
        }
        if word.eq_ignore_ascii_case("tls") {
            self.closed = true;
            return;
        }
        let several = matches!(clause, Clause::With | Clause::Via);
        let slot = self.slot(clause);
        *slot = Some(match slot {
            Some(old) if several && old.len() < SEVERAL => SafeText::new(&format!("{old} {word}")),
            Some(old) => old.clone(),
            None if clause == Clause::For => SafeText::new(word.trim_matches(['<', '>'])),
            None => SafeText::new(word),
        });
        self.closed = !several;
    }

    fn comment(&mut self, comment: &str) {
        let here = self.clause;
        self.closed = true;
        if here.is_none() && self.received.by.is_none() && comment.starts_with("qmail ") {
            self.received.by = Some(SafeText::new(comment));
            return;
        }
        for word in comment.split([' ', '(', ')']) {
            self.security(word);
        }
        if here != Some(Clause::From) {
            return;
        }
        let mut previous = "";
        for word in comment.split_whitespace() {
            if let Some(ip) = ip_in(word) {
                self.received.ip = Some(ip);
                if word.starts_with('[') {
                    self.name_of_address(previous);
                }
            }
            previous = word;
        }
    }

    /// The word in front of an address in brackets: the name found for it, perhaps behind a login.
    fn name_of_address(&mut self, word: &str) {
        let name = word.trim_end_matches('.');
        if name.contains('.') && !name.contains('=') {
            let host = name.rsplit('@').next().unwrap_or(name);
            self.received.rdns = Some(SafeText::new(host));
        }
    }

    /// TLS version and cipher suite, wherever they stand.
    fn security(&mut self, word: &str) {
        // Most words are shorter than the shortest of both, or hold no capitals.
        if word.len() < 4 || !word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return;
        }
        let word = word.trim_matches([',', ';', ')', '(']);
        let value = match word.split_once('=') {
            Some((_, value)) => value,
            None => word,
        };
        if self.received.tls.is_none() && is_tls_version(value) {
            self.received.tls = Some(SafeText::new(value));
        } else if self.received.cipher.is_none() && is_cipher(value) {
            self.received.cipher = Some(SafeText::new(value));
        }
    }

    fn finish(mut self) -> Received {
        if self.received.ip.is_none() {
            self.received.ip = ip_in(self.received.from.as_deref().unwrap_or(""));
        }
        self.received
    }
}

/// `TLSv1.3`, `TLS1_2`.
fn is_tls_version(word: &str) -> bool {
    let Some(version) = word.strip_prefix("TLS") else { return false };
    let number = version.strip_prefix('v').unwrap_or(version);
    number.starts_with('1') && number.len() <= 3
}

fn is_cipher(word: &str) -> bool {
    word.len() > 8
        && (word.starts_with("TLS_")
            || word.starts_with("ECDHE-")
            || word.starts_with("DHE-")
            || word.starts_with("AES"))
        && word.bytes().any(|b| b == b'_' || b == b'-')
}

/// The address in `[192.0.2.1]`, `[IPv6:2001:db8::1]`, `fe80::1%14`, `192.0.2.1`; None for anything
/// else.
#[must_use]
pub fn ip_in(word: &str) -> Option<IpAddr> {
    let bare = word.trim_matches(['[', ']', ',', ';', '(', ')']);
    let bare = bare.strip_prefix("IPv6:").or_else(|| bare.strip_prefix("ipv6:")).unwrap_or(bare);
    if !bare.starts_with(|c: char| c.is_ascii_hexdigit() || c == ':') {
        return None;
    }
    let bare = bare.split('%').next().unwrap_or(bare);
    let bare = bare.split("]:").next().unwrap_or(bare);
    let ip: IpAddr = bare.parse().ok()?;
    Some(ip.to_canonical())
}

enum Token<'a> {
    Word(&'a str),
    Comment(&'a str),
}

/// Words and comments at parenthesis depth 0, blanks between them skipped.
struct Tokens<'a>(&'a str);

impl<'a> Tokens<'a> {
    fn take_next(&mut self) -> Option<Token<'a>> {
        let text = self.0.trim_start();
        if text.is_empty() {
            return None;
        }
        if text.starts_with('(') {
            let end = comment_end(text);
            self.0 = &text[end..];
            return Some(Token::Comment(
                text[1..end].strip_suffix(')').unwrap_or(&text[1..end]).trim(),
            ));
        }
        // Nearly all words are of printable ASCII.
        let plain = text.bytes().take_while(|b| b.is_ascii_graphic() && *b != b'(').count();
        let rest = &text[plain..];
        let more = rest.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(rest.len());
        let end = plain + more;
        self.0 = &text[end..];
        Some(Token::Word(&text[..end]))
    }
}

/// Where the comment that begins at byte 0 ends: behind its closing parenthesis, or at the end of
/// the text.
fn comment_end(text: &str) -> usize {
    let (mut depth, mut escaped) = (0usize, false);
    for (at, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Places at which a date is looked for before a field is given up.
const DATES_TRIED: usize = 8;
/// Bytes of a value of several words.
const SEVERAL: usize = 80;

/// The part before the date and the date: behind the last semicolon whose rest is a date, else from
/// the first word that begins one.
fn split_date(value: &str) -> (&str, Option<Stamp>) {
    for at in memchr::memrchr_iter(b';', value.as_bytes()).take(DATES_TRIED) {
        if let Some(stamp) = date::parse(&value[at + 1..]) {
            return (&value[..at], Some(stamp));
        }
    }
    let (mut at, mut tried) = (0, 0);
    for word in value.split(' ') {
        if begins_date(word) {
            if tried == DATES_TRIED {
                break;
            }
            tried += 1;
            if let Some(stamp) = date::parse(&value[at..]) {
                return (&value[..at], Some(stamp));
            }
        }
        at += word.len() + 1;
    }
    (value, None)
}

/// True for `2026-05-04…` and for the name of a weekday.
fn begins_date(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let bytes = word.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit) {
        return true;
    }
    let name = word.trim_end_matches(',');
    DAYS.iter().any(|day| name.eq_ignore_ascii_case(day))
}
