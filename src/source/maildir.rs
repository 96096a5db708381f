//! Maildirs, also while other programs move what is in them: a message keeps its unique name, the
//! part in front of the flags, wherever it lies.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::disk::{age, metadata, names};

/// The folders of a Maildir in which messages lie, in the order in which messages pass through
/// them: so none passes by while they are looked at one after the other.
const FOLDERS: [&str; 2] = ["new", "cur"];
/// How often a Maildir that changes is looked at.
const ROUNDS: usize = 8;
/// A folder that was changed in so short a time may be changing now.
const QUIET: Duration = Duration::from_millis(50);

/// Names of the files of one folder.
pub(super) type Names = Vec<Box<OsStr>>;

/// True for a folder with at least two of the three that make a Maildir.
pub(super) fn is_maildir(folder: &Path) -> bool {
    let there = |name: &&&str| metadata(&folder.join(name)).is_ok_and(|meta| meta.is_dir());
    ["cur", "new", "tmp"].iter().filter(there).count() >= 2
}

/// True for a file in `cur` or `new` of a Maildir, or that is called as if it were.
pub(super) fn is_message(folder: &Path, name: &OsStr) -> bool {
    if !FOLDERS.iter().any(|sub| folder.ends_with(sub)) {
        return false;
    }
    unique(name).len() < name.len() || is_maildir(root(folder))
}

/// The Maildir of one of its folders.
pub(super) fn root(folder: &Path) -> &Path {
    folder.parent().unwrap_or(folder)
}

/// The unique name: what stands in front of `:2,` and the flags.
pub(super) fn unique(name: &OsStr) -> &OsStr {
    let bytes = name.as_bytes();
    let end = bytes.iter().position(|byte| *byte == b':').unwrap_or(bytes.len());
    OsStr::from_bytes(&bytes[..end])
}

/// The messages in `new` and `cur` of a Maildir, each once although they may be moved meanwhile.
pub(super) fn list(root: &Path) -> [io::Result<Names>; 2] {
    let mut found: HashMap<Box<OsStr>, (usize, Box<OsStr>)> = HashMap::new();
    let mut errors = [None, None];
    for _ in 0..ROUNDS {
        let before = times(root);
        for (folder, sub) in FOLDERS.iter().enumerate() {
            errors[folder] = None;
            match names(&root.join(sub)) {
                Ok(names) => {
                    for name in names {
                        found.insert(unique(&name).into(), (folder, name));
                    }
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => errors[folder] = Some(error),
            }
        }
        if is_quiet(before) && times(root) == before {
            break;
        }
    }
    let mut lists: [Names; 2] = Default::default();
    for (folder, name) in found.into_values() {
        lists[folder].push(name);
    }
    let mut lists = lists.map(|mut names| {
        names.sort();
        Ok(names)
    });
    for (list, error) in lists.iter_mut().zip(errors) {
        if let Some(error) = error {
            *list = Err(error);
        }
    }
    lists
}

/// When `new` and `cur` were last changed.
type Times = [Option<SystemTime>; 2];

fn times(root: &Path) -> Times {
    FOLDERS.map(|sub| metadata(&root.join(sub)).ok()?.modified().ok())
}

/// True when nothing was changed for a moment.
fn is_quiet(times: Times) -> bool {
    times.into_iter().flatten().all(|time| age(time).is_none_or(|age| age > QUIET))
}

/// Where messages lie that were moved since they were listed.
#[derive(Default)]
pub(super) struct Moved {
    /// By Maildir and unique name. What was found once serves for all that were moved before.
    known: HashMap<PathBuf, Looked>,
}

/// What was found when a Maildir was looked at.
struct Looked {
    /// When its folders had been changed, if nothing can have been changed since without a trace.
    times: Option<Times>,
    found: HashMap<Box<OsStr>, PathBuf>,
}

impl Moved {
    /// Where a message of a Maildir lies as far as it was noted.
    pub(super) fn noted(&self, folder: &Path, name: &OsStr) -> Option<PathBuf> {
        self.known.get(root(folder))?.found.get(unique(name)).cloned()
    }

    /// Looks where a message of a Maildir lies now.
    pub(super) fn look(&mut self, folder: &Path, name: &OsStr) -> Option<PathBuf> {
        let root = root(folder);
        let times = times(root);
        if self.known.get(root).is_some_and(|looked| looked.times == Some(times)) {
            return self.noted(folder, name);
        }
        let mut found = HashMap::new();
        for (sub, names) in FOLDERS.iter().zip(list(root)) {
            let folder = root.join(sub);
            for name in names.unwrap_or_default() {
                found.insert(unique(&name).into(), folder.join(&*name));
            }
        }
        let times = is_quiet(times).then_some(times);
        self.known.insert(root.to_path_buf(), Looked { times, found });
        self.noted(folder, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_message_ends_where_its_flags_begin() {
        for (name, expected) in [
            ("1.M1P1.host:2,S", "1.M1P1.host"),
            ("1.M1P1.host,S=300,W=310:2,", "1.M1P1.host,S=300,W=310"),
            ("1.M1P1.host", "1.M1P1.host"),
            ("1.M1P1.host:1,x:2,S", "1.M1P1.host"),
        ] {
            assert_eq!(unique(OsStr::new(name)), OsStr::new(expected));
        }
    }
}
