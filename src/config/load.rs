//! Loads the configuration: the file, under the environment and the command line.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnosis::rules::{self, Rule};
use crate::mail::SafeText;

use super::account::Account;
use super::error::{Error, shown};
use super::file;
use super::paths::Paths;
use super::reading::{self, read_file};
use super::settings::{Config, Layer};
use super::trust;

/// Reads the file (the one named, or the user's own if it exists) and the rules beside it, and
/// puts `upper` on top: what the environment and the command line set.
///
/// # Errors
/// When a file that was named cannot be read, or anything in it cannot be.
pub fn load(named: Option<&Path>, upper: Layer) -> Result<Config, Error> {
    let own = Paths::find();
    let mut found = named.map(Path::to_path_buf);
    if let (None, Some(own)) = (&found, &own)
        && own.config_file().exists()
    {
        found = Some(own.config_file());
    }
    let mut lower = Layer::default();
    let mut warning = None;
    let mut folder = own.map(|own| own.config);
    if let Some(path) = found {
        (lower, warning) = read_layer(&path)?;
        folder = Some(path.parent().unwrap_or(Path::new(".")).to_path_buf());
    }
    let rules = match folder {
        Some(folder) => own_rules(&folder.join("rules"))?,
        None => Vec::new(),
    };
    Ok(Config { warning, ..Config::new(upper.over(lower), rules) })
}

/// The file as a layer, and what is to be said about who may write to it.
fn read_layer(path: &Path) -> Result<(Layer, Option<SafeText>), Error> {
    let open = reading::open(path).map_err(|e| unreadable(path, &e))?;
    let layer = file::parse(path, &text(path, reading::read(&open))?)?;
    for account in &layer.accounts {
        if account.names_a_program() {
            let warning = trust::judge(path, &open)?;
            return Ok((layer, warning));
        }
    }
    Ok((layer, None))
}

/// The rules in a folder, in the order of their file names; none where there is no folder.
///
/// # Errors
/// When a file cannot be read or is no rule file.
fn own_rules(folder: &Path) -> Result<Vec<Rule>, Error> {
    let mut all = Vec::new();
    for file in rule_files(folder).unwrap_or_default() {
        let text = text(&file, read_file(&file))?;
        all.extend(rules::parse(&shown(&file), &text, rules::Family::User)?);
    }
    Ok(all)
}

fn rule_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What was read, as text.
fn text(path: &Path, read: io::Result<Vec<u8>>) -> Result<String, Error> {
    let bytes = read.map_err(|e| unreadable(path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let reason = "this is no UTF-8; save the file as UTF-8".into();
        Error::Invalid { path: shown(path), line: Some(line), reason }
    })
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::Read { path: shown(path), reason: SafeText::new(&error.to_string()) }
}

impl Config {
    /// The account with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn account(&self, name: &str) -> Result<&Account, Error> {
        let mut known = Vec::new();
        for account in &self.accounts {
            if account.name == name {
                return Ok(account);
            }
            known.push(account.name.as_str());
        }
        if known.is_empty() {
            return Err(Error::NoAccount);
        }
        let known = SafeText::new(&known.join(", "));
        Err(Error::UnknownAccount { name: SafeText::new(name), known })
    }

    /// The account of this name, or all without one; never none at all.
    ///
    /// # Errors
    /// When there is none.
    pub fn chosen(&self, name: Option<&str>) -> Result<Vec<&Account>, Error> {
        match name {
            Some(name) => Ok(vec![self.account(name)?]),
            None if self.accounts.is_empty() => Err(Error::NoAccount),
            None => Ok(self.accounts.iter().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Ascii, Theme};
    use crate::diagnosis::Language;

    #[test]
    fn an_upper_layer_lies_over_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "lang = \"pl\"\ntheme = \"light\"\nascii = \"always\"\n")
            .expect("a writable folder");
        let upper = Layer {
            lang: Some(Language::Nl),
            theme: Some(Theme::Dark),
            read_only: Some(true),
            ..Layer::default()
        };
        let config = load(Some(&path), upper).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (config.lang, config.theme, config.ascii, config.read_only),
            (Language::Nl, Theme::Dark, Ascii::Always, true)
        );
    }
}
