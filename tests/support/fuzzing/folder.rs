//! Folders for files that are written anew with every input: in memory where the system has that.

use std::fs;
use std::path::PathBuf;

/// A folder of this process alone, empty at first.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = base.join(format!("deadletter-fuzz-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}
