//! What can go wrong with the store, as sentences.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::mail::SafeText;

use super::schema::StoreFailure;

/// Why the store cannot be used. Each message names what, where and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Others could read or replace it.
    #[error("will not use the store in {path}: {reason}")]
    Unsafe {
        /// The folder or the file.
        path: SafeText,
        /// Why, and what to do.
        reason: SafeText,
    },
    /// The folder or the file cannot be made, opened or moved.
    #[error("cannot use the store in {path}: {reason}")]
    File {
        /// The folder or the file.
        path: SafeText,
        /// Why.
        reason: SafeText,
    },
    /// The disk is full.
    #[error("no room left on the disk for the store {path}; what was written before is safe")]
    Full {
        /// The file.
        path: SafeText,
    },
    /// The file is no store, or no longer.
    #[error("the store {path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: SafeText,
        /// What SQLite says.
        reason: SafeText,
    },
    /// A newer version of the program wrote it.
    #[error(
        "the store {path} was written by a newer version of deadletter (format {version}); use that, or move the file away"
    )]
    Newer {
        /// The file.
        path: SafeText,
        /// Its format.
        version: i64,
    },
    /// Anything else SQLite says.
    #[error("the store {path} failed: {reason}")]
    Other {
        /// The file.
        path: SafeText,
        /// What SQLite says.
        reason: SafeText,
    },
}

impl Error {
    pub(super) fn of(path: &Path, failure: StoreFailure) -> Self {
        let path = shown(path);
        let error = match failure {
            StoreFailure::Newer(version) => return Self::Newer { path, version },
            StoreFailure::Sqlite(error) => error,
        };
        let reason = SafeText::new(&error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::Damaged { path, reason }
            }
            // What stands in the file is not what was written there.
            None if is_wrong_value(&error) => Self::Damaged { path, reason },
            _ => Self::Other { path, reason },
        }
    }

    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        Self::File { path: shown(path), reason: SafeText::new(&error.to_string()) }
    }
}

fn is_wrong_value(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    )
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}
