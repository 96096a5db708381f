//! What can go wrong with the store, as sentences.

use std::io;
use std::path::Path;

use rusqlite::{ErrorCode, ffi};

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
    /// It cannot be written, for another reason than a full disk.
    #[error(
        "cannot write the store {path}: {reason}; what was written before is safe. Look for a quota, a limit of the size of files, or a disk that fails"
    )]
    Unwritten {
        /// The file.
        path: SafeText,
        /// What SQLite says.
        reason: SafeText,
    },
    /// The file is no store, or no longer.
    #[error(
        "the store {path} is damaged: {reason}; `deadletter sync` sets it aside and reads the mailboxes anew"
    )]
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
            StoreFailure::Newer(version) if version > FORMATS => {
                let reason = SafeText::new(&format!("no version has format {version}"));
                return Self::Damaged { path, reason };
            }
            StoreFailure::Newer(version) => return Self::Newer { path, version },
            StoreFailure::Sqlite(error) => error,
        };
        let reason = SafeText::new(&error.to_string());
        if let rusqlite::Error::SqliteFailure(code, _) = &error
            && WRITING.contains(&code.extended_code)
        {
            return Self::Unwritten { path, reason };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(code) if tells_of_damage(code) => Self::Damaged { path, reason },
            // What stands in the file is not what was written there.
            _ if is_wrong_value(&error) => Self::Damaged { path, reason },
            _ => Self::Other { path, reason },
        }
    }

    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        Self::File { path: shown(path), reason: SafeText::new(&error.to_string()) }
    }
}

/// More formats than there will ever be.
const FORMATS: i64 = 10_000;
/// What SQLite says when it cannot write, flush or shorten a file.
const WRITING: [i32; 4] = [
    ffi::SQLITE_IOERR_WRITE,
    ffi::SQLITE_IOERR_FSYNC,
    ffi::SQLITE_IOERR_TRUNCATE,
    ffi::SQLITE_IOERR_SHMSIZE,
];

/// True where the file is not such as we write it: besides what SQLite itself calls damage, tables
/// that are not there or not ours (our statements have no fault, so `Unknown`, the plain error, is
/// theirs), and rows that contradict each other.
fn tells_of_damage(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::Unknown
            | ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::TooBig
    )
}

fn is_wrong_value(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::SqlInputError { .. }
    )
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}
