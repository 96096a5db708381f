//! An answer without a report: as a person has it before them, or in a line of a log of Postfix,
//! Exim, Sendmail or qmail.

use std::borrow::Cow;

use crate::mail::{SafeText, address};

use super::delivery::Delivery;
use super::dialect::GENERIC;
use super::kind::Kind;
use super::read::Bounce;
use super::remote::Remote;
use super::report::DsnAction;
use super::said::{Part, Said};
use super::status::{Status, statuses};

/// An answer, and what is known beside it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoggedAnswer<'a> {
    /// The answer, or a line of a log.
    pub text: &'a str,
    /// The host that answered, where somebody knows it.
    pub host: Option<&'a str>,
    /// Our host that was answered.
    pub asked: Option<&'a str>,
}

impl LoggedAnswer<'_> {
    /// The delivery that it is about, as a message would tell of it. None for a line of a log in
    /// which nothing is refused.
    #[must_use]
    pub fn read(&self) -> Option<Bounce> {
        let entry = match LogEntry::of(self.text) {
            Line::Answer => LogEntry { answer: Cow::Borrowed(self.text), ..LogEntry::default() },
            Line::Refusal(entry) => entry,
            Line::NoRefusal => return None,
        };
        let host = self.host.or(entry.host);
        let action = if entry.waits { DsnAction::Delayed } else { DsnAction::Failed };
        let at = self.text.find(entry.answer.as_ref()).unwrap_or(0);
        let mut delivery = Delivery {
            recipient: entry.recipient.map(SafeText::new),
            original_recipient: entry.original.map(SafeText::new),
            action: Some(action),
            said: Some(Said::new(&entry.answer, Part::Text, at)),
            remote: host.and_then(Remote::read),
            ..Delivery::default()
        };
        delivery.settle(entry.status);
        let kind = if entry.waits { Kind::Delay } else { Kind::Failure };
        let asked = self.asked.map(SafeText::new);
        let queue_id = entry.queue_id.map(SafeText::new);
        Some(bounce(kind, delivery, asked, queue_id))
    }
}

/// A message that says nothing but this.
fn bounce(
    kind: Kind,
    delivery: Delivery,
    generating_server: Option<SafeText>,
    queue_id: Option<SafeText>,
) -> Bounce {
    Bounce {
        kind,
        feedback_type: None,
        dialect: GENERIC.name,
        message_id: None,
        subject: None,
        date: None,
        from: None,
        to: None,
        generating_server,
        deliveries: vec![delivery],
        original: None,
        envelope_sender: None,
        verp_recipient: None,
        envelope_id: None,
        arrival: None,
        queue_id,
        fix_it: None,
        limits: Vec::new(),
        wrapped: 0,
    }
}

/// What a line is.
enum Line<'a> {
    /// An answer alone.
    Answer,
    /// An entry of a log that tells of a refusal.
    Refusal(LogEntry<'a>),
    /// Another entry of a log.
    NoRefusal,
}

/// An entry of a log about one delivery.
#[derive(Default)]
struct LogEntry<'a> {
    answer: Cow<'a, str>,
    recipient: Option<&'a str>,
    original: Option<&'a str>,
    host: Option<&'a str>,
    status: Option<Status>,
    queue_id: Option<&'a str>,
    /// It is tried again.
    waits: bool,
}

impl<'a> LogEntry<'a> {
    fn of(line: &'a str) -> Line<'a> {
        if let Some(line) = refusal_of_ours(line) {
            return line;
        }
        if let Some(line) = delivery(line) {
            return line;
        }
        if let Some(entry) = exim(line) {
            return Line::Refusal(entry);
        }
        match qmail(line) {
            Some(entry) => Line::Refusal(entry),
            None => Line::Answer,
        }
    }
}

/// Postfix and Sendmail: `to=<a@b>, relay=h[ip]:25, dsn=5.1.1, status=bounced (…)`, `stat=…`.
fn delivery(line: &str) -> Option<Line<'_>> {
    let to = line.find("to=<").filter(|at| is_after_gap(line, *at));
    let Some(to) = to else { return of_no_delivery(line) };
    let fields = &line[to..];
    let (answer, waits);
    if let Some(status) = field(fields, ", status=") {
        let (word, rest) = status.split_once(' ').unwrap_or((status, ""));
        let word = word.trim_end_matches(',');
        if !matches!(word, "bounced" | "deferred" | "expired" | "undeliverable") {
            return Some(Line::NoRefusal);
        }
        let rest = rest.trim().strip_prefix('(').unwrap_or(rest);
        answer = rest.strip_suffix(')').unwrap_or(rest);
        waits = word == "deferred";
    } else {
        answer = field(fields, ", stat=")?;
        if answer.starts_with("Sent") || answer.starts_with("queued") {
            return Some(Line::NoRefusal);
        }
        waits = answer.starts_with("Deferred");
    }
    Some(Line::Refusal(LogEntry {
        answer: Cow::Borrowed(answer),
        recipient: bracketed(fields),
        original: field(fields, ", orig_to=").and_then(bracketed),
        host: field(fields, ", relay=").and_then(relay),
        status: field(fields, ", dsn=").and_then(|dsn| Some(statuses(dsn).next()?.status)),
        queue_id: queue_id(&line[..to]),
        waits,
    }))
}

/// Postfix's own refusals: `NOQUEUE: reject: RCPT from h[ip]: 550 5.1.1 …; from=<a> to=<b> …`.
fn refusal_of_ours(line: &str) -> Option<Line<'_>> {
    const REJECT: &str = ": reject: ";
    let at = line.find(REJECT)?;
    let (_, rest) = line[at + REJECT.len()..].split_once(": ")?;
    let (answer, fields) = rest.split_once("; from=<").unwrap_or((rest, ""));
    Some(Line::Refusal(LogEntry {
        answer: Cow::Borrowed(answer),
        recipient: field(fields, " to=").and_then(bracketed),
        waits: answer.starts_with('4'),
        ..LogEntry::default()
    }))
}

/// What else Postfix and Sendmail write. An answer may speak of Postfix; a log names the process.
fn of_no_delivery(line: &str) -> Option<Line<'_>> {
    const NEAR: usize = 40;
    let program = line.find("postfix/").or_else(|| line.find("sm-mta["))?;
    let is_log = line[program..].find("]: ").is_some_and(|end| end < NEAR);
    is_log.then_some(Line::NoRefusal)
}

/// Exim: `** a@b R=r T=t H=h [ip] X=…: SMTP error … : 550 …`; `==` where it is tried again.
fn exim(line: &str) -> Option<LogEntry<'_>> {
    let (at, waits) = match (line.find(" ** "), line.find(" == ")) {
        (Some(at), None) => (at, false),
        (None, Some(at)) => (at, true),
        (Some(failed), Some(waits)) => (failed.min(waits), waits < failed),
        (None, None) => return None,
    };
    let rest = &line[at + 4..];
    let (recipient, fields) = rest.split_once(' ')?;
    let recipient = recipient.trim_end_matches(':');
    if !address::is_address(recipient) {
        return None;
    }
    let head = fields.find(": ").unwrap_or(0);
    let host = field(&fields[..head], "H=").and_then(|host| host.split(' ').next());
    let id = line[..at].rsplit(' ').next().filter(|id| id.contains('-') && id.len() >= 16);
    let answer = fields[head..].trim_start_matches([':', ' ']);
    Some(LogEntry {
        answer: Cow::Borrowed(if answer.is_empty() { fields } else { answer }),
        recipient: Some(recipient),
        original: fields.strip_prefix('<').and_then(|rest| Some(rest.split_once('>')?.0)),
        host,
        queue_id: id,
        waits,
        ..LogEntry::default()
    })
}

/// qmail: `delivery 7: failure: 198.51.100.9_does_not_like_recipient./Remote_host_said:_550_no/`.
fn qmail(line: &str) -> Option<LogEntry<'_>> {
    let at = line.find("delivery ")?;
    let (_, rest) = line[at..].split_once(": ")?;
    let (word, answer) = rest.split_once(": ")?;
    let waits = match word {
        "failure" => false,
        "deferral" => true,
        _ => return None,
    };
    let answer = answer.replace('_', " ").replace("./", ". ").replace('/', " ");
    Some(LogEntry { answer: Cow::Owned(answer.trim().to_owned()), waits, ..LogEntry::default() })
}

/// What stands behind the name of a field.
fn field<'a>(fields: &'a str, name: &str) -> Option<&'a str> {
    Some(&fields[fields.find(name)? + name.len()..])
}

/// The address in the first pair of angle brackets.
fn bracketed(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    if address.is_empty() { None } else { Some(address) }
}

/// The host of `relay=mx.oak.example[198.51.100.9]:25`; none is none.
fn relay(value: &str) -> Option<&str> {
    let host = value.split([',', ' ']).next()?;
    let host = host.split_once("]:").map_or(host, |(host, _)| &value[..=host.len()]);
    if host == "none" || host.starts_with("local") { None } else { Some(host) }
}

/// The id in front of the fields: `…: 4hXk1Q0Vt: to=<`.
fn queue_id(before: &str) -> Option<&str> {
    let id = before.trim_end().strip_suffix(':')?.rsplit(' ').next()?;
    let fits = id.len() >= 6 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(id)
}

/// True for a place at the start or behind a blank.
fn is_after_gap(text: &str, at: usize) -> bool {
    at == 0 || text[..at].ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Delivery> {
        LoggedAnswer { text, ..LoggedAnswer::default() }.read()?.deliveries.pop()
    }

    #[test]
    fn lines_of_logs() {
        for (line, recipient, host, status) in [
            (
                "May 12 10:20:04 mx1 postfix/smtp[913]: 4hXk1Q0Vt: to=<a@oak.example>, orig_to=<b@birch.example>, relay=mx.oak.example[198.51.100.9]:25, delay=1.2, delays=0/0/1/0.2, dsn=5.1.1, status=bounced (host mx.oak.example[198.51.100.9] said: 550 5.1.1 no such user (in reply to RCPT TO command))",
                "a@oak.example",
                Some("mx.oak.example"),
                "5.1.1",
            ),
            (
                "2026-05-12 10:20:04 1wJQWq-0000000GFmq-WWrY ** a@oak.example R=dnslookup T=remote_smtp H=mx.oak.example [198.51.100.9] X=TLS1.3: SMTP error from remote mail server after RCPT TO:<a@oak.example>: 550 5.1.1 no such user",
                "a@oak.example",
                Some("mx.oak.example"),
                "5.1.1",
            ),
            (
                "May 12 10:20:04 mx1 sm-mta[913]: 45C8K1xY012345: to=<a@oak.example>, delay=00:00:01, mailer=esmtp, relay=mx.oak.example. [198.51.100.9], dsn=5.1.1, stat=User unknown",
                "a@oak.example",
                Some("mx.oak.example"),
                "5.1.1",
            ),
        ] {
            let delivery = read(line).expect("a refusal");
            assert_eq!(delivery.recipient.as_deref(), Some(recipient), "{line}");
            let name = delivery.remote.as_ref().and_then(|remote| remote.name.as_deref());
            assert_eq!(name.map(|name| name.trim_end_matches('.')), host, "{line}");
            assert_eq!(delivery.status.map(|s| s.to_string()).as_deref(), Some(status), "{line}");
        }
        let qmail = "@4000 delivery 7: failure: 198.51.100.9_does_not_like_recipient./Remote_host_said:_550_5.1.1_no_such_user/Giving_up_on_198.51.100.9./";
        let said = read(qmail).and_then(|delivery| delivery.said).expect("an answer");
        assert_eq!(said.answer().words, "550 5.1.1 no such user");
    }

    #[test]
    fn lines_that_refuse_nothing() {
        for line in [
            "May 12 10:20:04 mx1 postfix/smtp[9]: 4hXk1Q0Vt: to=<a@b.example>, relay=h[198.51.100.9]:25, dsn=2.0.0, status=sent (250 ok)",
            "May 12 10:20:04 mx1 postfix/qmgr[9]: 4hXk1Q0Vt: from=<a@b.example>, size=7, nrcpt=1 (queue active)",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }

    #[test]
    fn an_answer_alone() {
        let delivery = read("452 4.2.2 mailbox full").expect("an answer");
        assert_eq!((delivery.recipient, delivery.reply), (None, Some(452)));
        let refused = "Jun 1 10:00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: RCPT from h[198.51.100.9]: 550 5.1.1 <b@birch.example>: User unknown; from=<a@oak.example> to=<b@birch.example> proto=ESMTP";
        let delivery = read(refused).expect("a refusal");
        assert_eq!(delivery.recipient.as_deref(), Some("b@birch.example"));
    }
}
