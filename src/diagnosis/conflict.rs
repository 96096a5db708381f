//! Where a message contradicts itself about a recipient: then nothing that it says is sure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::bounce::status::{Status, statuses};
use crate::bounce::{Bounce, Delivery, DsnAction};

use super::party::Confidence;

names! {
    /// How a message contradicts itself about a recipient.
    pub enum Conflict {
        /// The Action says that the mail arrived, and a code refuses it.
        Action "action",
        /// It failed, and the answer of the server accepts it.
        Answer "answer",
        /// It is reported twice, and the two disagree about what became of it.
        Reports "reports",
        /// It is reported twice with different codes, or three codes or more stand in one report.
        Codes "codes",
    }
}

/// Codes of one report that differ and can still be meant as one.
const CODES: usize = 2;

impl Conflict {
    /// The most that a judgement can be relied on.
    pub(super) fn most(self) -> Confidence {
        match self {
            Self::Action | Self::Answer | Self::Reports => Confidence::Low,
            Self::Codes => Confidence::Medium,
        }
    }

    /// Where what is told of one delivery contradicts itself.
    pub(super) fn within(delivery: &Delivery) -> Option<Self> {
        let accepted = match &delivery.said {
            Some(said) => said.accepts(),
            None => false,
        };
        if delivery.arrived() {
            return if delivery.refuses() { Some(Self::Action) } else { None };
        }
        if delivery.failed() && accepted {
            return Some(Self::Answer);
        }
        if telling_codes(delivery).len() > CODES { Some(Self::Codes) } else { None }
    }
}

/// The codes that stand in a report about one recipient and say something.
fn telling_codes(delivery: &Delivery) -> Vec<Status> {
    let mut codes: Vec<Status> = Vec::new();
    let Delivery { said, last_error, status_line, .. } = delivery;
    for said in [said, last_error, status_line].into_iter().flatten() {
        for found in statuses(&said.text) {
            let known = codes.contains(&found.status);
            if !known && !found.status.is_vague() && !found.status.says_nothing() {
                codes.push(found.status);
            }
            if codes.len() > CODES {
                return codes;
            }
        }
    }
    codes
}

/// What became of a recipient, as far as two reports can disagree about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Arrived,
    Waits,
    Failed,
}

impl Fate {
    fn of(delivery: &Delivery) -> Self {
        match delivery.action {
            Some(DsnAction::Delayed) => Self::Waits,
            _ if delivery.arrived() => Self::Arrived,
            _ => Self::Failed,
        }
    }
}

/// The recipients about which the deliveries of a message contradict each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Conflicts(HashMap<String, Conflict>);

impl Conflicts {
    /// Those of a message.
    pub(super) fn of(bounce: &Bounce) -> Self {
        let Some((first, rest)) = bounce.deliveries.split_first() else { return Self::default() };
        let same =
            |other: &Delivery| other.status == first.status && Fate::of(other) == Fate::of(first);
        if rest.iter().all(same) {
            return Self::default();
        }
        let mut told: HashMap<String, &Delivery> = HashMap::with_capacity(rest.len() + 1);
        let mut conflicts = HashMap::new();
        for delivery in &bounce.deliveries {
            let Some(recipient) = &delivery.recipient else { continue };
            match told.entry(recipient.to_ascii_lowercase()) {
                Entry::Vacant(entry) => {
                    entry.insert(delivery);
                }
                Entry::Occupied(entry) => {
                    if let Some(conflict) = between(entry.get(), delivery) {
                        let worst = conflicts.entry(entry.key().clone()).or_insert(conflict);
                        *worst = conflict.min(*worst);
                    }
                }
            }
        }
        Self(conflicts)
    }

    /// Where the message contradicts itself about a recipient, apart from what is told of this
    /// delivery alone.
    pub(super) fn about(&self, delivery: &Delivery) -> Option<Conflict> {
        if self.0.is_empty() {
            return None;
        }
        let recipient = delivery.recipient.as_ref()?;
        self.0.get(&recipient.to_ascii_lowercase()).copied()
    }
}

/// How two reports about one recipient contradict each other.
fn between(one: &Delivery, other: &Delivery) -> Option<Conflict> {
    if Fate::of(one) != Fate::of(other) {
        return Some(Conflict::Reports);
    }
    match (one.status, other.status) {
        (Some(one), Some(other)) if one != other => Some(Conflict::Codes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::{Part, Said};

    #[test]
    fn two_codes_may_be_one_answer() {
        let said = |text: &str| Delivery {
            said: Some(Said::new(text, Part::Report, 0)),
            ..Delivery::default()
        };
        for (text, conflict) in [
            ("550 5.1.1 unknown", None),
            ("550 5.7.350 refused -> 554 5.7.1 blocked", None),
            ("550 5.1.1 unknown; 552 5.2.2 full; 554 5.7.1 blocked", Some(Conflict::Codes)),
            ("550 5.0.0 no: 5.1.1 5.1.1 4.4.7 expired", None),
            ("250 2.1.5 OK", Some(Conflict::Answer)),
        ] {
            assert_eq!(Conflict::within(&said(text)), conflict, "{text}");
        }
    }
}
