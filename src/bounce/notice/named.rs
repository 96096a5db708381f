//! Which recipient a line of the human text names.

use crate::mail::address;

use super::errors::looks_like_error;
use super::line::Line;
use crate::mail::find::{begins, position};

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

impl<'t> Named<'t> {
    /// An address with nothing behind it.
    const fn alone(address: &'t str) -> Self {
        Self { address, original: None, rest: "", told: false }
    }

    /// An address and what stands behind it: perhaps the address it came from, then the rest.
    fn with(address: &'t str, behind: &'t str) -> Self {
        let mut named = Self::alone(address);
        named.rest = behind.trim_start();
        if let Some(comment) = named.rest.strip_prefix('(')
            && let Some((inside, rest)) = comment.split_once(')')
            && let Some(from) = came_from(inside)
        {
            named.rest = rest;
            if !from.eq_ignore_ascii_case(address) {
                named.original = Some(from);
            }
        }
        if named.rest.starts_with("<mailto:") {
            named.rest = named.rest.split_once('>').unwrap_or_default().1;
        }
        let rest = named.rest.trim_start().trim_start_matches(':').trim_start_matches("...");
        named.rest = rest.trim_start();
        named
    }
}

/// The recipient that a line names. `labels` are those of the dialect; `loose`: an address at the
/// start of the line is enough, whatever follows it.
#[must_use]
pub fn named<'t>(line: &Line<'t>, labels: &[&str], loose: bool) -> Option<Named<'t>> {
    const BULLETS: [&str; 5] = ["* ", "- ", "• ", ">>> ", "-- "];
    let text = without(line.trimmed(), &BULLETS);
    labelled(text, labels)
        .or_else(|| labelled(text, LABELS))
        .or_else(|| bracketed(text))
        .or_else(|| leading(text, loose))
        .or_else(|| trailing(text))
        .or_else(|| told_of(text))
}

/// The text without the first of these that it begins with.
fn without<'t>(text: &'t str, prefixes: &[&str]) -> &'t str {
    for prefix in prefixes {
        if let Some(rest) = text.strip_prefix(prefix) {
            return rest;
        }
    }
    text
}

/// `<address>`, `<address>: text`, `<address> (expanded from <other>): text`; with a colon behind
/// it also the name of a local user.
fn bracketed(text: &str) -> Option<Named<'_>> {
    let (inside, behind) = text.strip_prefix('<')?.split_once('>')?;
    let inside = without(inside, &["mailto:"]).trim();
    if let Some(found) = address::find(inside)
        && (found.start == 0 || inside[..found.start].ends_with(':'))
    {
        return Some(Named::with(found.text, behind));
    }
    let user = !inside.is_empty() && !inside.contains([' ', '=', '/']) && behind.starts_with(':');
    if user { Some(Named::with(inside, behind)) } else { None }
}

/// A line that begins with an address.
fn leading(text: &str, loose: bool) -> Option<Named<'_>> {
    let text = without(text, &["\"", "'"]);
    let found = address::find(text)?;
    if found.start != 0 {
        return None;
    }
    let behind = without(&text[found.end()..], &["\"", "'"]);
    let rest = behind.trim_start();
    let fits = matches!(rest, "" | "." | ",")
        || rest.starts_with([':', '(', '<', '['])
        || rest.starts_with("...");
    if fits || loose { Some(Named::with(found.text, behind)) } else { None }
}

/// A line that is a name and an address in brackets: `Ann Lee <ann@example.com>`, `Ann
/// Lee<mailto:ann@example.com>`.
fn trailing(text: &str) -> Option<Named<'_>> {
    let (name, inside) = text.strip_suffix('>')?.rsplit_once('<')?;
    let inside = without(inside, &["mailto:"]);
    let fits = address::is_address(inside)
        && name.len() <= 80
        && !name.contains([':', '=', '@'])
        && name.split_whitespace().count() <= 6;
    if fits { Some(Named::alone(inside)) } else { None }
}

/// An error and behind its colon the address: `Delivery failed 20 attempts: ann@example.com`.
fn told_of(text: &str) -> Option<Named<'_>> {
    let (error, address) = text.rsplit_once(": ")?;
    let told = address::is_address(address)
        && error.len() <= 80
        && !error.contains('@')
        && looks_like_error(error);
    if told { Some(Named { told, ..Named::alone(address) }) } else { None }
}

/// A line that begins with a label and holds an address behind it.
fn labelled<'t>(text: &'t str, labels: &[&str]) -> Option<Named<'t>> {
    let label = labels.iter().find(|label| begins(text, label))?;
    let value = text[label.len()..].trim_start_matches([' ', '\t', '\'', '"', ':', ';']);
    let value = without(without(value, &["rfc822;"]).trim_start(), &["[SMTP:", "SMTP:"]);
    let found = address::find(value)?;
    if found.start > 1 {
        return None;
    }
    let behind = value[found.end()..].trim_start_matches(['>', ']', '\'', '"', '.']);
    let told = ["exceed", "unknown", "invalid"].iter().any(|word| label.contains(word));
    Some(Named { told, ..Named::with(found.text, behind) })
}

/// The address in `expanded from <x>`, `generated from x`, `ultimately generated from x`.
#[must_use]
pub fn came_from(text: &str) -> Option<&str> {
    const PHRASES: [&str; 4] =
        ["expanded from", "generated from", "originally addressed to", "forwarded from"];
    for phrase in PHRASES {
        if let Some(at) = position(text, phrase) {
            return address::find(&text[at..]).map(|found| found.text);
        }
    }
    None
}
