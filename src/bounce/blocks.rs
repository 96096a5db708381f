//! Recipients and their error texts in the human part of a report, found by the shape of the lines.
//!
//! Most mail systems print a failed address at the start of a line and the error behind or below it. A dialect says with
//! a [`Grammar`] where it departs from that; the reading itself is the same for all.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::mail::address::{self, Found};
use crate::mail::limits::DIAGNOSTIC_BYTES;

use super::page::{Line, Page, begins, position};
use super::phrases::Phrases;
use super::said::Said;
use super::status::{Codes, replies, statuses};
use super::wording::Remote;

/// One failed recipient as the human text names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The failed address; empty where the text tells an error and names nobody.
    pub recipient: String,
    /// The address it was expanded or generated from.
    pub original: Option<String>,
    /// The error text below or behind it.
    pub said: Option<Said>,
    /// The last real error of a message whose time ran out.
    pub last_error: Option<Said>,
    /// The host that said it, where the layout names it apart.
    pub remote: Option<Remote>,
    /// The error text stands in a paragraph of its own below the recipient: it may be about something else.
    pub apart: bool,
}

/// How one mail system's text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// Recipients stand behind the first line that begins with one of these; in the whole text when none occurs.
    pub begin: &'static [&'static str],
    /// Lines that begin with one of these end the recipients.
    pub end: &'static [&'static str],
    /// Labels in front of a recipient besides the usual ones (lower case, with their colon).
    pub labels: &'static [&'static str],
    /// Labels in front of an error text that stands apart from the recipient (lower case).
    pub errors: &'static [&'static str],
    /// Any line that begins with an address names a recipient, whatever follows in it.
    pub loose: bool,
}

/// Labelled error texts that are looked at.
const LABELLED: usize = 100;

/// The layout of everybody who does nothing special.
pub const PLAIN: Grammar = Grammar { begin: &[], end: &[], labels: &[], errors: &[], loose: false };

/// Labels in front of a failed address that many systems share.
const LABELS: &[&str] = &[
    "recipient address:",
    "recipient:",
    "failed recipient:",
    "intended recipient:",
    "intended recipients:",
    "final recipient:",
    "final-recipient:",
    "failed address:",
    "could not be delivered to:",
    "the following recipients returned permanent errors:",
    "delivery failed:",
    "your delivery to",
    "unable to deliver message to:",
    "unable to deliver mail to:",
    "delivery failed to:",
    "failed to deliver to",
    "was not delivered to:",
    "there was an error delivering your mail to",
    "your message to",
    "could not deliver message to:",
    "message could not be delivered to",
    "rcpt to:",
    "undeliverable to:",
    "undelivered to:",
    "user mailbox exceeds allowed size:",
    "unknown user:",
    "invalid final delivery userid:",
    "unknown host:",
    "delivery failed for:",
    "the following address failed:",
    "the following recipient(s) could not be reached:",
    "recipient [smtp:",
    "to:",
    "für:",
    "empfänger:",
    "destinataire :",
    "destinataire:",
    "destinatario:",
    "geadresseerde:",
    "mottaker:",
    "adresat:",
];

/// Labels in front of an error text that many systems share.
const ERRORS: &[&str] = &[
    "reason:",
    "the reason:",
    "error:",
    "diagnostic code:",
    "diagnostic-code:",
    "the response was:",
    "the response from the remote server was:",
    "remote host said:",
    "error message below:",
    "for the following reason:",
    "delivery failed for the following reason:",
    "because:",
    "because of",
    "the error that the other server returned was:",
    "technical details of permanent failure:",
    "technical details:",
    "technical details of temporary failure:",
    "failure reason:",
    "error type:",
    "the problem appears to be",
    "delay reason:",
    "the following error message was returned",
    "this message was undeliverable due to the following reason",
    "your message was not delivered for the following reason",
    "server message",
    "because the following reason",
    "the mail server responded",
    "reason of failure",
    "details:",
    "cause:",
    "motivo:",
    "raison",
    "grund:",
    "fehler:",
];

impl Grammar {
    /// Reads the recipients of a page.
    #[must_use]
    pub fn read(&self, page: &Page<'_>) -> Vec<Block> {
        let lines = self.region(&page.lines);
        let mut blocks: Vec<Open> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if let Some(named) = self.named(line) {
                open(&mut blocks, line, named);
            } else if let Some(block) = blocks.last_mut() {
                block.line(line, lines.get(at + 1));
            }
        }
        let mut blocks: Vec<Block> = blocks.into_iter().map(|block| block.close(page)).collect();
        if blocks.is_empty() && lines.len() < page.lines.len() {
            blocks.extend(unnamed(page, lines));
        }
        self.share(page, &mut blocks);
        blocks
    }

    /// The lines between the marks.
    fn region<'l, 't>(&self, lines: &'l [Line<'t>]) -> &'l [Line<'t>] {
        let begins_with = |line: &Line<'_>, marks: &[&str]| marks.iter().any(|mark| line.begins(mark));
        let from = lines.iter().position(|line| begins_with(line, self.begin)).unwrap_or(0);
        let lines = &lines[from..];
        let to = lines.iter().skip(1).position(|line| begins_with(line, self.end)).map_or(lines.len(), |i| i + 1);
        &lines[..to]
    }

    /// The recipient a line names.
    #[must_use]
    pub fn named<'t>(&self, line: &Line<'t>) -> Option<Named<'t>> {
        let text = line.trimmed();
        let text =
            ["* ", "- ", "• ", ">>> ", "-- "].iter().find_map(|bullet| text.strip_prefix(bullet)).unwrap_or(text);
        labelled(text, self.labels)
            .or_else(|| labelled(text, LABELS))
            .or_else(|| bracketed(text))
            .or_else(|| leading(text, self.loose))
            .or_else(|| trailing(text))
            .or_else(|| told_of(text))
    }

    /// Gives recipients without an error text of their own the one that stands for all.
    fn share(&self, page: &Page<'_>, blocks: &mut [Block]) {
        let coded = |block: &Block| block.said.as_ref().is_some_and(|said| said.codes() != Codes::default());
        let labelled = self.errors_behind_labels(page).next();
        for block in blocks.iter_mut().filter(|block| block.apart && labelled.is_some() && !coded(block)) {
            block.said.clone_from(&labelled);
        }
        if blocks.iter().all(|block| block.said.is_some()) && (blocks.len() != 1 || coded(&blocks[0])) {
            return;
        }
        let apart = self.error_apart(page);
        if let ([block], Some(apart)) = (&mut *blocks, &apart)
            && apart.codes() != Codes::default()
        {
            block.said = Some(apart.clone());
        }
        let last = blocks.last().and_then(|block| block.said.clone());
        let told = if blocks.iter().all(|block| block.said.is_some()) { HashMap::new() } else { lines_about(page) };
        for block in blocks.iter_mut().filter(|block| block.said.is_none()) {
            let own = told.get(&block.recipient.to_ascii_lowercase());
            block.said = own.or(apart.as_ref()).or(last.as_ref()).cloned();
        }
    }

    /// An error text that stands apart from the recipients: behind a label, or a line that begins with a reply code.
    #[must_use]
    pub fn error_apart(&self, page: &Page<'_>) -> Option<Said> {
        let behind: Vec<Said> = self.errors_behind_labels(page).collect();
        let coded = |said: &&Said| said.codes() != Codes::default();
        let reply = page.lines.iter().find(|line| begins_with_reply(line.trimmed()));
        let reply = reply.map(|line| page.passage(line.start, paragraph_end(page, line.start)));
        behind.iter().find(coded).cloned().or(reply).or_else(|| behind.into_iter().next())
    }

    /// The texts behind the labels of errors.
    fn errors_behind_labels<'p>(&self, page: &'p Page<'_>) -> impl Iterator<Item = Said> + 'p {
        let own = self.errors;
        let labelled = page.lines.iter().enumerate().filter_map(move |(at, line)| {
            let text = line.text.trim_start_matches([' ', '\t', '-', '*', '|', '=', '#']);
            let label = own.iter().chain(ERRORS).find(|label| begins(text, label))?;
            let rest = text[label.len()..].trim_start_matches([' ', '\t', ':', '-']);
            let below = || page.lines.get(at + 1..)?.iter().find(|l| !l.is_blank() && !is_rule(l.trimmed()));
            let from = if rest.is_empty() { below()?.start } else { line.end() - rest.len() };
            Some(page.passage(from, paragraph_end(page, from)))
        });
        labelled.take(LABELLED)
    }
}

/// A recipient named in a line, and the rest of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'t> {
    /// The address.
    pub address: &'t str,
    /// The address it was expanded from.
    pub original: Option<&'t str>,
    /// The text behind it.
    pub rest: &'t str,
    /// The label in front of it tells the error ("Unknown user: …").
    pub told: bool,
}

/// `<address>`, `<address>: text`, `<address> (expanded from <other>): text`.
fn bracketed(text: &str) -> Option<Named<'_>> {
    let inner = text.strip_prefix('<')?;
    let (inside, after) = inner.split_once('>')?;
    let inside = inside.strip_prefix("mailto:").unwrap_or(inside).trim();
    let user = !inside.is_empty() && !inside.contains([' ', '=', '/']) && after.starts_with(':');
    let address = address::find(inside)
        .filter(|f| f.start == 0 || inside[..f.start].ends_with(':'))
        .map(|f| f.text)
        .or_else(|| user.then_some(inside))?;
    Some(with_original(address, after))
}

/// A line that begins with an address.
fn leading(text: &str, loose: bool) -> Option<Named<'_>> {
    let unquoted = text.strip_prefix(['"', '\'']).unwrap_or(text);
    let found = address::find(unquoted).filter(|found| found.start == 0)?;
    let after = unquoted[found.end()..].strip_prefix(['"', '\'']).unwrap_or(&unquoted[found.end()..]);
    let rest = after.trim_start();
    let fits = rest.is_empty()
        || rest.starts_with([':', '(', '<', '['])
        || rest.starts_with("...")
        || rest == "."
        || rest == ",";
    (fits || loose).then(|| with_original(found.text, after))
}

/// A line that is a name and an address in brackets: `Ann Lee <ann@example.com>`, `Ann Lee<mailto:ann@example.com>`.
fn trailing(text: &str) -> Option<Named<'_>> {
    let (name, inside) = text.strip_suffix('>')?.rsplit_once('<')?;
    let inside = inside.strip_prefix("mailto:").unwrap_or(inside);
    let fits = address::is_address(inside)
        && name.len() <= 80
        && !name.contains(':')
        && !name.contains(['=', '@'])
        && name.split_whitespace().count() <= 6;
    fits.then_some(Named { address: inside, original: None, rest: "", told: false })
}

/// An error and behind its colon the address: `Delivery failed 20 attempts: ann@example.com`.
fn told_of(text: &str) -> Option<Named<'_>> {
    let (error, address) = text.rsplit_once(": ")?;
    let told = address::is_address(address) && error.len() <= 80 && !error.contains('@') && looks_like_error(error);
    told.then_some(Named { address, original: None, rest: "", told })
}

/// A line that begins with a label and holds an address behind it.
fn labelled<'t>(text: &'t str, labels: &[&str]) -> Option<Named<'t>> {
    let label = labels.iter().find(|label| begins(text, label))?;
    let value = text[label.len()..].trim_start_matches([' ', '\t', '\'', '"', ':', ';']);
    let value = value.strip_prefix("rfc822;").unwrap_or(value).trim_start();
    let value = value.strip_prefix("[SMTP:").or_else(|| value.strip_prefix("SMTP:")).unwrap_or(value);
    let found = address::find(value).filter(|found| found.start <= 1)?;
    let named = with_original(found.text, value[found.end()..].trim_start_matches(['>', ']', '\'', '"', '.']));
    let told = ["exceed", "unknown", "invalid"].iter().any(|word| label.contains(word));
    Some(Named { told, ..named })
}

/// Splits the text behind an address into the address it came from and the rest.
fn with_original<'t>(address: &'t str, after: &'t str) -> Named<'t> {
    let mut rest = after.trim_start();
    let mut original = None;
    if let Some(comment) = rest.strip_prefix('(')
        && let Some((inside, tail)) = comment.split_once(')')
        && let Some(from) = came_from(inside)
    {
        (original, rest) = (Some(from), tail);
    }
    if rest.starts_with("<mailto:") {
        rest = rest.split_once('>').map_or("", |(_, tail)| tail);
    }
    let rest = rest.trim_start().trim_start_matches(':').trim_start_matches("...").trim_start();
    Named { address, original: original.filter(|o| !o.eq_ignore_ascii_case(address)), rest, told: false }
}

/// The address in `expanded from <x>`, `generated from x`, `ultimately generated from x`.
#[must_use]
pub fn came_from(text: &str) -> Option<&str> {
    let at = ["expanded from", "generated from", "originally addressed to", "forwarded from"]
        .iter()
        .find_map(|phrase| position(text, phrase))?;
    address::find(&text[at..]).map(|f: Found<'_>| f.text)
}

/// A block whose end has not come yet.
struct Open {
    recipient: String,
    original: Option<String>,
    from: usize,
    to: usize,
    closed: bool,
    /// A blank line stands between the recipient and the text.
    apart: bool,
}

fn open(blocks: &mut Vec<Open>, line: &Line<'_>, named: Named<'_>) {
    let from = line.end() - if named.told { line.trimmed().len() } else { named.rest.len() };
    let to = if named.rest.is_empty() && !named.told { from } else { line.end() };
    if let Some(last) = blocks.last_mut().filter(|b| b.from == b.to && b.recipient.eq_ignore_ascii_case(named.address))
    {
        (last.from, last.to, last.closed) = (from, to, false);
        return;
    }
    let (recipient, original) = (named.address.to_owned(), named.original.map(ToOwned::to_owned));
    blocks.push(Open { recipient, original, from, to, closed: false, apart: false });
}

impl Open {
    fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Adds a line below the recipient. A blank line ends a text that has begun; before it, the next paragraph may be the
    /// error text if it looks like one.
    fn line(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) {
        if self.closed {
            return;
        }
        if line.is_blank() {
            let quoted_on =
                next.is_some_and(|next| next.trimmed().starts_with("<<<") || next.trimmed().starts_with(">>>"));
            self.closed = !self.is_empty() && !quoted_on;
            self.apart |= self.is_empty();
        } else if let Some(from) = came_from(line.text).filter(|_| line.trimmed().starts_with('(')) {
            self.original.get_or_insert_with(|| from.to_owned());
        } else if self.is_empty() {
            if is_rule(line.trimmed()) {
                self.closed = true;
            } else {
                (self.from, self.to) = (line.end() - line.trimmed().len(), line.end());
            }
        } else {
            self.to = line.end();
        }
    }

    fn close(self, page: &Page<'_>) -> Block {
        let labelled = |said: &Said| {
            ["from:", "to:", "cc:", "subject:", "sent:", "date:", "size"].iter().any(|l| begins(&said.text, l))
        };
        let fits = |said: &Said| !self.apart && !labelled(said) || looks_like_error(&said.text);
        let said = (!self.is_empty()).then(|| page.passage(self.from, self.to)).filter(fits);
        let original = self.original.filter(|o| !o.eq_ignore_ascii_case(&self.recipient));
        Block { recipient: self.recipient, original, said, apart: self.apart, ..Block::default() }
    }
}

/// A line that only separates: dashes, stars.
fn is_rule(text: &str) -> bool {
    text.len() >= 4
        && (text.bytes().all(|b| matches!(b, b'-' | b'=' | b'*' | b'_' | b'+' | b'#' | b' '))
            || text.starts_with("-----") && text.ends_with("-----"))
}

fn begins_with_reply(text: &str) -> bool {
    let text = text.trim_start_matches(['<', '>', ' ']);
    replies(text).next().is_some_and(|reply| reply.start == 0 && matches!(reply.code / 100, 4 | 5))
        || statuses(text).next().is_some_and(|status| status.start == 0 && status.status.class != 2)
}

/// True for a text that tells an error: it holds a code, or one of the words errors are made of.
#[must_use]
pub fn looks_like_error(text: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "unknown",
            "no such",
            "not found",
            "does not exist",
            "doesn't exist",
            "invalid",
            "rejected",
            "refused",
            "denied",
            "failed",
            "failure",
            "full",
            "quota",
            "exceed",
            "disabled",
            "unavailable",
            "timed out",
            "timeout",
            "expired",
            "blocked",
            "not allowed",
            "unable",
            "error",
            "undeliverable",
            "unrouteable",
            "inactive",
            "suspended",
            "looping",
            "loop",
            "too large",
            "too big",
            "spam",
            "virus",
            "delay",
            "deferred",
            "cannot",
            "could not",
            "couldn't",
            "can't",
            "connection",
            "not accept",
            "no mailbox",
            "too many",
            "not listed",
            "not permitted",
            "not authorized",
            "not accepted",
            "moved",
            "nicht",
            "inconnu",
            "desconocid",
            "sconosciut",
            "onbekend",
            "ukjent",
            "nieznan",
            "okänd",
            "retry",
            "delivery",
        ])
    });
    WORDS.occur_in(text) || replies(text).any(|r| r.code >= 400) || statuses(text).any(|s| s.status.class != 2)
}

/// The paragraph behind the mark, when it names nobody but tells an error.
fn unnamed(page: &Page<'_>, lines: &[Line<'_>]) -> Option<Block> {
    let first = lines.iter().skip(1).find(|line| !line.is_blank())?;
    let said = page.passage(first.start, paragraph_end(page, first.start));
    looks_like_error(&said.text).then(|| Block { said: Some(said), ..Block::default() })
}

/// Where the paragraph that begins at byte `from` ends, as far as an error text is kept.
fn paragraph_end(page: &Page<'_>, from: usize) -> usize {
    let first = page.lines.partition_point(|line| line.end() < from);
    let kept = |line: &&Line<'_>| line.start < from + DIAGNOSTIC_BYTES && !line.is_blank() && !is_rule(line.trimmed());
    page.lines[first..].iter().take_while(kept).last().map_or(from, Line::end)
}

/// The first line about each address that a line with an error names, by the address in lower case.
fn lines_about(page: &Page<'_>) -> HashMap<String, Said> {
    let mut told = HashMap::new();
    for line in page.lines.iter().filter(|line| begins_with_reply(line.trimmed())) {
        for found in address::all(line.text).filter(|found| line.text.len() > found.text.len() + 8) {
            told.entry(found.text.to_ascii_lowercase()).or_insert_with(|| page.passage(line.start, line.end()));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn read(text: &str) -> Vec<(String, Option<String>, String)> {
        let blocks = PLAIN.read(&Page::new(text, Part::Text));
        blocks
            .into_iter()
            .map(|b| (b.recipient, b.original, b.said.map(|s| s.text.to_string()).unwrap_or_default()))
            .collect()
    }

    #[test]
    fn the_usual_shapes() {
        let one = |text: &str, recipient: &str, said: &str| {
            assert_eq!(read(text), [(recipient.to_owned(), None, said.to_owned())], "{text}");
        };
        one(
            "<a@b.example>: host mx[192.0.2.1] said: 550\n    no (in reply to RCPT TO command)\n\nbye",
            "a@b.example",
            "host mx[192.0.2.1] said: 550 no (in reply to RCPT TO command)",
        );
        one("failed:\n\n  a@b.example\n    Unrouteable address\n", "a@b.example", "Unrouteable address");
        one(
            "<a@b.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
            "a@b.example",
            "Sorry, no mailbox here by that name. (#5.1.1)",
        );
        one(
            "Recipient address: a@b.example\nReason: Remote system rejected it: 550 no",
            "a@b.example",
            "Reason: Remote system rejected it: 550 no",
        );
        one(
            "to:\n     a@b.example\n\nThe error that the other server returned was:\n550 5.1.1 none (state 14)\n",
            "a@b.example",
            "The error that the other server returned was: 550 5.1.1 none (state 14)",
        );
        one(
            "Could not be delivered because of\n\n550 5.1.1 User unknown\n\naffected:\n\n   a@b.example\n",
            "a@b.example",
            "550 5.1.1 User unknown",
        );
    }

    #[test]
    fn several_and_where_they_came_from() {
        let text =
            "<a@b.example> (expanded from <list@b.example>): unknown user: \"a\"\n\n<c@d.example>: mailbox full\n";
        let blocks = read(text);
        assert_eq!(blocks[0].1.as_deref(), Some("list@b.example"));
        assert_eq!(blocks[1].2, "mailbox full");
        let exim = read("  a@b.example\n    (generated from list@b.example)\n    mailbox is full\n");
        assert_eq!(exim[0], ("a@b.example".into(), Some("list@b.example".into()), "mailbox is full".into()));
    }

    #[test]
    fn prose_names_nobody() {
        assert_eq!(read("Hello,\nplease write to postmaster@b.example if you need help.\n"), []);
    }
}
