//! The file of the store and its folder: for the user alone, and nobody else's.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rustix::process::geteuid;

use crate::mail::SafeText;

use super::error::{Error, shown};
use super::schema::StoreFailure;

/// The file in its folder.
pub(super) const NAME: &str = "store.db";
/// What SQLite writes beside it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];
/// How long one program waits for another that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Memory for the pages of a store that has no name, in KiB.
const UNNAMED_KIB: i64 = 8 * 1024;
/// Files that were set aside.
const ASIDE: u32 = 100;

/// Makes the folder where it is missing, and looks whether others can write to it.
pub(super) fn prepare(folder: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::file(folder, &error))?;
    let meta = fs::metadata(folder).map_err(|error| Error::file(folder, &error))?;
    let refuse =
        |reason: String| Err(Error::Unsafe { path: shown(folder), reason: SafeText::new(&reason) });
    if meta.uid() != geteuid().as_raw() {
        return refuse(format!("the folder belongs to another user ({})", meta.uid()));
    }
    if meta.mode() & 0o022 != 0 {
        let path = folder.display();
        return refuse(format!("others may write to the folder; `chmod 700 {path}`"));
    }
    Ok(())
}

/// Opens the file, which is made where it is missing; never through a link.
pub(super) fn connect(path: &Path) -> Result<Connection, Error> {
    begin(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Nothing in the file is ever run.
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    });
    opened.map_err(|error| Error::of(path, StoreFailure::Sqlite(error)))
}

/// Opens a store that has no name: SQLite keeps it in memory as far as its cache goes.
pub(super) fn unnamed() -> rusqlite::Result<Connection> {
    let connection = Connection::open("")?;
    connection.pragma_update(None, "cache_size", -UNNAMED_KIB)?;
    connection.pragma_update(None, "journal_mode", "memory")?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// True for a file that SQLite takes for one it may only read although we may write it: its
/// beginning is damaged.
pub(super) fn forbids_writing(connection: &Connection, path: &Path) -> bool {
    let read_only = connection.is_readonly(rusqlite::MAIN_DB).unwrap_or(false);
    read_only && OpenOptions::new().write(true).open(path).is_ok()
}

/// Makes an empty file for the user alone, or looks whether the one that is there is.
fn begin(path: &Path) -> Result<(), Error> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::file(path, &error)),
    }
    let meta = fs::symlink_metadata(path).map_err(|error| Error::file(path, &error))?;
    let reason = if !meta.is_file() {
        "it is a link or no file; move it away".to_owned()
    } else if meta.uid() != geteuid().as_raw() {
        format!("it belongs to another user ({}); move it away", meta.uid())
    } else if meta.mode() & 0o077 != 0 {
        format!("others may read or write it; `chmod 600 {}`", path.display())
    } else {
        return Ok(());
    };
    Err(Error::Unsafe { path: shown(path), reason: SafeText::new(&reason) })
}

/// The name of a file that was set aside.
fn aside(path: &Path, number: u32) -> PathBuf {
    path.with_extension(format!("db.damaged-{number}"))
}

/// Gives a damaged file another name; returns it.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    for number in 1..=ASIDE {
        let aside = aside(path, number);
        if aside.symlink_metadata().is_ok() {
            continue;
        }
        fs::rename(path, &aside).map_err(|error| Error::file(path, &error))?;
        // What belongs to the damaged file must not be taken for a part of the next.
        remove_beside(path);
        return Ok(aside);
    }
    let error = io::Error::other(format!("{ASIDE} damaged stores lie beside it; remove them"));
    Err(Error::file(path, &error))
}

/// Removes the file, what SQLite wrote beside it, and all that were set aside.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    remove_beside(path);
    for number in 1..=ASIDE {
        // It may not be there.
        let _ = fs::remove_file(aside(path, number));
    }
    fs::remove_file(path).map_err(|error| Error::file(path, &error))
}

/// Removes what SQLite writes beside a file; it may not be there.
fn remove_beside(path: &Path) {
    for ending in BESIDE {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let _ = fs::remove_file(beside);
    }
}
