//! The words of all rules, and where they occur in a text: one pass over it for all texts; a pattern
//! is compiled when its words occur for the first time.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use crate::bounce::answer::thing_at;
use crate::bounce::notice::phrases::Phrases;

use super::rules::{Error, Family, Rule};

/// What a text is to the rule that names it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    Named,
    General,
    Weak,
    Filler,
    All,
    Unless,
    /// One of the words without which the patterns of the rule are not tried.
    Pattern,
}

impl Role {
    /// True for wording that says something only as words: not within an address, a host or a URL.
    const fn is_a_word(self) -> bool {
        matches!(self, Self::General | Self::Weak | Self::Filler)
    }

    /// True for words that bring their rule up.
    pub(super) const fn speaks(self) -> bool {
        matches!(self, Self::Named | Self::General | Self::Weak | Self::Filler)
    }
}

/// A text of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wording {
    /// The number of the rule.
    pub(super) rule: usize,
    pub(super) role: Role,
}

/// A place where a text of a rule occurs, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) wording: Wording,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A pattern of a rule.
#[derive(Debug)]
struct Pattern {
    rule: usize,
    role: Role,
    /// It is tried only where one of the words of the rule occurs.
    has_words: bool,
    source: String,
    /// Compiled when it is first needed; None for one that is no regular expression.
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compiled(&self.source).ok()).as_ref()
    }

    /// Adds the place where it occurs in a text, if its words are among what was found.
    fn add(&self, text: &str, found: &mut Vec<Occurrence>) {
        let Self { rule, role, .. } = *self;
        if (!self.has_words || calls_for(rule, found))
            && let Some(regex) = self.regex()
            && let Some(place) = regex.find(text.as_bytes())
        {
            let wording = Wording { rule, role };
            found.push(Occurrence { wording, start: place.start(), end: place.end() });
        }
    }
}

fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).unicode(false).size_limit(1 << 20).build()
}

/// The words of rules, which are known by their numbers.
#[derive(Debug, Default)]
pub(super) struct Wordings {
    texts: Phrases,
    /// Whose each text is.
    owners: Vec<Wording>,
    patterns: Vec<Pattern>,
}

impl Wordings {
    /// Collects the words of rules.
    ///
    /// # Errors
    /// When a pattern of the user's own is no regular expression.
    pub(super) fn of(rules: &[Arc<Rule>]) -> Result<Self, Error> {
        let mut wordings = Self::default();
        let mut texts = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            wordings.add_texts(number, rule, &mut texts);
            wordings.add_patterns(number, rule)?;
        }
        wordings.texts = Phrases::new(texts);
        Ok(wordings)
    }

    fn add_texts<'r>(&mut self, number: usize, rule: &'r Rule, texts: &mut Vec<&'r str>) {
        let lists = [
            (&rule.named, Role::Named),
            (&rule.general, Role::General),
            (&rule.weak, Role::Weak),
            (&rule.filler, Role::Filler),
            (&rule.all, Role::All),
            (&rule.unless, Role::Unless),
            (&rule.pattern_words, Role::Pattern),
        ];
        for (list, role) in lists {
            for text in list {
                texts.push(text);
                self.owners.push(Wording { rule: number, role });
            }
        }
    }

    fn add_patterns(&mut self, number: usize, rule: &Rule) -> Result<(), Error> {
        let role = if rule.code.is_empty() { Role::Named } else { Role::General };
        for (pattern, role) in [(&rule.pattern, role), (&rule.weak_pattern, Role::Weak)] {
            let Some(pattern) = pattern else { continue };
            let source = pattern.clone();
            let has_words = !rule.pattern_words.is_empty();
            let regex = OnceLock::new();
            let pattern = Pattern { rule: number, role, has_words, source, regex };
            // The program's own are tried by its tests.
            if rule.family == Family::User {
                let regex = compiled(&pattern.source).map_err(|error| Error {
                    name: "all".to_owned(),
                    line: None,
                    column: None,
                    reason: format!("rule \"{}\": {error}", rule.id),
                })?;
                let _ = pattern.regex.set(Some(regex));
            }
            self.patterns.push(pattern);
        }
        Ok(())
    }

    /// Where texts and patterns occur; each text counts once. Patterns that only point somewhere are
    /// left to [`Self::add_weak_patterns`].
    pub(super) fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let mut seen = Vec::new();
        for (number, place) in self.texts.places(text) {
            let wording = self.owners[number];
            if seen.contains(&number)
                || wording.role.is_a_word() && thing_at(text, place.clone()).is_some()
            {
                continue;
            }
            seen.push(number);
            found.push(Occurrence { wording, start: place.start, end: place.end });
        }
        for pattern in &self.patterns {
            if pattern.role != Role::Weak {
                pattern.add(text, &mut found);
            }
        }
        found
    }

    /// Adds where the patterns occur that only point somewhere.
    pub(super) fn add_weak_patterns(&self, text: &str, found: &mut Vec<Occurrence>) {
        for pattern in &self.patterns {
            if pattern.role == Role::Weak {
                pattern.add(text, found);
            }
        }
    }
}

/// True when one of the words of a rule's pattern occurs.
fn calls_for(rule: usize, found: &[Occurrence]) -> bool {
    let word = Wording { rule, role: Role::Pattern };
    found.iter().any(|place| place.wording == word)
}
