//! Diagnosis rules: data in `assets/rules/*.toml`, the user's own files before them.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use crate::bounce::{Phase, Status, dialect};
use crate::complaint;

use super::code::CodePattern;
use super::language::Language;
use super::party::{Confidence, Party};
use super::reason::Reason;
use super::remedy::{Permanence, Remedy};

/// One rule: what an error text or a code means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable name.
    pub id: String,
    /// What it recognises, in a few words.
    pub title: String,
    /// Codes: `5.7.1`, a range `5.7.700-749`, any class `x.7.1`, any detail `x.7.*`.
    #[serde(default)]
    pub code: Vec<CodePattern>,
    /// Wording nobody else uses: decides under any code.
    #[serde(default)]
    pub named: Vec<String>,
    /// Wording others use too: counts only together with the code, where the rule has one.
    #[serde(default)]
    pub general: Vec<String>,
    /// Words that point somewhere: they count where no telling code speaks.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Phrases of refusals of every sort ("access denied"): they count only where nothing else
    /// that is known was said.
    #[serde(default)]
    pub filler: Vec<String>,
    /// All of these must occur besides.
    #[serde(default)]
    pub all: Vec<String>,
    /// None of these may occur.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A regular expression, matched whatever the case.
    pub pattern: Option<String>,
    /// A regular expression that counts as `weak` does, matched whatever the case.
    pub weak_pattern: Option<String>,
    /// Words of which one must occur so that the patterns are tried at all; without them they
    /// always are.
    #[serde(default)]
    pub pattern_words: Vec<String>,
    /// Host names (or their ends) of which one must have answered or written the report.
    #[serde(default)]
    pub at: Vec<String>,
    /// Steps of the dialogue of which the answer must come from one.
    #[serde(default)]
    pub phase: Vec<Phase>,
    /// Dialects of which the report must be one.
    #[serde(default)]
    pub dialect: Vec<String>,
    /// Below every other rule that knows the code or a word of the text.
    #[serde(default)]
    pub last: bool,
    /// What it means.
    pub reason: Reason,
    /// Who must act, if nothing in the message says otherwise.
    pub owner: Party,
    /// How surely the owner is the right one.
    #[serde(default)]
    pub owner_is: OwnerIs,
    /// Its code is proof of the reason, with no wording beside it.
    #[serde(default)]
    pub decisive: bool,
    /// Which address its guidance means.
    #[serde(default)]
    pub ip: MeantIp,
    /// Whether waiting helps.
    #[serde(default)]
    pub permanence: Permanence,
    /// Key of the guidance; that of the reason when absent.
    pub guidance: Option<String>,
    /// What can be done about it, the likeliest help first.
    #[serde(default)]
    pub actions: Vec<Remedy>,
    /// Whose answer it is, as people call it: `Outlook.com`, `Spamhaus`.
    pub provider: Option<String>,
    /// The page where help is asked for: a form, a portal, the provider's word on this answer.
    pub help: Option<String>,
    /// The mail address that takes such cases.
    pub contact: Option<String>,
    /// Where the rule was read: a sort of source, or the address of a page.
    #[serde(default)]
    pub source: String,
    /// The most that the rule alone can be relied on.
    #[serde(default = "most")]
    pub confidence: Confidence,
    /// Not verified against a document or a message.
    #[serde(default)]
    pub uncertain: bool,
    /// Which file it came from.
    #[serde(skip)]
    pub family: Family,
}

impl Rule {
    /// True for a rule that knows no wording, only codes, hosts or dialects.
    #[must_use]
    pub fn has_no_texts(&self) -> bool {
        self.named.is_empty()
            && self.general.is_empty()
            && self.weak.is_empty()
            && self.filler.is_empty()
            && self.pattern.is_none()
            && self.weak_pattern.is_none()
    }
}

const fn most() -> Confidence {
    Confidence::High
}

names! {
    /// How surely the owner that a rule names is the right one.
    #[derive(Default)]
    pub enum OwnerIs {
        /// Whoever answered: the wording itself says whose affair it is.
        Certain "certain" "certain",
        /// As a rule; the hosts involved may show another one.
        #[default]
        Likely "likely" "likely",
        /// Others are to blame as often.
        Open "open" "open",
    }
}

names! {
    /// The address that the guidance of a rule speaks of.
    #[derive(Default)]
    pub enum MeantIp {
        /// The address that was refused.
        #[default]
        Refused "refused" "the refused address",
        /// The address of the host that did not take the message.
        Remote "remote" "the address of the other host",
    }
}

/// The file a rule comes from: it decides how much a match counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// The user's own file.
    #[default]
    User,
    /// Microsoft's rows: a code alone counts where a Microsoft host or layout is involved.
    Microsoft,
    /// Another provider.
    Provider,
    /// A blocklist: whoever asks it, the list refuses.
    List,
    /// The registry of codes: counts when nothing was said that is recognised.
    Standard,
    /// General wording.
    Text,
}

/// A file of rules as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile<R> {
    #[serde(default = "Vec::new")]
    rule: Vec<R>,
}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rule file {name}{}: {reason}", line.map_or_else(String::new, |line| format!(", line {line}")))]
pub struct Error {
    /// The file's name.
    pub name: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The column in it, in characters, counted from 1.
    pub column: Option<usize>,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Reads one rule file.
///
/// # Errors
/// When it is not TOML, names an unknown field, reason, party, code, dialect or guidance, or when a
/// rule matches nothing at all or has a pattern that is none.
pub fn parse(name: &str, text: &str, family: Family) -> Result<Vec<Rule>, Error> {
    let written = written(name, text)?;
    let mut rules = Vec::with_capacity(written.len());
    for rule in written {
        // Those of the program are checked by its tests.
        if family == Family::User
            && let Err(wrong) = check(rule.as_ref())
        {
            return Err(Error::about(name, text, &rule, &wrong));
        }
        rules.push(Rule { family, ..rule.into_inner() });
    }
    Ok(rules)
}

/// All that is wrong with a rule file of the user's, also that two rules have one name; nothing
/// where it can be used.
#[must_use]
pub fn mistakes(name: &str, text: &str) -> Vec<Error> {
    let written = match written(name, text) {
        Ok(written) => written,
        Err(error) => return vec![error],
    };
    let mut mistakes = Vec::new();
    let mut names = HashSet::new();
    for rule in &written {
        if let Err(wrong) = check(rule.as_ref()) {
            mistakes.push(Error::about(name, text, rule, &wrong));
        }
        if !names.insert(&rule.as_ref().id) {
            let wrong = "has the name of a rule before it; give it another";
            mistakes.push(Error::about(name, text, rule, wrong));
        }
    }
    mistakes
}

/// The rules of a file, each with its place in it.
fn written(name: &str, text: &str) -> Result<Vec<Spanned<Rule>>, Error> {
    let file: Result<RuleFile<Spanned<Rule>>, _> = toml::from_str(text);
    match file {
        Ok(file) => Ok(file.rule),
        Err(error) => {
            let (line, reason) = complaint::explain(text, &error);
            let column = error.span().map(|span| complaint::column(text, span.start));
            Err(Error { name: name.to_owned(), line, column, reason })
        }
    }
}

impl Error {
    /// What is wrong with one rule of a file.
    fn about(name: &str, text: &str, rule: &Spanned<Rule>, wrong: &str) -> Self {
        let place = rule.span().start;
        Self {
            name: name.to_owned(),
            line: Some(complaint::line(text, place)),
            column: Some(complaint::column(text, place)),
            reason: format!("rule \"{}\" {wrong}", rule.as_ref().id),
        }
    }
}

/// What is wrong with a rule, as the end of a sentence that begins with its name.
///
/// # Errors
/// When it matches nothing, or names something that does not exist.
pub fn check(rule: &Rule) -> Result<(), String> {
    if rule.code.is_empty() && rule.dialect.is_empty() && rule.has_no_texts() {
        return Err(
            "matches nothing: give it a code, named or general texts, or a pattern".to_owned()
        );
    }
    for texts in [&rule.named, &rule.general, &rule.weak, &rule.filler, &rule.all, &rule.unless] {
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(
                "has an empty text, which would stand in every answer; take it out".to_owned()
            );
        }
    }
    for pattern in [&rule.pattern, &rule.weak_pattern].into_iter().flatten() {
        if let Err(error) = Regex::new(pattern) {
            let error = error.to_string();
            let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
            return Err(format!("has a pattern that is no regular expression: {why}"));
        }
    }
    for name in &rule.dialect {
        if dialect::ALL.iter().all(|dialect| dialect.name != name) {
            return Err(unknown("dialect", name, dialect::ALL.iter().map(|d| d.name)));
        }
    }
    let entries = Language::En.entries();
    match &rule.guidance {
        Some(key) if !entries.contains_key(key) => {
            Err(unknown("guidance", key, entries.keys().map(String::as_str)))
        }
        _ => Ok(()),
    }
}

fn unknown<'k>(what: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    match complaint::likely(name, known) {
        Some(known) => {
            format!("names the {what} \"{name}\", which does not exist; did you mean \"{known}\"?")
        }
        None => format!("names the {what} \"{name}\", which does not exist"),
    }
}

/// The rules that come with the program, as JSON made of `assets/rules`, in the order in which
/// equals are decided.
pub const EMBEDDED: &[(&str, Family, &str)] = &[
    ("seed.toml", Family::Microsoft, embedded!("rules/seed")),
    ("article-571.toml", Family::Microsoft, embedded!("rules/article-571")),
    ("microsoft.toml", Family::Microsoft, embedded!("rules/microsoft")),
    ("senders.toml", Family::Provider, embedded!("rules/senders")),
    ("google.toml", Family::Provider, embedded!("rules/google")),
    ("yahoo.toml", Family::Provider, embedded!("rules/yahoo")),
    ("apple.toml", Family::Provider, embedded!("rules/apple")),
    ("europe.toml", Family::Provider, embedded!("rules/europe")),
    ("world.toml", Family::Provider, embedded!("rules/world")),
    ("filters.toml", Family::Provider, embedded!("rules/filters")),
    ("blocklists.toml", Family::List, embedded!("rules/blocklists")),
    ("servers.toml", Family::Provider, embedded!("rules/servers")),
    ("text.toml", Family::Text, embedded!("rules/text")),
    ("standard.toml", Family::Standard, embedded!("rules/standard")),
];

/// The rules that come with the program. A broken file, which the tests rule out, leaves its rules
/// out.
pub static BUILT_IN: LazyLock<Vec<Arc<Rule>>> = LazyLock::new(|| {
    let mut rules = Vec::new();
    for &(name, family, text) in EMBEDDED {
        rules.extend(of_file(name, text, family).unwrap_or_default().into_iter().map(Arc::new));
    }
    rules
});

/// The rules of one embedded file.
///
/// # Errors
/// When it names an unknown field, reason, party or code.
pub fn of_file(name: &str, json: &str, family: Family) -> Result<Vec<Rule>, Error> {
    let file: RuleFile<Rule> = serde_json::from_str(json).map_err(|error| Error {
        name: name.to_owned(),
        line: None,
        column: None,
        reason: error.to_string(),
    })?;
    let mut rules = file.rule;
    for rule in &mut rules {
        rule.family = family;
    }
    Ok(rules)
}

/// What a status code means by the registry (RFC 3463 and its updates).
#[must_use]
pub fn meaning(status: Status) -> Option<&'static str> {
    static STANDARD: LazyLock<Vec<&Rule>> = LazyLock::new(|| {
        BUILT_IN.iter().map(AsRef::as_ref).filter(|rule| rule.family == Family::Standard).collect()
    });
    for rule in STANDARD.iter() {
        if rule.code.iter().any(|code| code.is_exact() && code.holds(status)) {
            return Some(&rule.title);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_read() {
        for &(name, family, text) in EMBEDDED {
            let rules = of_file(name, text, family).unwrap_or_else(|e| panic!("{e}"));
            assert!(!rules.is_empty(), "{name}");
        }
    }
}
