//! Amazon SES notifications that SNS sends as mail: JSON instead of a report.

use serde_json::{Deserializer, Value};

use super::super::kind::Kind;
use super::super::notice::text::NoticeText;
use super::super::original::Original;
use super::super::report::{DeliveryReport, DsnAction, RecipientFields};
use super::super::said::Said;
use super::super::status::{self, Status};
use crate::mail::{SafeText, address, date};

/// What a notification says.
#[derive(Debug)]
pub struct Notification {
    /// Bounce, delivery or complaint.
    pub kind: Kind,
    /// The recipients.
    pub report: DeliveryReport,
    /// What it tells about the message.
    pub original: Original,
}

/// Reads a notification; None when the text is none.
#[must_use]
pub fn read(notice: &NoticeText<'_>) -> Option<Notification> {
    let json = json(notice)?;
    let event = text(&json, "notificationType").or_else(|| text(&json, "eventType"))?;
    let (kind, report) = match event {
        "Bounce" => (Kind::Failure, report(notice, json.get("bounce")?, "bouncedRecipients")?),
        "Delivery" => (Kind::Success, report(notice, json.get("delivery")?, "recipients")?),
        "Complaint" => (Kind::Arf, DeliveryReport::default()),
        _ => return None,
    };
    let original = original(json.get("mail").unwrap_or(&Value::Null));
    Some(Notification { kind, report, original })
}

/// The first JSON value of a text that begins with an object.
fn json(notice: &NoticeText<'_>) -> Option<Value> {
    let line = notice.lines.iter().find(|line| !line.is_blank())?;
    if !line.text.starts_with('{') {
        return None;
    }
    let text = notice.slice(line.start, notice.own_text().len());
    Deserializer::from_str(text).into_iter().next()?.ok()
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
fn report(notice: &NoticeText<'_>, event: &Value, list: &str) -> Option<DeliveryReport> {
    let mut answers = Answers { notice, from: Some(0) };
    let mut report = DeliveryReport::default();
    for json in event.get(list)?.as_array()? {
        report.recipients.push(recipient(&mut answers, event, json));
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
    /// Byte from which the next is looked for; None when one was written in a way that does not
    /// show in the text.
    from: Option<usize>,
}

impl Answers<'_> {
    /// The answer as it stands in the text, with the escapes of JSON.
    fn said(&mut self, answer: &str) -> Said {
        let quoted = Value::from(answer).to_string();
        let escaped = &quoted[1..quoted.len() - 1];
        self.from = self.next_place(escaped);
        let place = match self.from {
            Some(start) => start..start + escaped.len(),
            None => 0..0,
        };
        Said::new(answer, self.notice.part, 0).standing_at(place)
    }

    fn next_place(&self, escaped: &str) -> Option<usize> {
        let from = self.from?;
        Some(from + self.notice.own_text().get(from..)?.find(escaped)?)
    }
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
    }
}
