//! SMTP dialogues that reports quote: who said what to whom, in the notations of Sendmail (`>>>`
//! `<<<`), InterScan (`Sent <<<` `Received >>>`), MDaemon (`-->` `<--`) and their relatives.

use std::collections::{HashMap, HashSet};

use crate::mail::address;

use super::blocks::{Grammar, ReportBlock};
use super::line::Line;
use super::sentences::Phase;
use super::text::NoticeText;
use crate::bounce::remote::Remote;
use crate::bounce::said::Said;
use crate::bounce::status::first_reply;
use crate::mail::find::{begins, behind_any};

/// Marks in front of what the reporting host sent.
const SENT: [&str; 4] = ["Sent <<<", ">>>", "-->", "In:"];
/// Marks in front of what it was answered.
const RECEIVED: [&str; 4] = ["Received >>>", "<<<", "<--", "Out:"];

/// One answer that refuses something.
#[derive(Clone, Debug)]
struct Refusal {
    /// Whom it is about, where the dialogue tells.
    recipient: Option<String>,
    /// The host that gave it.
    host: Option<Remote>,
    /// The answer.
    said: Said,
    /// The step of the dialogue that it answered.
    step: Option<Phase>,
    /// It came from the other server, not from the reporting host itself.
    remote: bool,
}

impl Refusal {
    /// Answers of the other server tell more than the reporting host's own line, permanent ones
    /// more than the rest.
    fn rank(&self) -> (bool, bool) {
        let permanent = matches!(self.said.codes().reply, Some(500..));
        (self.remote, permanent)
    }
}

/// The recipients of a report with a dialogue: those it lists, completed by the dialogue; without a
/// list those that the dialogue names, or one without a name.
#[must_use]
pub fn read(notice: &NoticeText<'_>, grammar: &Grammar) -> Vec<ReportBlock> {
    let listed = notice.lines.iter().any(|line| line.begins_with_any(grammar.begin));
    let mut blocks = if listed { grammar.read(notice) } else { Vec::new() };
    let refusals = refusals(notice);
    if blocks.is_empty() {
        blocks = named_in(&refusals);
    }
    if blocks.is_empty() && !listed {
        blocks = grammar.read(notice);
    }
    if blocks.is_empty() && !refusals.is_empty() {
        blocks.push(ReportBlock::default());
    }
    let telling = Telling::of(&refusals, blocks.len() == 1);
    for block in &mut blocks {
        complete(notice, block, &telling);
    }
    blocks
}

/// A block for each recipient that a dialogue names.
fn named_in(refusals: &[Refusal]) -> Vec<ReportBlock> {
    let mut seen = HashSet::new();
    let mut blocks = Vec::new();
    for refusal in refusals {
        if let Some(recipient) = &refusal.recipient
            && seen.insert(recipient.to_ascii_lowercase())
        {
            blocks.push(ReportBlock { recipient: recipient.clone(), ..ReportBlock::default() });
        }
    }
    blocks
}

/// The refusals that tell most; of several that tell as much the last word.
struct Telling<'a> {
    /// By the recipient they are about, in lower case.
    about: HashMap<String, &'a Refusal>,
    /// Of those that may be about anybody.
    any: Option<&'a Refusal>,
}

impl<'a> Telling<'a> {
    fn of(refusals: &'a [Refusal], single: bool) -> Self {
        let mut telling = Self { about: HashMap::new(), any: None };
        for refusal in refusals {
            if let Some(recipient) = &refusal.recipient {
                let best = telling.about.entry(recipient.to_ascii_lowercase()).or_insert(refusal);
                if refusal.rank() >= best.rank() {
                    *best = refusal;
                }
            }
            if single || refusal.recipient.is_none() {
                let best = telling.any.get_or_insert(refusal);
                if refusal.rank() >= best.rank() {
                    *best = refusal;
                }
            }
        }
        telling
    }
}

/// Gives a block the refusal that is about it.
fn complete(notice: &NoticeText<'_>, block: &mut ReportBlock, telling: &Telling<'_>) {
    if let Some(said) = &block.said
        && begins(&said.text, "(reason:")
    {
        block.said = Some(reason(notice, said));
    }
    let own = telling.about.get(&block.recipient.to_ascii_lowercase()).copied();
    let Some(refusal) = own.or(telling.any) else { return };
    if block.remote.is_none() {
        block.remote.clone_from(&refusal.host);
    }
    let better = match &block.said {
        Some(said) => refusal.said.extends(said) || refusal.said.refuses() && !said.refuses(),
        None => true,
    };
    if better {
        block.said = Some(refusal.said.clone());
    }
    if refusal.remote {
        block.step = refusal.step;
    }
}

/// The text inside `(reason: …)`.
fn reason(notice: &NoticeText<'_>, said: &Said) -> Said {
    let text = notice.slice(said.start, said.end);
    let inside = text.strip_prefix("(reason:").unwrap_or(text);
    let start = said.end - inside.len();
    let bare = inside.strip_suffix(')').unwrap_or(inside);
    notice.passage(start, start + bare.len())
}

/// The refusing answers of the dialogue, in order.
fn refusals(notice: &NoticeText<'_>) -> Vec<Refusal> {
    let lines = &notice.lines;
    let from = lines.iter().position(|line| line.begins("transcript of session")).unwrap_or(0);
    let mut dialogue = SmtpDialogue {
        notice,
        lines: &lines[from..],
        host: None,
        recipient: None,
        step: None,
        refusals: Vec::new(),
    };
    let mut at = 0;
    while at < dialogue.lines.len() {
        at = dialogue.step(at);
    }
    dialogue.refusals
}

/// A dialogue as far as it has been read.
struct SmtpDialogue<'n, 't> {
    notice: &'n NoticeText<'t>,
    lines: &'n [Line<'t>],
    /// Who is talked to.
    host: Option<Remote>,
    /// Whom the last command named.
    recipient: Option<String>,
    /// The step of the last command.
    step: Option<Phase>,
    refusals: Vec<Refusal>,
}

impl SmtpDialogue<'_, '_> {
    /// Reads the line `at` and those that belong to it; returns the next one.
    fn step(&mut self, at: usize) -> usize {
        let text = self.lines[at].trimmed();
        if let Some(name) = talking_to(text) {
            self.host = Remote::read(name.trim_end_matches([':', '.']));
            self.step = Some(Phase::Connect);
        } else if let Some(command) = behind(text, &SENT) {
            self.command(command);
        } else if let Some(answer) = behind(text, &RECEIVED) {
            return self.answer(at, answer.len());
        } else if let Some(recipient) = deferred(text) {
            let said = self.passage(at, at);
            self.refuse(Some(recipient), said, false);
        } else if begins_with_refusal(text) {
            return self.own_refusal(at);
        }
        at + 1
    }

    /// The passage from one line to another.
    fn passage(&self, first: usize, last: usize) -> Said {
        self.notice.passage(self.lines[first].start, self.lines[last].end())
    }

    /// What the reporting host sent.
    fn command(&mut self, command: &str) {
        self.step = step(command).or(self.step);
        self.recipient = None;
        if self.step == Some(Phase::RcptTo) {
            self.recipient = address::find(command).map(|found| found.text.to_owned());
        }
    }

    /// What the other server answered, in one line or several; `len` bytes of the first stand
    /// behind the mark.
    fn answer(&mut self, at: usize, len: usize) -> usize {
        let last = last_of_reply(self.lines, at);
        let said = if last == at {
            let end = self.lines[at].end();
            self.notice.passage(end - len, end)
        } else {
            self.passage(at, last)
        };
        if said.refuses() {
            let mut recipient = self.recipient.clone();
            if recipient.is_none() && self.step != Some(Phase::MailFrom) {
                recipient = named(&said);
            }
            self.refuse(recipient, said, true);
        }
        last + 1
    }

    /// The reporting host's own line about a refusal: `550 5.1.1 <address>... User unknown`.
    fn own_refusal(&mut self, at: usize) -> usize {
        let last = at + folded(&self.lines[at + 1..]);
        let said = self.passage(at, last);
        let recipient = named(&said);
        self.claim(recipient.as_deref());
        let inner = inner(self.notice, &said);
        self.refuse(recipient, inner.unwrap_or(said), false);
        last + 1
    }

    /// The answer above the reporting host's own line about a recipient is about that recipient,
    /// where it was given to no recipient: to MAIL or DATA.
    fn claim(&mut self, recipient: Option<&str>) {
        if let Some(above) = self.refusals.last()
            && above.remote
            && above.recipient.is_none()
            && let Some(recipient) = recipient
        {
            let mut claimed = above.clone();
            claimed.recipient = Some(recipient.to_owned());
            self.refusals.push(claimed);
        }
    }

    fn refuse(&mut self, recipient: Option<String>, said: Said, remote: bool) {
        let (host, step) = (self.host.clone(), self.step);
        self.refusals.push(Refusal { recipient, host, said, step, remote });
    }
}

/// The step that a command begins.
fn step(command: &str) -> Option<Phase> {
    const STEPS: [(&str, Phase); 9] = [
        ("ehlo", Phase::Helo),
        ("helo", Phase::Helo),
        ("lhlo", Phase::Helo),
        ("starttls", Phase::StartTls),
        ("auth", Phase::Auth),
        ("mail from", Phase::MailFrom),
        ("rcpt to", Phase::RcptTo),
        ("data", Phase::Data),
        (".", Phase::EndOfData),
    ];
    let found = STEPS.iter().find(|(word, _)| begins(command, word))?;
    Some(found.1)
}

/// The host in `... while talking to mx.example.com.:`
fn talking_to(text: &str) -> Option<&str> {
    const WORDS: &str = "while talking to ";
    let text = text.trim_start_matches("... ");
    if begins(text, WORDS) { Some(&text[WORDS.len()..]) } else { None }
}

/// What follows one of the marks at the start of a line.
fn behind<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    Some(behind_any(text, marks)?.trim_start())
}

fn begins_with_refusal(text: &str) -> bool {
    matches!(first_reply(text), Some(400..))
}

/// The address in `<address>... Deferred: Connection refused by mx.example.com.`
fn deferred(text: &str) -> Option<String> {
    let found = address::find(text)?;
    if found.start > 1 {
        return None;
    }
    let behind = text[found.end()..].trim_start_matches('>').trim_start();
    let told = behind.strip_prefix("...")?;
    if told.len() > 4 { Some(found.text.to_owned()) } else { None }
}

/// How many lines carry the one before on.
fn folded(lines: &[Line<'_>]) -> usize {
    let mut count = 0;
    for line in lines {
        let carries_on = line.indent() > 0 && !line.trimmed().starts_with(['<', '>', '-']);
        if line.is_blank() || !carries_on {
            break;
        }
        count += 1;
    }
    count
}

/// The last line of a reply that may have several: `550-` on all but the last.
fn last_of_reply(lines: &[Line<'_>], at: usize) -> usize {
    let mut last = at;
    while mark_of_reply(lines, last) == Some(b'-') && mark_of_reply(lines, last + 1).is_some() {
        last += 1;
    }
    last
}

/// What stands behind the code of the reply in a line: a blank, or a dash where it goes on.
fn mark_of_reply(lines: &[Line<'_>], at: usize) -> Option<u8> {
    let reply = behind(lines.get(at)?.trimmed(), &RECEIVED)?;
    reply.as_bytes().get(3).copied()
}

/// The answer inside Sendmail's own: `554 <address>... 550 Host unknown`.
fn inner(notice: &NoticeText<'_>, said: &Said) -> Option<Said> {
    let text = notice.slice(said.start, said.end);
    let at = text.find("... ")? + 4;
    if begins_with_refusal(&text[at..]) {
        Some(notice.passage(said.start + at, said.end))
    } else {
        None
    }
}

/// The address in `550 5.1.1 <address>... User unknown`.
fn named(said: &Said) -> Option<String> {
    let found = address::find(&said.literal)?;
    let behind = said.literal[found.end()..].trim_start_matches('>');
    if behind.trim_start().starts_with("...") { Some(found.text.to_owned()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::said::Part;

    fn found(text: &str) -> Vec<(Option<String>, String)> {
        refusals(&NoticeText::new(text, Part::Text))
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
