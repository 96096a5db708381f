//! The machine-readable part of a delivery report (RFC 3464, RFC 6533), with the tolerances real
//! reports demand.

use crate::mail::limits::RECIPIENTS;
use crate::mail::{SafeText, Stamp, address, date, find};

use super::fields::{FieldText, ReportField, comment, diagnostic, fields, host, remote};
use super::said::{Part, Said};
use super::status::Status;

names! {
    /// What was done with a recipient: the Action field (RFC 3464 section 2.3.3).
    pub enum DsnAction {
        /// Not delivered, and no further attempt.
        Failed "failed" "failed",
        /// Not delivered yet; the server goes on trying.
        Delayed "delayed" "delayed",
        /// Delivered.
        Delivered "delivered" "delivered",
        /// Handed to a system that sends no reports.
        Relayed "relayed" "relayed",
        /// Delivered to a list or alias and sent on to its members.
        Expanded "expanded" "expanded",
    }
}

impl DsnAction {
    /// The first word of an Action field; `expired` and the like mean failed, `deliverable` is
    /// delivered.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        let word =
            value.trim().split(|c: char| !c.is_ascii_alphanumeric()).next()?.to_ascii_lowercase();
        match word.as_str() {
            "failed" | "failure" | "fail" | "expired" | "bounced" | "error" | "undeliverable" => {
                Some(Self::Failed)
            }
            "delayed" | "delay" | "deferred" => Some(Self::Delayed),
            "delivered" | "deliverable" | "success" => Some(Self::Delivered),
            "relayed" => Some(Self::Relayed),
            "expanded" => Some(Self::Expanded),
            _ => None,
        }
    }
}

/// The fields of one report.
#[derive(Clone, Debug, Default)]
pub struct DeliveryReport {
    /// Reporting-MTA: the host that wrote the report.
    pub reporting_mta: Option<SafeText>,
    /// Received-From-MTA: the host it had the message from.
    pub received_from: Option<SafeText>,
    /// Arrival-Date: when the message came to the reporting host.
    pub arrival: Option<Stamp>,
    /// Original-Envelope-Id: what the sender called the message in SMTP (ENVID, RFC 3461).
    pub envelope_id: Option<SafeText>,
    /// The id of the message in the queue of the reporting host (`X-Postfix-Queue-ID` and its
    /// relatives).
    pub queue_id: Option<SafeText>,
    /// Envelope sender of the returned message, which Postfix and its relatives tell
    /// (`X-Postfix-Sender`).
    pub sender: Option<SafeText>,
    /// Postfix wrote it, whatever language its text is in.
    pub by_postfix: bool,
    /// One block for each recipient.
    pub recipients: Vec<RecipientFields>,
    /// True when recipients were left out because there are too many.
    pub cut: bool,
}

/// The fields of one recipient.
#[derive(Clone, Debug, Default)]
pub struct RecipientFields {
    /// Final-Recipient, the address only.
    pub recipient: Option<SafeText>,
    /// X-Actual-Recipient (Sendmail): the address behind an alias.
    pub actual: Option<SafeText>,
    /// Original-Recipient, the address only.
    pub original: Option<SafeText>,
    /// Action.
    pub action: Option<DsnAction>,
    /// The code in the Status field.
    pub status: Option<Status>,
    /// The Status field as a passage, for want of better evidence.
    pub status_line: Option<Said>,
    /// What a comment in the Status field says (`5.2.1 (mailbox disabled)`).
    pub status_text: Option<Said>,
    /// Diagnostic-Code without its type.
    pub diagnostic: Option<Said>,
    /// The answer in X-Supplementary-Info, which stands in for a missing Diagnostic-Code.
    pub supplement: Option<Said>,
    /// Remote-MTA: name and, where given, address of the host that answered.
    pub remote: Option<SafeText>,
    /// Last-Attempt-Date.
    pub last_attempt: Option<Stamp>,
    /// Will-Retry-Until.
    pub retry_until: Option<Stamp>,
    /// `X-Display-Name` or another name of the recipient.
    pub display_name: Option<SafeText>,
}

impl RecipientFields {
    fn is_empty(&self) -> bool {
        self.recipient.is_none()
            && self.original.is_none()
            && self.action.is_none()
            && self.status.is_none()
            && self.diagnostic.is_none()
    }
}

impl DeliveryReport {
    /// Reads the body of a delivery-status part.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::read_from(text, Part::Report, 0)
    }

    /// Reads report fields that stand in the human text, from byte `start` of the part on.
    #[must_use]
    pub fn read_from(text: &str, part: Part, start: usize) -> Self {
        let mut report = Self::default();
        let mut current = RecipientFields::default();
        for field in fields(text) {
            match field {
                Some(field) => report.take(&mut current, &field, FieldText { text, part, start }),
                None if current.recipient.is_some()
                    || current.original.is_some() && current.status.is_some() =>
                {
                    report.push(&mut current);
                }
                None => {}
            }
        }
        report.push(&mut current);
        report
    }

    fn push(&mut self, current: &mut RecipientFields) {
        let mut done = std::mem::take(current);
        let says_a_code_only = match &done.diagnostic {
            Some(said) => !said.text.chars().any(char::is_alphabetic),
            None => true,
        };
        if says_a_code_only {
            done.diagnostic = done.supplement.take().or(done.diagnostic.take());
        }
        if done.is_empty() {
            return;
        }
        if self.recipients.len() == RECIPIENTS {
            self.cut = true;
        } else {
            self.recipients.push(done);
        }
    }

    /// Takes a field of the message or of a recipient; the first of a further recipient begins a new
    /// block where the blank line between them was lost.
    fn take(
        &mut self,
        current: &mut RecipientFields,
        field: &ReportField<'_>,
        text: FieldText<'_>,
    ) {
        match &*field.name {
            "final-recipient" => {
                if current.recipient.is_some() {
                    self.push(current);
                }
                current.recipient = field.address();
            }
            "original-recipient" => {
                if current.original.is_some()
                    || current.recipient.is_some() && current.diagnostic.is_some()
                {
                    self.push(current);
                }
                current.original = field.address();
            }
            _ => {
                if !current.take(field, text) {
                    self.take_of_message(field);
                }
            }
        }
    }

    /// Takes a field that is about the whole message.
    fn take_of_message(&mut self, field: &ReportField<'_>) {
        match &*field.name {
            "reporting-mta" if self.reporting_mta.is_none() => self.reporting_mta = field.host(),
            "reporting-ua" if self.reporting_mta.is_none() => {
                // `host; product`: without a type in front.
                let name = field.value.split(';').next().unwrap_or("");
                self.reporting_mta = host(name).filter(|host| host.contains('.'));
            }
            "dsn-gateway" => self.reporting_mta = field.host().or(self.reporting_mta.take()),
            "received-from-mta" => self.received_from = field.host(),
            "arrival-date" => self.arrival = date::parse(field.value),
            "original-envelope-id" => self.envelope_id = filled(&address::xtext(field.value)),
            name if is_queue_id(name) => {
                self.by_postfix |= name == "x-postfix-queue-id";
                self.queue_id = filled(field.value);
            }
            "final-log-id" => self.queue_id = self.queue_id.take().or_else(|| filled(field.value)),
            name if name.starts_with("x-")
                && name.ends_with("-sender")
                && !field.value.trim_end().ends_with("<>") =>
            {
                self.sender = field.address();
            }
            _ => {}
        }
    }
}

/// True for the name of the field in which a mail system tells its queue id, under its own name or
/// that of the product it became.
pub(super) fn is_queue_id(name: &str) -> bool {
    name.starts_with("x-") && (name.ends_with("-queue-id") || name.ends_with("-queueid"))
}

/// The text, unless there is none.
fn filled(text: &str) -> Option<SafeText> {
    let text = SafeText::new(text);
    if text.is_empty() { None } else { Some(text) }
}

impl RecipientFields {
    /// Takes a field that is about one recipient, of most the first; false for any other field.
    fn take(&mut self, field: &ReportField<'_>, text: FieldText<'_>) -> bool {
        match &*field.name {
            "x-actual-recipient" => {
                self.actual = field.address().filter(|address| address::is_address(address));
            }
            "action" | "ction" => {
                self.action = self.action.or_else(|| DsnAction::read(field.value));
            }
            "status" => {
                self.status = self.status.or_else(|| Status::read(field.value));
                self.status_line = Some(text.said(field.line, field.end()));
                self.status_text = comment(field, text);
            }
            "diagnostic-code" => {
                self.diagnostic = self.diagnostic.take().or_else(|| diagnostic(field, text));
            }
            "x-supplementary-info" => self.take_supplement(field, text),
            "remote-mta" => self.remote = remote(&field.safe()),
            "last-attempt-date" => self.last_attempt = date::parse(field.value),
            "will-retry-until" => self.retry_until = date::parse(field.value),
            "x-display-name" => self.display_name = Some(field.safe()),
            _ => return false,
        }
        true
    }
}

impl RecipientFields {
    /// `<host #5.0.0 smtp; 550 answer>`, as Cisco's gateways write it.
    fn take_supplement(&mut self, field: &ReportField<'_>, text: FieldText<'_>) {
        let Some(smtp) = find::position(field.value, "smtp;") else { return };
        let from = smtp + "smtp;".len();
        let to = field.value.rfind('>').unwrap_or(field.value.len());
        let said = text.said(field.start + from, field.start + to.max(from));
        if !said.text.is_empty() {
            self.supplement = Some(said);
        }
        if self.remote.is_none()
            && let Some((host, _)) = field.value[..smtp].split_once('#')
        {
            self.remote = remote(host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_types_and_comments() {
        let r = DeliveryReport::read(
            "Reporting-MTA: dns;relay1.birch.example\nOriginal-Envelope-Id: job+2D7\nX-Gate-Queue-ID: 4gX1\nX-Postfix-Sender: rfc822; ann@birch.example\n\nFinal-Recipient: rfc822; bob@example.com\nOriginal-Recipient: rfc822;robert+40example.net\nAction: failed (never)\nStatus: 5.1.1 (no such user)\nRemote-MTA: dns; mx.example.com. (192.0.2.7, the server for the domain)\nDiagnostic-Code: smtp; 550-5.1.1 No\n 550 5.1.1 such user\n",
        );
        let first = &r.recipients[0];
        assert_eq!(r.reporting_mta.as_deref(), Some("relay1.birch.example"));
        assert_eq!(r.sender.as_deref(), Some("ann@birch.example"));
        assert_eq!(
            (r.envelope_id.as_deref(), r.queue_id.as_deref()),
            (Some("job-7"), Some("4gX1"))
        );
        assert_eq!(
            (first.recipient.as_deref(), first.original.as_deref()),
            (Some("bob@example.com"), Some("robert@example.net"))
        );
        assert_eq!(
            (first.action, first.status),
            (Some(DsnAction::Failed), Some(Status::new(5, 1, 1)))
        );
        assert_eq!(first.remote.as_deref(), Some("mx.example.com [192.0.2.7]"));
        assert_eq!(first.diagnostic.as_ref().map(|d| &*d.text), Some("550 5.1.1 No such user"));
    }

    #[test]
    fn blocks_without_blank_lines_and_lost_folds() {
        let r = DeliveryReport::read(
            "Reporting-MTA: dsn; a.example\nFinal-Recipient: <a@b.example>\nAction: expired\nStatus: 4.4.7\nDiagnostic-Code: 550 first\nsecond: half\nFinal-Recipient: c@d.example\nction: failed\nStatus: 5.2.2\n",
        );
        assert_eq!(r.recipients.len(), 2);
        assert_eq!(
            r.recipients[0].diagnostic.as_ref().map(|d| &*d.text),
            Some("550 first second: half")
        );
        assert_eq!(r.recipients[1].action, Some(DsnAction::Failed));
    }

    #[test]
    fn floods_are_cut() {
        let r = DeliveryReport::read(
            &"Final-Recipient: rfc822;a@b.example\nStatus: 5.1.1\n\n".repeat(RECIPIENTS + 1),
        );
        assert_eq!((r.recipients.len(), r.cut), (RECIPIENTS, true));
    }
}
