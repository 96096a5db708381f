//! Amazon SES notifications that SNS sends as mail: JSON instead of a report.

use serde_json::Value;

use super::super::kind::Kind;
use super::super::notice::text::NoticeText;
use super::super::original::Original;
use super::super::report::{DeliveryReport, DsnAction, RecipientFields};
use super::super::said::Said;
use super::super::status::{self, Status};
use crate::mail::{SafeText, date};

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
    let (kind, report, mail) = parse(notice)?;
    let headers = mail.get("commonHeaders");
    let field = |name: &str| {
        let value = headers?.get(name)?;
        value.as_str().or_else(|| value.get(0)?.as_str()).map(SafeText::new)
    };
    let original = Original {
        message_id: field("messageId")
            .or_else(|| text(mail.get("messageId")).map(SafeText::new))
            .map(|id| SafeText::new(id.trim_matches(['<', '>']))),
        from: field("from").or_else(|| text(mail.get("source")).map(SafeText::new)),
        author: field("from").and_then(|f| crate::mail::address::first_in(&f).map(SafeText::new)),
        to: field("to"),
        subject: field("subject"),
        date: field("date").and_then(|d| date::parse(&d)),
        sender: text(mail.get("source")).map(SafeText::new),
        ..Original::default()
    };
    Some(Notification { kind, report, original })
}

fn parse(notice: &NoticeText<'_>) -> Option<(Kind, DeliveryReport, Value)> {
    let line = notice.lines.iter().find(|line| !line.is_blank())?;
    if !line.text.starts_with('{') {
        return None;
    }
    let json: Value =
        serde_json::Deserializer::from_str(notice.slice(line.start, notice.own_text().len()))
            .into_iter()
            .next()?
            .ok()?;
    let kind = json.get("notificationType").or_else(|| json.get("eventType"))?.as_str()?;
    let report = |list: &str, recipients: &str| {
        let event = json.get(list)?;
        let mut places = Places { notice, from: Some(0) };
        let recipients = event
            .get(recipients)?
            .as_array()?
            .iter()
            .map(|r| recipient(&mut places, event, r))
            .collect();
        Some(DeliveryReport {
            recipients,
            reporting_mta: text(event.get("reportingMTA"))
                .map(|m| SafeText::new(m.rsplit(';').next().unwrap_or(m))),
            ..DeliveryReport::default()
        })
    };
    let mail = json.get("mail").cloned().unwrap_or_default();
    match kind {
        "Bounce" => Some((Kind::Failure, report("bounce", "bouncedRecipients")?, mail)),
        "Delivery" => Some((Kind::Success, report("delivery", "recipients")?, mail)),
        "Complaint" => Some((Kind::Arf, DeliveryReport::default(), mail)),
        _ => None,
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str()
}

/// Where the answers stand, which come in the order of the recipients.
struct Places<'p> {
    notice: &'p NoticeText<'p>,
    /// Where the next is looked for; None when one was written in a way that does not show in the
    /// text.
    from: Option<usize>,
}

impl Places<'_> {
    /// The answer as it stands in the text, with the escapes of JSON.
    fn said(&mut self, answer: &str) -> Said {
        let escaped = Value::from(answer).to_string();
        let escaped = &escaped[1..escaped.len() - 1];
        let text = self.notice.own_text();
        let place = self.from.and_then(|from| Some(from + text.get(from..)?.find(escaped)?));
        self.from = place;
        Said::new(answer, self.notice.part, 0)
            .standing_at(place.map_or(0..0, |at| at..at + escaped.len()))
    }
}

fn recipient(places: &mut Places<'_>, event: &Value, recipient: &Value) -> RecipientFields {
    let address = recipient.as_str().or_else(|| text(recipient.get("emailAddress")));
    let answer = text(recipient.get("diagnosticCode")).or_else(|| text(event.get("smtpResponse")));
    let said =
        answer.map(|answer| places.said(answer.strip_prefix("smtp;").unwrap_or(answer).trim()));
    let delivered = event.get("smtpResponse").is_some();
    RecipientFields {
        recipient: address.map(SafeText::new),
        action: text(recipient.get("action"))
            .and_then(DsnAction::read)
            .or(delivered.then_some(DsnAction::Delivered)),
        status: text(recipient.get("status"))
            .and_then(Status::read)
            .or_else(|| answer.and_then(|a| status::codes(a).status)),
        diagnostic: said,
        last_attempt: text(event.get("timestamp")).and_then(date::parse),
        ..RecipientFields::default()
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
