//! The files of the library, taken apart far enough to see what they name.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A file of the library.
pub(super) struct File {
    /// Its path below `src/`.
    pub(super) name: String,
    /// The module that it is, from the root of the library on.
    pub(super) module: Vec<String>,
    /// Its code without tests and comments; texts are empty.
    pub(super) code: String,
}

impl File {
    /// True for a file that other files lie below: its module is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with("mod.rs") || self.name == "lib.rs"
    }
}

/// The repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files in a folder and in those below it.
pub(super) fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

/// All files of the library.
pub(super) fn library() -> Vec<File> {
    let src = root().join("src");
    let mut paths = Vec::new();
    files(&src, &mut paths);
    let mut library = Vec::new();
    for path in paths {
        let inside = path.strip_prefix(&src).expect("below src");
        let name = inside.to_string_lossy().into_owned();
        let mut module: Vec<String> =
            name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let text = fs::read_to_string(&path).expect("a file");
        library.push(File { name, module, code: bare(without_tests(&text)) });
    }
    library
}

/// A file without the tests at its end.
pub(super) fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// Code without comments and without what stands in texts.
pub(super) fn bare(text: &str) -> String {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        let comment = r"//[^\n]*|/\*(?s:.*?)\*/";
        let raw = r##"br?#"(?s:.*?)"#|r#"(?s:.*?)"#|r"[^"]*""##;
        let text = r#"b?"(?:[^"\\]|\\(?s:.))*""#;
        let character = r"b?'(?:[^'\\\n]|\\(?:u\{[^}]*\}|x..|.))'";
        Regex::new(&format!("(?P<comment>{comment})|{raw}|{text}|{character}")).expect("a pattern")
    });
    let replaced =
        TOKEN.replace_all(
            text,
            |found: &regex::Captures<'_>| {
                if found.name("comment").is_some() { " " } else { "\"\"" }
            },
        );
    replaced.into_owned()
}

/// The words and marks of a piece of code.
pub(super) fn tokens(code: &str) -> Vec<&str> {
    static TOKEN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[A-Za-z_]\w*|::|\S").expect("a pattern"));
    TOKEN.find_iter(code).map(|found| found.as_str()).collect()
}
