//! Whether somebody else could have written a configuration that names a program to run.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::{getegid, geteuid};

use crate::mail::SafeText;

use super::error::{Error, shown};

/// Write permission of the group, and of everybody; and the bit of folders in which nobody may
/// replace the files of others.
const GROUP_WRITES: u32 = 0o020;
const ALL_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Looks at an open configuration, and at the folders in which it could be replaced: the one that is
/// named, and those that a symbolic link leads to. Returns what is to be said about it.
///
/// # Errors
/// When anybody may write to it, or it belongs neither to us nor to root.
pub(super) fn judge(path: &Path, file: &File) -> Result<Option<SafeText>, Error> {
    let refuse = |reason: String| {
        Err(Error::Untrusted { path: shown(path), reason: SafeText::new(&reason) })
    };
    let Ok(meta) = file.metadata() else { return Ok(None) };
    if let Some(reason) = fault("it", path, &meta) {
        return refuse(reason);
    }
    for (depth, folder) in folders(path).into_iter().enumerate() {
        let Ok(meta) = folder.metadata() else { continue };
        // Above the folder itself owners are not asked: a container may have mapped them.
        let reason = if depth < 2 { fault("its folder", &folder, &meta) } else { None };
        let reason = reason.or_else(|| open_to_all("its folder", &folder, &meta));
        if let Some(reason) = reason {
            return refuse(reason);
        }
    }
    Ok(warning(path, &meta))
}

/// The folder that is named, the one of the file itself, and all above that.
fn folders(path: &Path) -> Vec<PathBuf> {
    let named = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut all = vec![named.to_path_buf()];
    if let Ok(real) = path.canonicalize() {
        all.extend(real.ancestors().skip(1).map(Path::to_path_buf));
    }
    all
}

/// Why others could have written this; none when they could not.
fn fault(what: &str, path: &Path, meta: &Metadata) -> Option<String> {
    if meta.uid() != 0 && meta.uid() != geteuid().as_raw() {
        let uid = meta.uid();
        let next = format!("copy the configuration, or `chown {} {}`", geteuid(), path.display());
        return Some(format!("{what} belongs to somebody else (user {uid}); {next}"));
    }
    open_to_all(what, path, meta)
}

fn open_to_all(what: &str, path: &Path, meta: &Metadata) -> Option<String> {
    let is_protected = meta.is_dir() && meta.mode() & STICKY != 0;
    if meta.mode() & ALL_WRITE == 0 || is_protected {
        return None;
    }
    Some(format!("anybody may write to {what}; `chmod o-w {}`", path.display()))
}

/// What to say of a file that its group may write to, unless that group is our own alone.
fn warning(path: &Path, meta: &Metadata) -> Option<SafeText> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let is_private = meta.gid() == group && group == user;
    if meta.mode() & GROUP_WRITES == 0 || is_private {
        return None;
    }
    let path = path.display();
    Some(SafeText::new(&format!(
        "{path} names a program to run, and its group may write to it; `chmod g-w {path}`"
    )))
}
