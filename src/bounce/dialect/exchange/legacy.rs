//! The legacy layout, found by its shape in any language: a line that is an address, perhaps a
//! host, then the error in one of the forms Exchange has used since 2007.

use crate::mail::{SafeText, address};

use crate::bounce::notice::blocks::Block;
use crate::bounce::notice::sentences::is_expiry;
use crate::bounce::notice::text::{Line, NoticeText};
use crate::bounce::remote::Remote;
use crate::bounce::said::Said;
use crate::bounce::status::statuses;
use crate::mail::find::position;

/// How many lines an error may run on inside its quotes.
const QUOTED_LINES: usize = 12;

/// The recipients of a legacy report; empty when the text has no such diagnostics.
#[must_use]
pub fn read(notice: &NoticeText<'_>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let lines = &notice.lines;
    let mut at = 0;
    while at < lines.len() {
        let Some(recipient) = lone_address(lines[at].trimmed()) else {
            at += 1;
            continue;
        };
        match diagnostics(notice, at + 1) {
            Some((mut block, next)) => {
                recipient.clone_into(&mut block.recipient);
                blocks.push(block);
                at = next;
            }
            None => at += 1,
        }
    }
    blocks
}

/// A line that is only an address, perhaps with its link beside it.
fn lone_address(text: &str) -> Option<&str> {
    memchr::memchr(b'@', text.as_bytes())?;
    let bare = text.split_once("<mailto:").map_or(text, |(address, _)| address).trim();
    address::is_address(bare).then_some(bare)
}

/// The diagnostics below an address: the block, and the line behind it.
fn diagnostics(notice: &NoticeText<'_>, from: usize) -> Option<(Block, usize)> {
    let lines = &notice.lines;
    let mut at = skip_blank(lines, from);
    let host = lines.get(at).map(Line::trimmed).filter(|t| is_host(t)).and_then(Remote::read);
    if host.is_some() {
        at = skip_blank(lines, at + 1);
    }
    let (mut block, next) = hash_form(notice, at).or_else(|| returned_form(notice, at))?;
    block.remote = block.remote.or(host);
    Some((block, next))
}

fn skip_blank(lines: &[Line<'_>], from: usize) -> usize {
    lines
        .get(from..)
        .and_then(|rest| rest.iter().position(|l| !l.is_blank()))
        .map_or(lines.len(), |i| from + i)
}

fn is_host(text: &str) -> bool {
    text.contains('.')
        && !text.contains([' ', '@', '#', '\'', ':'])
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// `#550 5.1.1 RESOLVER… ##rfc822;original` and `host #<inner #5.7.1 smtp;550 …> #SMTP#`, also with
/// the next heading glued to it.
fn hash_form(notice: &NoticeText<'_>, at: usize) -> Option<(Block, usize)> {
    let line = notice.lines.get(at)?;
    let text = line.trimmed();
    let open = text.find('#')?;
    let start = line.end() - text.len();
    let smtp = text[open..].starts_with("#<") || position(text, "smtp;").is_some();
    if !smtp
        && !text.starts_with('#')
        && statuses(&text[..text.len().min(open + 24)]).next().is_none()
    {
        return None;
    }
    let remote = Remote::read(text[..open].trim()).filter(|_| open > 0);
    let (said, next) =
        if smtp { smtp_answer(notice, at, start + open)? } else { hash_answer(notice, at, start)? };
    let original = position(text, "##rfc822;")
        .and_then(|i| address::find(&text[i..]))
        .map(|f| f.text.to_owned());
    Some((Block { said: Some(said), remote, original, ..Block::default() }, next))
}

/// What stands between `smtp;` and the last `>` before `#SMTP#`.
fn smtp_answer(notice: &NoticeText<'_>, at: usize, start: usize) -> Option<(Said, usize)> {
    let (mut end, mut next) = (notice.lines[at].end(), at + 1);
    let ended =
        |line: &Line<'_>| line.text.contains("#SMTP#") || line.text.trim_end().ends_with('>');
    while !ended(&notice.lines[next - 1])
        && next < notice.lines.len()
        && next - at < QUOTED_LINES
        && !notice.lines[next].is_blank()
    {
        end = notice.lines[next].end();
        next += 1;
    }
    let text = notice.slice(start, end);
    let from =
        position(text, "smtp;").map_or_else(|| text.find('#').map(|i| i + 1), |i| Some(i + 5))?;
    let to = text.find("#SMTP#").unwrap_or(text.len());
    let to = text[..to].rfind('>').filter(|&i| i > from).unwrap_or(to);
    Some((notice.passage(start + from, start + to), next))
}

/// What stands between the first `#` and the closing `##`.
fn hash_answer(notice: &NoticeText<'_>, at: usize, start: usize) -> Option<(Said, usize)> {
    let (mut end, mut next) = (notice.lines[at].end(), at + 1);
    while !notice.slice(start + 1, end).contains("##")
        && next < notice.lines.len()
        && next - at < 3
        && !notice.lines[next].is_blank()
    {
        end = notice.lines[next].end();
        next += 1;
    }
    let text = notice.slice(start, end);
    let from = text.find('#')? + 1;
    let to = text[from..].find("##").map_or(text.len(), |i| i + from);
    Some((notice.passage(start + from, start + to), next))
}

/// `Remote Server at host (ip) returned '…'` in any language, and the list of attempts in which
/// each line begins with a date; the newest attempt comes first, the last real error below it.
fn returned_form(notice: &NoticeText<'_>, at: usize) -> Option<(Block, usize)> {
    let mut block = Block::default();
    let mut at = at;
    while let Some((answer, next)) = quoted_answer(notice, at) {
        let remote = remote_before(notice, at);
        if block.said.is_none() {
            block.remote = remote;
            block.said = Some(answer);
        } else if block.last_error.is_none() && block.said.as_ref().is_some_and(tells_of_time) {
            block.remote = block.remote.or(remote);
            block.last_error = Some(answer);
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

/// The text between the quotes of a line such as `… returned '550 5.1.1 …'`; the quotes may close
/// lines below.
fn quoted_answer(notice: &NoticeText<'_>, at: usize) -> Option<(Said, usize)> {
    const QUOTES: [(char, &[char]); 5] =
        [('\'', &['\'']), ('‘', &['’']), ('„', &['”', '“']), ('«', &['»']), ('"', &['"'])];
    let line = notice.lines.get(at)?;
    let text = line.trimmed();
    let opens = |&(i, _): &(usize, char)| text[..i].ends_with([' ', '\u{a0}', ':', '(', '\t']);
    let mut opening = text.char_indices().filter(opens);
    let (open, (quote, closing)) =
        opening.find_map(|(i, c)| QUOTES.iter().find(|(q, _)| *q == c).map(|q| (i, *q)))?;
    let inside = &text[open + quote.len_utf8()..];
    let head = &text[..open];
    let introduced = head.split_whitespace().count() >= 2 && head.len() <= 200;
    let coded = inside
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || c == '<' || c == '#' || c == '\'')
        || statuses(inside).next().is_some_and(|s| s.start < 60);
    if !introduced || !(coded || inside.starts_with(closing)) {
        return None;
    }
    let start = line.end() - inside.len();
    let mut next = at + 1;
    while !notice.lines[next - 1].text.trim_end().ends_with(closing)
        && next < notice.lines.len()
        && next - at < QUOTED_LINES
        && !notice.lines[next].is_blank()
    {
        next += 1;
    }
    let text = notice.slice(start, notice.lines[next - 1].end());
    let body = text.trim_end().trim_end_matches(closing);
    let from = legacy_inside(body).unwrap_or(0);
    Some((notice.passage(start + from, start + body.trim_end_matches('>').len()), next))
}

/// The 2007 form inside the 2013 frame: `<host> #5.7.1 smtp;550 …>`.
fn legacy_inside(text: &str) -> Option<usize> {
    (text.starts_with('<') && text.contains('#'))
        .then(|| position(text, "smtp;"))
        .flatten()
        .map(|i| i + 5)
}

/// The host named in front of the quotes.
fn remote_before(notice: &NoticeText<'_>, at: usize) -> Option<Remote> {
    let text = notice.lines[at].trimmed();
    let head = &text[..text.find(['\'', '‘', '„', '«', '"'])?];
    let words: Vec<&str> = head.split_whitespace().collect();
    let named = words.iter().position(|w| {
        is_host(w.trim_matches(['(', ')'])) && w.bytes().any(|b| b.is_ascii_alphabetic())
    })?;
    Remote::read(&words[named..].join(" "))
}

/// The server that wrote the report, by the shape of its line: a label, a colon, a host name, above
/// the first address.
#[must_use]
pub fn generating_server(notice: &NoticeText<'_>) -> Option<SafeText> {
    let first = notice.lines.iter().enumerate().position(|(i, line)| {
        lone_address(line.trimmed()).is_some() && diagnostics(notice, i + 1).is_some()
    })?;
    notice.lines[..first]
        .iter()
        .rev()
        .take(8)
        .filter_map(|line| {
            let (label, host) = line.trimmed().rsplit_once(':')?;
            let host = host.trim();
            (is_host(host) && !label.contains('/') && label.split_whitespace().count() <= 4)
                .then(|| SafeText::new(host))
        })
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn only(text: &str) -> Block {
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
