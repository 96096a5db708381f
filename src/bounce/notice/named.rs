//! Which recipient a line of the human text names.

use crate::mail::address::{self, Found};

use super::errors::looks_like_error;
use super::text::Line;
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

/// The recipient that a line names. `labels` are those of the dialect; `loose`: an address at the
/// start of the line is enough, whatever follows it.
#[must_use]
pub fn named<'t>(line: &Line<'t>, labels: &[&str], loose: bool) -> Option<Named<'t>> {
    let text = line.trimmed();
    let text = ["* ", "- ", "• ", ">>> ", "-- "]
        .iter()
        .find_map(|bullet| text.strip_prefix(bullet))
        .unwrap_or(text);
    labelled(text, labels)
        .or_else(|| labelled(text, LABELS))
        .or_else(|| bracketed(text))
        .or_else(|| leading(text, loose))
        .or_else(|| trailing(text))
        .or_else(|| told_of(text))
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
    let after =
        unquoted[found.end()..].strip_prefix(['"', '\'']).unwrap_or(&unquoted[found.end()..]);
    let rest = after.trim_start();
    let fits = rest.is_empty()
        || rest.starts_with([':', '(', '<', '['])
        || rest.starts_with("...")
        || rest == "."
        || rest == ",";
    (fits || loose).then(|| with_original(found.text, after))
}

/// A line that is a name and an address in brackets: `Ann Lee <ann@example.com>`, `Ann
/// Lee<mailto:ann@example.com>`.
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
    let told = address::is_address(address)
        && error.len() <= 80
        && !error.contains('@')
        && looks_like_error(error);
    told.then_some(Named { address, original: None, rest: "", told })
}

/// A line that begins with a label and holds an address behind it.
fn labelled<'t>(text: &'t str, labels: &[&str]) -> Option<Named<'t>> {
    let label = labels.iter().find(|label| begins(text, label))?;
    let value = text[label.len()..].trim_start_matches([' ', '\t', '\'', '"', ':', ';']);
    let value = value.strip_prefix("rfc822;").unwrap_or(value).trim_start();
    let value =
        value.strip_prefix("[SMTP:").or_else(|| value.strip_prefix("SMTP:")).unwrap_or(value);
    let found = address::find(value).filter(|found| found.start <= 1)?;
    let named = with_original(
        found.text,
        value[found.end()..].trim_start_matches(['>', ']', '\'', '"', '.']),
    );
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
    Named {
        address,
        original: original.filter(|o| !o.eq_ignore_ascii_case(address)),
        rest,
        told: false,
    }
}

/// The address in `expanded from <x>`, `generated from x`, `ultimately generated from x`.
#[must_use]
pub fn came_from(text: &str) -> Option<&str> {
    let at = ["expanded from", "generated from", "originally addressed to", "forwarded from"]
        .iter()
        .find_map(|phrase| position(text, phrase))?;
    address::find(&text[at..]).map(|f: Found<'_>| f.text)
}
