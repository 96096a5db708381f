//! One program at a time carries out plans: two that went on with the same would do it twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;

use super::error::Error;
use super::open::Store;

/// The file that is locked, beside the store.
const NAME: &str = "plans.lock";

/// As long as this is held, no other program carries out plans of the same store.
#[derive(Debug)]
pub struct PlanLock {
    _file: File,
}

impl Store {
    /// Keeps other programs from carrying out plans; none when one does so now.
    ///
    /// # Errors
    /// When the file that is locked cannot be opened.
    pub fn lock_plans(&self) -> Result<Option<PlanLock>, Error> {
        let path = self.path().with_file_name(NAME);
        let opened =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = opened.map_err(|error| Error::file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(PlanLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::file(&path, &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::OpenedStore;
    use super::*;

    #[test]
    fn one_at_a_time() {
        let home = tempfile::TempDir::new().expect("a folder");
        let OpenedStore { store, .. } = Store::open(home.path()).expect("a store");
        let OpenedStore { store: other, .. } = Store::open(home.path()).expect("the same store");
        let held = store.lock_plans().expect("a file");
        assert!(held.is_some() && other.lock_plans().expect("a file").is_none());
        drop(held);
        assert!(other.lock_plans().expect("a file").is_some());
    }
}
