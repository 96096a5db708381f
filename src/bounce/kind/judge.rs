//! The judgement: a failure, a delay, a success, or no bounce at all.

use super::kinds::Kind;
use super::signs::HeaderSigns;
use super::{delay, others};
use crate::bounce::delivery::Delivery;
use crate::bounce::notice::text::NoticeText;
use crate::bounce::report::{DeliveryReport, DsnAction};
use crate::mail::header::{Headers, Value};

/// How much must speak for a bounce without the recipients of a report.
const ENOUGH: u8 = 5;

/// What the kind of a message is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Features<'r> {
    /// The header.
    pub headers: &'r Headers<'r>,
    /// What the header says for a bounce.
    pub signs: HeaderSigns,
    /// The words for people.
    pub notice: &'r NoticeText<'r>,
    /// The machine-readable report.
    pub report: Option<&'r DeliveryReport>,
    /// What report and words tell about recipients.
    pub deliveries: &'r [Delivery],
    /// The mail system that wrote it is known by its layout.
    pub recognised: bool,
    /// What that system writes this way is a notice unless it names a recipient.
    pub only_notices: bool,
    /// Another message came with it.
    pub returned: bool,
}

impl Features<'_> {
    /// The kind of the message.
    #[must_use]
    pub fn kind(&self) -> Kind {
        let subject = self.headers.get("subject").map(Value::text).unwrap_or_default();
        if let Some(report) = self.report
            && !report.recipients.is_empty()
        {
            return self.by_actions(report, &subject);
        }
        if others::is_challenge(self.headers, self.notice)
            || others::is_notice(self.headers, &subject.to_lowercase())
            || !self.is_bounce()
        {
            return others::kind(self.headers, self.notice, self.returned);
        }
        if delay::says_delay(self.notice, &subject) { Kind::Delay } else { Kind::Failure }
    }

    /// What was done with the recipients of a report; where no action is told, by the class of the
    /// status.
    fn by_actions(&self, report: &DeliveryReport, subject: &str) -> Kind {
        let mut waits = None;
        let mut actions = Vec::with_capacity(report.recipients.len());
        for fields in &report.recipients {
            let mut action = fields.action;
            if let (None, Some(status)) = (action, fields.status) {
                action = Some(match status.class {
                    2 => DsnAction::Delivered,
                    4 if *waits.get_or_insert_with(|| delay::says_delay(self.notice, subject)) => {
                        DsnAction::Delayed
                    }
                    _ => DsnAction::Failed,
                });
            }
            actions.push(action);
        }
        Kind::of_actions(&actions)
    }

    /// True when enough speaks for a bounce, a machine wrote it and it is about somebody.
    fn is_bounce(&self) -> bool {
        let signs = self.signs;
        let by_machine =
            signs.daemon || signs.null_sender || signs.failed_recipients || self.recognised;
        let about_somebody = !self.deliveries.is_empty()
            || self.report.is_some()
            || self.recognised
            || signs.failed_recipients;
        self.weight() >= ENOUGH
            && by_machine
            && about_somebody
            && (self.names_recipient() || !self.only_notices)
    }

    /// A recipient is named and something told about it.
    fn names_recipient(&self) -> bool {
        self.deliveries.iter().any(|d| d.said.is_some() && d.recipient.is_some())
    }

    /// How much speaks for a bounce.
    fn weight(&self) -> u8 {
        let tells = self.deliveries.iter().any(|d| d.said.is_some());
        let has_code = self.deliveries.iter().any(|d| d.status.is_some() || d.reply.is_some());
        self.signs.weight()
            + 3 * u8::from(self.recognised)
            + u8::from(tells)
            + u8::from(has_code)
            + u8::from(self.signs.mailer_daemon && self.names_recipient())
            + u8::from(self.returned)
            + u8::from(self.report.is_some())
    }
}
