//! Diagnosis rules: data in `assets/rules/*.toml`, the user's own files before them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::bounce::{Phase, Status};

use super::party::{Confidence, Party};
use super::reason::Reason;

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
    /// Below every other rule that matches.
    #[serde(default)]
    pub last: bool,
    /// What it means.
    pub reason: Reason,
    /// Who must act, if nothing in the message says otherwise.
    pub owner: Party,
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

const fn most() -> Confidence {
    Confidence::High
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

    /// True for a code with a detail of three digits, or a range: nobody else uses these by accident.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        self.detail.is_some_and(|(from, to)| from >= 100 || from != to)
    }

    /// True for a pattern that names a detail.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.detail.is_some()
    }

    /// How exactly it names a code: 0 for a whole class up to 3 for one code.
    #[must_use]
    pub fn exactness(&self) -> u8 {
        u8::from(self.class.is_some()) + u8::from(self.subject.is_some()) + u8::from(self.detail.is_some())
    }
}

impl TryFrom<String> for CodePattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no code: write 5.7.1, 5.7.700-749, x.7.1, x.7.* or 5.*");
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
    rule: Vec<Rule>,
}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rule file {name}: {reason}")]
pub struct Error {
    /// The file's name.
    pub name: String,
    /// What is wrong, with line and column where TOML gives them.
    pub reason: String,
}

/// Reads one rule file.
///
/// # Errors
/// When it is not TOML, names an unknown field, reason, party or code, or when a rule matches nothing at all.
pub fn parse(name: &str, text: &str, family: Family) -> Result<Vec<Rule>, Error> {
    let failed = |reason: String| Error { name: name.to_owned(), reason };
    let file: File = toml::from_str(text).map_err(|e| failed(e.to_string()))?;
    let mut rules = file.rule;
    for rule in &mut rules {
        rule.family = family;
        let matches = !rule.code.is_empty()
            || !rule.named.is_empty()
            || !rule.general.is_empty()
            || !rule.weak.is_empty()
            || rule.pattern.is_some()
            || !rule.dialect.is_empty();
        if !matches {
            return Err(failed(format!(
                "rule \"{}\" matches nothing: give it a code, named or general texts, or a pattern",
                rule.id
            )));
        }
    }
    Ok(rules)
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

/// The rules that come with the program. A broken file, which the tests rule out, leaves its rules out.
pub static BUILT_IN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    EMBEDDED.iter().flat_map(|(name, family, text)| parse(name, text, *family).unwrap_or_default()).collect()
});

/// What a status code means by the registry (RFC 3463 and its updates).
#[must_use]
pub fn meaning(status: Status) -> Option<&'static str> {
    let registered = BUILT_IN.iter().filter(|rule| rule.family == Family::Standard);
    let mut exact = registered.filter(|rule| rule.code.iter().any(|code| code.is_exact() && code.holds(status)));
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
        let holds = |pattern: &str, status| CodePattern::try_from(pattern.to_owned()).is_ok_and(|p| p.holds(status));
        assert!(holds("5.7.1", Status::new(5, 7, 1)) && !holds("5.7.1", Status::new(5, 7, 12)));
        assert!(holds("5.7.700-749", Status::new(5, 7, 749)) && !holds("5.7.700-749", Status::new(5, 7, 750)));
        assert!(
            holds("x.7.1", Status::new(4, 7, 1))
                && holds("x.7.*", Status::new(5, 7, 99))
                && holds("5.*", Status::new(5, 1, 1))
        );
        assert!(CodePattern::try_from("7.1".to_owned()).is_err());
    }

    #[test]
    fn mistakes_are_named() {
        let error =
            |text: &str| parse("mine.toml", text, Family::User).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error("[[rule]]\nid = 'a'\ntitle = 't'\nreason = 'nonsense'\nowner = 'sender'\n").contains("nonsense"));
        assert!(
            error("[[rule]]\nid = 'a'\ntitle = 't'\nreason = 'policy'\nowner = 'sender'\n").contains("matches nothing")
        );
    }
}
