//! One delivery as a row of the list.

use std::cmp::Reverse;

use jiff::{Timestamp, ToSpan};

use crate::bounce::{Bounce, Delivery, Kind, Status};
use crate::diagnosis::{Backscatter, Confidence, Diagnosis, Party, Reason, Verdict};
use crate::mail::{SafeText, address};

use super::id::{DeliveryId, MessageId};

/// Where a delivery stands in the list: newest first, then by identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    time: Reverse<Option<Timestamp>>,
    /// Which delivery.
    pub id: DeliveryId,
}

/// A delivery in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which delivery.
    pub id: DeliveryId,
    /// When the report was written; when it came where that is unknown or cannot be.
    pub time: Option<Timestamp>,
    /// What kind of message it is.
    pub kind: Kind,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Basic reply code.
    pub reply: Option<u16>,
    /// Why.
    pub reason: Reason,
    /// Who must act.
    pub party: Party,
    /// How sure that is.
    pub confidence: Confidence,
    /// The address that failed; for messages that name none the one that wrote to us.
    pub recipient: Option<SafeText>,
    /// The host that refused; else the one that wrote the report.
    pub host: Option<SafeText>,
    /// The envelope sender of the returned message.
    pub sender: Option<SafeText>,
    /// The id under which the host that wrote the report has it in its logs.
    pub queue_id: Option<SafeText>,
    /// Whether we sent the returned message.
    pub origin: Backscatter,
}

impl Row {
    /// The rows of a message: one for each recipient, and one for a message that names none.
    #[must_use]
    pub fn all(
        id: MessageId,
        received: Option<Timestamp>,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
    ) -> Vec<Self> {
        let shared = Self::of_message(id, received, bounce, diagnosis);
        if bounce.deliveries.is_empty() {
            return vec![shared];
        }
        let mut rows = Vec::with_capacity(bounce.deliveries.len());
        for (at, (delivery, verdict)) in
            (0..).zip(bounce.deliveries.iter().zip(&diagnosis.verdicts))
        {
            rows.push(shared.of_delivery(at, delivery, verdict));
        }
        rows
    }

    /// What is known of a message that names no recipient.
    fn of_message(
        id: MessageId,
        received: Option<Timestamp>,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
    ) -> Self {
        let author = bounce.from.as_deref().and_then(address::first_in);
        Self {
            id: DeliveryId { message: id, recipient: 0 },
            time: time(bounce, received),
            kind: bounce.kind,
            status: None,
            reply: None,
            reason: Reason::Unknown,
            party: if bounce.kind.is_bounce() { Party::Unknown } else { Party::Nobody },
            confidence: Confidence::Low,
            recipient: author.map(SafeText::new),
            host: bounce.generating_server.clone(),
            sender: bounce.return_path().cloned(),
            queue_id: bounce.queue_id.clone(),
            origin: diagnosis.origin.verdict,
        }
    }

    /// The row of recipient number `at`, from that of its message.
    fn of_delivery(&self, at: u32, delivery: &Delivery, verdict: &Verdict) -> Self {
        let host = match &delivery.remote {
            Some(remote) => Some(remote.label()),
            None => self.host.clone(),
        };
        Self {
            id: DeliveryId { message: self.id.message, recipient: at },
            status: delivery.status,
            reply: delivery.reply,
            reason: verdict.reason,
            party: verdict.judgement.party,
            confidence: verdict.judgement.confidence,
            recipient: delivery.recipient.clone(),
            host,
            sender: self.sender.clone(),
            queue_id: self.queue_id.clone(),
            time: self.time,
            kind: self.kind,
            origin: self.origin,
        }
    }

    /// The row of a message on which the program itself failed.
    #[must_use]
    pub fn unreadable(id: MessageId, received: Option<Timestamp>) -> Self {
        Self {
            id: DeliveryId { message: id, recipient: 0 },
            time: received,
            kind: Kind::Other,
            status: None,
            reply: None,
            reason: Reason::Unknown,
            party: Party::Unknown,
            confidence: Confidence::Low,
            recipient: None,
            host: None,
            sender: None,
            queue_id: None,
            origin: Backscatter::Unknown,
        }
    }

    /// Where it stands in the list.
    #[must_use]
    pub fn key(&self) -> Key {
        Key { time: Reverse(self.time), id: self.id }
    }

    /// The text of the STATUS column: the enhanced status, else the reply code, else a dash.
    #[must_use]
    pub fn code(&self) -> String {
        match (self.status, self.reply) {
            (Some(status), _) => status.to_string(),
            (None, Some(reply)) => reply.to_string(),
            (None, None) => "-".to_owned(),
        }
    }

    /// Who must act, by the name that stands in a filter; a dash where there is no question.
    #[must_use]
    pub fn who(&self) -> &'static str {
        match self.kind {
            Kind::Failure | Kind::Delay => self.party.label(),
            _ => "-",
        }
    }
}

/// When a report was written; dates from the future or from before mail was invented are not
/// believed.
fn time(bounce: &Bounce, received: Option<Timestamp>) -> Option<Timestamp> {
    let written = bounce.date.map(|date| date.at).filter(|at| at.as_second() > 0);
    match (written, received) {
        (Some(written), Some(received)) => {
            let latest = received.checked_add(48.hours()).unwrap_or(received);
            Some(if written > latest { received } else { written })
        }
        (written, received) => written.or(received),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_from_the_future_is_not_believed() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let mut bounce = crate::bounce::read(b"Date: Mon, 4 May 2026 06:57:12 +0000\n\n");
        let received = Some(at("2026-05-04T07:00:00Z"));
        assert_eq!(time(&bounce, received), Some(at("2026-05-04T06:57:12Z")));
        bounce = crate::bounce::read(b"Date: Mon, 4 May 2036 06:57:12 +0000\n\n");
        assert_eq!(time(&bounce, received), received);
        assert_eq!(time(&bounce, None), Some(at("2036-05-04T06:57:12Z")));
    }
}
