//! What is known of an incident, gathered delivery by delivery.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::bounce::Status;
use crate::diagnosis::remedy::Permanence;
use crate::diagnosis::{Case, Reason};
use crate::mail::SafeText;

use super::cause::{Cause, IncidentId};

/// Seconds of one step of the trend.
const STEP: i64 = 3600;

/// What one delivery adds to its incident.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// What it failed on.
    pub cause: Cause,
    /// How many deliveries it stands for.
    pub deliveries: u32,
    /// The reason as the verdict has it.
    pub reason: Reason,
    /// When the report was written.
    pub time: Option<Timestamp>,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Whether waiting helps.
    pub permanence: Permanence,
    /// The envelope sender of the returned message.
    pub sender: Option<SafeText>,
    /// The address that failed.
    pub recipient: Option<SafeText>,
    /// The line it rests on.
    pub evidence: Option<SafeText>,
}

impl Contribution {
    /// The contribution that one delivery with this cause is.
    #[must_use]
    pub fn of(case: &Case<'_>, cause: Cause, time: Option<Timestamp>) -> Self {
        Self {
            cause,
            deliveries: 1,
            reason: case.verdict.reason,
            time,
            status: case.delivery.status,
            permanence: case.permanence(),
            sender: case.bounce.return_path().cloned(),
            recipient: case.delivery.recipient.clone(),
            evidence: case.verdict.evidence.as_ref().map(|evidence| evidence.text.clone()),
        }
    }

    /// The contribution that a message without a recipient is.
    #[must_use]
    pub fn of_message(cause: Cause, time: Option<Timestamp>) -> Self {
        Self {
            cause,
            deliveries: 1,
            reason: Reason::Unknown,
            time,
            status: None,
            permanence: Permanence::Either,
            sender: None,
            recipient: None,
            evidence: None,
        }
    }
}

/// What is counted of one delivery.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// How many deliveries it stands for.
    pub deliveries: u32,
    /// The reason as the verdict has it.
    pub reason: Reason,
    /// When the report was written.
    pub time: Option<Timestamp>,
    /// Enhanced status code.
    pub status: Option<Status>,
    /// Whether waiting helps.
    pub permanence: Permanence,
    /// The sender's [`fingerprint`].
    pub sender: Option<u64>,
    /// The recipient's.
    pub recipient: Option<u64>,
}

/// One cause, and the deliveries that failed on it.
#[derive(Clone, Debug)]
pub struct Incident {
    /// What they failed on.
    pub cause: Cause,
    /// The names of the causes in it: its own, and those that only say less.
    pub causes: BTreeSet<IncidentId>,
    /// How many deliveries there are.
    pub count: u64,
    /// When the first report was written, and the last.
    pub first: Option<Timestamp>,
    /// See `first`.
    pub last: Option<Timestamp>,
    /// The line of one of them, always the same whatever their order.
    pub evidence: Option<SafeText>,
    reasons: BTreeMap<Reason, u64>,
    statuses: BTreeMap<Status, u64>,
    permanences: BTreeMap<Permanence, u64>,
    senders: BTreeSet<u64>,
    recipients: BTreeSet<u64>,
    trend: BTreeMap<i64, u64>,
}

impl Incident {
    /// An incident of no delivery yet.
    #[must_use]
    pub fn new(cause: Cause) -> Self {
        Self {
            causes: BTreeSet::from([cause.id()]),
            cause,
            count: 0,
            first: None,
            last: None,
            evidence: None,
            reasons: BTreeMap::new(),
            statuses: BTreeMap::new(),
            permanences: BTreeMap::new(),
            senders: BTreeSet::new(),
            recipients: BTreeSet::new(),
            trend: BTreeMap::new(),
        }
    }

    /// Takes in one delivery of the same cause.
    pub fn add(&mut self, contribution: Contribution) {
        self.evidence = lesser(self.evidence.take(), contribution.evidence);
        self.count(&Counted {
            deliveries: contribution.deliveries,
            reason: contribution.reason,
            time: contribution.time,
            status: contribution.status,
            permanence: contribution.permanence,
            sender: contribution.sender.as_deref().map(fingerprint),
            recipient: contribution.recipient.as_deref().map(fingerprint),
        });
    }

    /// Takes in what is counted of one delivery.
    pub fn count(&mut self, counted: &Counted) {
        let count = u64::from(counted.deliveries);
        self.count += count;
        self.first = lesser(self.first, counted.time);
        self.last = self.last.max(counted.time);
        *self.reasons.entry(counted.reason).or_default() += count;
        *self.permanences.entry(counted.permanence).or_default() += count;
        if let Some(status) = counted.status {
            *self.statuses.entry(status).or_default() += count;
        }
        if let Some(time) = counted.time {
            *self.trend.entry(time.as_second().div_euclid(STEP)).or_default() += count;
        }
        self.senders.extend(counted.sender);
        self.recipients.extend(counted.recipient);
    }

    /// Takes in what was gathered elsewhere of the same cause; the order does not matter.
    pub fn join(&mut self, other: Self) {
        self.causes.extend(other.causes);
        self.count += other.count;
        self.first = lesser(self.first, other.first);
        self.last = self.last.max(other.last);
        self.evidence = lesser(self.evidence.take(), other.evidence);
        add_all(&mut self.reasons, other.reasons);
        add_all(&mut self.statuses, other.statuses);
        add_all(&mut self.permanences, other.permanences);
        add_all(&mut self.trend, other.trend);
        self.senders.extend(other.senders);
        self.recipients.extend(other.recipients);
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> IncidentId {
        self.cause.id()
    }

    /// The reason that most of its deliveries have.
    #[must_use]
    pub fn reason(&self) -> Reason {
        most(&self.reasons).unwrap_or(self.cause.reason)
    }

    /// The status that most of its deliveries have.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        most(&self.statuses)
    }

    /// Whether waiting helps, as most of its deliveries have it.
    #[must_use]
    pub fn permanence(&self) -> Permanence {
        most(&self.permanences).unwrap_or_default()
    }

    /// How many senders have mail in it.
    #[must_use]
    pub fn senders(&self) -> usize {
        self.senders.len()
    }

    /// How many recipients did not get theirs.
    #[must_use]
    pub fn recipients(&self) -> usize {
        self.recipients.len()
    }

    /// Deliveries in each of `steps` equal parts of the time from the first to the last.
    #[must_use]
    pub fn trend(&self, steps: usize) -> Vec<u64> {
        let mut trend = vec![0; steps];
        let (Some((begin, _)), Some((end, _))) =
            (self.trend.first_key_value(), self.trend.last_key_value())
        else {
            return trend;
        };
        let hours = end - begin + 1;
        for (hour, count) in &self.trend {
            let at = (hour - begin) * i64::try_from(steps).unwrap_or(1) / hours;
            if let Some(step) = usize::try_from(at).ok().and_then(|at| trend.get_mut(at)) {
                *step += count;
            }
        }
        trend
    }
}

/// The lesser of two values, or the one that is there.
fn lesser<T: Ord>(one: Option<T>, another: Option<T>) -> Option<T> {
    match (one, another) {
        (Some(one), Some(another)) => Some(one.min(another)),
        (one, another) => one.or(another),
    }
}

fn add_all<K: Ord>(counts: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
    for (key, count) in others {
        *counts.entry(key).or_default() += count;
    }
}

/// The key that counts most, of several the first.
fn most<K: Copy + Ord>(counts: &BTreeMap<K, u64>) -> Option<K> {
    let mut best: Option<(K, u64)> = None;
    for (key, count) in counts {
        if best.is_none_or(|(_, most)| *count > most) {
            best = Some((*key, *count));
        }
    }
    Some(best?.0)
}

/// A number for an address, whatever its case; only how many there are is asked.
#[must_use]
pub fn fingerprint(address: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    address.to_ascii_lowercase().hash(&mut hasher);
    hasher.finish()
}
