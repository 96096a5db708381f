//! Diagnosis rules: data in `assets/rules/*.toml`, the user's own files before them.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use crate::bounce::{Phase, Status, dialect};

use super::guidance::Language;
use super::party::{Confidence, Party};
use super::reason::Reason;
use super::toml_error;

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
    /// All of these must occur besides.
    #[serde(default)]
    pub all: Vec<String>,
    /// None of these may occur.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A regular expression, matched whatever the case.
    pub pattern: Option<String>,
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
    /// Other candidates; the rules of responsibility choose.
    #[serde(default)]
    pub otherwise: Vec<Party>,
    /// The provider's support has to be asked.
    #[serde(default)]
    pub support: bool,
    /// Whether waiting helps.
    #[serde(default)]
    pub permanence: Permanence,
    /// Key of the guidance; that of the reason when absent.
    pub guidance: Option<String>,
    /// What the program can offer to do.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Where the rule was read.
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
            && self.pattern.is_none()
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

/// Whether waiting helps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permanence {
    /// The server goes on trying, or a later message may get through.
    Temporary,
    /// Sending the same again is useless.
    Permanent,
    /// The reply alone does not say.
    #[default]
    Either,
}

/// The file a rule comes from: it decides how much a match counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// The user's own file.
    #[default]
    User,
    /// Microsoft's rows: a code alone counts where a Microsoft host or layout is involved.
    Microsoft,
    /// Another provider or a blocklist.
    Provider,
    /// The registry of codes: counts when nothing was said that is recognised.
    Standard,
    /// General wording.
    Text,
}

/// A code or a set of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CodePattern {
    class: Option<u8>,
    subject: Option<u16>,
    detail: Option<(u16, u16)>,
}

impl CodePattern {
    /// True when the code is in the set.
    #[must_use]
    pub fn holds(&self, status: Status) -> bool {
        self.class.is_none_or(|c| c == status.class)
            && self.subject.is_none_or(|s| s == status.subject)
            && self.detail.is_none_or(|(from, to)| (from..=to).contains(&status.detail))
    }

    /// The subject that all codes of the set have; None when they differ.
    #[must_use]
    pub fn subject(&self) -> Option<u16> {
        self.subject
    }

    /// True for a code with a detail of three digits, or a range: nobody else uses these by
    /// accident.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        self.detail.is_some_and(|(from, to)| from >= 100 || from != to)
    }

    /// True for a pattern that names a detail.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.detail.is_some()
    }

    /// How exactly it names a code: the detail tells more than the subject, and the subject more
    /// than the class.
    #[must_use]
    pub fn exactness(&self) -> u8 {
        u8::from(self.class.is_some())
            + 2 * u8::from(self.subject.is_some())
            + 4 * u8::from(self.detail.is_some())
    }
}

impl TryFrom<String> for CodePattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("\"{text}\" is no code: write 5.7.1, 5.7.700-749, x.7.1, x.7.* or 5.*");
        let mut fields = text.split('.');
        let class = match fields.next() {
            Some("x") => None,
            Some(class @ ("2" | "4" | "5")) => class.parse().ok(),
            _ => return Err(wrong()),
        };
        let subject = match fields.next() {
            Some("*") => None,
            Some(subject) => Some(subject.parse().map_err(|_| wrong())?),
            None => return Err(wrong()),
        };
        let detail = match fields.next() {
            None | Some("*") => None,
            Some(detail) => {
                let (from, to) = detail.split_once('-').unwrap_or((detail, detail));
                Some((from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?))
            }
        };
        Ok(Self { class, subject, detail })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<Rule>>,
}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rule file {name}{}: {reason}", line.map_or_else(String::new, |line| format!(", line {line}")))]
pub struct Error {
    /// The file's name.
    pub name: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Reads one rule file.
///
/// # Errors
/// When it is not TOML, names an unknown field, reason, party, code, dialect or guidance, or when a
/// rule matches nothing at all or has a pattern that is none.
pub fn parse(name: &str, text: &str, family: Family) -> Result<Vec<Rule>, Error> {
    let failed = |line, reason: String| Error { name: name.to_owned(), line, reason };
    let file: File = toml::from_str(text).map_err(|error| {
        let (line, reason) = toml_error::explain(text, &error);
        failed(line, reason)
    })?;
    let mut rules = Vec::with_capacity(file.rule.len());
    for rule in file.rule {
        let line = toml_error::line(text, rule.span().start);
        let rule = Rule { family, ..rule.into_inner() };
        // Those of the program are checked by its tests.
        if family == Family::User {
            check(&rule)
                .map_err(|reason| failed(Some(line), format!("rule \"{}\" {reason}", rule.id)))?;
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// What is wrong with a rule, as the end of a sentence that begins with its name.
///
/// # Errors
/// When it matches nothing, or names something that does not exist.
pub fn check(rule: &Rule) -> Result<(), String> {
    let texts = [&rule.named, &rule.general, &rule.weak, &rule.all, &rule.unless];
    if rule.code.is_empty() && rule.dialect.is_empty() && rule.has_no_texts() {
        return Err(
            "matches nothing: give it a code, named or general texts, or a pattern".to_owned()
        );
    }
    if texts.into_iter().flatten().any(|text| text.trim().is_empty()) {
        return Err("has an empty text, which would stand in every answer; take it out".to_owned());
    }
    if let Some(Err(error)) = rule.pattern.as_deref().map(Regex::new) {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return Err(format!("has a pattern that is no regular expression: {why}"));
    }
    if let Some(dialect) =
        rule.dialect.iter().find(|name| dialect::ALL.iter().all(|d| d.name != name.as_str()))
    {
        return Err(unknown("dialect", dialect, dialect::ALL.iter().map(|d| d.name)));
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
    let hint = toml_error::likely(name, known)
        .map_or_else(String::new, |known| format!("; did you mean \"{known}\"?"));
    format!("names the {what} \"{name}\", which does not exist{hint}")
}

/// The rules that come with the program, in the order in which equals are decided.
pub const EMBEDDED: [(&str, Family, &str); 10] = [
    ("seed.toml", Family::Microsoft, include_str!("../../assets/rules/seed.toml")),
    ("article-571.toml", Family::Microsoft, include_str!("../../assets/rules/article-571.toml")),
    ("microsoft.toml", Family::Microsoft, include_str!("../../assets/rules/microsoft.toml")),
    ("google.toml", Family::Provider, include_str!("../../assets/rules/google.toml")),
    ("yahoo.toml", Family::Provider, include_str!("../../assets/rules/yahoo.toml")),
    ("apple.toml", Family::Provider, include_str!("../../assets/rules/apple.toml")),
    ("providers.toml", Family::Provider, include_str!("../../assets/rules/providers.toml")),
    ("blocklists.toml", Family::Provider, include_str!("../../assets/rules/blocklists.toml")),
    ("text.toml", Family::Text, include_str!("../../assets/rules/text.toml")),
    ("standard.toml", Family::Standard, include_str!("../../assets/rules/standard.toml")),
];

/// The rules that come with the program. A broken file, which the tests rule out, leaves its rules
/// out.
pub static BUILT_IN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    EMBEDDED
        .iter()
        .flat_map(|(name, family, text)| parse(name, text, *family).unwrap_or_default())
        .collect()
});

/// What a status code means by the registry (RFC 3463 and its updates).
#[must_use]
pub fn meaning(status: Status) -> Option<&'static str> {
    let registered = BUILT_IN.iter().filter(|rule| rule.family == Family::Standard);
    let mut exact = registered
        .filter(|rule| rule.code.iter().any(|code| code.is_exact() && code.holds(status)));
    exact.next().map(|rule| rule.title.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_read() {
        for (name, family, text) in EMBEDDED {
            let rules = parse(name, text, family).unwrap_or_else(|e| panic!("{e}"));
            assert!(!rules.is_empty(), "{name}");
        }
    }

    #[test]
    fn codes_ranges_and_wildcards() {
        let holds = |pattern: &str, status| {
            CodePattern::try_from(pattern.to_owned()).is_ok_and(|p| p.holds(status))
        };
        assert!(holds("5.7.1", Status::new(5, 7, 1)) && !holds("5.7.1", Status::new(5, 7, 12)));
        assert!(
            holds("5.7.700-749", Status::new(5, 7, 749))
                && !holds("5.7.700-749", Status::new(5, 7, 750))
        );
        assert!(
            holds("x.7.1", Status::new(4, 7, 1))
                && holds("x.7.*", Status::new(5, 7, 99))
                && holds("5.*", Status::new(5, 1, 1))
        );
        assert!(CodePattern::try_from("7.1".to_owned()).is_err());
    }
}
