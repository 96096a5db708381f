//! Finds the rule that tells most about an error text: one pass over the text for all wordings of
//! all rules, never one a rule. A pattern is compiled when its words occur for the first time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use crate::bounce::{Phase, Status};

use super::code::CodePattern;
use super::reason::Reason;
use super::rules::{BUILT_IN, Error, Family, Rule};
use super::wordings::{Occurrence, Role, Wording, Wordings};

/// How much a match counts. Higher beats lower; within a rank the longer wording wins, then the
/// more exact code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Class or subject of the code only.
    Subject,
    /// A rule that stands below all others that know the code or a word.
    Last,
    /// A phrase of refusals of every sort.
    Filler,
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

/// An error text and what is known of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statement<'a> {
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
    pub rule: &'r Arc<Rule>,
    /// How much it counts.
    pub rank: Rank,
    /// Bytes of the wording in the text; empty when only the code matched.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Hit<'_> {
    /// True when only a code speaks, and no words.
    #[must_use]
    pub const fn is_by_code(&self) -> bool {
        self.start == self.end
    }
}

/// Rules, and what finds their words.
#[derive(Debug, Default)]
pub struct Rules {
    all: Vec<Arc<Rule>>,
    wordings: Wordings,
    /// Rules that a code alone may bring up, by the subject of the code.
    by_subject: HashMap<u16, Vec<Coded>>,
    /// Those that a code of any subject may bring up.
    by_any_subject: Vec<Coded>,
    /// Those that name a dialect and no code.
    by_dialect: Vec<usize>,
}

/// A code, and the rule that it may bring up.
#[derive(Clone, Copy, Debug)]
struct Coded {
    code: CodePattern,
    rule: usize,
}

impl Rules {
    /// The rules that come with the program.
    #[must_use]
    pub fn standard() -> &'static Arc<Self> {
        static STANDARD: LazyLock<Arc<Rules>> =
            LazyLock::new(|| Arc::new(Rules::with_own(Vec::new()).unwrap_or_default()));
        &STANDARD
    }

    /// A number for the rules: the same as long as none of them changes.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.all).hash(&mut hasher);
        hasher.finish()
    }

    /// Compiles the user's own rules and, behind them, those that come with the program.
    ///
    /// # Errors
    /// When a pattern is no regular expression or the rules together are too large.
    pub fn with_own(own: Vec<Rule>) -> Result<Self, Error> {
        let mut rules: Vec<Arc<Rule>> = own.into_iter().map(Arc::new).collect();
        rules.extend(BUILT_IN.iter().cloned());
        Self::compile(rules)
    }

    /// Compiles rules; among equals the first one wins.
    ///
    /// # Errors
    /// When a pattern is no regular expression or the rules together are too large.
    pub fn compile(rules: Vec<Arc<Rule>>) -> Result<Self, Error> {
        let mut compiled = Self { wordings: Wordings::of(&rules)?, ..Self::default() };
        for (index, rule) in rules.iter().enumerate() {
            compiled.add_codes(index, rule);
        }
        compiled.all = rules;
        Ok(compiled)
    }

    fn add_codes(&mut self, index: usize, rule: &Rule) {
        let worded = !rule.named.is_empty() || rule.pattern.is_some();
        if rule.code.is_empty() && !rule.dialect.is_empty() && !worded {
            self.by_dialect.push(index);
        }
        if !speaks_by_code(rule) {
            return;
        }
        for &code in &rule.code {
            let coded = Coded { code, rule: index };
            match code.subject() {
                Some(subject) => self.by_subject.entry(subject).or_default().push(coded),
                None => self.by_any_subject.push(coded),
            }
        }
    }

    /// All rules, in order.
    #[must_use]
    pub fn all(&self) -> &[Arc<Rule>] {
        &self.all
    }

    /// The rule that tells most about an error text.
    #[must_use]
    pub fn find(&self, statement: Statement<'_>) -> Option<Hit<'_>> {
        let mut search = Search { rules: self, statement, best: None };
        let mut found = self.wordings.occurrences(statement.text);
        search.by_wording(&found);
        search.by_code();
        if search.best.as_ref().is_none_or(|best| best.weight.rank < Rank::Hint) {
            self.wordings.add_weak_patterns(statement.text, &mut found);
            search.by_wording(&found);
        }
        Some(search.best?.hit)
    }
}

/// What decides between two hits, the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Precedence {
    rank: Rank,
    /// Among words that anybody may use: how exactly they name a cause.
    precision: u8,
    /// Bytes of the wording.
    length: usize,
    exactness: u8,
    /// The more rules come behind it, the earlier it stands.
    behind: usize,
}

/// Words of a text that bring up a rule.
struct Phrase {
    rule: usize,
    rank: Rank,
    start: usize,
    end: usize,
}

impl Phrase {
    /// True when the other one is only a part of these words and counts no more.
    fn contains(&self, other: &Self) -> bool {
        self.start <= other.start
            && other.end <= self.end
            && other.end - other.start < self.end - self.start
            && other.rank <= self.rank
    }
}

struct Best<'r> {
    weight: Precedence,
    hit: Hit<'r>,
}

/// The search for the rule that tells most about one text.
struct Search<'r, 'a> {
    rules: &'r Rules,
    statement: Statement<'a>,
    best: Option<Best<'r>>,
}

impl Search<'_, '_> {
    /// Rules whose wording or pattern occurs in the text. Words inside a longer phrase that means
    /// something say nothing by themselves.
    fn by_wording(&mut self, found: &[Occurrence]) {
        let mut phrases = Vec::with_capacity(found.len());
        for &Occurrence { wording: Wording { rule: index, role }, start, end } in found {
            let rule = &self.rules.all[index];
            if role.speaks()
                && is_complete(index, rule, found)
                && let Some(rank) = rank_of_wording(rule, role, &self.statement)
            {
                phrases.push(Phrase { rule: index, rank, start, end });
            }
        }
        for phrase in &phrases {
            if !phrases.iter().any(|other| other.contains(phrase)) {
                self.offer(phrase.rule, phrase.rank, phrase.start, phrase.end);
            }
        }
    }

    /// Rules whose code alone speaks.
    fn by_code(&mut self) {
        let rules = self.rules;
        for &index in &rules.by_dialect {
            if applies(&rules.all[index], &self.statement) {
                self.offer(index, Rank::Named, 0, 0);
            }
        }
        let Some(&status) = self.statement.status.first() else { return };
        let of_subject = rules.by_subject.get(&status.subject).map_or(&[][..], Vec::as_slice);
        for coded in rules.by_any_subject.iter().chain(of_subject) {
            if coded.code.holds(status)
                && let Some(rank) = rank_of_code(&rules.all[coded.rule], &self.statement)
            {
                self.offer(coded.rule, rank, 0, 0);
            }
        }
    }

    /// Keeps a hit that counts at least as much as the best one so far.
    fn offer(&mut self, index: usize, rank: Rank, start: usize, end: usize) {
        let rule = &self.rules.all[index];
        let anybodys = matches!(rank, Rank::Wording | Rank::Hint | Rank::Filler);
        let weight = Precedence {
            rank,
            precision: if anybodys { rule.reason.precision() } else { 0 },
            length: end - start,
            exactness: exactness(rule, &self.statement),
            behind: self.rules.all.len() - index,
        };
        if self.best.as_ref().is_none_or(|best| best.weight <= weight) {
            self.best = Some(Best { weight, hit: Hit { rule, rank, start, end } });
        }
    }
}

/// True when all texts that the rule demands besides are there, and none that it rules out.
fn is_complete(index: usize, rule: &Rule, found: &[Occurrence]) -> bool {
    let mut demanded = 0;
    for Occurrence { wording, .. } in found {
        if wording.rule == index {
            match wording.role {
                Role::Unless => return false,
                Role::All => demanded += 1,
                _ => {}
            }
        }
    }
    demanded == rule.all.len()
}

fn rank_of_wording(rule: &Rule, role: Role, statement: &Statement<'_>) -> Option<Rank> {
    if !applies(rule, statement) {
        return None;
    }
    let coded = rule.code.iter().any(|code| statement.status.iter().any(|s| code.holds(*s)));
    Some(match (rule.family, role) {
        _ if rule.last => Rank::Last,
        (_, Role::General) if !coded && !rule.code.is_empty() => return None,
        (Family::User, _) => Rank::Own,
        (_, Role::Weak) => Rank::Hint,
        (_, Role::Filler) => Rank::Filler,
        (_, _) if coded => Rank::NamedAndCode,
        (Family::Text | Family::Standard, _) | (_, Role::General) => Rank::Wording,
        _ => Rank::Named,
    })
}

/// True for a rule that a code may bring up without any words.
fn speaks_by_code(rule: &Rule) -> bool {
    let needs_words = !rule.all.is_empty() || rule.pattern.is_some() && rule.named.is_empty();
    if needs_words {
        return false;
    }
    match rule.family {
        _ if rule.last => true,
        Family::User => rule.has_no_texts(),
        Family::Provider => rule.has_no_texts() && !rule.at.is_empty(),
        Family::Standard | Family::Microsoft => true,
        Family::List | Family::Text => false,
    }
}

/// How much the code counts, of a rule that speaks by its code.
fn rank_of_code(rule: &Rule, statement: &Statement<'_>) -> Option<Rank> {
    let status = *statement.status.first()?;
    let code = rule.code.iter().find(|code| code.holds(status))?;
    if !applies(rule, statement) {
        return None;
    }
    match rule.family {
        _ if rule.last => Some(Rank::Last),
        Family::User => Some(Rank::Own),
        Family::Standard => Some(rank_in_registry(rule, code, status)),
        Family::Provider => Some(Rank::SpecificCode),
        Family::Microsoft if code.is_specific() => Some(Rank::SpecificCode),
        Family::Microsoft if statement.microsoft && says_little(status) => Some(Rank::VagueCode),
        Family::Microsoft if statement.microsoft => Some(Rank::MicrosoftCode),
        Family::Microsoft | Family::List | Family::Text => None,
    }
}

/// True for codes that leave open what happened: a detail of zero, and x.7.1.
fn says_little(status: Status) -> bool {
    status.detail == 0 || (status.subject, status.detail) == (7, 1)
}

fn rank_in_registry(rule: &Rule, code: &CodePattern, status: Status) -> Rank {
    if !code.is_exact() || rule.reason == Reason::Unknown || status.says_nothing() {
        Rank::Subject
    } else if says_little(status) {
        Rank::VagueCode
    } else {
        Rank::Registry
    }
}

/// How exactly a rule names the code and the circumstances.
fn exactness(rule: &Rule, statement: &Statement<'_>) -> u8 {
    let mut exactest = 0;
    for code in &rule.code {
        if statement.status.iter().any(|status| code.holds(*status)) {
            exactest = exactest.max(code.exactness());
        }
    }
    exactest
        + u8::from(!rule.phase.is_empty())
        + u8::from(!rule.at.is_empty())
        + u8::from(!rule.dialect.is_empty())
}

/// True when host, dialect and step of the dialogue are among those that a rule demands.
fn applies(rule: &Rule, statement: &Statement<'_>) -> bool {
    (rule.at.is_empty() || rule.at.iter().any(|end| comes_from(statement.hosts, end)))
        && (rule.dialect.is_empty() || rule.dialect.iter().any(|d| d == statement.dialect))
        && (rule.phase.is_empty() || statement.phase.is_some_and(|p| rule.phase.contains(&p)))
}

fn comes_from(hosts: &[String], end: &str) -> bool {
    hosts.iter().any(|host| host.ends_with(end))
}
