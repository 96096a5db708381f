//! Which recipient a line of the human text names, by the shape of the line.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::mail::address;

use super::beginnings::Beginnings;
use super::errors::{begins_with_reply, looks_like_error};
use super::line::Line;
use super::named::{Certainty, Named, came_from, is_nothing};
use super::vocabulary::{asks_to_write, names_another, names_recipient, split_label};
use crate::mail::find::{begins, behind_any, position};

/// Labels in front of a failed address that many systems share.
static LABELS: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
        "could not be delivered to:",
        "delivery failed:",
        "your delivery to",
        "unable to deliver message to:",
        "unable to deliver mail to:",
        "delivery failed to:",
        "failed to deliver to",
        "was not delivered to:",
        "delivery failed for:",
        "there was an error delivering your mail to",
        "your message to",
        "could not deliver message to:",
        "message could not be delivered to",
        "undeliverable to",
        "undelivered to",
        "user mailbox exceeds allowed size:",
        "unknown user:",
        "invalid final delivery userid:",
        "unknown host:",
        "the following address failed:",
        "the following recipient(s) could not be reached:",
        "recipient [smtp:",
    ])
});

/// The recipient that a line names. `labels` are those of the dialect; `loose`: an address at the
/// start of the line is enough, whatever follows it.
#[must_use]
pub fn named<'t>(line: &Line<'t>, labels: &[&str], loose: bool) -> Option<Named<'t>> {
    const BULLETS: [&str; 10] = ["* ", "- ", "• ", "· ", "・", ">>> ", "-- ", "=> ", "-> ", "| "];
    let text = without_number(without(line.trimmed(), &BULLETS));
    if text.starts_with('>') {
        return None;
    }
    if is_pipe(text) {
        return Some(Named { told: true, certainty: Certainty::Strong, ..Named::default() });
    }
    if memchr::memchr(b'@', text.as_bytes()).is_none() {
        return user(text).or_else(|| x400(text));
    }
    let own = labels.iter().find(|label| begins(text, label)).copied();
    labelled(text, own)
        .or_else(|| labelled(text, LABELS.first_of(text)))
        .or_else(|| keyed(text))
        .or_else(|| bracketed(text))
        .or_else(|| leading(text, loose))
        .or_else(|| told_of(text))
        .or_else(|| behind_name(text))
        .or_else(|| record(text))
        .or_else(|| x400(text))
        .or_else(|| origin(text))
}

/// The text without the first of these that it begins with.
fn without<'t>(text: &'t str, prefixes: &[&str]) -> &'t str {
    behind_any(text, prefixes).unwrap_or(text)
}

/// The text without the number of a list in front: `1. `, `2) `.
fn without_number(text: &str) -> &str {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match behind.strip_prefix(". ").or_else(|| behind.strip_prefix(") ")) {
        Some(rest) if text.len() - behind.len() <= 3 && behind.len() < text.len() => {
            rest.trim_start()
        }
        _ => text,
    }
}

/// True for a recipient that is a program or a file.
fn is_pipe(text: &str) -> bool {
    const SIGNS: [&str; 5] = ["pipe to |", "save to /", "\"|", "|/", ":include:"];
    behind_any(text, &SIGNS).is_some()
}

/// `<name>: text`: a user of the reporting host.
fn user(text: &str) -> Option<Named<'_>> {
    let (inside, behind) = text.strip_prefix('<')?.split_once('>')?;
    let user = !inside.is_empty() && !inside.contains([' ', '=', '/']) && behind.starts_with(':');
    if user { Some(Named::with(inside, behind)) } else { None }
}

/// `<address>`, `<address>: text`, `<address> (expanded from <other>): text`, also in square
/// brackets.
fn bracketed(text: &str) -> Option<Named<'_>> {
    let (inside, behind) = match text.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => text.strip_prefix('<')?.split_once('>')?,
    };
    let inside = without(inside, &["mailto:"]).trim();
    // What a terminal obeys is no end of an address.
    if inside.contains('@') && inside.contains(char::is_control) {
        return Some(Named::with(inside, behind));
    }
    if let Some(found) = address::find(inside)
        && (found.start == 0 || inside[..found.start].ends_with(':'))
        && found.end() == inside.len()
    {
        return Some(Named::with(found.text, behind));
    }
    user(text)
}

/// A line that begins with an address.
fn leading(text: &str, loose: bool) -> Option<Named<'_>> {
    let mut found = address::find(text)?;
    let bare = without(text, &["\"", "'"]);
    if found.start == text.len() - bare.len() {
        found.start = 0;
    }
    let key = found.text.split_once('=');
    if found.start != 0 || key.is_some_and(|(key, _)| names_another(key)) {
        return None;
    }
    let text = if text.starts_with(found.text) { text } else { bare };
    let behind = without(&text[found.end()..], &["\"", "'"]);
    let rest = behind.trim_start();
    // A sender, an arrow, a recipient.
    if let Some(to) = rest.strip_prefix("-> ").or_else(|| rest.strip_prefix("=> "))
        && let Some(named) = leading(to, loose)
    {
        return Some(named);
    }
    let fits = is_nothing(rest)
        || rest.starts_with([':', '(', '<', '['])
        || rest.starts_with("...")
        || loose;
    if fits {
        return Some(Named::with(found.text, behind));
    }
    let error = behind_dash(behind)?;
    Some(Named { rest: error, ..Named::alone(found.text, Certainty::Strong) })
}

/// The error behind an address, where a dash or a wide gap stands between them.
fn behind_dash(behind: &str) -> Option<&str> {
    const DASHES: [&str; 9] = ["- ", "– ", "— ", "-> ", "=> ", "| ", "/ ", ", ", "; "];
    let text = behind.trim_start();
    let gap = behind.starts_with('\t') || behind.starts_with("  ");
    let rest = without(text, &DASHES).trim_start();
    let apart = gap || rest.len() < text.len();
    let fits = apart && looks_like_error(rest) || begins_with_reply(rest);
    if fits { Some(rest) } else { None }
}

/// A name and an address in brackets: `Ann Lee <ann@example.com>`, `Ann Lee (ann@example.com)`,
/// with the error behind it or nothing.
fn behind_name(text: &str) -> Option<Named<'_>> {
    let open = text.find(['<', '('])?;
    let (name, inside) = text.split_at(open);
    let close = if inside.starts_with('<') { '>' } else { ')' };
    let (inside, behind) = inside[1..].split_once(close)?;
    let inside = without(inside, &["mailto:"]);
    let is_name = name.len() <= 80
        && !name.contains([':', '=', '@', '\'', '*'])
        && !name.trim_end().ends_with(',')
        && name.split_whitespace().count() <= 6
        && !name.bytes().any(|b| b.is_ascii_digit());
    if !is_name || !address::is_address(inside) || asks_to_write(name) {
        return None;
    }
    let mut named = Named::with(inside, behind);
    named.certainty =
        if looks_like_error(named.rest) { Certainty::Strong } else { Certainty::Weak };
    let fits = named.rest.is_empty() || named.certainty == Certainty::Strong && named.awaits;
    if fits { Some(named) } else { None }
}

/// An error and behind its colon the address: `Delivery failed 20 attempts: ann@example.com`,
/// `Mailbox full: <ann@example.com>`.
fn told_of(text: &str) -> Option<Named<'_>> {
    let (error, value) = text.rsplit_once(": ")?;
    let value = value.trim_matches(['<', '>', '[', ']', '\'', '"', '.', ' ']);
    let told = address::is_address(value)
        && error.len() <= 80
        && !error.contains(['@', ':', '?', '!'])
        && !error.contains(". ")
        && !names_recipient(error)
        && !names_another(error)
        && !asks_to_write(error)
        && looks_like_error(error);
    if told { Some(Named { told, ..Named::alone(value, Certainty::Strong) }) } else { None }
}

/// A label nobody listed with an address behind it, alone in its line or among others in brackets.
fn record(text: &str) -> Option<Named<'_>> {
    if let Some(inside) = text.strip_prefix('[') {
        for piece in inside.trim_end_matches(']').split(", ") {
            if let Some(named) = field(piece) {
                return Some(Named { told: true, rest: "", ..named });
            }
        }
        return None;
    }
    let named = field(text)?;
    let fits = named.rest.is_empty() || looks_like_error(named.rest);
    if fits { Some(named) } else { None }
}

/// A key and an address: `recipient=ann@example.com`.
fn keyed(text: &str) -> Option<Named<'_>> {
    let (key, _) = text.split_once('=')?;
    if names_recipient(key) { field(text) } else { None }
}

/// A label and an address.
fn field(text: &str) -> Option<Named<'_>> {
    let (label, value) = split_label(text)?;
    let recipient = names_recipient(label);
    if !recipient && names_another(label) || asks_to_write(label) || begins(label, "original") {
        return None;
    }
    let value = without(without(value, &["rfc822;", "smtp:", "SMTP:"]).trim_start(), &["mailto:"]);
    let found = address::find(value)?;
    let name = value[..found.start].trim_end_matches(['<', '"', '\'', '[']).trim();
    let is_name = name.split_whitespace().count() <= 4
        && !name.contains([':', '@', '='])
        && !name.bytes().any(|b| b.is_ascii_digit());
    if !is_name {
        return None;
    }
    let behind = value[found.end()..].trim_start_matches(['>', ']', '\'', '"', ')', '.']);
    // A field of a report (RFC 3464) is read as one; what the words say counts first.
    let strong = recipient && !begins(label, "final-recipient");
    let certainty = if strong { Certainty::Strong } else { Certainty::Weak };
    let mut named = Named { certainty, label, ..Named::with(found.text, behind) };
    named.rest = named.rest.trim_start_matches([',', ';', ' ']);
    Some(named)
}

/// A line that begins with a label and holds an address behind it.
fn labelled<'t>(text: &'t str, label: Option<&str>) -> Option<Named<'t>> {
    let (label, value) = text.split_at(label?.len());
    let value = value.trim_start_matches([' ', '\t', '\'', '"', ':', ';']);
    let value = without(without(value, &["rfc822;"]).trim_start(), &["[SMTP:", "SMTP:"]);
    let found = address::find(value)?;
    if found.start > 1 {
        return None;
    }
    let behind = value[found.end()..].trim_start_matches(['>', ']', '\'', '"', '.']);
    let lower = label.to_ascii_lowercase();
    let told = ["exceed", "unknown", "invalid"].iter().any(|word| lower.contains(word));
    Some(Named { told, label, ..Named::with(found.text, behind) })
}

/// An address in the notation of X.400: `c=US;a= ;p=Org;dda:SMTP=ann(a)example.com;`.
fn x400(text: &str) -> Option<Named<'_>> {
    const SIGNS: [&str; 4] = ["dda:smtp=", "dd.smtp=", "dda:rfc-822=", "dd.rfc-822="];
    if memchr::memchr(b'=', text.as_bytes()).is_none() || begins(text, "the mts-id") {
        return None;
    }
    for sign in SIGNS {
        let Some(at) = position(text, sign) else { continue };
        let value = &text[at + sign.len()..];
        let end = value.find([';', '/', ' ']).unwrap_or(value.len());
        let address = value[..end].replace("(a)", "@").replace("(A)", "@");
        if address::is_address(&address) {
            let rest = value[end..].trim_start_matches([';', '/', ' ']);
            let certainty = Certainty::Strong;
            return Some(Named {
                address: Cow::Owned(address),
                rest,
                certainty,
                ..Named::default()
            });
        }
    }
    None
}

/// A line that names only the address a message was first for: `(Originally addressed to
/// ann@example.com)`.
fn origin(text: &str) -> Option<Named<'_>> {
    let begins = text.starts_with('(') || begins(text, "originally addressed to");
    let from = if begins { came_from(text.trim_end_matches(['.', ')']))? } else { return None };
    if from.contains('@') { Some(Named::alone(from, Certainty::Weak)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String, Certainty)> {
        let named = named(&Line { start: 0, text }, &[], false)?;
        Some((named.address.into_owned(), named.rest.to_owned(), named.certainty))
    }

    #[test]
    fn shapes_that_hardly_anything_else_has() {
        for (text, rest) in [
            ("a@b.example", ""),
            ("3) a@b.example", ""),
            ("a@b.example - no such user here.", "no such user here."),
            ("a@b.example\tmailbox full", "mailbox full"),
            ("a@b.example  550 5.1.1 nobody", "550 5.1.1 nobody"),
            ("* [a@b.example]: 550 nobody", "550 nobody"),
            ("\"a@b.example\" <a@b.example>", ""),
            ("User's mailbox is full: <a@b.example>", ""),
            ("Skrzynka przepełniona: a@b.example.", ""),
            ("undeliverable to a@b.example", ""),
            ("Ann Lee <a@b.example>: mailbox full", "mailbox full"),
            ("c=US;a= ;p=Oak;o=HQ;dda:SMTP=a(a)b.example; on 3 March", "on 3 March"),
            ("收件人：a@b.example", ""),
            ("Empfänger: Ann Lee <a@b.example>", ""),
        ] {
            let found = Some(("a@b.example".to_owned(), rest.to_owned(), Certainty::Strong));
            assert_eq!(read(text), found, "{text}");
        }
    }

    #[test]
    fn shapes_that_others_have_too() {
        for text in [
            "Ann Lee <a@b.example>",
            "Ann Lee (a@b.example)",
            "To: a@b.example",
            "Konto: a@b.example",
            "(Originally addressed to a@b.example)",
        ] {
            let found = Some(("a@b.example".to_owned(), String::new(), Certainty::Weak));
            assert_eq!(read(text), found, "{text}");
        }
    }

    #[test]
    fn shapes_that_name_nobody() {
        for text in [
            "For further assistance, please contact <a@b.example>",
            "From: a@b.example",
            "Message-ID: <a@b.example>",
            "> <a@b.example>: no such user",
            "a@b.example wrote to us on Monday",
            "Absender: Ann Lee <a@b.example>",
            "Please write to: a@b.example",
            "It got 550 5.1.1. One of them: a@b.example.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
