//! A file that is there whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Writes a file that does not exist yet, and its folder if need be. Only its owner may read them,
/// whatever the umask says. After an error nothing of it is left.
///
/// # Errors
/// When there is something of that name, or it cannot be written to its last byte.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let is_new = !folder.exists();
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let beside = beside(path);
    let written = fill(&beside, text).and_then(|()| publish(&beside, path));
    // After a rename it is not there any more.
    let _ = fs::remove_file(&beside);
    match written {
        // The name lasts when its folder has been written.
        Ok(()) => File::open(folder)?.sync_all(),
        Err(error) => {
            if is_new {
                let _ = fs::remove_dir(folder);
            }
            Err(error)
        }
    }
}

/// A name in the same folder that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a finished file its name. Unlike a rename, a link never replaces what is there; where there
/// are no links, that is looked up.
fn publish(finished: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(finished, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            if path.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(finished, path)
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn nothing_is_replaced_and_nothing_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        write(&path, "first").unwrap();
        assert_eq!(write(&path, "second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let dangling = folder.path().join("link");
        std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
        assert_eq!(write(&dangling, "x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        let mut left = names(folder.path());
        left.sort();
        assert_eq!(left, ["config.toml", "link"]);
    }
}
