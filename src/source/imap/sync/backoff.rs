//! How long to wait before the next attempt: longer each time, and not for everybody the same.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use super::super::net::limits::Limits;

/// The pauses between attempts to reconnect.
#[derive(Debug)]
pub(crate) struct Backoff {
    limits: Limits,
    attempts: usize,
}

/// One pause: a short time of chance, then whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    /// At most a quarter of the seconds; keeps many clients from coming back at the same moment.
    pub(crate) jitter: Duration,
    /// Whole seconds.
    pub(crate) seconds: u32,
}

impl Backoff {
    /// Before the first attempt.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, attempts: 0 }
    }

    /// Something worked: the next pause is the shortest again.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// The next pause.
    pub(crate) fn pause(&mut self) -> Pause {
        let pauses = self.limits.pauses;
        let seconds = pauses.get(self.attempts).or(pauses.last()).copied().unwrap_or(1);
        self.attempts += 1;
        // The standard library seeds its hash maps with chance; that is chance enough here.
        let chance = RandomState::new().build_hasher().finish() % 250;
        let jitter = self.limits.second * seconds * u32::try_from(chance).unwrap_or(0) / 1000;
        Pause { jitter, seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_start_over() {
        let mut backoff = Backoff::new(Limits::default());
        let pauses: Vec<Pause> = (0..8).map(|_| backoff.pause()).collect();
        assert_eq!(
            pauses.iter().map(|p| p.seconds).collect::<Vec<_>>(),
            [1, 2, 5, 10, 30, 60, 60, 60]
        );
        assert!(pauses.iter().all(|p| p.jitter < Duration::from_secs(u64::from(p.seconds)) / 4));
        assert!(pauses[5..].iter().any(|p| p.jitter != pauses[5].jitter));
        backoff.reset();
        assert_eq!(backoff.pause().seconds, 1);
    }
}
