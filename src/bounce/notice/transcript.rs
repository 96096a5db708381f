//! SMTP dialogues that reports quote: who said what to whom, in the notations of Sendmail (`>>>`
//! `<<<`), InterScan (`Sent <<<` `Received >>>`), MDaemon (`-->` `<--`) and their relatives.

use std::collections::{HashMap, HashSet};

use crate::mail::address;

use super::blocks::{Block, Grammar};
use super::text::{Line, NoticeText};
use crate::bounce::remote::Remote;
use crate::bounce::said::Said;
use crate::bounce::status::replies;
use crate::mail::find::begins;

/// Marks in front of what the reporting host sent.
const SENT: [&str; 4] = ["Sent <<<", ">>>", "-->", "In:"];
/// Marks in front of what it was answered.
const RECEIVED: [&str; 4] = ["Received >>>", "<<<", "<--", "Out:"];

/// One answer that refuses something.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whom it is about, where the dialogue tells.
    pub recipient: Option<String>,
    /// The host that gave it.
    pub host: Option<Remote>,
    /// The answer.
    pub said: Said,
    /// It came from the other server, not from the reporting host itself.
    pub remote: bool,
}

impl Answer {
    /// Answers of the other server tell more than the reporting host's own line, permanent ones
    /// more than the rest.
    fn rank(&self) -> (bool, bool) {
        (self.remote, self.said.codes().reply.is_some_and(|code| code >= 500))
    }
}

/// The recipients of a report with a dialogue: those it lists, completed by the dialogue; without a
/// list those that the dialogue names, or one without a name.
#[must_use]
pub fn read(notice: &NoticeText<'_>, grammar: &Grammar) -> Vec<Block> {
    let listed = notice.lines.iter().any(|line| grammar.begin.iter().any(|mark| line.begins(mark)));
    let mut blocks = if listed { grammar.read(notice) } else { Vec::new() };
    let answers = answers(notice);
    if blocks.is_empty() {
        let mut seen = HashSet::new();
        for recipient in answers.iter().filter_map(|answer| answer.recipient.clone()) {
            if seen.insert(recipient.to_ascii_lowercase()) {
                blocks.push(Block { recipient, ..Block::default() });
            }
        }
    }
    if blocks.is_empty() && !listed {
        blocks = grammar.read(notice);
    }
    if blocks.is_empty() && !answers.is_empty() {
        blocks.push(Block::default());
    }
    let single = blocks.len() == 1;
    let telling = Telling::of(&answers, single);
    for block in &mut blocks {
        complete(notice, block, &telling);
    }
    blocks
}

/// The answers that tell most; of several that tell as much the last word.
struct Telling<'a> {
    /// By the recipient they are about, in lower case.
    about: HashMap<String, &'a Answer>,
    /// Of those that may be about anybody.
    any: Option<&'a Answer>,
}

impl<'a> Telling<'a> {
    fn of(answers: &'a [Answer], single: bool) -> Self {
        let mut about: HashMap<String, &Answer> = HashMap::new();
        for answer in answers {
            let Some(recipient) = &answer.recipient else { continue };
            let best = about.entry(recipient.to_ascii_lowercase()).or_insert(answer);
            if answer.rank() >= best.rank() {
                *best = answer;
            }
        }
        let any =
            answers.iter().filter(|a| single || a.recipient.is_none()).max_by_key(|a| a.rank());
        Self { about, any }
    }
}

/// Gives a block the answer that is about it.
fn complete(notice: &NoticeText<'_>, block: &mut Block, telling: &Telling<'_>) {
    if block.said.as_ref().is_some_and(|said| begins(&said.text, "(reason:")) {
        block.said = block.said.take().map(|said| reason(notice, &said));
    }
    let own = telling.about.get(&block.recipient.to_ascii_lowercase()).copied();
    let Some(answer) = own.or(telling.any) else { return };
    block.remote = block.remote.take().or_else(|| answer.host.clone());
    let refused = |said: &Said| said.codes().reply.is_some_and(|code| code >= 400);
    let better = |said: &Said| answer.said.extends(said) || refused(&answer.said) && !refused(said);
    if block.said.as_ref().is_none_or(better) {
        block.said = Some(answer.said.clone());
    }
}

/// The text inside `(reason: …)`.
fn reason(notice: &NoticeText<'_>, said: &Said) -> Said {
    let text = notice.slice(said.start, said.end);
    let inside = text.strip_prefix("(reason:").unwrap_or(text);
    let end = inside.strip_suffix(')').map_or(inside.len(), str::len);
    notice.passage(said.end - inside.len(), said.end - inside.len() + end)
}

/// The refusing answers of the dialogue, in order.
#[must_use]
pub fn answers(notice: &NoticeText<'_>) -> Vec<Answer> {
    let from =
        notice.lines.iter().position(|line| line.begins("transcript of session")).unwrap_or(0);
    let lines = &notice.lines[from..];
    let (mut host, mut recipient, mut about_sender, mut answers) = (None, None, false, Vec::new());
    let mut at = 0;
    while at < lines.len() {
        let text = lines[at].trimmed();
        let mut next = at + 1;
        if let Some(rest) = talking_to(text) {
            host = Remote::read(rest.trim_end_matches([':', '.']));
        } else if let Some(command) = behind(text, &SENT) {
            about_sender = begins(command, "mail from");
            recipient = begins(command, "rcpt to")
                .then(|| address::find(command).map(|f| f.text.to_owned()))
                .flatten();
        } else if let Some(answer) = behind(text, &RECEIVED) {
            next = same_reply(lines, at);
            let start =
                if next == at + 1 { lines[at].end() - answer.len() } else { lines[at].start };
            let said = notice.passage(start, lines[next - 1].end());
            if said.codes().reply.is_some_and(|code| code >= 400) {
                let recipient =
                    recipient.clone().or_else(|| named(&said).filter(|_| !about_sender));
                answers.push(Answer { recipient, host: host.clone(), said, remote: true });
            }
        } else if let Some(recipient) = deferred(text) {
            let said = notice.passage(lines[at].start, lines[at].end());
            answers.push(Answer {
                recipient: Some(recipient),
                host: host.clone(),
                said,
                remote: false,
            });
        } else if begins_with_refusal(text) {
            next += folded(&lines[next..]);
            let said = notice.passage(lines[at].start, lines[next - 1].end());
            let recipient = named(&said);
            let said = inner(notice, &said).unwrap_or(said);
            answers.push(Answer { recipient, host: host.clone(), said, remote: false });
        }
        at = next;
    }
    answers
}

/// The host in `... while talking to mx.example.com.:`
fn talking_to(text: &str) -> Option<&str> {
    const WORDS: &str = "while talking to ";
    let text = text.trim_start_matches("... ");
    begins(text, WORDS).then(|| &text[WORDS.len()..])
}

/// What follows one of the marks at the start of a line.
fn behind<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    marks.iter().find_map(|mark| text.strip_prefix(mark)).map(str::trim_start)
}

fn begins_with_refusal(text: &str) -> bool {
    replies(text).next().is_some_and(|reply| reply.start == 0 && reply.code >= 400)
}

/// The address in `<address>... Deferred: Connection refused by mx.example.com.`
fn deferred(text: &str) -> Option<String> {
    let found = address::find(text).filter(|found| found.start <= 1)?;
    let behind = text[found.end()..].trim_start_matches('>').trim_start();
    behind.strip_prefix("...").filter(|rest| rest.len() > 4).map(|_| found.text.to_owned())
}

/// How many lines carry the one before on.
fn folded(lines: &[Line<'_>]) -> usize {
    let carries_on = |l: &&Line<'_>| {
        l.indent() > 0 && !l.is_blank() && !l.trimmed().starts_with(['<', '>', '-'])
    };
    lines.iter().take_while(carries_on).count()
}

/// Behind the lines of one multi-line reply.
fn same_reply(lines: &[Line<'_>], at: usize) -> usize {
    let answer = |line: &Line<'_>| {
        behind(line.trimmed(), &RECEIVED).map(str::as_bytes).and_then(|a| a.get(3).copied())
    };
    let mut end = at;
    while answer(&lines[end]) == Some(b'-') && lines.get(end + 1).and_then(answer).is_some() {
        end += 1;
    }
    end + 1
}

/// The answer inside Sendmail's own: `554 <address>... 550 Host unknown`.
fn inner(notice: &NoticeText<'_>, said: &Said) -> Option<Said> {
    let text = notice.slice(said.start, said.end);
    let at = text.find("... ")? + 4;
    begins_with_refusal(&text[at..]).then(|| notice.passage(said.start + at, said.end))
}

/// The address in `550 5.1.1 <address>... User unknown`.
fn named(said: &Said) -> Option<String> {
    let found = address::find(&said.literal)?;
    let behind = said.literal[found.end()..].trim_start_matches('>');
    behind.trim_start().starts_with("...").then(|| found.text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn found(text: &str) -> Vec<(Option<String>, String)> {
        answers(&NoticeText::new(text, Part::Text))
            .into_iter()
            .map(|a| (a.recipient, a.said.text.to_string()))
            .collect()
    }

    #[test]
    fn every_notation() {
        let to = |r: &str| Some(r.to_owned());
        assert_eq!(
            found(
                "... while talking to mx.b.example.:\n>>> RCPT To:<a@b.example>\n<<< 550-5.1.1 no\n<<< 550 5.1.1 such user\n550 5.1.1 <a@b.example>... User unknown"
            ),
            [
                (to("a@b.example"), "550 5.1.1 no such user".into()),
                (to("a@b.example"), "550 5.1.1 <a@b.example>... User unknown".into())
            ]
        );
        assert_eq!(
            found("Sent <<< RCPT TO:<a@b.example>\nReceived >>> 550 no\n"),
            [(to("a@b.example"), "550 no".into())]
        );
        assert_eq!(
            found("--> RCPT To:<a@b.example>\n<-- 550 no\n"),
            [(to("a@b.example"), "550 no".into())]
        );
        assert_eq!(
            found("554 <a@b.example>... 550 Host unknown"),
            [(to("a@b.example"), "550 Host unknown".into())]
        );
    }

    #[test]
    fn an_answer_to_the_sender_names_no_recipient() {
        assert_eq!(
            found(">>> MAIL From:<s@a.example>\n<<< 501 <s@a.example>... no access"),
            [(None, "501 <s@a.example>... no access".into())]
        );
    }
}
