//! Finds the rule that tells most about an error text: one pass over the text for all wordings of
//! all rules, one for all patterns, never one a rule.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::bounce::{Phase, Status};

use super::rules::{BUILT_IN, CodePattern, Error, Family, Rule};

/// How much a match counts. Higher beats lower; within a rank the longer wording wins, then the
/// more exact code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Class or subject of the code only.
    Subject,
    /// A rule that stands below all others that know the code or a word.
    Last,
    /// The registry's meaning of a code that says little: a detail of zero, or x.7.1.
    VagueCode,
    /// Words that point somewhere.
    Hint,
    /// The registry's meaning of a telling code.
    Registry,
    /// Microsoft's meaning of a short code, where Microsoft is involved.
    MicrosoftCode,
    /// General wording.
    Wording,
    /// A code only one provider uses.
    SpecificCode,
    /// Wording of one provider or list, whatever the code.
    Named,
    /// Wording and code of the same rule.
    NamedAndCode,
    /// A rule of the user's own.
    Own,
}

/// What is known of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// The error text on one line.
    pub text: &'a str,
    /// The codes of the answer, the telling one first.
    pub status: &'a [Status],
    /// Hosts that answered or wrote the report, in lower case.
    pub hosts: &'a [String],
    /// The step of the dialogue.
    pub phase: Option<Phase>,
    /// The dialect of the report.
    pub dialect: &'a str,
    /// A Microsoft host or layout is involved.
    pub microsoft: bool,
}

/// A rule that matches, and where in the text.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// How much it counts.
    pub rank: Rank,
    /// Bytes of the wording in the text; empty when only the code matched.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Named,
    General,
    Weak,
    All(u16),
    Unless,
}

/// Rules compiled to automata.
#[derive(Debug, Default)]
pub struct Matcher {
    rules: Vec<Rule>,
    wordings: Option<AhoCorasick>,
    roles: Vec<(usize, Role)>,
    patterns: RegexSet,
    pattern_rules: Vec<(usize, Regex)>,
    /// Rules that a code alone may bring up, by the subject of the code.
    by_subject: HashMap<u16, Vec<usize>>,
    /// Those that any code, or none, may bring up.
    by_any_code: Vec<usize>,
}

/// The rules that come with the program.
pub static STANDARD: LazyLock<Matcher> =
    LazyLock::new(|| Matcher::compile(Vec::new()).unwrap_or_default());

impl Matcher {
    /// Compiles the user's own rules and, behind them, those that come with the program.
    ///
    /// # Errors
    /// When a pattern is no regular expression or the rules together are too large.
    pub fn compile(own: Vec<Rule>) -> Result<Self, Error> {
        let failed = |reason: String| Error { name: "all".to_owned(), line: None, reason };
        let rules: Vec<Rule> = own.into_iter().chain(BUILT_IN.iter().cloned()).collect();
        let (mut texts, mut roles, mut pattern_rules) = (Vec::new(), Vec::new(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            let mut add = |text: &str, role| {
                texts.push(text.to_lowercase());
                roles.push((index, role));
            };
            rule.named.iter().for_each(|text| add(text, Role::Named));
            rule.general.iter().for_each(|text| add(text, Role::General));
            rule.weak.iter().for_each(|text| add(text, Role::Weak));
            rule.unless.iter().for_each(|text| add(text, Role::Unless));
            for (n, text) in rule.all.iter().enumerate() {
                add(text, Role::All(u16::try_from(n).unwrap_or(u16::MAX)));
            }
            if let Some(pattern) = &rule.pattern {
                let regex = RegexBuilder::new(pattern)
                    .case_insensitive(true)
                    .unicode(false)
                    .size_limit(1 << 20)
                    .build();
                pattern_rules.push((
                    index,
                    regex.map_err(|e| failed(format!("rule \"{}\": {e}", rule.id)))?,
                ));
            }
        }
        let wordings = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&texts)
            .map_err(|e| failed(e.to_string()))?;
        let sources = pattern_rules.iter().map(|(_, regex)| regex.as_str());
        let patterns = RegexSetBuilder::new(sources)
            .case_insensitive(true)
            .unicode(false)
            .build()
            .map_err(|e| failed(e.to_string()))?;
        let (by_subject, by_any_code) = by_subject(&rules);
        Ok(Self {
            rules,
            wordings: Some(wordings),
            roles,
            patterns,
            pattern_rules,
            by_subject,
            by_any_code,
        })
    }

    /// All rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule that tells most about an answer.
    #[must_use]
    pub fn find(&self, answer: Answer<'_>) -> Option<Hit<'_>> {
        let subject = answer.status.first().and_then(|status| self.by_subject.get(&status.subject));
        let by_code = self.by_any_code.iter().chain(subject.into_iter().flatten());
        let by_code = by_code
            .filter_map(|&index| Some((index, Self::by_code(&self.rules[index], &answer)?, 0, 0)));
        let hits = self.wordings(&answer).into_iter().chain(by_code);
        let key = |&(index, rank, start, end): &(usize, Rank, usize, usize)| {
            (rank, end - start, exactness(&self.rules[index], &answer), usize::MAX - index)
        };
        let (index, rank, start, end) = hits.max_by_key(key)?;
        Some(Hit { rule: &self.rules[index], rank, start, end })
    }

    /// Rules whose wording or pattern occurs in the text.
    fn wordings(&self, answer: &Answer<'_>) -> Vec<(usize, Rank, usize, usize)> {
        let mut found: Vec<(usize, Role, usize, usize)> = Vec::new();
        let mut seen = vec![false; self.roles.len()];
        for hit in
            self.wordings.iter().flat_map(|wordings| wordings.find_overlapping_iter(answer.text))
        {
            let text = hit.pattern().as_usize();
            if !std::mem::replace(&mut seen[text], true) {
                let (rule, role) = self.roles[text];
                found.push((rule, role, hit.start(), hit.end()));
            }
        }
        let matched = self.patterns.matches(answer.text.as_bytes());
        for pattern in &matched {
            let (rule, regex) = &self.pattern_rules[pattern];
            if let Some(hit) = regex.find(answer.text.as_bytes()) {
                let role =
                    if self.rules[*rule].code.is_empty() { Role::Named } else { Role::General };
                found.push((*rule, role, hit.start(), hit.end()));
            }
        }
        let complete = |index: usize| {
            let rule = &self.rules[index];
            let all = (0..rule.all.len()).all(|n| {
                found
                    .iter()
                    .any(|f| f.0 == index && f.1 == Role::All(u16::try_from(n).unwrap_or(u16::MAX)))
            });
            all && !found.iter().any(|f| f.0 == index && f.1 == Role::Unless)
        };
        let ranked = found
            .iter()
            .filter(|f| matches!(f.1, Role::Named | Role::General | Role::Weak) && complete(f.0));
        ranked
            .filter_map(|&(index, role, start, end)| {
                Some((index, Self::by_wording(&self.rules[index], role, answer)?, start, end))
            })
            .collect()
    }

    fn by_wording(rule: &Rule, role: Role, answer: &Answer<'_>) -> Option<Rank> {
        if !applies(rule, answer) {
            return None;
        }
        let coded = rule.code.iter().any(|code| answer.status.iter().any(|s| code.holds(*s)));
        Some(match (rule.family, role) {
            _ if rule.last => Rank::Last,
            (_, Role::General) if !coded && !rule.code.is_empty() => return None,
            (Family::User, _) => Rank::Own,
            (_, Role::Weak) => Rank::Hint,
            (_, _) if coded => Rank::NamedAndCode,
            (Family::Text | Family::Standard, _) | (_, Role::General) => Rank::Wording,
            _ => Rank::Named,
        })
    }

    /// Rules whose code alone speaks.
    fn by_code(rule: &Rule, answer: &Answer<'_>) -> Option<Rank> {
        if rule.code.is_empty()
            && !rule.dialect.is_empty()
            && rule.named.is_empty()
            && rule.pattern.is_none()
        {
            return applies(rule, answer).then_some(Rank::Named);
        }
        if !rule.all.is_empty()
            || rule.pattern.is_some() && rule.named.is_empty()
            || rule.code.is_empty()
            || !applies(rule, answer)
        {
            return None;
        }
        let status = *answer.status.first()?;
        let code = rule.code.iter().find(|code| code.holds(status))?;
        match rule.family {
            _ if rule.last => Some(Rank::Last),
            Family::User => rule.has_no_texts().then_some(Rank::Own),
            Family::Standard if !code.is_exact() => Some(Rank::Subject),
            Family::Standard if rule.reason == super::Reason::Unknown => Some(Rank::VagueCode),
            Family::Standard if status.detail == 0 || (status.subject, status.detail) == (7, 1) => {
                Some(Rank::VagueCode)
            }
            Family::Standard => Some(Rank::Registry),
            Family::Provider if rule.has_no_texts() && !rule.at.is_empty() => {
                Some(Rank::SpecificCode)
            }
            Family::Microsoft if code.is_specific() => Some(Rank::SpecificCode),
            Family::Microsoft if answer.microsoft => Some(Rank::MicrosoftCode),
            _ => None,
        }
    }
}

/// The rules that a code may bring up: by its subject, and whatever it is.
fn by_subject(rules: &[Rule]) -> (HashMap<u16, Vec<usize>>, Vec<usize>) {
    let (mut by_subject, mut by_any): (HashMap<u16, Vec<usize>>, Vec<usize>) = Default::default();
    for (index, rule) in rules.iter().enumerate() {
        let subjects: BTreeSet<Option<u16>> = rule.code.iter().map(CodePattern::subject).collect();
        if subjects.is_empty() || subjects.contains(&None) {
            by_any.push(index);
        } else {
            subjects
                .into_iter()
                .flatten()
                .for_each(|subject| by_subject.entry(subject).or_default().push(index));
        }
    }
    by_any.retain(|&index| !(rules[index].code.is_empty() && rules[index].dialect.is_empty()));
    (by_subject, by_any)
}

fn exactness(rule: &Rule, answer: &Answer<'_>) -> u8 {
    let held = rule.code.iter().filter(|code| answer.status.iter().any(|s| code.holds(*s)));
    let conditions = u8::from(!rule.phase.is_empty())
        + u8::from(!rule.at.is_empty())
        + u8::from(!rule.dialect.is_empty());
    held.map(super::rules::CodePattern::exactness).max().unwrap_or(0) + conditions
}

/// True when the hosts and the dialect that a rule demands are there.
fn applies(rule: &Rule, answer: &Answer<'_>) -> bool {
    let host = |wanted: &String| answer.hosts.iter().any(|host| host.ends_with(wanted.as_str()));
    (rule.at.is_empty() || rule.at.iter().any(host))
        && (rule.dialect.is_empty() || rule.dialect.iter().any(|d| d == answer.dialect))
        && (rule.phase.is_empty() || answer.phase.is_some_and(|phase| rule.phase.contains(&phase)))
}
