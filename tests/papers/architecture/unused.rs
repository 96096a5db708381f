//! What is public has a user in another file, or it is not public.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use regex::Regex;

use super::code::{bare, files, library, root};

/// The words of every file of the library, its tests included, and of all tests and benches. To
/// hand something on with `pub use` is no use of it.
fn words() -> BTreeMap<String, BTreeSet<String>> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+").expect("a pattern"));
    static HANDED_ON: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bpub(?:\([^)]*\))? use [^;]*;").expect("a pattern"));
    let mut paths = Vec::new();
    files(&root().join("src"), &mut paths);
    files(&root().join("tests"), &mut paths);
    let mut words = BTreeMap::new();
    for path in paths {
        let code = bare(&fs::read_to_string(&path).expect("a file"));
        let code = HANDED_ON.replace_all(&code, "");
        let found = WORD.find_iter(&code).map(|word| word.as_str().to_owned()).collect();
        let name = path.strip_prefix(root()).expect("below the repository").to_string_lossy();
        words.insert(name.into_owned(), found);
    }
    words
}

/// True for a type that another public item of its file is made of, takes or returns: it is used
/// without being named.
fn part_of_a_signature(code: &str, name: &str) -> bool {
    let named = Regex::new(&format!(r"\bpub [^{{}};]*[^{{}};\w]{name}\b")).expect("a pattern");
    let own =
        Regex::new(&format!(r"\b(?:fn|struct|enum|trait|type|const) {name}$")).expect("a pattern");
    named.find_iter(code).any(|found| !own.is_match(found.as_str()))
}

#[test]
fn what_is_public_has_a_user() {
    let item = Regex::new(
        r"\bpub (?:const |async )*(?:fn|struct|enum|const|static|type|trait) (?:mut )?([A-Za-z_]\w*)",
    )
    .expect("a pattern");
    let words = words();
    let mut unused = BTreeSet::new();
    for file in library() {
        let path = format!("src/{}", file.name);
        for found in item.captures_iter(&file.code) {
            let name = found[1].to_owned();
            let used = words.iter().any(|(other, words)| *other != path && words.contains(&name));
            if !used && !part_of_a_signature(&file.code, &name) {
                unused.insert((file.name.clone(), name));
            }
        }
    }
    assert!(unused.is_empty(), "public, but only used where they are defined: {unused:#?}");
}
