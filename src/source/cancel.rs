//! Ending work that another thread does.

use std::fmt;
use std::sync::Arc;

/// Ends the work of a source or reader from another thread: at once, without waiting for the
/// network. One [`Canceller::cancel`] ends one call with [`super::Error::Cancelled`]: the one that runs,
/// or else the next; later calls work.
#[derive(Clone)]
pub struct Canceller(Arc<dyn Fn() + Send + Sync>);

impl Canceller {
    /// A canceller that does what `cancel` does.
    pub fn new(cancel: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(cancel))
    }

    /// Ends the work.
    pub fn cancel(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canceller")
    }
}
