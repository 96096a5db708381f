//! What is counted of the deliveries in the list, as they come and go.

use std::collections::HashMap;

use crate::diagnosis::Party;
use crate::listing::{Row, SharedCause};

/// What is counted of all rows, as they come and go.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// Deliveries.
    pub(super) deliveries: usize,
    /// Failures of which nobody knows who must act.
    pub(super) unknown: usize,
    /// Deliveries by what they have in common with others.
    causes: HashMap<SharedCause, usize>,
}

impl Counts {
    /// A row has come.
    pub(super) fn add(&mut self, row: &Row) {
        self.deliveries += row.deliveries();
        if is_unknown(row) {
            self.unknown += row.deliveries();
        }
        if let Some(cause) = SharedCause::of(row) {
            *self.causes.entry(cause).or_default() += row.deliveries();
        }
    }

    /// A row has gone.
    pub(super) fn take(&mut self, row: &Row) {
        self.deliveries -= row.deliveries();
        if is_unknown(row) {
            self.unknown -= row.deliveries();
        }
        if let Some(cause) = SharedCause::of(row)
            && let Some(count) = self.causes.get_mut(&cause)
        {
            *count -= row.deliveries();
            if *count == 0 {
                self.causes.remove(&cause);
            }
        }
    }

    /// How many other deliveries have what those of a row have in common.
    pub(super) fn same_cause(&self, row: &Row) -> usize {
        let Some(cause) = SharedCause::of(row) else { return 0 };
        let all = self.causes.get(&cause).copied().unwrap_or(0);
        all.saturating_sub(row.deliveries())
    }
}

/// True for failures of which nobody knows who must act.
fn is_unknown(row: &Row) -> bool {
    row.kind.is_bounce() && row.party == Party::Unknown && !row.mixed
}
