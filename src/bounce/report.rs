//! The machine-readable part of a delivery report (RFC 3464, RFC 6533), with the tolerances real
//! reports demand.

use crate::mail::header::field_name;
use crate::mail::limits::RECIPIENTS;
use crate::mail::{SafeText, Stamp, address, date};

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

/// One field, folded lines included.
struct Field<'t> {
    name: String,
    /// Byte where the line begins.
    line: usize,
    value: &'t str,
    /// Byte where the value begins.
    start: usize,
}

/// Where the fields stand: the text, the part it is of, and where in the part it begins.
#[derive(Clone, Copy)]
struct Place<'t> {
    text: &'t str,
    part: Part,
    start: usize,
}

impl Place<'_> {
    fn said(self, from: usize, to: usize) -> Said {
        Said::new(self.text.get(from..to).unwrap_or(""), self.part, self.start + from)
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
                Some(field) => report.take(&mut current, &field, Place { text, part, start }),
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
        let done = std::mem::take(current);
        if done.is_empty() {
            return;
        }
        if self.recipients.len() == RECIPIENTS {
            self.cut = true;
        } else {
            self.recipients.push(done);
        }
    }

    fn take(&mut self, current: &mut RecipientFields, field: &Field<'_>, place: Place<'_>) {
        let value = || SafeText::new(field.value);
        let address = || {
            Some(SafeText::new(&address::in_report_field(field.value))).filter(|a| !a.is_empty())
        };
        match field.name.as_str() {
            "reporting-mta" if self.reporting_mta.is_none() => self.reporting_mta = host(&value()),
            "dsn-gateway" => self.reporting_mta = host(&value()).or(self.reporting_mta.take()),
            "received-from-mta" => self.received_from = host(&value()),
            "arrival-date" => self.arrival = date::parse(field.value),
            "final-recipient" => {
                if current.recipient.is_some() {
                    self.push(current);
                }
                current.recipient = address();
            }
            "original-recipient" => {
                if current.original.is_some()
                    || current.recipient.is_some() && current.diagnostic.is_some()
                {
                    self.push(current);
                }
                current.original = address();
            }
            "x-actual-recipient" => current.actual = address().filter(|a| address::is_address(a)),
            "action" | "ction" => {
                current.action = current.action.or_else(|| DsnAction::read(field.value))
            }
            "status" => {
                current.status = current.status.or_else(|| Status::read(field.value));
                current.status_line = Some(place.said(field.line, field.start + field.value.len()));
                current.status_text = commented(field, place);
            }
            "diagnostic-code" => {
                current.diagnostic = current.diagnostic.take().or_else(|| diagnostic(field, place))
            }
            "remote-mta" => current.remote = remote(&value()),
            "last-attempt-date" => current.last_attempt = date::parse(field.value),
            "will-retry-until" => current.retry_until = date::parse(field.value),
            "x-postfix-queue-id" => self.by_postfix = true,
            "x-display-name" => current.display_name = Some(value()),
            name if name.starts_with("x-")
                && name.ends_with("-sender")
                && !field.value.trim_end().ends_with("<>") =>
            {
                self.sender = address();
            }
            _ => {}
        }
    }
}

/// The error text behind the type of a Diagnostic-Code (`smtp;`, `x-unix;`, none at all).
fn diagnostic(field: &Field<'_>, place: Place<'_>) -> Option<Said> {
    let (kind, text) = field.value.split_once(';').unwrap_or(("", field.value));
    let typed = !kind.is_empty()
        && kind.trim().len() <= 16
        && kind.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let text = if typed { text } else { field.value };
    let offset = text.as_ptr() as usize - field.value.as_ptr() as usize;
    let said = place.said(field.start + offset, field.start + field.value.len());
    (!said.text.is_empty()).then_some(said)
}

/// The comment of a Status field, as an error text.
fn commented(field: &Field<'_>, place: Place<'_>) -> Option<Said> {
    let open = field.value.find('(')?;
    let close = field.value.rfind(')').filter(|&close| close > open + 4)?;
    Some(place.said(field.start + open + 1, field.start + close))
}

/// The host of an MTA field: type and comments taken away (`dns; mx.example.com (192.0.2.1, the
/// server …)`).
fn host(value: &str) -> Option<SafeText> {
    let value = without_comments(value);
    let value = untyped(&value);
    let name = value.split([' ', '\t', '(', ',']).find(|w| !w.is_empty())?;
    let name = name.trim_matches(['<', '>', '"', '.']);
    (!name.is_empty() && !name.contains('@')).then(|| SafeText::new(name))
}

/// The value with its comments taken out, however deep they are nested.
fn without_comments(value: &str) -> String {
    let mut depth = 0usize;
    let mut outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    value.chars().filter(|c| outside(c)).collect()
}

fn untyped(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if !kind.contains('.') && kind.len() <= 12 => rest.trim(),
        _ => value.trim(),
    }
}

/// Remote-MTA as `host` or `host [address]`.
fn remote(value: &str) -> Option<SafeText> {
    let name = host(value)?;
    let rest = untyped(value).split_once(&*name).map_or("", |(_, rest)| rest);
    let ip =
        rest.split([' ', '(', ')', '[', ']', ',']).find_map(|w| w.parse::<std::net::IpAddr>().ok());
    Some(ip.map_or(name.clone(), |ip| SafeText::new(&format!("{name} [{ip}]"))))
}

/// The fields of a report in order; None stands for a blank line. A line that is no field continues
/// the one before, as lines do whose folding was lost.
fn fields(text: &str) -> Vec<Option<Field<'_>>> {
    let mut fields: Vec<Option<Field<'_>>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim().is_empty() {
            if fields.last().is_some_and(Option::is_some) {
                fields.push(None);
            }
            continue;
        }
        let folded = line.starts_with([' ', '\t']);
        let name = field_name(line.trim_start().as_bytes())
            .map(|(name, _)| name.to_ascii_lowercase())
            .filter(|name| is_report_field(name));
        match (name, fields.last_mut()) {
            (Some(name), last) if !folded || !matches!(last, Some(Some(_))) => {
                let value_at = line.find(':').map_or(line.len(), |colon| colon + 1);
                fields.push(Some(Field {
                    name,
                    line: start,
                    value: &line[value_at..],
                    start: start + value_at,
                }));
            }
            (_, Some(Some(field))) => {
                field.value = text.get(field.start..at).unwrap_or(field.value);
            }
            _ => {}
        }
    }
    fields
}

fn is_report_field(name: &str) -> bool {
    matches!(
        name,
        "original-envelope-id"
            | "reporting-mta"
            | "dsn-gateway"
            | "received-from-mta"
            | "arrival-date"
            | "original-recipient"
            | "final-recipient"
            | "action"
            | "ction"
            | "status"
            | "remote-mta"
            | "diagnostic-code"
            | "last-attempt-date"
            | "final-log-id"
            | "will-retry-until"
            | "localized-diagnostic"
    ) || name.starts_with("x-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_types_and_comments() {
        let r = DeliveryReport::read(
            "Reporting-MTA: dns;relay1.birch.example\nX-Postfix-Sender: rfc822; ann@birch.example\n\nFinal-Recipient: rfc822; bob@example.com\nOriginal-Recipient: rfc822;robert+40example.net\nAction: failed (never)\nStatus: 5.1.1 (no such user)\nRemote-MTA: dns; mx.example.com. (192.0.2.7, the server for the domain)\nDiagnostic-Code: smtp; 550-5.1.1 No\n 550 5.1.1 such user\n",
        );
        let first = &r.recipients[0];
        assert_eq!(r.reporting_mta.as_deref(), Some("relay1.birch.example"));
        assert_eq!(r.sender.as_deref(), Some("ann@birch.example"));
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
