//! How long may be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::checks::Trouble;

/// The longest that a thread waits without looking whether it was cancelled.
const SLICE: Duration = Duration::from_millis(40);

/// Time for asking, which can be cut short from another thread.
#[derive(Clone, Debug)]
pub struct Budget {
    ends: Instant,
    cancelled: Arc<AtomicBool>,
}

impl Budget {
    /// Time from now on.
    #[must_use]
    pub fn new(time: Duration) -> Self {
        Self { ends: Instant::now() + time, cancelled: Arc::default() }
    }

    /// Ends it now: whoever waits under it stops within a twentieth of a second.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// A part of it; both are cancelled together.
    pub(super) fn at_most(&self, time: Duration) -> Self {
        let ends = self.ends.min(Instant::now() + time);
        Self { ends, cancelled: Arc::clone(&self.cancelled) }
    }

    /// How long to wait before the next look at it.
    ///
    /// # Errors
    /// When nothing is left.
    pub(super) fn slice(&self) -> Result<Duration, Trouble> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Trouble::Cancelled);
        }
        let left = self.ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Trouble::Spent);
        }
        Ok(left.min(SLICE))
    }

    /// The time that is left.
    pub(super) fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }
}
