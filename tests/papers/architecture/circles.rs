//! No two files know each other, nor do three in a ring: whoever reads one of them may begin
//! somewhere.
//!
//! An arrow runs from a file to the one that defines what it names, through whatever `mod.rs`
//! hands it on. Such a `mod.rs` may be named by its own children as long as they name nothing that
//! it defines itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::code::{File, library, tokens};

/// What a `use` brings into a file: a name, and the path it stands for.
struct Import {
    /// `*` brings in everything.
    name: String,
    path: Vec<String>,
}

/// A file with what it defines and what it brings in.
struct Module<'l> {
    file: &'l File,
    defines: BTreeSet<&'l str>,
    imports: Vec<Import>,
}

/// The modules of the library by their paths.
struct Library<'l> {
    modules: BTreeMap<&'l [String], Module<'l>>,
}

/// The paths of one `use`, its braces taken apart.
struct UseTree<'t> {
    tokens: &'t [&'t str],
    at: usize,
    imports: Vec<Import>,
}

impl UseTree<'_> {
    /// One branch behind a path, to the comma, brace or semicolon that ends it.
    fn branch(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let mut name = None;
        while let Some(token) = self.tokens.get(self.at).copied() {
            match token {
                "::" => self.at += 1,
                "{" => return self.group(&path),
                "as" => {
                    name = self.tokens.get(self.at + 1).map(|name| (*name).to_owned());
                    self.at += 2;
                }
                "," | "}" | ";" => break,
                "self" if !path.is_empty() => self.at += 1,
                part => {
                    path.push(part.to_owned());
                    self.at += 1;
                }
            }
        }
        let Some(last) = path.last().cloned() else { return };
        if last == "*" {
            path.pop();
        }
        self.imports.push(Import { name: name.unwrap_or(last), path });
    }

    fn group(&mut self, before: &[String]) {
        self.at += 1;
        loop {
            match self.tokens.get(self.at).copied() {
                Some(",") => self.at += 1,
                Some("}") | None => break,
                Some(_) => self.branch(before),
            }
        }
        self.at += 1;
    }
}

/// What a file brings in, and its other tokens.
fn imports(code: &str) -> (Vec<Import>, Vec<&str>) {
    let all = tokens(code);
    let (mut imports, mut rest) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < all.len() {
        // `use<'_>` in a signature captures lifetimes.
        if all[at] == "use" && all.get(at + 1) != Some(&"<") {
            let mut tree = UseTree { tokens: &all, at: at + 1, imports: Vec::new() };
            tree.branch(&[]);
            at = tree.at;
            imports.append(&mut tree.imports);
        } else {
            rest.push(all[at]);
            at += 1;
        }
    }
    (imports, rest)
}

/// What a file defines at its top or in its macros: everything that a path can name.
fn defined(code: &str) -> BTreeSet<&str> {
    static ITEM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:fn|struct|enum|union|trait|type|const|static|macro_rules!)\s+(\w+)")
            .expect("a pattern")
    });
    ITEM.captures_iter(code).map(|found| found.get(1).map_or("", |name| name.as_str())).collect()
}

/// The paths in code that is no `use`: words joined by `::`.
fn paths(tokens: &[&str]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut path = vec![tokens[at].to_owned()];
        while tokens.get(at + 1) == Some(&"::") {
            let Some(next) = tokens.get(at + 2) else { break };
            path.push((*next).to_owned());
            at += 2;
        }
        if path.len() > 1 {
            paths.push(path);
        }
        at += 1;
    }
    paths
}

impl<'l> Library<'l> {
    fn of(files: &'l [File]) -> Self {
        let mut modules = BTreeMap::new();
        for file in files {
            let module =
                Module { file, defines: defined(&file.code), imports: imports(&file.code).0 };
            modules.insert(file.module.as_slice(), module);
        }
        Self { modules }
    }

    /// A path as it is written in a module, from the root of the library on; none for one that
    /// leads out of it.
    fn absolute(&self, module: &Module<'_>, path: &[String], depth: usize) -> Option<Vec<String>> {
        let mut base = module.file.module.clone();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                let mut child = base.clone();
                child.push(first.to_owned());
                if !(module.file.is_folder() && self.modules.contains_key(child.as_slice())) {
                    let import = module.imports.iter().find(|import| import.name == first)?;
                    if depth == 0 || import.path.first().is_some_and(|part| part == first) {
                        return None;
                    }
                    base = self.absolute(module, &import.path, depth - 1)?;
                    rest = &path[1..];
                }
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The file that defines what a path from the root on names; none for a folder as such.
    fn home(&self, path: &[String], depth: usize) -> Option<&'l str> {
        let mut length = path.len();
        while !self.modules.contains_key(&path[..length]) {
            length = length.checked_sub(1)?;
        }
        let module = &self.modules[&path[..length]];
        let Some(item) = path.get(length) else {
            return (!module.file.is_folder()).then_some(module.file.name.as_str());
        };
        if depth > 0 {
            for import in &module.imports {
                // What is brought in by name cannot be defined as well.
                let everything = import.name == "*" && !module.defines.contains(item.as_str());
                if import.name != *item && !everything {
                    continue;
                }
                let Some(mut on) = self.absolute(module, &import.path, depth) else { continue };
                if import.name == "*" {
                    let Some(from) = self.modules.get(on.as_slice()) else { continue };
                    if !from.defines.contains(item.as_str()) {
                        continue;
                    }
                    on.push(item.clone());
                }
                on.extend_from_slice(&path[length + 1..]);
                return self.home(&on, depth - 1);
            }
        }
        Some(module.file.name.as_str())
    }

    /// Whom each file knows, and by which path.
    fn arrows(&self) -> BTreeMap<&'l str, BTreeMap<&'l str, String>> {
        let mut arrows: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
        for module in self.modules.values() {
            let (imports, rest) = imports(&module.file.code);
            let mut named: Vec<Vec<String>> =
                imports.into_iter().map(|import| import.path).collect();
            named.extend(paths(&rest));
            let known = arrows.entry(&module.file.name).or_default();
            for path in named {
                let Some(absolute) = self.absolute(module, &path, 4) else { continue };
                if let Some(home) = self.home(&absolute, 8)
                    && home != module.file.name
                    && home != "names.rs"
                {
                    known.entry(home).or_insert_with(|| path.join("::"));
                }
            }
        }
        arrows
    }
}

/// The files that can be reached from one.
fn reached<'l>(
    from: &'l str,
    arrows: &BTreeMap<&'l str, BTreeMap<&'l str, String>>,
) -> BTreeSet<&'l str> {
    let mut found = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for known in arrows.get(file).into_iter().flatten() {
            if found.insert(*known.0) {
                next.push(known.0);
            }
        }
    }
    found
}

/// The files that know each other, in groups, each with the arrows inside it.
fn circles() -> BTreeMap<Vec<String>, Vec<String>> {
    let files = library();
    let arrows = Library::of(&files).arrows();
    let mut reach = BTreeMap::new();
    for file in arrows.keys() {
        reach.insert(*file, reached(file, &arrows));
    }
    let mut circles = BTreeMap::new();
    for (file, others) in &reach {
        if !others.contains(file) {
            continue;
        }
        let mut circle: Vec<&str> = Vec::new();
        for other in others {
            if reach[other].contains(file) {
                circle.push(other);
            }
        }
        let mut told = Vec::new();
        for from in &circle {
            for (to, path) in &arrows[from] {
                if circle.contains(to) {
                    told.push(format!("  {from} knows {to}: {path}"));
                }
            }
        }
        circles.insert(circle.into_iter().map(str::to_owned).collect(), told);
    }
    circles
}

#[test]
fn no_files_know_each_other() {
    let mut wrong = Vec::new();
    for (circle, told) in circles() {
        wrong.push(format!("{}\n{}", circle.join(" "), told.join("\n")));
    }
    assert!(wrong.is_empty(), "files in a circle:\n{}", wrong.join("\n"));
}
