//! The store, and how it is opened.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::mail::SafeText;

use super::error::{Error, shown};
use super::row::Shared;
use super::{file, schema};

/// What a store is called that has no file of its own.
const UNNAMED: &str = "(in memory)";

/// True where something is missing that other rows speak of: the deliveries of a message that was
/// judged, the message of a delivery, its class or its cause.
const TORN: &str = "
    SELECT EXISTS (
        SELECT 1 FROM message WHERE judged_by <> 0 AND NOT EXISTS (
            SELECT 1 FROM delivery
            WHERE delivery.mailbox = message.mailbox AND delivery.uid = message.uid)
    ) OR EXISTS (
        SELECT 1 FROM delivery WHERE NOT EXISTS (
            SELECT 1 FROM message
            WHERE message.mailbox = delivery.mailbox AND message.uid = delivery.uid)
        OR class NOT IN (SELECT id FROM class) OR cause NOT IN (SELECT id FROM cause)
    )";

/// The store: one connection, used by one thread.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) shared: Shared,
    /// Messages are kept as well, for another visit; else their deliveries alone.
    pub(super) lasts: bool,
    path: PathBuf,
}

/// A store, and the damaged file that was set aside for it.
#[derive(Debug)]
pub struct OpenedStore {
    /// The store.
    pub store: Store,
    /// Where the damaged one lies now.
    pub set_aside: Option<PathBuf>,
}

impl Store {
    /// Opens the store in a folder, which is made where it is missing; both are for the user alone
    /// (0700, 0600). What is damaged is set aside.
    ///
    /// # Errors
    /// When others could read or replace it, when a newer version wrote it, or the disk fails.
    pub fn open(folder: &Path) -> Result<OpenedStore, Error> {
        file::prepare(folder)?;
        let path = folder.join(file::NAME);
        match Self::connect(&path) {
            Err(Error::Damaged { .. }) => {
                let aside = file::set_aside(&path)?;
                Ok(OpenedStore { store: Self::connect(&path)?, set_aside: Some(aside) })
            }
            opened => Ok(OpenedStore { store: opened?, set_aside: None }),
        }
    }

    /// A store for as long as the program runs: in memory, and where there is no room for it there
    /// in a file without a name.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn temporary() -> Result<Self, Error> {
        let path = PathBuf::from(UNNAMED);
        let connection = file::unnamed().map_err(|error| Error::of(&path, error.into()))?;
        let mut store = Self { connection, shared: Shared::default(), lasts: false, path };
        schema::migrate(&mut store.connection).map_err(|error| store.failed(error))?;
        Ok(store)
    }

    /// True for one that is there on another visit too.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.lasts
    }

    /// True when there is a store in a folder.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(file::NAME).exists()
    }

    /// Looks through the whole file for damage that reading some of it does not show.
    ///
    /// # Errors
    /// When it is damaged, or fails.
    pub fn look_through(&self) -> Result<(), Error> {
        let text = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
        let text: String = text.map_err(|error| self.failed(error))?;
        if text != "ok" {
            return Err(self.damaged(&text));
        }
        let torn = self.connection.query_row(TORN, [], |row| row.get(0));
        if torn.map_err(|error| self.failed(error))? {
            return Err(self.damaged("messages and deliveries do not belong together"));
        }
        Ok(())
    }

    /// Deletes the store, and damaged ones that were set aside; returns how many messages were in
    /// it, as far as they can be counted.
    ///
    /// # Errors
    /// When it cannot be read or removed.
    pub fn delete(self) -> Result<usize, Error> {
        let count = match self.count() {
            Err(Error::Damaged { .. }) => 0,
            counted => counted?,
        };
        let path = self.path;
        drop(self.connection);
        file::remove(&path)?;
        Ok(count)
    }

    /// Sets the store aside, which turned out to be damaged while it was used, and opens another.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn begin_anew(self) -> Result<OpenedStore, Error> {
        let path = self.path;
        drop(self.connection);
        let aside = file::set_aside(&path)?;
        Ok(OpenedStore { store: Self::connect(&path)?, set_aside: Some(aside) })
    }

    fn connect(path: &Path) -> Result<Self, Error> {
        let connection = file::connect(path)?;
        let (shared, path) = (Shared::default(), path.to_path_buf());
        let mut store = Self { connection, shared, lasts: true, path };
        if file::forbids_writing(&store.connection, &store.path) {
            return Err(store.damaged("its beginning forbids writing"));
        }
        schema::migrate(&mut store.connection).map_err(|error| store.failed(error))?;
        Ok(store)
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::Damaged { path: shown(&self.path), reason: SafeText::new(reason) }
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// An error of SQLite as a sentence.
    pub(super) fn failed(&self, error: impl Into<schema::StoreFailure>) -> Error {
        Error::of(&self.path, error.into())
    }
}
