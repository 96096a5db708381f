//! Files and folders as the user names them: messages, mboxes, Maildirs, folders of any of these,
//! standard input.

use std::fs;
use std::path::{Path, PathBuf};

use crate::mail::SafeText;

use super::Error;

/// A file that holds messages, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder that was named; the name of the file where a file was named.
    pub label: String,
}

/// The files under the paths a user named, in the order named and sorted inside folders. In a
/// Maildir the messages of `cur` and `new` count, not what is still being written to `tmp`.
///
/// # Errors
/// When a path does not exist or a folder cannot be read.
pub fn list(paths: &[PathBuf]) -> Result<Vec<MessageFile>, Error> {
    let mut files = Vec::new();
    for path in paths {
        let meta = fs::metadata(path).map_err(|e| failed(path, &e))?;
        if meta.is_dir() {
            folder(path, path, &mut files)?;
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let label = name.to_string_lossy().into_owned();
            files.push(MessageFile { label, path: path.clone() });
        }
    }
    Ok(files)
}

fn folder(root: &Path, path: &Path, files: &mut Vec<MessageFile>) -> Result<(), Error> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| failed(path, &e))? {
        entries.push(entry.map_err(|e| failed(path, &e))?.path());
    }
    entries.sort();
    let maildir = ["cur", "new", "tmp"].iter().all(|sub| path.join(sub).is_dir());
    for entry in entries {
        let Ok(meta) = fs::metadata(&entry) else { continue };
        if meta.is_dir() {
            if !(maildir && entry.ends_with("tmp")) {
                folder(root, &entry, files)?;
            }
        } else if meta.is_file() && !(maildir && is_index(&entry)) {
            let label = entry.strip_prefix(root).unwrap_or(&entry).to_string_lossy().into_owned();
            files.push(MessageFile { path: entry, label });
        }
    }
    Ok(())
}

/// Files that IMAP servers keep beside the messages of a Maildir.
fn is_index(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("dovecot")
        || name.starts_with("courierimap")
        || name == "subscriptions"
        || name == "maildirfolder"
        || name.starts_with("maildirsize")
}

/// The error for a path that cannot be read.
#[must_use]
pub fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: SafeText::new(&path.to_string_lossy()),
        reason: SafeText::new(&error.to_string()),
    }
}
