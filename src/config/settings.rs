//! The settings, each written once: its key in the file, its type, its sentence, its variable of
//! the environment and its flag. The layers of the configuration, the flags of the command line,
//! the sample file, docs/config.md and the man page are made of this table.

use std::collections::BTreeMap;

use clap::builder::BoolishValueParser;
use serde::{Deserialize, Deserializer};

use crate::diagnosis::rules::Rule;
use crate::diagnosis::{Language, Ours};
use crate::mail::SafeText;

use super::account::Account;
use super::checks::Checks;
use super::look::{Ascii, Color, Grouping, Highlight, Theme};

/// What the documents say of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in the file.
    pub key: &'static str,
    /// What it sets, without a full stop.
    pub about: &'static str,
    /// Its values, as the sample explains them.
    pub values: &'static str,
    /// A value as TOML, for the sample.
    pub sample: &'static str,
    /// Its variable of the environment.
    pub variable: &'static str,
    /// Its flag; empty where the command line has none.
    pub flag: &'static str,
}

macro_rules! settings {
    ($($key:ident: $type:ty {
        about: $about:literal $(+ $usual:literal)?,
        values: $values:literal,
        sample: $sample:literal,
        variable: $variable:literal,
        flag: $flag:literal,
        clap: [$($clap:tt)*],
    })+) => {
        /// All settings, in the order of the documents.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            key: stringify!($key),
            about: $about,
            values: $values,
            sample: $sample,
            variable: $variable,
            flag: $flag,
        }),+];

        /// What one layer sets: the file, or the command line over the environment. None leaves a
        /// setting to the layer below.
        #[derive(Clone, Debug, Default, clap::Args, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Layer {
            $(
                #[doc = $about]
                #[arg(long, global = true, env = $variable, hide_env = true)]
                #[arg(help = concat!($about $(, $usual)?), $($clap)*)]
                pub $key: Option<$type>,
            )+
            /// Keys by the action's name.
            #[arg(skip)]
            #[serde(default, deserialize_with = "one_or_several_keys")]
            pub keys: BTreeMap<String, Vec<String>>,
            /// Who we are.
            #[arg(skip)]
            #[serde(default)]
            pub ours: Ours,
            /// How the world is asked.
            #[arg(skip)]
            #[serde(default)]
            pub checks: Checks,
            /// The mailboxes.
            #[arg(skip)]
            #[serde(default, rename = "account")]
            pub accounts: Vec<Account>,
        }

        impl Layer {
            /// This layer over a lower one.
            #[must_use]
            pub fn over(self, lower: Self) -> Self {
                let mut keys = lower.keys;
                keys.extend(self.keys);
                Self {
                    $($key: self.$key.or(lower.$key),)+
                    keys,
                    ours: if self.ours.is_empty() { lower.ours } else { self.ours },
                    checks: if self.checks == Checks::default() { lower.checks } else { self.checks },
                    accounts: if self.accounts.is_empty() { lower.accounts } else { self.accounts },
                }
            }
        }

        /// Everything that can be set, all layers merged.
        #[derive(Clone, Debug, Default)]
        pub struct Config {
            $(
                #[doc = $about]
                pub $key: $type,
            )+
            /// Keys of actions by the action's name; an empty list takes the default keys away.
            pub keys: BTreeMap<String, Vec<String>>,
            /// Who we are.
            pub ours: Ours,
            /// How the world is asked.
            pub checks: Checks,
            /// The mailboxes.
            pub accounts: Vec<Account>,
            /// The user's own diagnosis rules, which come first.
            pub rules: Vec<Rule>,
            /// What is to be said about who may write to the file.
            pub warning: Option<SafeText>,
        }

        impl Config {
            /// What the merged layers set, with the defaults for the rest.
            pub(super) fn new(layer: Layer, rules: Vec<Rule>) -> Self {
                Self {
                    $($key: layer.$key.unwrap_or_default(),)+
                    keys: layer.keys,
                    ours: layer.ours,
                    checks: layer.checks,
                    accounts: layer.accounts,
                    rules,
                    warning: None,
                }
            }
        }
    };
}

settings! {
    read_only: bool {
        about: "Refuse everything that would write to a mailbox",
        values: "true or false",
        sample: "true",
        variable: "DEADLETTER_READ_ONLY",
        flag: "--read-only",
        clap: [action = clap::ArgAction::SetTrue, value_parser = BoolishValueParser::new()],
    }
    lang: Language {
        about: "Language of the guidance",
        values: "en, pl, it, nb or nl. Left out, the language of each message is suggested",
        sample: "\"en\"",
        variable: "DEADLETTER_LANG",
        flag: "--lang",
        clap: [value_enum, ignore_case = true, value_name = "LANG"],
    }
    theme: Theme {
        about: "Colours of the screen",
        values: "default, light, dark, color-blind, mono",
        sample: "\"default\"",
        variable: "DEADLETTER_THEME",
        flag: "--theme",
        clap: [value_enum, ignore_case = true, value_name = "NAME", help_heading = "Look"],
    }
    color: Color {
        about: "Whether colours are used" + " [default: auto]",
        values: "auto (not under NO_COLOR), always, never, or \"16\" for the terminal's own 16 only",
        sample: "\"auto\"",
        variable: "DEADLETTER_COLOR",
        flag: "--color",
        clap: [value_enum, ignore_case = true, value_name = "WHEN", help_heading = "Look"],
    }
    ascii: Ascii {
        about: "Whether only ASCII characters are drawn" + " [default: auto; alone: always]",
        values: "auto (when the locale is not UTF-8), always, never",
        sample: "\"auto\"",
        variable: "DEADLETTER_ASCII",
        flag: "--ascii",
        clap: [
            value_enum, ignore_case = true, value_name = "WHEN", help_heading = "Look",
            num_args = 0..=1, require_equals = true, default_missing_value = "always"
        ],
    }
    highlight: Highlight {
        about: "How the row under the cursor is marked",
        values: "row (in reverse), or marker (a mark in front of it; fewer bytes over a slow line)",
        sample: "\"row\"",
        variable: "DEADLETTER_HIGHLIGHT",
        flag: "",
        clap: [value_enum, ignore_case = true, hide = true],
    }
    group: Grouping {
        about: "What the rows of the list have in common when the screen opens",
        values: "incident, reason, domain, host, sender, address (ours), day, none (b goes round)",
        sample: "\"incident\"",
        variable: "DEADLETTER_GROUP",
        flag: "--group",
        clap: [value_enum, ignore_case = true, value_name = "BY", help_heading = "Look"],
    }
}

/// One key or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Several(Vec<String>),
}

/// Reads the table `[keys]`; an empty text stands for no key at all.
fn one_or_several_keys<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let mut all = BTreeMap::new();
    for (action, keys) in BTreeMap::<String, Keys>::deserialize(reader)? {
        let list = match keys {
            Keys::One(key) if key.is_empty() => Vec::new(),
            Keys::One(key) => vec![key],
            Keys::Several(list) => list,
        };
        all.insert(action, list);
    }
    Ok(all)
}
