//! The judgement: a failure, a delay, a success, or no bounce at all.

use super::features::Features;
use super::kinds::Kind;
use super::{delay, opening, others, success};
use crate::bounce::delivery::Delivery;
use crate::bounce::report::{DeliveryReport, DsnAction};
use crate::bounce::status::Status;

/// How much must speak for a bounce without the recipients of a report.
const ENOUGH: u8 = 5;

impl Features<'_> {
    /// The kind of the message. What proves a report comes before everything that looks like
    /// something else: it may be a notice that came back.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if let Some(report) = self.report
            && !report.recipients.is_empty()
        {
            return self.by_actions(report);
        }
        let is_bounce = self.is_proven()
            || !others::is_challenge(self)
                && !others::is_notice(self.headers, self.heading)
                && self.seems_bounce();
        if !is_bounce {
            return others::kind(self);
        }
        if self.says_delay() {
            Kind::Delay
        } else if success::tells_success(self.notice, self.deliveries) {
            Kind::Success
        } else {
            Kind::Failure
        }
    }

    /// True for what nobody but a mail system writes: a report by its type, or words that begin
    /// with whom something was not delivered to.
    fn is_proven(&self) -> bool {
        let signs = self.heading.signs;
        let speaks = signs.daemon || signs.subject || signs.failed_recipients;
        self.typed || speaks && opening::names_recipient(self.notice)
    }

    /// True when the words say that the server goes on trying.
    fn says_delay(&self) -> bool {
        delay::says_delay(self.notice, &self.heading.topic)
    }

    /// What was done with the recipients of a report; where no action is told, by the class of the
    /// status.
    fn by_actions(&self, report: &DeliveryReport) -> Kind {
        let mut waits = None;
        let mut actions = Vec::with_capacity(report.recipients.len());
        for fields in &report.recipients {
            let mut action = fields.action;
            // What a report calls delivered and refuses with its code was not delivered.
            let refused = matches!(fields.status, Some(Status { class: 4 | 5, .. }));
            if refused && !matches!(action, Some(DsnAction::Failed | DsnAction::Delayed)) {
                action = None;
            }
            if let (None, Some(status)) = (action, fields.status) {
                action = Some(match status.class {
                    2 => DsnAction::Delivered,
                    4 if *waits.get_or_insert_with(|| self.says_delay()) => DsnAction::Delayed,
                    _ => DsnAction::Failed,
                });
            }
            actions.push(action);
        }
        Kind::of_actions(&actions)
    }

    /// True when enough speaks for a bounce, a machine wrote it and it is about somebody.
    fn seems_bounce(&self) -> bool {
        self.weight() >= ENOUGH
            && self.is_by_machine()
            && self.is_about_somebody()
            && (self.names_recipient() || !self.only_notices)
    }

    /// True when a mail system wrote it. A sender with an ordinary name may be one where no answer
    /// can go to it, or where it writes as one; an automatic answer or a list that quotes a report
    /// is none.
    fn is_by_machine(&self) -> bool {
        let signs = self.heading.signs;
        let list = others::is_from_list(self.headers);
        signs.failed_recipients
            || signs.mailer_daemon
            || signs.daemon
                && (signs.null_sender || !list || self.original.is_some())
                && !self.is_letter()
            || signs.null_sender && !others::is_auto_reply(self.headers, self.heading)
            || self.recognised && signs.subject && !list
    }

    /// A person signs as the postmaster: the words begin with a greeting, and nothing shows that a
    /// mail system sent them.
    fn is_letter(&self) -> bool {
        if self.heading.signs.null_sender || self.recognised || self.original.is_some() {
            return false;
        }
        match self.notice.lines.iter().find(|line| !line.is_blank()) {
            Some(first) => first.text.ends_with(',') && first.text.split_whitespace().count() <= 4,
            None => false,
        }
    }

    fn is_about_somebody(&self) -> bool {
        !self.deliveries.is_empty()
            || self.report.is_some()
            || self.recognised
            || self.heading.signs.failed_recipients
    }

    /// A recipient is named and something told about it.
    fn names_recipient(&self) -> bool {
        self.deliveries.iter().any(|delivery| delivery.recipient.is_some() && is_told(delivery))
    }

    /// The message that came back was for one of the recipients.
    fn returns_to_recipient(&self) -> bool {
        let Some(original) = self.original else { return false };
        let mut named = self.deliveries.iter().filter_map(|delivery| delivery.recipient.as_ref());
        named.any(|named| original.recipients.iter().any(|to| to.eq_ignore_ascii_case(named)))
    }

    /// How much speaks for a bounce.
    fn weight(&self) -> u8 {
        let tells = self.deliveries.iter().any(is_told);
        let has_code = self.deliveries.iter().any(|d| d.status.is_some() || d.reply.is_some());
        self.heading.signs.weight()
            + 3 * u8::from(self.recognised)
            + u8::from(tells)
            + u8::from(has_code)
            + u8::from(self.heading.signs.mailer_daemon && self.names_recipient())
            + u8::from(self.original.is_some())
            + u8::from(self.returns_to_recipient())
            + u8::from(self.report.is_some())
    }
}

/// True when words stand about a recipient.
fn is_told(delivery: &Delivery) -> bool {
    match &delivery.said {
        Some(said) => said.text.contains(char::is_alphanumeric),
        None => false,
    }
}
