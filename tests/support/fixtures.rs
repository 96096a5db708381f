//! The messages of `tests/corpus`, and whose side is ours when they are judged.

use std::fs;
use std::path::{Path, PathBuf};

use deadletter::diagnosis::Ours;
use serde::Deserialize;

/// A message of the corpus.
pub(crate) struct Fixture {
    /// `group/name`.
    pub(crate) name: String,
    /// The file of the message.
    pub(crate) path: PathBuf,
}

impl Fixture {
    /// The message.
    pub(crate) fn raw(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap_or_else(|e| panic!("{}: {e}", self.name))
    }
}

/// All messages of the corpus, by name.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the corpus is there") {
            let path = entry.expect("an entry that can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "eml") {
                let name = path.strip_prefix(&root).expect("below the corpus").with_extension("");
                found.push(Fixture { name: name.to_string_lossy().into_owned(), path });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Whose side is ours.
pub(crate) fn ours() -> Ours {
    #[derive(Deserialize)]
    struct Config {
        ours: Ours,
    }
    toml::from_str::<Config>(include_str!("../corpus/ours.toml")).expect("ours.toml is valid").ours
}
