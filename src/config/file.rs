//! The configuration file: TOML, every key known, errors with the line and the nearest name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::complaint;
use crate::diagnosis::{Language, Ours, rules};
use crate::mail::SafeText;

use super::account::Account;
use super::layer::Layer;
use super::look::{Ascii, Color, Highlight, Theme};

/// A commented sample with every key.
pub const SAMPLE: &str = include_str!("../../assets/config.sample.toml");

/// What a configuration file may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lang: Option<Language>,
    theme: Option<Theme>,
    color: Option<Color>,
    ascii: Option<Ascii>,
    highlight: Option<Highlight>,
    read_only: Option<bool>,
    #[serde(default)]
    keys: BTreeMap<String, Keys>,
    #[serde(default)]
    ours: Ours,
    #[serde(default)]
    account: Vec<Account>,
}

/// One key or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Several(Vec<String>),
}

/// A configuration that cannot be used. Each message names what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {reason}")]
    Read {
        /// The file.
        path: SafeText,
        /// What the system said.
        reason: SafeText,
    },
    /// The file says something that cannot be.
    #[error("{path}{}: {reason}", line.map_or_else(String::new, |line| format!(", line {line}")))]
    Invalid {
        /// The file.
        path: SafeText,
        /// The line, counted from 1.
        line: Option<usize>,
        /// What is wrong and what would be right.
        reason: SafeText,
    },
    /// An environment variable says something that cannot be.
    #[error("{name}={value}: {expected}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: SafeText,
        /// What would be right.
        expected: String,
    },
    /// One of the user's rule files cannot be used.
    #[error(transparent)]
    Rules(#[from] rules::Error),
    /// There is no account at all.
    #[error("no account is configured; `deadletter init` sets one up")]
    NoAccount,
    /// There is no account of that name.
    #[error("there is no account \"{name}\"; configured: {known}")]
    UnknownAccount {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Several accounts, and none was named.
    #[error("which account? name one with --account: {known}")]
    WhichAccount {
        /// The names there are.
        known: String,
    },
}

/// Reads the text of a configuration file as a layer; `path` is for messages, and relative files in
/// it are taken from its folder.
///
/// # Errors
/// When it is not TOML, holds an unknown key or value, or an account or `[ours]` that cannot be.
pub fn parse(path: &Path, text: &str) -> Result<Layer, Error> {
    let file: File = toml::from_str(text).map_err(|error| invalid(path, text, &error))?;
    let keys = file.keys.into_iter().map(|(action, keys)| match keys {
        Keys::One(key) if key.is_empty() => (action, Vec::new()),
        Keys::One(key) => (action, vec![key]),
        Keys::Several(keys) => (action, keys),
    });
    let layer = Layer {
        lang: file.lang,
        theme: file.theme,
        color: file.color,
        ascii: file.ascii,
        highlight: file.highlight,
        read_only: file.read_only,
        keys: keys.collect(),
        ours: file.ours,
        accounts: file.account.into_iter().map(|account| beside(path, account)).collect(),
    };
    check_accounts(path, &layer.accounts)?;
    Ok(layer)
}

/// A relative `ca_file` stands beside the configuration.
fn beside(path: &Path, mut account: Account) -> Account {
    if let (Some(file), Some(folder)) = (&account.ca_file, path.parent())
        && file.is_relative()
    {
        account.ca_file = Some(folder.join(file));
    }
    account
}

fn check_accounts(path: &Path, accounts: &[Account]) -> Result<(), Error> {
    let wrong = |reason: String| {
        Err(Error::Invalid { path: shown(path), line: None, reason: SafeText::new(&reason) })
    };
    for (at, account) in accounts.iter().enumerate() {
        let name = &account.name;
        if accounts[..at].iter().any(|other| other.name == *name) {
            return wrong(format!("two accounts are named \"{name}\"; give each its own name"));
        }
        if !account.password_command.is_empty() && !account.token_command.is_empty() {
            return wrong(format!(
                "account \"{name}\" has a password_command and a token_command; keep one of them"
            ));
        }
        if account.host.is_empty() || account.user.is_empty() {
            return wrong(format!("account \"{name}\" needs a host and a user"));
        }
    }
    Ok(())
}

/// A TOML error as a sentence.
fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let (line, reason) = complaint::explain(text, error);
    Error::Invalid { path: shown(path), line, reason: SafeText::new(&reason) }
}

fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}

/// The rules in the `rules` folder beside the configuration, in the order of their file names.
///
/// # Errors
/// When a file cannot be read or is no rule file.
pub(super) fn own_rules(folder: &Path) -> Result<Vec<rules::Rule>, Error> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = read(&file)?;
        all.extend(rules::parse(&shown(&file), &text, rules::Family::User)?);
    }
    Ok(all)
}

/// Reads a file of the configuration.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|e| Error::Read { path: shown(path), reason: SafeText::new(&e.to_string()) })
}

/// The text of a configuration file with one account, for `deadletter init`.
#[must_use]
pub fn render(account: &Account, ours: &Ours) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |items: &[String]| items.iter().map(|i| quoted(i)).collect::<Vec<_>>().join(", ");
    let nets: Vec<String> = ours.ips.iter().map(ToString::to_string).collect();
    let mut lines = vec![
        "# deadletter; every key is explained by `deadletter --print-config`".to_owned(),
        String::new(),
        "# Who we are: without it nobody can say whose fault a bounce is.".to_owned(),
        "[ours]".to_owned(),
        format!("domains = [{}]", list(&ours.domains)),
        format!("hosts = [{}]", list(&ours.hosts)),
        format!("ips = [{}]", list(&nets)),
        format!("relays = [{}]", list(&ours.relays)),
        String::new(),
        "[[account]]".to_owned(),
        format!("name = {}", quoted(&account.name)),
        format!("host = {}", quoted(&account.host)),
        format!("port = {}", account.port()),
        format!("tls = \"{}\"", account.tls.name()),
    ];
    lines.extend(
        account
            .ca_file
            .as_ref()
            .map(|file| format!("ca_file = {}", quoted(&file.to_string_lossy()))),
    );
    lines.push(format!("user = {}", quoted(&account.user)));
    for (key, command) in
        [("password_command", &account.password_command), ("token_command", &account.token_command)]
    {
        lines.extend((!command.is_empty()).then(|| format!("{key} = [{}]", list(command))));
    }
    lines.push(format!("mailbox = {}\n", quoted(&account.mailbox)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(Path::new("c.toml"), text).expect_err("must be refused").to_string()
    }

    #[test]
    fn errors_name_line_and_nearest_key() {
        assert_eq!(
            error("lang = \"pl\"\n[ours]\ndomain = []\n"),
            "c.toml, line 3: unknown key `domain`; did you mean `domains`?"
        );
        assert_eq!(
            error("colour = \"auto\""),
            "c.toml, line 1: unknown key `colour`; did you mean `color`?"
        );
        assert!(error("lang = \"fr\"").contains("line 1: there is no `fr` here"));
        assert!(error("[ours]\nips = [\"1.2.3\"]").contains("is no address or network"));
    }

    #[test]
    fn accounts_are_checked() {
        let account = "[[account]]\nname=\"a\"\nhost=\"h\"\nuser=\"u\"\n";
        assert!(error(&account.repeat(2)).contains("two accounts are named \"a\""));
        assert!(
            error("[[account]]\nname=\"a\"\nhost=\"h\"\n").contains("the key `user` is missing")
        );
    }

    #[test]
    fn the_sample_and_what_init_writes_are_read() {
        parse(Path::new("sample"), SAMPLE).unwrap_or_else(|e| panic!("{e}"));
        let account = "[[account]]\nname=\"a\\\"b\"\nhost=\"h\"\nuser=\"u\"\npassword_command=[\"pass\",\"x y\"]\n";
        let layer = parse(Path::new("c"), account).unwrap_or_else(|e| panic!("{e}"));
        let again = parse(Path::new("c"), &render(&layer.accounts[0], &layer.ours))
            .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(again.accounts[0].password_command, layer.accounts[0].password_command);
        assert_eq!(again.accounts[0].name, layer.accounts[0].name);
    }

    #[test]
    fn every_key_of_the_sample_is_commented() {
        for key in [
            "lang",
            "theme",
            "color",
            "ascii",
            "highlight",
            "read_only",
            "[keys]",
            "[ours]",
            "[[account]]",
        ] {
            assert!(SAMPLE.contains(key), "{key}");
        }
    }
}
