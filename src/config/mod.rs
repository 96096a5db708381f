//! Configuration: what comes with the program < the file < the environment < the command line.

pub mod account;
mod file;
mod layer;
mod look;
mod paths;

pub use account::{Account, Tls};
pub use file::{Error, SAMPLE, parse, render};
pub use layer::{Layer, load};
pub use look::{Ascii, Color, Highlight, Theme};
pub use paths::Paths;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnosis::rules::Rule;
use crate::diagnosis::{Language, Ours};

/// Everything that can be set, all layers merged.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it was read from, if there is one.
    pub path: Option<PathBuf>,
    /// Language of the guidance; None leaves it to the message.
    pub lang: Option<Language>,
    /// Colours of the screen.
    pub theme: Theme,
    /// Whether colours are used, and how many.
    pub color: Color,
    /// Whether only ASCII characters are drawn.
    pub ascii: Ascii,
    /// How the row under the cursor is marked.
    pub highlight: Highlight,
    /// Nothing may be written to a mailbox.
    pub read_only: bool,
    /// Keys of actions by the action's name; an empty list takes the default keys away.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Who we are.
    pub ours: Ours,
    /// The mailboxes.
    pub accounts: Vec<Account>,
    /// The user's own diagnosis rules, which come first.
    pub rules: Vec<Rule>,
}

impl Config {
    /// The account with this name, or the only one.
    ///
    /// # Errors
    /// When there is none, or the name is missing and there are several.
    pub fn account(&self, name: Option<&str>) -> Result<&Account, Error> {
        let found = match name {
            Some(name) => self.accounts.iter().find(|account| account.name == name),
            None => self.accounts.first().filter(|_| self.accounts.len() == 1),
        };
        let names = || self.accounts.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| match name {
            _ if self.accounts.is_empty() => Error::NoAccount,
            Some(name) => Error::UnknownAccount { name: name.to_owned(), known: names() },
            None => Error::WhichAccount { known: names() },
        })
    }
}
