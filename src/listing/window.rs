//! What the list is to show, and the part of it that is on the screen.

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::bounce::{Kind, Status};
use crate::diagnosis::{Language, Party, Reason};
use crate::incident::{Cause, IncidentId};
use crate::mail::SafeText;

use super::row::{Key, Row};

names! {
    /// What deliveries that are one row have in common.
    #[derive(Default)]
    pub enum By {
        /// The cause.
        #[default]
        Incident "incident" "incidents",
        /// The reason.
        Reason "reason" "reasons",
        /// The domain of the recipient.
        Domain "domain" "domains",
        /// The host that refused.
        Host "host" "hosts",
        /// The envelope sender.
        Sender "sender" "senders",
        /// The address of ours that was refused.
        Address "address" "addresses",
        /// The day on which the report was written, in UTC.
        Day "day" "days",
    }
}

/// The name of a group of deliveries; of an incident that of its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u64);

impl From<IncidentId> for GroupId {
    fn from(IncidentId(name): IncidentId) -> Self {
        Self(name)
    }
}

/// What a list is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Of {
    /// Deliveries, the newest first.
    #[default]
    Deliveries,
    /// Groups of deliveries, the largest first.
    Groups(By),
    /// The deliveries of a group, the newest first.
    Inside(By, GroupId),
}

/// What the list is to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What passes, in the language of filters (docs/filter.md).
    pub filter: String,
    /// When that was written: ages count from there.
    pub now: Timestamp,
    /// The language of the words that it looks for.
    pub language: Language,
    /// What the rows are.
    pub of: Of,
}

/// The name of a row: it stays when the row moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowName {
    /// A delivery.
    Delivery(Key),
    /// A group.
    Group(GroupId),
}

/// Rows that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// What came since the last visit.
    New,
    /// Failures of which nobody knows who must act.
    Unknown,
}

/// A part of a list that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Of which list.
    pub query: Arc<Query>,
    /// The row in its middle.
    pub on: Option<RowName>,
    /// Where that stood; the middle, where no row is named.
    pub place: usize,
    /// Rows wanted before it, and as many behind it.
    pub reach: usize,
    /// The next such row behind it is meant.
    pub seek: Option<Seek>,
}

/// A part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListWindow {
    /// What was asked for.
    pub ask: Ask,
    /// Where the row stands that was named, or would stand; counted from 0.
    pub at: usize,
    /// The row that was looked for stands there.
    pub found: bool,
    /// The place of the first of the rows.
    pub start: usize,
    /// The rows.
    pub rows: Rows,
    /// How many rows the list has.
    pub len: usize,
    /// The group of which the deliveries are shown.
    pub inside: Option<GroupRow>,
    /// What is counted.
    pub tally: Tally,
}

/// Rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Deliveries.
    Deliveries(Vec<DeliveryRow>),
    /// Groups.
    Groups(Vec<GroupRow>),
}

impl Default for Rows {
    fn default() -> Self {
        Self::Deliveries(Vec::new())
    }
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Deliveries(rows) => rows.len(),
            Self::Groups(rows) => rows.len(),
        }
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row of a delivery; of a group that of its newest.
    #[must_use]
    pub fn delivery(&self, at: usize) -> Option<&Row> {
        match self {
            Self::Deliveries(rows) => Some(&rows.get(at)?.row),
            Self::Groups(rows) => Some(&rows.get(at)?.newest),
        }
    }

    /// The name of a row.
    #[must_use]
    pub fn name(&self, at: usize) -> Option<RowName> {
        match self {
            Self::Deliveries(rows) => Some(RowName::Delivery(rows.get(at)?.row.key())),
            Self::Groups(rows) => Some(RowName::Group(rows.get(at)?.id()?)),
        }
    }

    /// Some of them, counted from 0.
    #[must_use]
    pub fn part(&self, which: Range<usize>) -> Self {
        match self {
            Self::Deliveries(rows) => {
                Self::Deliveries(rows.get(which).unwrap_or_default().to_vec())
            }
            Self::Groups(rows) => Self::Groups(rows.get(which).unwrap_or_default().to_vec()),
        }
    }

    /// Which row has this name. An incident has the names of all its causes.
    #[must_use]
    pub fn find(&self, name: RowName) -> Option<usize> {
        match (self, name) {
            (Self::Deliveries(rows), RowName::Delivery(key)) => {
                rows.iter().position(|one| one.row.key() == key)
            }
            (Self::Groups(rows), RowName::Group(id)) => {
                rows.iter().position(|one| one.names.contains(&id))
            }
            _ => None,
        }
    }
}

/// A delivery in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The delivery.
    pub row: Row,
    /// How many other deliveries failed on the same thing.
    pub others: u64,
    /// It came since the last visit.
    pub is_new: bool,
}

/// A group in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// What its deliveries have in common.
    pub what: GroupTitle,
    /// Its name; of an incident those of all causes in it, its own first.
    pub names: Vec<GroupId>,
    /// Who must act; None where it is not the same party for all.
    pub party: Option<Party>,
    /// The kind of its newest delivery.
    pub kind: Kind,
    /// How many deliveries there are.
    pub count: u64,
    /// How many of them came since the last visit.
    pub new: u64,
    /// The status that most of them have.
    pub status: Option<Status>,
    /// How many senders have mail in it.
    pub senders: usize,
    /// When the first report was written.
    pub first: Option<Timestamp>,
    /// When the last was.
    pub last: Option<Timestamp>,
    /// Deliveries in equal parts of the time from the first to the last.
    pub trend: Vec<u64>,
    /// Its newest delivery.
    pub newest: Row,
}

impl GroupRow {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> Option<GroupId> {
        self.names.first().copied()
    }

    /// How many deliveries there are besides the newest.
    #[must_use]
    pub fn others(&self) -> u64 {
        let own = u64::from(self.newest.further.max(1));
        if self.kind.is_bounce() { self.count.saturating_sub(own) } else { 0 }
    }
}

/// What deliveries have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupTitle {
    /// The cause, and the reason that most of them have.
    Cause(Arc<Cause>, Reason),
    /// The reason of a kind of message; whether it was not ours.
    Reason(Kind, Reason, bool),
    /// A name or an address.
    Text(SafeText),
    /// A day.
    Day(Date),
    /// They have none.
    Nothing,
}

/// What is counted of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Deliveries in all.
    pub total: u64,
    /// Rows in all; one may stand for many deliveries.
    pub rows: usize,
    /// Failures of which nobody knows who must act.
    pub unknown: u64,
    /// Deliveries that came since the last visit.
    pub new: u64,
    /// Deliveries that pass the filter; inside an incident those of it.
    pub deliveries: u64,
    /// How many of those that pass each party has to act on, those first who read it.
    pub shares: Vec<(Party, u64)>,
}
