//! One layer of the configuration, and how they lie on each other.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;

use crate::diagnosis::{Language, Ours};

use super::Config;
use super::account::Account;
use super::file::{self, Error};
use super::look::{Ascii, Color, Highlight, Theme};
use super::paths::Paths;
use crate::mail::SafeText;

/// What one layer sets; None leaves it to the layer below.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Language of the guidance.
    pub lang: Option<Language>,
    /// Colours of the screen.
    pub theme: Option<Theme>,
    /// Whether colours are used.
    pub color: Option<Color>,
    /// Whether only ASCII characters are drawn.
    pub ascii: Option<Ascii>,
    /// How the row under the cursor is marked.
    pub highlight: Option<Highlight>,
    /// Nothing may be written to a mailbox.
    pub read_only: Option<bool>,
    /// Keys by the action's name.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Who we are.
    pub ours: Ours,
    /// The mailboxes.
    pub accounts: Vec<Account>,
}

impl Layer {
    /// What the environment sets: `DEADLETTER_LANG` and so on.
    ///
    /// # Errors
    /// When a variable has a value that cannot be.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        Ok(Self {
            lang: value("DEADLETTER_LANG", &variable)?,
            theme: value("DEADLETTER_THEME", &variable)?,
            color: value("DEADLETTER_COLOR", &variable)?,
            ascii: value("DEADLETTER_ASCII", &variable)?,
            highlight: value("DEADLETTER_HIGHLIGHT", &variable)?,
            read_only: match variable("DEADLETTER_READ_ONLY").as_deref() {
                None | Some("") => None,
                Some("1" | "true" | "yes") => Some(true),
                Some("0" | "false" | "no") => Some(false),
                Some(other) => {
                    return Err(Error::Environment {
                        name: "DEADLETTER_READ_ONLY",
                        value: SafeText::new(other),
                        expected: "write true or false".to_owned(),
                    });
                }
            },
            ..Self::default()
        })
    }

    /// This layer over a lower one.
    #[must_use]
    pub fn over(self, mut lower: Self) -> Self {
        lower.keys.extend(self.keys);
        Self {
            lang: self.lang.or(lower.lang),
            theme: self.theme.or(lower.theme),
            color: self.color.or(lower.color),
            ascii: self.ascii.or(lower.ascii),
            highlight: self.highlight.or(lower.highlight),
            read_only: self.read_only.or(lower.read_only),
            keys: lower.keys,
            ours: if self.ours.is_empty() { lower.ours } else { self.ours },
            accounts: if self.accounts.is_empty() { lower.accounts } else { self.accounts },
        }
    }
}

fn value<T: ValueEnum>(
    name: &'static str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Option<T>, Error> {
    let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return Ok(None) };
    T::from_str(&text, true).map(Some).map_err(|_| Error::Environment {
        name,
        value: SafeText::new(&text),
        expected: format!("write one of {}", names::<T>().join(", ")),
    })
}

fn names<T: ValueEnum>() -> Vec<String> {
    T::value_variants()
        .iter()
        .filter_map(|v| Some(v.to_possible_value()?.get_name().to_owned()))
        .collect()
}

/// Reads the file (the one named, or the user's own if it exists), the environment and the rules
/// beside the file, and puts `flags` on top.
///
/// # Errors
/// When a file that was named cannot be read, or anything in it or in the environment cannot be.
pub fn load(
    named: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
    flags: Layer,
) -> Result<Config, Error> {
    let named =
        named.map(Path::to_path_buf).or_else(|| variable("DEADLETTER_CONFIG").map(Into::into));
    let found = named.or_else(|| Paths::find().map(|p| p.config_file()).filter(|p| p.exists()));
    let (from_file, rules) = if let Some(path) = &found {
        let folder = path.parent().unwrap_or(Path::new(".")).join("rules");
        (file::parse(path, &file::read(path)?)?, file::own_rules(&folder)?)
    } else {
        let folder = Paths::find().map(|p| p.config.join("rules"));
        (Layer::default(), folder.map_or(Ok(Vec::new()), |folder| file::own_rules(&folder))?)
    };
    let all = flags.over(Layer::from_environment(variable)?).over(from_file);
    Ok(Config {
        path: found,
        lang: all.lang,
        theme: all.theme.unwrap_or_default(),
        color: all.color.unwrap_or_default(),
        ascii: all.ascii.unwrap_or_default(),
        highlight: all.highlight.unwrap_or_default(),
        read_only: all.read_only.unwrap_or_default(),
        keys: all.keys,
        ours: all.ours,
        accounts: all.accounts,
        rules,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_over_environment_over_file() {
        let path =
            std::env::temp_dir().join(format!("deadletter-layers-{}.toml", std::process::id()));
        std::fs::write(&path, "lang = \"pl\"\ntheme = \"light\"\nascii = \"always\"\n")
            .expect("a writable folder");
        let variable = |name: &str| match name {
            "DEADLETTER_LANG" => Some("it".to_owned()),
            "DEADLETTER_THEME" => Some("dark".to_owned()),
            _ => None,
        };
        let flags = Layer { lang: Some(Language::Nl), ..Layer::default() };
        let config = load(Some(&path), variable, flags);
        std::fs::remove_file(&path).expect("it was just written");
        let config = config.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (config.lang, config.theme, config.ascii),
            (Some(Language::Nl), Theme::Dark, Ascii::Always)
        );
    }

    #[test]
    fn a_wrong_variable_says_what_would_be_right() {
        let error =
            Layer::from_environment(|name| (name == "DEADLETTER_COLOR").then(|| "blue".to_owned()));
        assert_eq!(
            error.expect_err("no such colour").to_string(),
            "DEADLETTER_COLOR=blue: write one of auto, always, never, 16"
        );
    }
}
