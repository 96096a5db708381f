//! Error texts in the words for people: what looks like one, and where those stand that are not
//! below a recipient.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::mail::address;
use crate::mail::limits::DIAGNOSTIC_BYTES;

use super::beginnings::Beginnings;
use super::phrases::Phrases;
use super::text::NoticeText;
use super::vocabulary::{
    asks_to_write, names_error, split_label, tells_failure, tells_failure_abroad,
};
use crate::bounce::said::Said;
use crate::bounce::status::{first_reply, first_status, replies, statuses};
use crate::mail::find::{begins, behind_marks, contains};

/// Labelled error texts that are looked at.
const LABELLED: usize = 100;

/// Labels in front of an error text that many systems share.
static ERRORS: LazyLock<Beginnings> = LazyLock::new(|| {
    Beginnings::new(&[
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
    ])
});

/// An error text that stands apart from the recipients: behind a label, or a line that begins with
/// a reply code; else behind a label that nobody listed. `labels` are those of the dialect.
#[must_use]
pub fn apart(notice: &NoticeText<'_>, labels: &[&str]) -> Option<Said> {
    let mut first = None;
    for said in behind_labels(notice, labels).take(LABELLED) {
        if said.has_codes() {
            return Some(said);
        }
        first.get_or_insert(said);
    }
    match notice.lines.iter().find(|line| begins_with_reply(line.trimmed())) {
        Some(line) => Some(notice.passage(line.start, paragraph_end(notice, line.start))),
        None => first.or_else(|| behind_any_label(notice)),
    }
}

/// The text behind the first label that names an error, in whatever language, up to the next label.
fn behind_any_label(notice: &NoticeText<'_>) -> Option<Said> {
    for (at, line) in notice.lines.iter().enumerate() {
        if let Some((label, text)) = split_label(line.trimmed())
            && !text.is_empty()
            && names_error(label)
        {
            let mut last = line;
            for below in &notice.lines[at + 1..] {
                let text = below.trimmed();
                if text.is_empty() || is_rule(text) || split_label(text).is_some() {
                    break;
                }
                last = below;
            }
            return Some(notice.passage(line.end() - text.len(), last.end()));
        }
    }
    None
}

/// The paragraph above byte `before` that explains the failure: the last one that tells of it and is
/// more than the heading of a list, else one that seems to, else the last heading. Never one of
/// labelled values, and never the greeting of a program.
#[must_use]
pub fn explaining(notice: &NoticeText<'_>, before: usize) -> Option<Said> {
    let above = notice.lines.partition_point(|line| line.start < before);
    let (mut explains, mut seems, mut heading) = (None, None, None);
    for paragraph in notice.lines[..above].split(|l| l.is_blank() || is_rule(l.trimmed())) {
        let (Some(first), Some(last)) = (paragraph.first(), paragraph.last()) else { continue };
        let labelled = paragraph.iter().filter(|line| split_label(line.trimmed()).is_some());
        let text = notice.slice(first.start, last.end());
        let is_heading = text.ends_with([':', '：']);
        if labelled.count() * 2 > paragraph.len() && !is_heading || asks_to_write(text) {
            continue;
        }
        let place = match (tells_failure(text), is_heading) {
            (true, true) => &mut heading,
            (true, false) => &mut explains,
            (false, false) if looks_like_error(text) && !contains(text, "automatic") => &mut seems,
            (false, _) => continue,
        };
        *place = Some(notice.passage(first.start, last.end()));
    }
    explains.or(seems).or(heading)
}

/// The text behind the first label of an error.
#[must_use]
pub fn first_behind_label(notice: &NoticeText<'_>, labels: &[&str]) -> Option<Said> {
    behind_labels(notice, labels).next()
}

/// The texts behind the labels of errors.
fn behind_labels<'n>(
    notice: &'n NoticeText<'_>,
    labels: &'n [&str],
) -> impl Iterator<Item = Said> + 'n {
    let lines = 0..notice.lines.len();
    lines.filter_map(move |at| behind_label(notice, labels, at))
}

/// The text behind the label at the start of a line: the rest of the line, or what stands below a
/// label that stands alone.
fn behind_label(notice: &NoticeText<'_>, labels: &[&str], at: usize) -> Option<Said> {
    let line = &notice.lines[at];
    let text = behind_marks(line.text, b" \t-*|=#");
    let own = labels.iter().find(|label| begins(text, label)).copied();
    let label = own.or_else(|| ERRORS.first_of(text))?;
    let rest = text[label.len()..].trim_start_matches([' ', '\t', ':', '-']);
    let mut from = line.end() - rest.len();
    if rest.is_empty() {
        let mut below = notice.lines[at + 1..].iter();
        from = below.find(|line| !line.is_blank() && !is_rule(line.trimmed()))?.start;
    }
    Some(notice.passage(from, paragraph_end(notice, from)))
}

/// A line that only separates: dashes, stars.
#[must_use]
pub fn is_rule(text: &str) -> bool {
    text.len() >= 4
        && (text.bytes().all(|b| matches!(b, b'-' | b'=' | b'*' | b'_' | b'+' | b'#' | b' '))
            || text.starts_with("-----") && text.ends_with("-----"))
}

/// True for a text that begins with the code of a refusal.
#[must_use]
pub fn begins_with_reply(text: &str) -> bool {
    let text = text.trim_start_matches(['<', '>', ' ']);
    if let Some(code) = first_reply(text) {
        return matches!(code, 400..=599);
    }
    matches!(first_status(text), Some(found) if found.status.class != 2)
}

/// Words that errors are made of, in lower case.
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
        "not known",
        "recogni",
        "not permitted",
        "not authorized",
        "not accepted",
        "moved",
        "nicht",
        "retry",
        "delivery",
    ])
});

/// True for a text that tells an error: it holds a code, or one of the words errors are made of.
#[must_use]
pub fn looks_like_error(text: &str) -> bool {
    WORDS.occur_in(text)
        || replies(text).any(|r| r.code >= 400)
        || statuses(text).any(|s| s.status.class != 2)
        || tells_failure_abroad(text)
}

/// Where the paragraph that begins at byte `from` ends, as far as an error text is kept.
#[must_use]
pub fn paragraph_end(notice: &NoticeText<'_>, from: usize) -> usize {
    let first = notice.lines.partition_point(|line| line.end() < from);
    let mut end = from;
    for line in &notice.lines[first..] {
        let too_far = line.start >= from + DIAGNOSTIC_BYTES;
        if too_far || line.is_blank() || is_rule(line.trimmed()) {
            break;
        }
        end = line.end();
    }
    end
}

/// The first line about each address that a line with an error names, by the address in lower case.
#[must_use]
pub fn lines_about(notice: &NoticeText<'_>) -> HashMap<String, Said> {
    let mut told = HashMap::new();
    for line in &notice.lines {
        if !begins_with_reply(line.trimmed()) {
            continue;
        }
        for found in address::all(line.text) {
            if line.text.len() > found.text.len() + 8 {
                told.entry(found.text.to_ascii_lowercase())
                    .or_insert_with(|| notice.passage(line.start, line.end()));
            }
        }
    }
    told
}
