//! One delivery as a row of the list.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan};

use crate::bounce::{Bounce, Delivery, Kind};
use crate::diagnosis::{Backscatter, Case, Diagnosis, Ours, Party, Verdict};
use crate::incident::{Cause, Contribution};
use crate::mail::{SafeText, address};

use super::class::Class;
use super::id::{DeliveryId, MessageId};

/// Where a delivery stands in the list: newest first, then by identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    time: Reverse<Option<Timestamp>>,
    /// Which delivery.
    pub id: DeliveryId,
}

impl Key {
    /// When the report was written, as far as known.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.time.0
    }
}

/// A delivery in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which delivery.
    pub id: DeliveryId,
    /// When the report was written; when it came where that is unknown or cannot be.
    pub time: Option<Timestamp>,
    /// What it has in common with many others.
    pub class: Class,
    /// The address that failed; for messages that name none the one that wrote to us.
    pub recipient: Option<SafeText>,
    /// The host that refused; else the one that wrote the report.
    pub host: Option<SafeText>,
    /// The envelope sender of the returned message.
    pub sender: Option<SafeText>,
    /// The id under which the host that wrote the report has it in its logs.
    pub queue_id: Option<SafeText>,
    /// For how many recipients of its message it stands, itself among them; 0 for a row of one.
    pub further: u32,
    /// What it failed on: deliveries of one cause are an incident.
    pub cause: Arc<Cause>,
}

/// Rows of one message, the one for all further recipients not counted.
const MOST: usize = 50;
/// A message has a row for so many of its bytes; a recipient of a real report takes more.
const BYTES: usize = 64;

impl Row {
    /// The rows of a message of so many bytes: one for each of the first recipients, one for all
    /// others together, and one for a message that names none. `ours`: who we were when it was
    /// judged.
    #[must_use]
    pub fn all(
        id: MessageId,
        received: Option<Timestamp>,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
        ours: &Ours,
        size: usize,
    ) -> Vec<Self> {
        let shared = Self::of_message(id, time(bounce, received), bounce, diagnosis);
        shared.of_first(bounce, diagnosis, ours, (size / BYTES).clamp(1, MOST))
    }

    /// The same with as many rows as the size of the message allows, for lists that programs read.
    #[must_use]
    pub fn as_many(bounce: &Bounce, diagnosis: &Diagnosis, ours: &Ours, size: usize) -> Vec<Self> {
        let time = time(bounce, None);
        let shared = Self::of_message(MessageId::default(), time, bounce, diagnosis);
        shared.of_first(bounce, diagnosis, ours, (size / BYTES).max(1))
    }

    /// The rows of all recipients of a message. The time of one of its rows can stand for when it
    /// was received.
    #[must_use]
    pub fn every(
        id: MessageId,
        received: Option<Timestamp>,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
        ours: &Ours,
    ) -> Vec<Self> {
        let shared = Self::of_message(id, time(bounce, received), bounce, diagnosis);
        shared.of_deliveries(bounce, diagnosis, ours, usize::MAX)
    }

    /// The rows of the first recipients, and one for all others together.
    fn of_first(
        &self,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
        ours: &Ours,
        most: usize,
    ) -> Vec<Self> {
        let mut rows = self.of_deliveries(bounce, diagnosis, ours, most + 1);
        if bounce.deliveries.len() > rows.len()
            && let Some(last) = rows.last_mut()
        {
            last.stand_for(&bounce.deliveries[most..], &diagnosis.verdicts[most..]);
            if last.class.mixed {
                last.cause = Arc::clone(&self.cause);
            }
        }
        rows
    }

    /// The rows of the first recipients, from that of their message.
    fn of_deliveries(
        &self,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
        ours: &Ours,
        most: usize,
    ) -> Vec<Self> {
        if bounce.deliveries.is_empty() {
            return vec![self.clone()];
        }
        let most = bounce.deliveries.len().min(most);
        let mut rows = Vec::with_capacity(most);
        for (number, at) in (0..).zip(0..most) {
            if let Some(case) = Case::of(bounce, diagnosis, ours, at) {
                rows.push(self.of_delivery(number, &case));
            }
        }
        rows
    }

    /// From now on it stands for these recipients, of which it is the first.
    fn stand_for(&mut self, deliveries: &[Delivery], verdicts: &[Verdict]) {
        let mut mixed = false;
        for (delivery, verdict) in deliveries.iter().zip(verdicts) {
            mixed |= delivery.status != self.class.status
                || delivery.reply != self.class.reply
                || verdict.reason != self.class.reason
                || verdict.judgement.party != self.class.party;
        }
        self.further = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
        if mixed {
            let Class { kind, confidence, origin, .. } = self.class;
            self.class = Class { confidence, mixed: true, ..Class::unknown(kind, origin) };
        }
    }

    /// What it adds to its incident; `evidence`: the line its verdict rests on.
    #[must_use]
    pub fn contribution(&self, evidence: Option<SafeText>) -> Contribution {
        Contribution {
            cause: Cause::clone(&self.cause),
            deliveries: self.further.max(1),
            reason: self.class.reason,
            time: self.time,
            status: self.class.status,
            permanence: self.class.permanence,
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            evidence,
        }
    }

    /// How many deliveries it is.
    #[must_use]
    pub fn deliveries(&self) -> usize {
        usize::try_from(self.further).unwrap_or(usize::MAX).max(1)
    }

    /// What is known of a message that names no recipient.
    fn of_message(
        id: MessageId,
        time: Option<Timestamp>,
        bounce: &Bounce,
        diagnosis: &Diagnosis,
    ) -> Self {
        let author = bounce.from.as_deref().and_then(address::first_in);
        Self {
            id: DeliveryId { message: id, recipient: 0 },
            time,
            class: Class {
                party: if bounce.kind.is_bounce() { Party::Unknown } else { Party::Nobody },
                ..Class::unknown(bounce.kind, diagnosis.origin.verdict)
            },
            recipient: author.map(SafeText::new),
            host: bounce.generating_server.clone(),
            sender: bounce.return_path().cloned(),
            queue_id: bounce.queue_id.clone(),
            further: 0,
            cause: Arc::new(Cause::of_message(bounce, diagnosis)),
        }
    }

    /// The row of recipient number `at`, from that of its message.
    fn of_delivery(&self, at: u32, case: &Case<'_>) -> Self {
        let Case { delivery, verdict, .. } = *case;
        let cause = Cause::of(case);
        let host = match &delivery.remote {
            Some(remote) => Some(remote.label()),
            None => self.host.clone(),
        };
        Self {
            id: DeliveryId { message: self.id.message, recipient: at },
            class: Class {
                status: delivery.status,
                reply: delivery.reply,
                reason: verdict.reason,
                party: verdict.judgement.party,
                confidence: verdict.judgement.confidence,
                permanence: case.permanence(),
                ..self.class
            },
            recipient: delivery.recipient.clone(),
            host,
            sender: self.sender.clone(),
            queue_id: self.queue_id.clone(),
            time: self.time,
            further: 0,
            // The deliveries of a message that share one take the memory of one.
            cause: if cause == *self.cause { Arc::clone(&self.cause) } else { Arc::new(cause) },
        }
    }

    /// The row of a message on which the program itself failed.
    #[must_use]
    pub fn unreadable(id: MessageId, received: Option<Timestamp>) -> Self {
        Self {
            id: DeliveryId { message: id, recipient: 0 },
            time: received,
            class: Class::unknown(Kind::Other, Backscatter::Unknown),
            recipient: None,
            host: None,
            sender: None,
            queue_id: None,
            further: 0,
            cause: Arc::new(Cause::apart(Kind::Other, Backscatter::Unknown)),
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
        match (self.class.status, self.class.reply) {
            (Some(status), _) => status.to_string(),
            (None, Some(reply)) => reply.to_string(),
            (None, None) => "-".to_owned(),
        }
    }

    /// Who must act, by the name that stands in a filter; a dash where there is no question.
    #[must_use]
    pub fn who(&self) -> &'static str {
        match self.class.kind {
            Kind::Failure | Kind::Delay if !self.class.mixed => self.class.party.label(),
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

    fn rows(recipients: &[&str]) -> Vec<Row> {
        let field = |recipient: &&str| format!("Final-Recipient: rfc822; {recipient}\n\n");
        let text = format!(
            "From: MAILER-DAEMON@a.example\nContent-Type: message/delivery-status\n\n{}",
            recipients.iter().map(field).collect::<String>()
        );
        let bounce = crate::bounce::read(text.as_bytes());
        let rules = crate::diagnosis::Rules::standard();
        let ours = Ours::default();
        let diagnosis = crate::diagnosis::diagnose(&bounce, rules, &ours);
        let (id, size) = (MessageId::default(), text.len());
        let every = Row::every(id, None, &bounce, &diagnosis, &ours);
        assert_eq!(every.len(), recipients.len(), "all of them on demand");
        Row::all(id, None, &bounce, &diagnosis, &ours, size)
    }

    #[test]
    fn a_message_has_some_rows_and_one_for_the_rest() {
        let few = rows(&["a@oak.example"; 3]);
        assert_eq!((few.len(), few[2].further, few[2].deliveries()), (3, 0, 1));
        let many = rows(&vec!["a@oak.example"; 6_000]);
        let last = many.last().expect("rows");
        assert_eq!((many.len(), last.further), (MOST + 1, 5_950));
        assert_eq!((last.id.recipient, last.class.mixed), (50, false));
        assert_eq!(many.iter().map(Row::deliveries).sum::<usize>(), 6_000, "none is lost");
        let cheap = rows(&["a@b"; 40]);
        assert!(cheap.len() <= 40 * 30 / BYTES + 3, "{} rows of {} bytes", cheap.len(), 40 * 30);
    }

    #[test]
    fn a_row_for_many_does_not_speak_for_those_that_differ() {
        let mut row = rows(&["a@oak.example"]).remove(0);
        row.class.status = Some(crate::bounce::Status::new(5, 1, 1));
        row.stand_for(&[Delivery::default(), Delivery::default()], &[]);
        assert!(!row.class.mixed, "nothing was judged otherwise");
        let text = b"From: MAILER-DAEMON@a.example\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.c\nStatus: 5.2.2\n\n";
        let bounce = crate::bounce::read(text);
        let rules = crate::diagnosis::Rules::standard();
        let diagnosis =
            crate::diagnosis::diagnose(&bounce, rules, &crate::diagnosis::Ours::default());
        row.stand_for(&bounce.deliveries, &diagnosis.verdicts);
        assert!(row.class.mixed && row.code() == "-" && row.who() == "-");
    }
}
