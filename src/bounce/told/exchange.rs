//! The sections of Exchange's reports, found by their shape in any language.
//!
//! The modern report: what happened, the three who took part with one of them marked, a short cause,
//! how to repair it; then a heading and the status code, what administrators should know, and a
//! table of the message. The legacy report: what happened; then a heading and the server that wrote
//! the report.

use std::ops::Range;

use crate::bounce::dialect::exchange::indicator::names_three;
use crate::bounce::notice::line::Line;
use crate::bounce::remote::is_host_name;
use crate::bounce::status::{replies, statuses};
use crate::mail::find::{contains, position};
use crate::mail::{SafeText, address};

/// The link for praise and complaints, which stands in every report.
const FEEDBACK: &str = "linkid=525921";
/// Words of a heading.
const HEADING: usize = 9;
/// Words of a label.
const LABEL: usize = 5;
/// Lines of the table of the message that are looked through for an address.
const TABLE: usize = 8;

/// The sections of the modern report, as ranges of lines.
#[derive(Debug)]
pub(super) struct Sections {
    /// What happened: the sentences above the picture, and the short cause below it.
    pub cause: [Range<usize>; 2],
    /// How to repair it.
    pub fix: Range<usize>,
    /// For administrators.
    pub admin: Range<usize>,
}

/// The sections of the modern report; None for any other.
pub(super) fn modern(lines: &[Line<'_>]) -> Option<Sections> {
    let status = lines.iter().position(|line| is_status(line.trimmed()))?;
    let heading = above(lines, status)?;
    let mut end = heading;
    while let Some(last) = above(lines, end)
        && (is_rule(lines[last].trimmed()) || is_feedback(lines[last].trimmed()))
    {
        end = last;
    }
    let owners = (0..end).find(|&at| names_three(lines[at].trimmed()));
    let admin = status + 1..table(lines, status + 1);
    let Some(owners) = owners else {
        // Without the picture only a word for Microsoft tells the layout from others.
        let is_exchange = end < heading;
        return is_exchange.then_some(Sections { cause: [0..end, end..end], fix: end..end, admin });
    };
    // Below the names of the three stands what the marked one has to do.
    let marked = below(lines, owners + 1).unwrap_or(owners);
    let (short, fix) = advice(lines, marked + 1..end);
    Some(Sections { cause: [0..owners, short], fix, admin })
}

/// The line with which the diagnostics of a legacy report begin: a heading with a colon, and below
/// it the server that wrote the report.
pub(super) fn diagnostics(lines: &[Line<'_>]) -> Option<usize> {
    for (at, line) in lines.iter().enumerate() {
        if names_server(line.trimmed())
            && let Some(heading) = above(lines, at)
            && lines[heading].text.ends_with([':', '：'])
        {
            return Some(heading);
        }
    }
    None
}

/// The article that administrators are led to: in the section itself, else the first link in the
/// HTML behind the status code.
pub(super) fn link(section: &[Line<'_>], html: Option<&str>) -> Option<SafeText> {
    for line in section {
        if let Some(url) = url_in(line.text) {
            return Some(SafeText::new(url));
        }
    }
    let html = html?;
    // The last picture of a code before the returned header is not above the feedback.
    let from = position(html, FEEDBACK)? + FEEDBACK.len();
    let to = position(&html[from..], "<pre").map_or(html.len(), |at| from + at);
    let url = url_in(&html[from..to])?;
    Some(SafeText::new(&url.replace("&amp;", "&")))
}

/// The first address of a page.
fn url_in(text: &str) -> Option<&str> {
    let at = position(text, "http://").into_iter().chain(position(text, "https://")).min()?;
    let url = &text[at..];
    let end = url.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ')'));
    Some(url[..end.unwrap_or(url.len())].trim_end_matches(['.', ',', ';']))
}

/// The last line before `at` with something on it.
fn above(lines: &[Line<'_>], at: usize) -> Option<usize> {
    lines[..at].iter().rposition(|line| !line.is_blank())
}

/// The first line from `at` on with something on it.
fn below(lines: &[Line<'_>], at: usize) -> Option<usize> {
    Some(at + lines[at..].iter().position(|line| !line.is_blank())?)
}

/// A name and both codes, nothing behind them: `Status code: 550 5.1.10`.
fn is_status(text: &str) -> bool {
    let Some(reply) = replies(text).next() else { return false };
    let Some(found) = statuses(text).next() else { return false };
    let name = &text[..reply.start];
    found.end == text.len()
        && reply.start < found.start
        && !name.is_empty()
        && !name.contains(['.', '<', '@'])
        && name.split_whitespace().count() <= LABEL
}

/// The short cause, and the words below the heading "How to fix it".
fn advice(lines: &[Line<'_>], range: Range<usize>) -> (Range<usize>, Range<usize>) {
    let Range { start, end } = range;
    let none = start..start;
    let Some(first) = below(&lines[..end], start) else { return (none, end..end) };
    let Some(second) = below(&lines[..end], first + 1) else { return (none, first..end) };
    let alone = second > first + 1;
    if !is_heading(lines[first].trimmed()) {
        return (none, first..end);
    }
    let followed = below(&lines[..end], second + 1).is_some();
    if followed && is_heading(lines[second].trimmed()) {
        return (first..first + 1, second + 1..end);
    }
    if alone { (first..first + 1, second..end) } else { (none, first + 1..end) }
}

/// A few words that are no sentence.
fn is_heading(text: &str) -> bool {
    !ends_sentence(text) && text.split_whitespace().count() <= HEADING
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', ';', ',', '。', '？', '：', '>'])
}

/// Dashes and nothing else.
fn is_rule(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|b| matches!(b, b'_' | b'-' | b'=' | b'*'))
}

/// The question whether this was helpful.
fn is_feedback(text: &str) -> bool {
    contains(text, FEEDBACK) || contains(text, "microsoft") && text.contains(['?', '？'])
}

/// The line with which the table of the message begins behind `from`: labels one below the other, an
/// address among their values, a heading above them.
fn table(lines: &[Line<'_>], from: usize) -> usize {
    for (at, line) in lines.iter().enumerate().skip(from) {
        if !is_labelled(line.trimmed()) {
            continue;
        }
        let next = below(lines, at + 1).is_some_and(|next| is_labelled(lines[next].trimmed()));
        let named = lines[at..].iter().take(TABLE).any(|line| address::find(line.text).is_some());
        if next && named {
            return match above(lines, at) {
                Some(heading) if heading >= from && is_heading(lines[heading].trimmed()) => heading,
                _ => at,
            };
        }
    }
    lines.len()
}

/// A line that begins with a label.
fn is_labelled(text: &str) -> bool {
    let Some((label, _)) = text.split_once([':', '：']) else { return false };
    let letters = |c: char| c.is_alphabetic() || c.is_whitespace() || "'’-()/".contains(c);
    !label.is_empty()
        && label.split_whitespace().count() <= LABEL
        && label.chars().all(letters)
        && !label.starts_with("http")
}

/// A label and a host, nothing else.
fn names_server(text: &str) -> bool {
    let Some((label, host)) = text.rsplit_once([':', '：']) else { return false };
    is_host_name(host.trim())
        && !label.contains(['/', '.'])
        && (1..=LABEL).contains(&label.split_whitespace().count())
}
