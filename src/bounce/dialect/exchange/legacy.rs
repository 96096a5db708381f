//! The legacy layout, found by its shape in any language: a line that is an address, perhaps a
//! host, then the error in one of the forms Exchange has used since 2007.

use crate::bounce::notice::blocks::ReportBlock;
use crate::bounce::notice::line::Line;
use crate::bounce::notice::sentences::is_expiry;
use crate::bounce::notice::text::NoticeText;
use crate::bounce::remote::{Remote, is_host, is_host_name};
use crate::bounce::said::Said;
use crate::bounce::status::statuses;
use crate::mail::find::{contains, position};
use crate::mail::{SafeText, address};

/// How many lines an error may run on inside its quotes.
const QUOTED_LINES: usize = 12;
/// How many lines an error may run on between `#` and `##`.
const HASH_LINES: usize = 3;
/// Stands in front of an answer that another server gave.
const SMTP: &str = "smtp;";

/// The recipients of a legacy report; empty when the text has no such diagnostics.
#[must_use]
pub fn read(notice: &NoticeText<'_>) -> Vec<ReportBlock> {
    let mut blocks: Vec<ReportBlock> = Vec::new();
    let mut at = 0;
    while at < notice.lines.len() {
        if let Some(recipient) = lone_address(notice.lines[at].trimmed())
            && let Some((mut block, next)) = diagnostics(notice, at + 1)
        {
            recipient.clone_into(&mut block.recipient);
            blocks.push(block);
            at = next;
        } else {
            at += 1;
        }
    }
    blocks
}

/// A line that is only an address, perhaps with its link beside it.
fn lone_address(text: &str) -> Option<&str> {
    memchr::memchr(b'@', text.as_bytes())?;
    let bare = match text.split_once("<mailto:") {
        Some((address, _)) => address.trim(),
        None => text.trim(),
    };
    if address::is_address(bare) { Some(bare) } else { None }
}

/// The diagnostics below an address: the block, and the number of the line behind it.
fn diagnostics(notice: &NoticeText<'_>, from: usize) -> Option<(ReportBlock, usize)> {
    let mut at = skip_blank(&notice.lines, from);
    let mut host = None;
    if let Some(line) = notice.lines.get(at)
        && is_host(line.trimmed())
    {
        host = Remote::read(line.trimmed());
    }
    if host.is_some() {
        at = skip_blank(&notice.lines, at + 1);
    }
    let (mut block, next) = hash_form(notice, at).or_else(|| returned_form(notice, at))?;
    block.remote = block.remote.or(host);
    Some((block, next))
}

fn skip_blank(lines: &[Line<'_>], mut at: usize) -> usize {
    while at < lines.len() && lines[at].is_blank() {
        at += 1;
    }
    at.min(lines.len())
}

/// `#550 5.1.1 RESOLVER… ##rfc822;original` and `host #<inner #5.7.1 smtp;550 …> #SMTP#`, also with
/// the next heading glued to it.
fn hash_form(notice: &NoticeText<'_>, at: usize) -> Option<(ReportBlock, usize)> {
    let line = notice.lines.get(at)?;
    let text = line.trimmed();
    let open = text.find('#')?;
    let start = line.end() - text.len();
    let smtp = text[open..].starts_with("#<") || contains(text, SMTP);
    if !smtp && open > 0 && statuses(&text[..text.floor_char_boundary(open + 24)]).next().is_none()
    {
        return None;
    }
    let (said, next) =
        if smtp { smtp_answer(notice, at, start + open)? } else { hash_answer(notice, at, start)? };
    let mut block = ReportBlock { said: Some(said), ..ReportBlock::default() };
    if open > 0 {
        block.remote = Remote::read(text[..open].trim());
    }
    if let Some(at) = position(text, "##rfc822;")
        && let Some(found) = address::find(&text[at..])
    {
        block.original = Some(found.text.to_owned());
    }
    Some((block, next))
}

/// The number of the line behind the lines that an answer which begins in line `at` runs over: up
/// to one for which `ends` holds, a blank line, or `most` of them.
fn run_on(
    notice: &NoticeText<'_>,
    at: usize,
    most: usize,
    ends: impl Fn(&Line<'_>) -> bool,
) -> usize {
    let mut next = at + 1;
    while next - at < most && !ends(&notice.lines[next - 1]) {
        match notice.lines.get(next) {
            Some(line) if !line.is_blank() => next += 1,
            _ => break,
        }
    }
    next
}

/// What stands between `smtp;` and the last `>` before `#SMTP#`.
fn smtp_answer(notice: &NoticeText<'_>, at: usize, start: usize) -> Option<(Said, usize)> {
    let next = run_on(notice, at, QUOTED_LINES, ends_smtp_answer);
    let text = notice.slice(start, notice.lines[next - 1].end());
    let from = match position(text, SMTP) {
        Some(at) => at + SMTP.len(),
        None => text.find('#')? + 1,
    };
    let mut to = text.find("#SMTP#").unwrap_or(text.len());
    if let Some(close) = text[..to].rfind('>')
        && close > from
    {
        to = close;
    }
    Some((notice.passage(start + from, start + to), next))
}

fn ends_smtp_answer(line: &Line<'_>) -> bool {
    line.text.contains("#SMTP#") || line.text.ends_with('>')
}

/// What stands between the first `#` and the closing `##`.
fn hash_answer(notice: &NoticeText<'_>, at: usize, start: usize) -> Option<(Said, usize)> {
    let next =
        run_on(notice, at, HASH_LINES, |line| notice.slice(start + 1, line.end()).contains("##"));
    let text = notice.slice(start, notice.lines[next - 1].end());
    let from = text.find('#')? + 1;
    let to = text[from..].find("##").map_or(text.len(), |at| from + at);
    Some((notice.passage(start + from, start + to), next))
}

/// `Remote Server at host (ip) returned '…'` in any language, and the list of attempts in which
/// each line begins with a date; the newest attempt comes first, the last real error below it.
fn returned_form(notice: &NoticeText<'_>, mut at: usize) -> Option<(ReportBlock, usize)> {
    let mut block = ReportBlock::default();
    while let Some((answer, next)) = quoted_answer(notice, at) {
        let remote = remote_before(notice, at);
        match &block.said {
            None => {
                block.remote = remote;
                block.said = Some(answer);
            }
            Some(said) if block.last_error.is_none() && tells_of_time(said) => {
                block.remote = block.remote.or(remote);
                block.last_error = Some(answer);
            }
            Some(_) => {}
        }
        at = skip_blank(&notice.lines, next);
    }
    block.said.as_ref()?;
    Some((block, at))
}

/// True for an answer that tells only of time: the message expired, or waits (4.4.7).
fn tells_of_time(said: &Said) -> bool {
    is_expiry(&said.text)
        || said.codes().status.is_some_and(|status| (status.subject, status.detail) == (4, 7))
}

/// Quotation marks in front of an answer, and those that close it.
const QUOTES: [(char, &[char]); 5] =
    [('\'', &['\'']), ('‘', &['’']), ('„', &['”', '“']), ('«', &['»']), ('"', &['"'])];

/// An opening quotation mark in a line.
struct OpenQuote<'t> {
    before: &'t str,
    inside: &'t str,
    closing: &'static [char],
}

impl<'t> OpenQuote<'t> {
    /// The first mark that stands where a quotation begins, not inside a word.
    fn first_in(text: &'t str) -> Option<Self> {
        for (at, mark) in text.char_indices() {
            let before = &text[..at];
            if !before.ends_with([' ', '\u{a0}', ':', '(', '\t']) {
                continue;
            }
            for (quote, closing) in QUOTES {
                if mark == quote {
                    return Some(Self { before, inside: &text[at + quote.len_utf8()..], closing });
                }
            }
        }
        None
    }

    /// True for a quotation with words in front and a code inside, or nothing.
    fn is_answer(&self) -> bool {
        if self.before.len() > 200 || self.before.split_whitespace().count() < 2 {
            return false;
        }
        self.inside.trim_start().starts_with(begins_code)
            || self.inside.starts_with(self.closing)
            || statuses(self.inside).next().is_some_and(|found| found.start < 60)
    }
}

fn begins_code(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '<' | '#' | '\'')
}

/// The text between the quotes of a line such as `… returned '550 5.1.1 …'`; the quotes may close
/// lines below.
fn quoted_answer(notice: &NoticeText<'_>, at: usize) -> Option<(Said, usize)> {
    let line = notice.lines.get(at)?;
    let quote = OpenQuote::first_in(line.trimmed())?;
    if !quote.is_answer() {
        return None;
    }
    let start = line.end() - quote.inside.len();
    let next = run_on(notice, at, QUOTED_LINES, |line| line.text.ends_with(quote.closing));
    let text = notice.slice(start, notice.lines[next - 1].end());
    let body = text.trim_end().trim_end_matches(quote.closing);
    let from = legacy_inside(body).unwrap_or(0);
    Some((notice.passage(start + from, start + body.trim_end_matches('>').len()), next))
}

/// The 2007 form inside the 2013 frame: `<host> #5.7.1 smtp;550 …>`.
fn legacy_inside(text: &str) -> Option<usize> {
    if !text.starts_with('<') || !text.contains('#') {
        return None;
    }
    Some(position(text, SMTP)? + SMTP.len())
}

/// The host named in front of the quotes.
fn remote_before(notice: &NoticeText<'_>, at: usize) -> Option<Remote> {
    let text = notice.lines[at].trimmed();
    let head = &text[..text.find(['\'', '‘', '„', '«', '"'])?];
    let words: Vec<&str> = head.split_whitespace().collect();
    let named = words.iter().position(|word| is_host_name(word.trim_matches(['(', ')'])))?;
    Remote::read(&words[named..].join(" "))
}

/// The server that wrote the report, by the shape of its line: a label, a colon, a host name, in
/// the lines above the first address; the uppermost where there are several.
#[must_use]
pub fn generating_server(notice: &NoticeText<'_>) -> Option<SafeText> {
    const ABOVE: usize = 8;
    let first = (0..notice.lines.len()).find(|&at| {
        lone_address(notice.lines[at].trimmed()).is_some() && diagnostics(notice, at + 1).is_some()
    })?;
    for line in &notice.lines[first.saturating_sub(ABOVE)..first] {
        if let Some((label, host)) = line.trimmed().rsplit_once(':')
            && is_host(host.trim())
            && !label.contains('/')
            && label.split_whitespace().count() <= 4
        {
            return Some(SafeText::new(host.trim()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn only(text: &str) -> ReportBlock {
        let notice = NoticeText::new(text, Part::Text);
        let mut blocks = read(&notice);
        assert_eq!(blocks.len(), 1, "{text}");
        blocks.remove(0)
    }

    fn check(text: &str, recipient: &str, remote: Option<&str>, said: &str) {
        let block = only(text);
        assert_eq!(block.recipient, recipient);
        assert_eq!(
            block.remote.as_ref().map(|r| r.label().to_string()).as_deref(),
            remote,
            "{text}"
        );
        assert_eq!(
            block.said.as_ref().map(|s| s.text.to_string()).as_deref(),
            Some(said),
            "{text}"
        );
    }

    #[test]
    fn five_forms_of_the_error_line() {
        check(
            "Generating server: a.example\n\nx@b.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##rfc822;y@b.example\n",
            "x@b.example",
            None,
            "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found",
        );
        check(
            "x@b.example\nmail.b.example #<ex.b.example #5.7.1 smtp;530 5.7.1 Client was not <x@b.example> authenticated> #SMTP#\n",
            "x@b.example",
            Some("mail.b.example"),
            "530 5.7.1 Client was not <x@b.example> authenticated",
        );
        check(
            "x@b.example\nRemote Server at mx.b.example (192.0.2.1) returned '550 5.1.1 no\nsuch user'\n",
            "x@b.example",
            Some("mx.b.example"),
            "550 5.1.1 no such user",
        );
        check(
            "x@b.example\nmx.b.example\nRemote Server returned '<mx.b.example #5.7.1 smtp;550 5.7.1 no>'\n",
            "x@b.example",
            Some("mx.b.example"),
            "550 5.7.1 no",
        );
        let attempts = only(
            "x@b.example\n3/09/2016 6:16:02 PM - Server at mx.b.example (192.0.2.1) returned '550 4.4.7 QUEUE.Expired; message expired'\n3/09/2016 6:10:02 PM - Server at mx.b.example (192.0.2.1) returned '450 4.7.0 greylisted'\n",
        );
        assert_eq!(
            attempts.last_error.map(|s| s.text.to_string()).as_deref(),
            Some("450 4.7.0 greylisted")
        );
        let waiting = only(
            "x@b.example\nRemote Server at mx.b.example (192.0.2.1) returned '400 4.4.7 Message delayed'\n3/09/2016 6:10:02 PM - Remote Server at mx.b.example (192.0.2.1) returned '441 4.4.1 Connection refused'\n",
        );
        assert_eq!(
            waiting.last_error.map(|s| s.text.to_string()).as_deref(),
            Some("441 4.4.1 Connection refused")
        );
    }

    #[test]
    fn the_headings_glued_to_the_line() {
        check(
            "Generating server: g.example\nx@b.example\nmail.b.example #<ex.b.example #5.7.1 smtp;530 5.7.1 Client was not authenticated> #SMTP#Original message headers:\n",
            "x@b.example",
            Some("mail.b.example"),
            "530 5.7.1 Client was not authenticated",
        );
    }

    #[test]
    fn other_languages() {
        let text = "Diagnostische gegevens voor beheerders:\nBronserver: g.example\n\nx@b.example\nDe externe server retourneerde '550 5.7.1 RESOLVER.RST.AuthRequired; verificatie vereist'\n";
        check(
            text,
            "x@b.example",
            None,
            "550 5.7.1 RESOLVER.RST.AuthRequired; verificatie vereist",
        );
        assert_eq!(
            generating_server(&NoticeText::new(text, Part::Text)).as_deref(),
            Some("g.example")
        );
        check(
            "x@b.example\nSerwer zdalny zwrócił błąd „<mx.b.example> #5.7.1 smtp;550 5.7.1 wymagane>”\n",
            "x@b.example",
            None,
            "550 5.7.1 wymagane",
        );
    }
}
