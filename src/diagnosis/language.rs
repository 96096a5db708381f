//! The languages of the guidance and their texts: data in `assets/guidance/*.toml`, read as
//! the JSON that is made of it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::party::{Confidence, Party};
use super::remedy::Remedy;

names! {
    /// A language of the guidance, by its code of BCP 47.
    #[derive(Default)]
    pub enum Language {
        /// English.
        #[default]
        En "en" "English",
        /// Polish.
        Pl "pl" "Polish",
        /// Italian.
        It "it" "Italian",
        /// Norwegian (bokmål).
        Nb "nb" "Norwegian (bokmål)",
        /// Dutch.
        Nl "nl" "Dutch",
    }
}

impl Language {
    /// The language that a tag names (`nb-NO`, `no`, `it_CH`).
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next()?.trim().to_ascii_lowercase();
        match code.as_str() {
            "no" | "nn" => Some(Self::Nb),
            _ => Self::from_slug(&code),
        }
    }

    /// The next one when the user switches.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    fn texts(self) -> &'static Phrasebook {
        // In the order of `ALL`.
        static TEXTS: [LazyLock<Phrasebook>; 5] = [
            LazyLock::new(|| Phrasebook::parse(embedded!("guidance/en"))),
            LazyLock::new(|| Phrasebook::parse(embedded!("guidance/pl"))),
            LazyLock::new(|| Phrasebook::parse(embedded!("guidance/it"))),
            LazyLock::new(|| Phrasebook::parse(embedded!("guidance/nb"))),
            LazyLock::new(|| Phrasebook::parse(embedded!("guidance/nl"))),
        ];
        &TEXTS[self as usize]
    }

    /// A word or sentence of the User view in this language (`what_happened`, `acts.sender`); empty
    /// if the file lacks it, which the tests rule out.
    #[must_use]
    pub fn word(self, key: &str) -> &'static str {
        self.texts().words.get(key).map_or("", String::as_str)
    }

    /// The sentence that says who must act.
    #[must_use]
    pub fn acts(self, party: Party) -> &'static str {
        self.word(&format!("acts.{}", party.slug()))
    }

    /// The words that say how sure that is.
    #[must_use]
    pub fn sure(self, confidence: Confidence) -> &'static str {
        self.word(&format!("confidence.{}", confidence.slug()))
    }

    /// The sentence that tells to do something; empty if the file lacks it, which the tests rule
    /// out.
    #[must_use]
    pub fn action(self, action: Remedy) -> &'static str {
        self.texts().action.get(action.slug()).map_or("", String::as_str)
    }

    /// All entries of this language.
    #[must_use]
    pub fn entries(self) -> &'static HashMap<String, Entry> {
        &self.texts().entry
    }

    /// All words of this language.
    #[must_use]
    pub fn words(self) -> &'static HashMap<String, String> {
        &self.texts().words
    }
}

/// Cause and steps for one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// What happened, in one or two sentences.
    pub cause: String,
    /// What to do.
    pub steps: Vec<String>,
}

/// Everything there is to say about one reason, row or branch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub label: String,
    /// For a branch of the 5.7.1 tree: the sign that leads there.
    pub why: Option<String>,
    /// For the person who sent the mail.
    pub user: Advice,
    /// For the administrators.
    pub admin: Advice,
    /// For the owner of a group.
    pub owner: Option<Advice>,
    /// PowerShell commands for the administrators.
    #[serde(default)]
    pub commands: Vec<String>,
}

/// The texts of one language.
#[derive(Debug, Default)]
struct Phrasebook {
    entry: HashMap<String, Entry>,
    action: HashMap<String, String>,
    words: HashMap<String, String>,
}

/// A file of texts as it is written: words stand alone or in groups.
#[derive(Deserialize)]
struct TextFile {
    entry: HashMap<String, Entry>,
    action: HashMap<String, String>,
    words: HashMap<String, WordOrGroup>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WordOrGroup {
    One(String),
    Group(HashMap<String, String>),
}

impl Phrasebook {
    /// Reads one file; a broken one, which the tests rule out, is empty.
    fn parse(text: &str) -> Self {
        let Ok(file) = serde_json::from_str::<TextFile>(text) else { return Self::default() };
        let mut words = HashMap::new();
        for (key, value) in file.words {
            match value {
                WordOrGroup::One(text) => {
                    words.insert(key, text);
                }
                WordOrGroup::Group(group) => {
                    for (sub, text) in group {
                        words.insert(format!("{key}.{sub}"), text);
                    }
                }
            }
        }
        Self { entry: file.entry, action: file.action, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_by_tag() {
        assert_eq!(Language::of_tag("no-NO"), Some(Language::Nb));
        assert_eq!(Language::of_tag("it_CH"), Some(Language::It));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::Nl.next(), Language::En);
    }
}
