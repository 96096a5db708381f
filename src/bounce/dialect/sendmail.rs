//! Sendmail, from version 5 on: a list of addresses with reasons, and a transcript that holds the whole answers.

use super::super::blocks::{Block, Grammar, PLAIN};
use super::super::page::{Line, Page, begins};
use super::super::said::Said;
use super::super::status::replies;
use super::super::wording::Remote;
use super::Dialect;
use crate::mail::address;

/// Sendmail, from version 5 on: a list of addresses with reasons, and a transcript that holds the whole answers.
pub static SENDMAIL: Dialect = Dialect {
    name: "sendmail",
    marks: &[
        "the original message was received at",
        "transcript of session follows",
        "the following addresses had permanent fatal errors",
        "the following addresses had transient non-fatal errors",
        "the following addresses had permanent delivery errors",
        "this is a mime-encapsulated message",
    ],
    fields: &[],
    grammar: Grammar {
        begin: &["the following addresses had", "the following recipients had", "the following address had"],
        end: &["transcript of session", "original message follows", "unsent message follows", "message header follows"],
        ..PLAIN
    },
    reader: Some(read),
    notice: false,
};

fn read(page: &Page<'_>, grammar: &Grammar) -> Vec<Block> {
    let listed = page.lines.iter().any(|line| grammar.begin.iter().any(|mark| line.begins(mark)));
    let mut blocks = if listed { grammar.read(page) } else { Vec::new() };
    let answers = transcript(page);
    if blocks.is_empty() {
        for recipient in answers.iter().filter_map(|answer| answer.recipient.clone()) {
            if !blocks.iter().any(|b: &Block| b.recipient.eq_ignore_ascii_case(&recipient)) {
                blocks.push(Block { recipient, ..Block::default() });
            }
        }
    }
    if blocks.is_empty() && !listed {
        blocks = grammar.read(page);
    }
    if blocks.is_empty() && !answers.is_empty() {
        blocks.push(Block::default());
    }
    let single = blocks.len() == 1;
    for block in &mut blocks {
        if block.said.as_ref().is_some_and(|said| begins(&said.text, "(reason:")) {
            block.said = block.said.take().map(|said| reason(page, &said));
        }
        let about = |a: &&Answer| a.recipient.as_deref().is_some_and(|r| r.eq_ignore_ascii_case(&block.recipient));
        let answer = answers
            .iter()
            .filter(about)
            .max_by_key(|a| a.rank())
            .or_else(|| answers.iter().filter(|a| single || a.recipient.is_none()).max_by_key(|a| a.rank()));
        let Some(answer) = answer else { continue };
        block.remote = block.remote.take().or_else(|| answer.host.clone());
        if block
            .said
            .as_ref()
            .is_none_or(|said| answer.said.extends(said) || !said.codes().reply.is_some_and(|code| code >= 400))
        {
            block.said = Some(answer.said.clone());
        }
    }
    blocks
}

/// The text inside `(reason: …)`.
fn reason(page: &Page<'_>, said: &Said) -> Said {
    let text = page.slice(said.start, said.end);
    let inside = text.strip_prefix("(reason:").unwrap_or(text);
    let end = inside.strip_suffix(')').map_or(inside.len(), str::len);
    page.passage(said.end - inside.len(), said.end - inside.len() + end)
}

/// One answer in the transcript.
struct Answer {
    recipient: Option<String>,
    host: Option<Remote>,
    said: Said,
    /// It came from the other server (`<<<`), not from Sendmail itself.
    remote: bool,
}

impl Answer {
    /// Answers of the other server tell more than Sendmail's own line, permanent ones more than the rest.
    fn rank(&self) -> (bool, bool, usize) {
        let code = self.said.codes().reply.unwrap_or(0);
        (code >= 400, self.remote, usize::from(code >= 500))
    }
}

/// The answers in the transcript that refuse something.
fn transcript(page: &Page<'_>) -> Vec<Answer> {
    let from = page.lines.iter().position(|line| line.begins("transcript of session")).unwrap_or(0);
    let lines = &page.lines[from..];
    let (mut host, mut recipient, mut about_sender, mut answers) = (None, None, false, Vec::new());
    let mut at = 0;
    while at < lines.len() {
        let text = lines[at].trimmed();
        let mut next = at + 1;
        if let Some(rest) = text.trim_start_matches("... ").to_ascii_lowercase().strip_prefix("while talking to ") {
            host = Remote::read(rest.trim_end_matches([':', '.']));
        } else if let Some(command) = text.strip_prefix(">>>") {
            let command = command.trim_start();
            about_sender = begins(command, "mail from");
            recipient = begins(command, "rcpt to").then(|| address::find(command).map(|f| f.text.to_owned())).flatten();
        } else if text.starts_with("<<<") {
            next = same_reply(lines, at);
            let said = page.passage(lines[at].start, lines[next - 1].end());
            if said.codes().reply.is_some_and(|code| code >= 400) {
                let recipient = recipient.clone().or_else(|| named(&said).filter(|_| !about_sender));
                answers.push(Answer { recipient, host: host.clone(), said, remote: true });
            }
        } else if replies(text).next().is_some_and(|reply| reply.start == 0 && reply.code >= 400) {
            next = at
                + 1
                + lines[at + 1..]
                    .iter()
                    .take_while(|l| l.indent() > 0 && !l.is_blank() && !l.trimmed().starts_with(['<', '>', '-']))
                    .count();
            let said = page.passage(lines[at].start, lines[next - 1].end());
            let recipient = named(&said);
            let said = inner(page, &said).unwrap_or(said);
            answers.push(Answer { recipient, host: host.clone(), said, remote: false });
        }
        at = next;
    }
    answers
}

/// Behind the lines of one multi-line reply.
fn same_reply(lines: &[Line<'_>], at: usize) -> usize {
    let continues =
        |line: &Line<'_>| line.trimmed().trim_start_matches("<<<").trim_start().as_bytes().get(3) == Some(&b'-');
    let mut end = at;
    while continues(&lines[end]) && lines.get(end + 1).is_some_and(|next| next.trimmed().starts_with("<<<")) {
        end += 1;
    }
    end + 1
}

/// The answer inside Sendmail's own: `554 <address>... 550 Host unknown`.
fn inner(page: &Page<'_>, said: &Said) -> Option<Said> {
    let text = page.slice(said.start, said.end);
    let at = text.find("... ")? + 4;
    let coded = replies(&text[at..]).next().is_some_and(|reply| reply.start == 0 && reply.code >= 400);
    coded.then(|| page.passage(said.start + at, said.end))
}

/// The address in `550 5.1.1 <address>... User unknown`.
fn named(said: &Said) -> Option<String> {
    let found = address::find(&said.literal)?;
    let behind = &said.literal[found.end()..];
    (behind.starts_with(">...") || behind.starts_with("...") || behind.starts_with("> ..."))
        .then(|| found.text.to_owned())
}
