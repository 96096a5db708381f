//! What a server said: the error text of one delivery, put together again, and where in the message
//! it stands.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::mail::SafeText;
use crate::mail::limits::DIAGNOSTIC_BYTES;

use super::answer::{Answer, codes, mapped};
use super::status::{self, Codes, replies};

names! {
    /// The part of a message that a quotation comes from.
    #[derive(Default)]
    pub enum Part {
        /// The machine-readable delivery-status part.
        Report "report",
        /// Plain text for people.
        #[default]
        Text "text",
        /// HTML for people.
        Html "html",
        /// The returned message.
        Original "original",
        /// The header of the report itself.
        Header "header",
    }
}

/// An error text, whole and on one line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The reply put together: continuation codes (`550-5.7.1 `) taken out, blanks squeezed.
    pub text: SafeText,
    /// The same passage as it stands in the message, only unfolded.
    pub literal: SafeText,
    /// Where it stands.
    pub part: Part,
    /// First byte of the passage in the decoded part (LF line ends).
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    codes: Codes,
}

impl Said {
    /// Takes a passage of a decoded part that begins at byte `start`.
    #[must_use]
    pub fn new(passage: &str, part: Part, start: usize) -> Self {
        let lead = passage.len() - passage.trim_start().len();
        let passage = clip(passage.trim());
        let literal = SafeText::new(passage);
        let (start, end) = (start + lead, start + lead + passage.len());
        let text = one_line(&literal);
        Self { codes: codes(&text), text, literal, part, start, end }
    }

    /// The same, standing elsewhere: written there in another form, or nowhere (an empty range).
    #[must_use]
    pub fn standing_at(self, place: Range<usize>) -> Self {
        Self { start: place.start, end: place.end, ..self }
    }

    /// Status and reply code in the text. Of Exchange's `A -> B` those of A, the code the report is
    /// filed under, unless A says nothing.
    #[must_use]
    pub fn codes(&self) -> Codes {
        self.codes
    }

    /// True when it holds a code of any sort.
    #[must_use]
    pub fn has_codes(&self) -> bool {
        self.codes != Codes::default()
    }

    /// True when its reply code refuses, for now or for good.
    #[must_use]
    pub fn refuses(&self) -> bool {
        matches!(self.codes.reply, Some(400..))
    }

    /// True for an answer that accepts: it holds codes, and none that refuses.
    #[must_use]
    pub fn accepts(&self) -> bool {
        let Codes { status, reply } = self.codes;
        let seems = match (status, reply) {
            (Some(status), _) => status.class == 2,
            (None, Some(code)) => code < 400,
            (None, None) => false,
        };
        seems
            && status::statuses(&self.text).all(|s| s.status.class == 2)
            && replies(&self.text).all(|r| r.code < 400)
    }

    /// A gateway's own sentence and the remote answer it passes on: Exchange Online's `A -> B`,
    /// `IronPort`'s `A 550-'B'`; everything else is one sentence.
    #[must_use]
    pub fn mapped(&self) -> (&str, Option<&str>) {
        mapped(&self.text)
    }

    /// The text taken apart into the answer and the words around it.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        Answer::of(&self.text)
    }

    /// True when `other` is the same text cut short, or says nothing at all.
    #[must_use]
    pub fn extends(&self, other: &Self) -> bool {
        if self.text.as_str() == other.text.as_str() {
            return false;
        }
        let (long, short) = (key(&self.text), key(&other.text));
        long.len() > short.len() && long.contains(&short)
    }
}

/// The letters and digits by which two texts are the same, in lower case.
fn key(text: &str) -> String {
    let mut telling = String::with_capacity(text.len().min(KEY));
    telling.extend(text.chars().filter(|c| c.is_alphanumeric()).take(KEY));
    if telling.is_ascii() {
        telling.make_ascii_lowercase();
        return telling;
    }
    telling.to_lowercase()
}

/// Letters and digits by which texts are compared.
const KEY: usize = 400;

/// Cuts a passage at the limit, between two characters.
fn clip(passage: &str) -> &str {
    &passage[..passage.floor_char_boundary(DIAGNOSTIC_BYTES)]
}

/// The text of a reply: marks of a dialogue taken out, its lines joined.
fn one_line(literal: &SafeText) -> SafeText {
    let mut text = literal.clone();
    if text.starts_with("<<< ") {
        text = SafeText::new(&text.replace("<<< ", ""));
    }
    match rejoin(&text).or_else(|| rejoin_quoted(&text)) {
        Some(joined) => SafeText::new(&joined),
        None => text,
    }
}

/// A quoted reply of several lines (`550-'5.1.1 one 5.1.1 two'`): the repeated status is taken out.
/// None where nothing repeats.
fn rejoin_quoted(text: &str) -> Option<String> {
    memchr::memchr(b'\'', text.as_bytes())?;
    let mark = text.find("-'")?;
    let (before, quoted) = text.split_at(mark + 2);
    let first = status::statuses(quoted).next().filter(|found| found.start == 0)?;
    let (status, rest) = quoted.split_at(first.end);
    let again = format!(" {status} ");
    if rest.contains(&again) {
        Some(format!("{before}{status}{}", rest.replace(&again, " ")))
    } else {
        None
    }
}

/// A multi-line reply on one line (RFC 5321 section 4.2.1): after the first `550-5.7.1 ` the
/// repeated code and status in front of each further line are taken out. None for a reply of one
/// line.
fn rejoin(text: &str) -> Option<String> {
    let first = replies(text).find(|reply| goes_on(text, reply.start + 3))?;
    let (code, status) = prefix(&text[first.start..]);
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first.start]);
    out.push_str(code);
    out.push(' ');
    out.push_str(status);
    let mut rest = &text[first.start + 4 + status.len()..];
    while let Some(at) = next_prefix(rest, code, status) {
        out.push_str(&rest[..at]);
        let again = &rest[at..];
        rest = again[4..].strip_prefix(status).unwrap_or(&again[4..]).trim_start();
    }
    out.push_str(rest);
    Some(out)
}

/// True where a dash behind a code says that the reply goes on; before a quote it says nothing.
fn goes_on(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes.get(at) == Some(&b'-') && bytes.get(at + 1) != Some(&b'\'')
}

/// The code and the status at the start of a continuation line.
fn prefix(line: &str) -> (&str, &str) {
    let after = &line[4..];
    let status = match status::statuses(after).next() {
        Some(found) if found.start == 0 => &after[..found.end],
        _ => "",
    };
    (&line[..3], status)
}

/// Where the next `550-` or the closing `550 ` with the same code stands, at the start of a word.
fn next_prefix(rest: &str, code: &str, status: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = rest[from..].find(code).map(|i| i + from) {
        from = at + 3;
        let word = at == 0 || rest[..at].ends_with([' ', ';', '\t']);
        let tail = &rest.as_bytes()[at + 3..];
        let continued = tail.first() == Some(&b'-');
        let closing = tail.first() == Some(&b' ')
            && (status.is_empty() || rest[at + 4..].starts_with(status));
        if word && (continued || closing) {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        Said::new(text, Part::Text, 0).text.to_string()
    }

    #[test]
    fn multi_line_replies_become_one() {
        assert_eq!(
            joined(
                "550-5.7.26 Unauthenticated email from x.example is not accepted due to domain's\n 550-5.7.26 DMARC policy. Go\n 550 5.7.26 to https://x.example"
            ),
            "550 5.7.26 Unauthenticated email from x.example is not accepted due to domain's DMARC policy. Go to https://x.example"
        );
        assert_eq!(
            joined("host x said: 550-No such user 550-here 550 (in reply to RCPT TO)"),
            "host x said: 550 No such user here (in reply to RCPT TO)"
        );
        assert_eq!(joined("550 one line 550 stays"), "550 one line 550 stays");
    }

    #[test]
    fn a_mapped_answer_has_two_ends() {
        let said = Said::new(
            "550 5.7.350 Remote server returned message detected as spam -> 554 5.7.1 Blocked",
            Part::Report,
            0,
        );
        assert_eq!(said.codes().status.map(|s| s.to_string()).as_deref(), Some("5.7.350"));
        assert_eq!(said.mapped().1, Some("554 5.7.1 Blocked"));
        let vague =
            Said::new("550 5.0.0 Remote server returned -> 554 5.7.1 Blocked", Part::Report, 0);
        assert_eq!(vague.codes().reply, Some(554));
    }

    #[test]
    fn passages_keep_their_place() {
        let said = Said::new("  550 full \n", Part::Text, 10);
        assert_eq!((said.start, said.end), (12, 20));
    }

    #[test]
    fn the_longer_text_is_known() {
        let long = Said::new("550 5.1.1 <a@b.example> no such user, see help", Part::Text, 0);
        assert!(long.extends(&Said::new("550 5.1.1 <a@b.example> no such user", Part::Report, 0)));
        assert!(!long.extends(&Said::new("452 quota", Part::Report, 0)));
    }
}
