//! The `[checks]` table: how the world is asked whether something is still broken.

use std::time::Duration;

use serde::Deserialize;

/// What live checks may do. Nothing is ever asked unless somebody wants to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// The resolver to ask, with a port if it is not 53; the system's without it.
    pub resolver: Option<String>,
    /// How long one press of a key may take, in seconds.
    #[serde(default)]
    pub budget: BudgetSeconds,
    /// Whether mail servers are connected to as well.
    #[serde(default)]
    pub connect: bool,
}

/// A time in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub struct BudgetSeconds(Duration);

impl BudgetSeconds {
    /// The same as a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for BudgetSeconds {
    fn default() -> Self {
        Self(Duration::from_secs(10))
    }
}

impl TryFrom<u64> for BudgetSeconds {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        match seconds {
            1..=600 => Ok(Self(Duration::from_secs(seconds))),
            _ => Err(format!("{seconds} is no such time: write 1 to 600 (seconds)")),
        }
    }
}
