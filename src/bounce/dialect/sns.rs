//! Amazon SES notifications that SNS sends as mail: JSON instead of a report.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Deserializer, Value};

use super::super::kind::{FeedbackType, Kind};
use super::super::notice::text::NoticeText;
use super::super::original::Original;
use super::super::report::{DeliveryReport, DsnAction, RecipientFields};
use super::super::said::Said;
use super::super::status::{self, Status};
use crate::mail::{SafeText, address, date};

/// Lines as long as this were cut by the mail system, not between words.
const CUT: usize = 500;

/// Longer texts are not searched for answers with line ends inside.
const SEARCHED: usize = 64 * 1024;

/// What a notification says.
#[derive(Debug)]
pub struct Notification {
    /// Bounce, delay, delivery or complaint.
    pub kind: Kind,
    /// What a complaint is about.
    pub feedback: Option<FeedbackType>,
    /// The recipients.
    pub report: DeliveryReport,
    /// What it tells about the message.
    pub original: Original,
}

/// Reads a notification, alone or in the envelope that SNS puts around it; None when the text is
/// none.
#[must_use]
pub fn read(notice: &NoticeText<'_>) -> Option<Notification> {
    let mut json = value(body(notice)?)?;
    let mut escapes = 1;
    if let Some(inside) = text(&json, "Message")
        && let Some(message) = value(inside)
    {
        (json, escapes) = (message, 2);
    }
    let event = text(&json, "notificationType").or_else(|| text(&json, "eventType"))?;
    let mut answers = Answers { notice, escapes, from: 0 };
    let (kind, place, list) = match event {
        "Bounce" => (Kind::Failure, "bounce", "bouncedRecipients"),
        "DeliveryDelay" => (Kind::Delay, "deliveryDelay", "delayedRecipients"),
        "Delivery" => (Kind::Success, "delivery", "recipients"),
        "Complaint" => (Kind::Arf, "complaint", ""),
        _ => return None,
    };
    let about = json.get(place)?;
    let mut report = DeliveryReport::default();
    if kind != Kind::Arf {
        report = self::report(&mut answers, about, list, kind)?;
    }
    let feedback = text(about, "complaintFeedbackType").map(FeedbackType::read);
    let original = original(json.get("mail").unwrap_or(&Value::Null));
    Some(Notification { kind, feedback, report, original })
}

/// The text from its first line on, which begins an object.
fn body<'n>(notice: &NoticeText<'n>) -> Option<&'n str> {
    let line = notice.lines.iter().find(|line| !line.is_blank())?;
    if !line.text.starts_with('{') {
        return None;
    }
    Some(notice.slice(line.start, notice.own_text().len()))
}

/// The first JSON value of a text, perhaps with line ends that a mail system put into it.
fn value(text: &str) -> Option<Value> {
    if let Ok(value) = Deserializer::from_str(text).into_iter().next()? {
        return Some(value);
    }
    Deserializer::from_str(&unbroken(text)).into_iter().next()?.ok()
}

/// A text on one line: long lines were cut anywhere (Sendmail marks the place with `!`), short
/// ones between words.
fn unbroken(text: &str) -> Cow<'_, str> {
    let mut whole = String::with_capacity(text.len());
    let mut cut = false;
    for line in text.split('\n') {
        if cut {
            whole.push_str(line.strip_prefix(' ').unwrap_or(line));
        } else {
            whole.push(' ');
            whole.push_str(line);
        }
        cut = line.len() > CUT;
        if cut && whole.ends_with('!') {
            whole.pop();
        }
    }
    Cow::Owned(whole)
}

/// The text under a key.
fn text<'j>(json: &'j Value, key: &str) -> Option<&'j str> {
    json.get(key)?.as_str()
}

/// What the notification tells of the message: the envelope in `mail`, its header below that.
fn original(mail: &Value) -> Original {
    let headers = mail.get("commonHeaders").unwrap_or(&Value::Null);
    let sender = text(mail, "source").map(SafeText::new);
    let from = header(headers, "from");
    let author = from.as_deref().and_then(address::first_in).map(SafeText::new);
    let id = match header(headers, "messageId") {
        Some(id) => Some(id),
        None => text(mail, "messageId").map(SafeText::new),
    };
    Original {
        message_id: id.map(|id| SafeText::new(id.trim_matches(['<', '>']))),
        from: from.or_else(|| sender.clone()),
        author,
        to: header(headers, "to"),
        subject: header(headers, "subject"),
        date: header(headers, "date").and_then(|written| date::parse(&written)),
        sender,
        ..Original::default()
    }
}

/// A header field of the message: a text, or the first of a list of texts.
fn header(headers: &Value, name: &str) -> Option<SafeText> {
    let value = headers.get(name)?;
    let first = match value.as_str() {
        Some(text) => text,
        None => value.get(0)?.as_str()?,
    };
    Some(SafeText::new(first))
}

/// The recipients of an event, which stand in the list of that name.
fn report(
    answers: &mut Answers<'_>,
    event: &Value,
    list: &str,
    kind: Kind,
) -> Option<DeliveryReport> {
    let mut report = DeliveryReport::default();
    for json in event.get(list)?.as_array()? {
        let mut fields = recipient(answers, event, json);
        if kind == Kind::Delay {
            fields.action = fields.action.or(Some(DsnAction::Delayed));
        }
        report.recipients.push(fields);
    }
    if let Some(host) = text(event, "reportingMTA") {
        // `dns; host`, or the host alone.
        report.reporting_mta = Some(SafeText::new(host.rsplit(';').next().unwrap_or(host)));
    }
    Some(report)
}

/// One recipient: an object with an answer of its own, or merely an address.
fn recipient(answers: &mut Answers<'_>, event: &Value, json: &Value) -> RecipientFields {
    let address = json.as_str().or_else(|| text(json, "emailAddress"));
    let accepted = text(event, "smtpResponse");
    let mut fields = RecipientFields {
        recipient: address.map(SafeText::new),
        action: text(json, "action").and_then(DsnAction::read),
        status: text(json, "status").and_then(Status::read),
        remote: text(event, "remoteMtaIp").map(SafeText::new),
        last_attempt: text(event, "timestamp").and_then(date::parse),
        retry_until: text(event, "expirationTime").and_then(date::parse),
        ..RecipientFields::default()
    };
    if fields.action.is_none() && accepted.is_some() {
        fields.action = Some(DsnAction::Delivered);
    }
    if let Some(answer) = text(json, "diagnosticCode").or(accepted) {
        if fields.status.is_none() {
            fields.status = status::codes(answer).status;
        }
        fields.diagnostic =
            Some(answers.said(answer.strip_prefix("smtp;").unwrap_or(answer).trim()));
    }
    fields
}

/// The answers in the text, which come in the order of the recipients.
struct Answers<'p> {
    notice: &'p NoticeText<'p>,
    /// How often they were put between quotes.
    escapes: usize,
    /// Byte from which the next is looked for.
    from: usize,
}

impl Answers<'_> {
    /// The answer as it stands in the text, with the escapes of JSON; nowhere where it was written
    /// in a way that does not show.
    fn said(&mut self, answer: &str) -> Said {
        let mut escaped = answer.to_owned();
        for _ in 0..self.escapes {
            let quoted = Value::from(escaped.as_str()).to_string();
            quoted[1..quoted.len() - 1].clone_into(&mut escaped);
        }
        let rest = self.notice.own_text().get(self.from..).unwrap_or("");
        let mut place = 0..0;
        if let Some(found) = place_of(&escaped, rest) {
            place = self.from + found.start..self.from + found.end;
            self.from = place.end;
        } else {
            // Written in a way that does not show; so will the others be.
            self.from = usize::MAX;
        }
        Said::new(answer, self.notice.part, 0).standing_at(place)
    }
}

/// Where an answer stands in a text, in bytes, also where a line end or its mark stands inside it.
fn place_of(answer: &str, text: &str) -> Option<Range<usize>> {
    if let Some(at) = text.find(answer) {
        return Some(at..at + answer.len());
    }
    if text.len() > SEARCHED {
        return None;
    }
    let wanted: Vec<char> = answer.chars().filter(|c| is_solid(*c)).collect();
    let solid: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| is_solid(*c)).collect();
    for window in solid.windows(wanted.len().max(1)) {
        if window.iter().map(|(_, c)| c).eq(wanted.iter())
            && let [(start, _), .., (end, last)] = window
        {
            return Some(*start..end + last.len_utf8());
        }
    }
    None
}

/// False for what a break of lines puts into a text or takes away.
fn is_solid(c: char) -> bool {
    !c.is_whitespace() && c != '!'
}

#[cfg(test)]
mod tests {
    use super::super::super::said::Part;
    use super::*;

    #[test]
    fn bounces_deliveries_and_complaints() {
        let bounce = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","reportingMTA":"dsn; a.ses.example","bouncedRecipients":[{"emailAddress":"a@b.example","status":"5.1.1","action":"failed","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}"#;
        let Notification { kind, report, .. } =
            read(&NoticeText::new(bounce, Part::Text)).expect("a notification");
        assert_eq!(kind, Kind::Failure);
        assert_eq!(report.recipients[0].recipient.as_deref(), Some("a@b.example"));
        assert_eq!(
            report.recipients[0].diagnostic.as_ref().map(|s| &*s.text),
            Some("550 5.1.1 user unknown")
        );
        assert_eq!(report.reporting_mta.as_deref(), Some("a.ses.example"));
        let delivery = r#"{"notificationType":"Delivery","delivery":{"recipients":["a@b.example"],"smtpResponse":"250 2.6.0 ok"}}"#;
        assert_eq!(
            read(&NoticeText::new(delivery, Part::Text)).map(|n| n.kind),
            Some(Kind::Success)
        );
        assert!(read(&NoticeText::new("{ not json", Part::Text)).is_none());
        let complaint =
            r#"{"notificationType":"Complaint","complaint":{"complaintFeedbackType":"not-spam"}}"#;
        let read = read(&NoticeText::new(complaint, Part::Text)).expect("a notification");
        assert_eq!((read.kind, read.feedback), (Kind::Arf, Some(FeedbackType::NotSpam)));
    }

    #[test]
    fn envelopes_delays_and_hard_line_ends() {
        let delay = r#"{"eventType":"DeliveryDelay","deliveryDelay":{"delayedRecipients":[{"emailAddress":"a@b.example","status":"4.4.1","diagnosticCode":"smtp; 421 4.4.1 \"busy\""}]}}"#;
        let envelope =
            format!(r#"{{"Type":"Notification","Message":{}}}"#, Value::from(delay.to_owned()));
        let long = delay.replace("421", &format!("421 {}!\n ", "x".repeat(CUT)));
        for (text, code) in [(delay, Some(421)), (&envelope, Some(421)), (&long, Some(421))] {
            let notice = NoticeText::new(text, Part::Text);
            let Notification { kind, report, .. } = read(&notice).expect("a notification");
            assert_eq!(kind, Kind::Delay);
            let fields = &report.recipients[0];
            assert_eq!(fields.action, Some(DsnAction::Delayed));
            let said = fields.diagnostic.as_ref().expect("an answer");
            assert_eq!(said.codes().reply, code, "{text}");
        }
        let notice = NoticeText::new(&envelope, Part::Text);
        let said = read(&notice).expect("a notification").report.recipients.remove(0).diagnostic;
        let said = said.expect("an answer");
        assert!(notice.slice(said.start, said.end).starts_with("421 4.4.1"));
    }
}
