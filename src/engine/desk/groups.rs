//! Deliveries by anything they have in common but their cause.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::diagnosis::{Backscatter, Party, Reason};
use crate::filter::TextColumn;
use crate::incident::{Cause, Incident};
use crate::listing::{By, GroupId, GroupTitle};
use crate::mail::{SafeText, address};
use crate::store::{DeliveryMark, Spot};

/// Deliveries by something they have in common.
#[derive(Debug, Default)]
pub(super) struct Groups {
    tallies: HashMap<GroupId, ListGroup>,
    /// Their names as they were when they were last told, the largest first.
    order: Vec<GroupId>,
    /// Deliveries have come since then.
    stale: bool,
}

/// A group of deliveries, as it is counted.
#[derive(Clone, Debug)]
pub(super) struct ListGroup {
    pub(super) what: GroupTitle,
    /// Its name; of an incident those of all causes in it, its own first.
    pub(super) names: Vec<GroupId>,
    /// The numbers of the causes in it.
    pub(super) causes: BTreeSet<u32>,
    parties: BTreeSet<Party>,
    /// What is counted of its deliveries.
    pub(super) counts: Incident,
    pub(super) newest: Spot,
    /// How many of them came since the last visit.
    pub(super) new: u64,
    /// How many of them are failures of which nobody knows who must act.
    pub(super) unknown: u64,
}

impl ListGroup {
    /// A group of no delivery yet, of which this will be the first.
    pub(super) fn new(what: GroupTitle, name: GroupId, first: &DeliveryMark) -> Self {
        Self {
            what,
            names: vec![name],
            causes: BTreeSet::new(),
            parties: BTreeSet::new(),
            counts: Incident::new(Cause::clone(&first.cause)),
            newest: first.spot,
            new: 0,
            unknown: 0,
        }
    }

    /// The cause of its first delivery; of an incident the one that gives it its name.
    pub(super) fn cause(&self) -> &Cause {
        &self.counts.cause
    }

    /// Where it stands among others: the largest first, of several the one that went on last.
    pub(super) fn order(&self) -> (Reverse<u64>, Reverse<Option<Timestamp>>, Option<GroupId>) {
        let Incident { count, last, .. } = self.counts;
        (Reverse(count), Reverse(last), self.names.first().copied())
    }

    /// The party that must act; None where it is not the same for all. An incident has but one.
    pub(super) fn party(&self) -> Option<Party> {
        if let GroupTitle::Cause(cause, _) = &self.what {
            return Some(cause.party);
        }
        let mut parties = self.parties.iter();
        match (parties.next(), parties.next()) {
            (Some(party), None) => Some(*party),
            _ => None,
        }
    }

    /// Takes in a delivery; what came in visit `since` or after it is new.
    pub(super) fn add(&mut self, mark: &DeliveryMark, since: u32) {
        if mark.came >= since {
            self.new += u64::from(mark.deliveries);
        }
        if mark.class.is_unknown() {
            self.unknown += u64::from(mark.deliveries);
        }
        self.newest = self.newest.min(mark.spot);
        self.causes.insert(mark.cause_number);
        self.parties.insert(mark.class.party);
        self.counts.count(&mark.counted());
    }

    /// Takes in what another group has.
    pub(super) fn join(&mut self, other: &Self) {
        self.names.extend(&other.names);
        self.causes.extend(&other.causes);
        self.parties.extend(&other.parties);
        self.counts.join(other.counts.clone());
        self.newest = self.newest.min(other.newest);
        self.new += other.new;
        self.unknown += other.unknown;
    }
}

impl Groups {
    /// A delivery has come, of which the text was read that [`text_of`] names; what came in visit
    /// `since` or after it is new.
    pub(super) fn add(&mut self, by: By, mark: &DeliveryMark, since: u32) {
        self.stale = true;
        let name = name_of(by, mark);
        let group = self
            .tallies
            .entry(name)
            .or_insert_with(|| ListGroup::new(what_of(by, mark), name, mark));
        group.add(mark, since);
    }

    /// The names of the groups, the largest first.
    pub(super) fn order(&mut self) -> &[GroupId] {
        if self.stale {
            self.stale = false;
            let mut order: Vec<GroupId> = self.tallies.keys().copied().collect();
            order.sort_by_cached_key(|name| self.tallies.get(name).map(ListGroup::order));
            self.order = order;
        }
        &self.order
    }

    /// The group of a name.
    pub(super) fn get(&self, name: GroupId) -> Option<&ListGroup> {
        self.tallies.get(&name)
    }
}

/// The text that tells to which group a delivery belongs.
pub(super) fn text_of(by: By) -> Option<TextColumn> {
    match by {
        By::Domain => Some(TextColumn::Recipient),
        By::Host => Some(TextColumn::Host),
        By::Sender => Some(TextColumn::Sender),
        By::Incident | By::Reason | By::Address | By::Day => None,
    }
}

/// The group of a delivery; the same as long as the program runs.
pub(super) fn name_of(by: By, mark: &DeliveryMark) -> GroupId {
    let mut hasher = DefaultHasher::new();
    what_of(by, mark).hash(&mut hasher);
    GroupId(hasher.finish())
}

fn what_of(by: By, mark: &DeliveryMark) -> GroupTitle {
    let class = &mark.class;
    match by {
        By::Incident => GroupTitle::Cause(mark.cause.clone(), class.reason),
        By::Reason if class.mixed => GroupTitle::Nothing,
        By::Reason => {
            let not_ours = class.origin == Backscatter::Yes;
            let reason = if class.kind.is_bounce() { class.reason } else { Reason::default() };
            GroupTitle::Reason(class.kind, reason, class.kind.is_bounce() && not_ours)
        }
        By::Domain => text(&address::domain(mark.text.as_deref().unwrap_or(""))),
        By::Host | By::Sender => text(&mark.text.as_deref().unwrap_or("").to_lowercase()),
        By::Address => match &mark.cause.about {
            Some(about) if about.parse::<IpAddr>().is_ok() => GroupTitle::Text(about.clone()),
            _ => GroupTitle::Nothing,
        },
        By::Day => match mark.spot.time() {
            Some(time) => GroupTitle::Day(time.to_zoned(TimeZone::UTC).date()),
            None => GroupTitle::Nothing,
        },
    }
}

fn text(text: &str) -> GroupTitle {
    if text.is_empty() { GroupTitle::Nothing } else { GroupTitle::Text(SafeText::line(text)) }
}
