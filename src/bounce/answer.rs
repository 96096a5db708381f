//! Who speaks: an error text taken apart into the words of the host that reports it and the answer
//! of another host that it quotes. Whatever the mail system, the same answer comes out.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::mail::find::begins;

use super::notice::beginnings::Beginnings;
use super::notice::phrases::Phrases;
use super::notice::sentences::{self, Phase};
use super::remote::{Remote, is_host_name};
use super::status::{self, Codes, replies};

/// Whose words an error text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaker {
    /// The host that reports speaks itself: no route, no answer, time run out.
    #[default]
    Reporter,
    /// It quotes the answer of another host.
    Remote,
    /// An answer with nothing around it that tells whose it is.
    Untold,
}

/// An error text taken apart: `frame` + `words` + `trailer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer<'a> {
    /// All of it.
    pub whole: &'a str,
    /// What the reporting host says in front of the answer that it quotes: whom it asked, when.
    pub frame: &'a str,
    /// The answer: code, status, words. Of a host that speaks itself all that it says.
    pub words: &'a str,
    /// The byte of `whole` where the words begin.
    pub start: usize,
    /// What the reporting host says behind the answer: `(in reply to RCPT TO command)`.
    pub trailer: &'a str,
    /// Whose the words are.
    pub speaker: Speaker,
}

/// What introduces the words of another host.
static INTRODUCTIONS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        " said: ",
        " refused to talk to me: ",
        " gave this error: ",
        " response was: ",
        " responded: ",
        " responded with: ",
        " returned: ",
        " returned '",
        " returned \"",
        " reject reason: ",
    ])
});

/// Names of fields in front of an answer; they say nothing themselves.
static LABELS: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "smtp;",
        "x-postfix;",
        "diagnostic-code:",
        "diagnostic:",
        "reject reason:",
        "(reason:",
        "reason:",
        "remote host said:",
        "server response:",
        "response:",
        "error text:",
        "error:",
        "details:",
    ])
});

/// Words in front of the name of a host that is asked no more; their first letter may be a capital.
static GIVING_UP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"iving up on "));

/// Words by which the reporting host shows that what follows is another host's.
static OTHER_HOST: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "host ",
        "server ",
        "server: ",
        "remote ",
        "smtp error",
        "response",
        "relay ",
        "next hop",
    ])
});

/// What stands in front of the words of a further host that an answer passes on; but what was found
/// out about the sender's address is the answer itself.
static PASSED_ON: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "sender address rejected",
        "unverified address: ",
        "undeliverable address: ",
        "response from next hop: ",
    ])
});
/// The number of the words about the sender among these.
const OF_SENDER: usize = 0;

impl<'a> Answer<'a> {
    /// Takes an error text apart that stands on one line.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let start = start_of_words(text);
        let frame = &text[..start];
        let rest = &text[start..];
        let mut end = trailer(rest);
        if frame.ends_with(['\'', '"', '(']) || begins(frame, "(reason:") {
            end = rest[..end].trim_end_matches(['\'', '"', ')', ' ']).len();
        }
        let words = rest[..end].trim();
        let lead = rest[..end].len() - rest[..end].trim_start().len();
        let speaker = if behind_labels(frame) < frame.len() {
            Speaker::Remote
        } else if begins_with_reply(words) {
            Speaker::Untold
        } else {
            Speaker::Reporter
        };
        Self { whole: text, frame, words, start: start + lead, trailer: &rest[end..], speaker }
    }

    /// The step of the dialogue that was answered, by the words around the answer.
    #[must_use]
    pub fn step(&self) -> Option<Phase> {
        if !self.trailer.is_empty() {
            // Of an answer that passes on another one, the end is about the whole.
            let last = self.trailer.rfind("(in reply to ").unwrap_or(0);
            if let Some(step) = sentences::phase(&self.trailer[last..]) {
                return Some(step);
            }
        }
        match self.speaker {
            Speaker::Remote => sentences::phase(self.frame),
            Speaker::Reporter => sentences::phase(self.whole),
            Speaker::Untold => None,
        }
    }

    /// The host that answered, by the words around the answer.
    #[must_use]
    pub fn remote(&self) -> Option<Remote> {
        match self.speaker {
            Speaker::Remote => sentences::remote(self.frame),
            Speaker::Reporter => sentences::remote(self.whole),
            // An address alone may be the one that was refused.
            Speaker::Untold => sentences::remote(self.words).filter(|host| host.name.is_some()),
        }
    }

    /// What a further host said, where the answer passes it on: `A -> B`, `A 550-'B'`,
    /// `unverified address: B`.
    #[must_use]
    pub fn passed_on(&self) -> Option<&'a str> {
        if let (_, Some(passed_on)) = mapped(self.words) {
            return Some(passed_on);
        }
        match PASSED_ON.foremost_in(self.words)? {
            (OF_SENDER, _) => None,
            (_, place) => Some(&self.words[place.end..]),
        }
    }
}

/// The codes of an answer: of Exchange's `A -> B` those of A, the code the report is filed
/// under, unless A says nothing.
#[must_use]
pub fn codes(text: &str) -> Codes {
    let (own, remote) = mapped(text);
    let outer = status::codes(own);
    let Some(remote) = remote else { return outer };
    let telling = matches!(outer.status, Some(status) if !status.is_vague());
    if telling && quoted_answer(text).is_none() {
        return outer;
    }
    let inner = status::codes(remote);
    Codes { status: inner.status.or(outer.status), reply: inner.reply.or(outer.reply) }
}

/// The two ends of an answer: a gateway's own sentence, and the remote answer that it passes on
/// (Exchange Online's `A -> B`, `IronPort`'s `A 550-'B'`).
#[must_use]
pub fn mapped(text: &str) -> (&str, Option<&str>) {
    if let Some(at) = arrow(text)
        && at + ARROW.len() < text.len()
        && status::codes(&text[..at]).status.is_some()
    {
        return (&text[..at], Some(&text[at + ARROW.len()..]));
    }
    match quoted_answer(text) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    }
}

/// Stands between the two ends of an answer that Exchange Online passes on.
const ARROW: &str = " -> ";

/// Where the first arrow stands.
fn arrow(text: &str) -> Option<usize> {
    for at in memchr::memchr_iter(b'>', text.as_bytes()) {
        if let Some(start) = at.checked_sub(2)
            && text.as_bytes()[start..].starts_with(ARROW.as_bytes())
        {
            return Some(start);
        }
    }
    None
}

/// Where `IronPort` quotes the other server: `5.1.0 - Unknown address error 550-'5.2.2 …'`.
fn quoted_answer(text: &str) -> Option<usize> {
    memchr::memchr(b'\'', text.as_bytes())?;
    for reply in replies(text) {
        if reply.start > 0 && text[reply.start + 3..].starts_with("-'") {
            return Some(reply.start);
        }
    }
    None
}

fn begins_with_reply(words: &str) -> bool {
    status::first_reply(words).is_some()
}

/// Where what the reporting host puts behind an answer begins.
fn trailer(text: &str) -> usize {
    let mut end = text.len();
    for at in memchr::memchr_iter(b'(', text.as_bytes()) {
        let behind = &text[at..];
        if begins(behind, "(in reply to ") || begins(behind, "(delivery attempts: ") {
            end = at;
            break;
        }
    }
    let giving_up = GIVING_UP.find(&text.as_bytes()[..end]);
    let end = giving_up.map_or(end, |at| at.saturating_sub(1));
    text[..text.floor_char_boundary(end)].trim_end_matches(' ').len()
}

/// Where the answer begins.
fn start_of_words(text: &str) -> usize {
    let start = behind_labels(text);
    let rest = &text[start..];
    if begins_with_reply(rest) {
        return start;
    }
    let words = introduced(rest);
    // A reply in front of those words begins the answer.
    let reply = quoted_reply(&rest[..words.unwrap_or(rest.len())]);
    let answered = reply.or(words).unwrap_or(0);
    start + answered + behind_labels(&rest[answered..])
}

/// What stands behind the first phrase that introduces the words of another host.
fn introduced(text: &str) -> Option<usize> {
    let mut first: Option<usize> = None;
    for (_, place) in INTRODUCTIONS.places(text) {
        first = Some(first.map_or(place.end, |end| end.min(place.end)));
    }
    first
}

/// The first reply that stands behind a colon or in quotes, where another host is spoken of.
fn quoted_reply(text: &str) -> Option<usize> {
    if let Some(quoted) = quoted_answer(text) {
        return Some(quoted);
    }
    for reply in replies(text) {
        let before = text[..reply.start].trim_end_matches(' ');
        let quoted = before.ends_with([':', ';', '\'', '"', '(']);
        if quoted && reply.code >= 400 && OTHER_HOST.occur_in(before) {
            return Some(reply.start);
        }
    }
    None
}

/// How far the names of fields at the start reach, and the blanks behind them.
fn behind_labels(text: &str) -> usize {
    let mut start = 0;
    loop {
        let rest = text[start..].trim_start();
        start = text.len() - rest.len();
        let Some(label) = LABELS.first_of(rest) else { return start };
        start += label.len();
    }
}

/// What a word of an answer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A mail address.
    Address,
    /// A host or a domain.
    Host,
    /// The address of a page.
    Url,
}

/// What the word names in which a passage stands; None for a passage of several words, and for one
/// that is a word of the language.
#[must_use]
pub fn thing_at(text: &str, place: Range<usize>) -> Option<Thing> {
    let passage = &text[place.clone()];
    let start = place.start + (passage.len() - passage.trim_start().len());
    let passage = passage.trim();
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';');
    if passage.contains(ends) {
        return None;
    }
    let from = text[..start]
        .rfind(ends)
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let behind = start + passage.len();
    let to = text[behind..].find(ends).map_or(text.len(), |at| behind + at);
    let word = text[from..to].trim_matches(['.', ':', '[', ']', '\'', '!', '?']);
    if word.contains("://") || begins(word, "www.") {
        Some(Thing::Url)
    } else if matches!(word.split_once('@'), Some((local, domain)) if !local.is_empty() && !domain.is_empty())
    {
        Some(Thing::Address)
    } else if is_written_as_host(word) {
        Some(Thing::Host)
    } else {
        None
    }
}

/// True for a host as people write hosts: in one case, ending in letters. Names of program parts
/// (`RESOLVER.ADR.RecipNotFound`) are in both.
fn is_written_as_host(word: &str) -> bool {
    let Some((_, last)) = word.rsplit_once('.') else { return false };
    let one_case = !word.bytes().any(|b| b.is_ascii_uppercase())
        || !word.bytes().any(|b| b.is_ascii_lowercase());
    one_case
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && is_host_name(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "550 5.1.1 <a@b.example>: no such user";

    #[test]
    fn the_same_answer_in_every_frame() {
        let connect = "host mx.b.example[198.51.100.9] refused to talk to me: ";
        for (before, after, step, host) in [
            ("", "", None, None),
            ("smtp; ", "", None, None),
            (
                "host mx.b.example[198.51.100.9] said: ",
                " (in reply to RCPT TO command)",
                Some(Phase::RcptTo),
                Some("mx.b.example"),
            ),
            (connect, "", Some(Phase::Connect), Some("mx.b.example")),
            (
                "host mx.b.example [198.51.100.9] SMTP error from remote mail server after RCPT TO:<a@b.example>: ",
                "",
                Some(Phase::RcptTo),
                Some("mx.b.example"),
            ),
            (
                "SMTP error from remote mailer after end of data: host mx.b.example [198.51.100.9]: ",
                "",
                Some(Phase::EndOfData),
                Some("mx.b.example"),
            ),
            (
                "198.51.100.9 does not like recipient. Remote host said: ",
                " Giving up on 198.51.100.9.",
                Some(Phase::RcptTo),
                None,
            ),
            ("mx.b.example gave this error: ", "", None, Some("mx.b.example")),
            ("Remote Server returned '", "'", None, None),
            ("(reason: ", ")", None, None),
            ("reject reason: ", "", None, None),
        ] {
            let text = format!("{before}{SAID}{after}");
            let answer = Answer::of(&text);
            assert_eq!(answer.words, SAID, "{text}");
            let told = if step.is_some() || host.is_some() || before.contains("Server") {
                Speaker::Remote
            } else {
                Speaker::Untold
            };
            assert_eq!(answer.speaker, told, "{text}");
            assert_eq!(answer.step(), step, "{text}");
            let name = answer.remote().and_then(|remote| remote.name);
            assert_eq!(name.as_deref(), host, "{text}");
        }
    }

    #[test]
    fn our_own_host_speaks() {
        let text = "connect to mx.b.example[198.51.100.9]:25: Connection refused";
        let answer = Answer::of(text);
        assert_eq!((answer.words, answer.speaker), (text, Speaker::Reporter));
        let remote = answer.remote().expect("a host is named");
        assert_eq!(remote.whole(), "mx.b.example [198.51.100.9]");
    }

    #[test]
    fn what_a_further_host_said() {
        let inner = "host store[10.1.2.3] said: 552 5.2.2 full";
        let text = format!("450 4.1.1 <a@b.example>: rejected: unverified address: {inner}");
        let answer = Answer::of(&text);
        assert_eq!((answer.words, answer.passed_on()), (&*text, Some(inner)));
        assert_eq!(Answer::of(inner).words, "552 5.2.2 full");
    }

    #[test]
    fn words_that_name_something() {
        for (text, word, thing) in [
            ("550 <spam@oak.example> nope", "spam", Some(Thing::Address)),
            ("554 mx1.antispam.example no", "spam", Some(Thing::Host)),
            ("see https://oak.example/antispam/grey.html", "spam", Some(Thing::Url)),
            ("550 no spam here.", "spam", None),
            ("550 RESOLVER.ADR.RecipNotFound; not found", "RecipNotFound", None),
            ("550 user unknown.oak", "user unknown", None),
        ] {
            let at = text.find(word).expect("it is there");
            assert_eq!(thing_at(text, at..at + word.len()), thing, "{text}");
        }
    }
}
