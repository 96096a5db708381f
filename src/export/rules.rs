//! What rules of the user's own recognise, as lines for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::diagnosis::{Party, Reason, Verdict};
use crate::mail::SafeText;

use super::json;

/// Answers that are shown of a rule.
const EXAMPLES: usize = 3;

/// What decides about a delivery without the user's rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Overridden {
    /// The rule's name, or what is done without one.
    pub rule: String,
    /// Why the delivery failed, as it has it.
    pub reason: Reason,
    /// Who must act.
    pub owner: Party,
}

impl Overridden {
    /// What a verdict rests on.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        Self {
            rule: verdict.rule_id().to_owned(),
            reason: verdict.reason,
            owner: verdict.judgement.party,
        }
    }
}

/// An answer that a rule recognises.
#[derive(Clone, Debug)]
pub struct Example {
    /// The file of the message, as `explain` names it.
    pub file: SafeText,
    /// What was said.
    pub answer: SafeText,
}

/// A rule, and the deliveries about which it decides.
#[derive(Clone, Debug)]
pub struct TriedRule {
    /// Its name.
    pub id: String,
    /// The reason that it gives.
    pub reason: Reason,
    /// How many there are.
    matches: u64,
    overrides: BTreeMap<Overridden, u64>,
    examples: Vec<Example>,
}

/// A rule as a line. Field names are a public interface.
#[derive(Serialize)]
struct RuleLine<'a> {
    rule: &'a str,
    reason: Reason,
    matches: u64,
    overrides: Vec<OverriddenLine<'a>>,
    examples: Vec<ExampleLine<'a>>,
}

#[derive(Serialize)]
struct OverriddenLine<'a> {
    rule: &'a str,
    reason: Reason,
    owner: Party,
    count: u64,
}

#[derive(Serialize)]
struct ExampleLine<'a> {
    file: &'a str,
    answer: &'a str,
}

impl TriedRule {
    /// A rule that was not tried yet.
    #[must_use]
    pub fn new(id: String, reason: Reason) -> Self {
        Self { id, reason, matches: 0, overrides: BTreeMap::new(), examples: Vec::new() }
    }

    /// It decides about a delivery; `instead` did without it.
    pub fn add(&mut self, instead: Overridden, example: Example) {
        self.matches += 1;
        *self.overrides.entry(instead).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example);
        }
    }

    /// Writes it as lines for people.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, deliveries: u64, out: &mut impl Write) -> io::Result<()> {
        let id = SafeText::new(&self.id);
        if self.matches == 0 {
            return writeln!(out, "{id}: recognises none of {deliveries} deliveries");
        }
        writeln!(out, "{id}: recognises {} of {deliveries} deliveries", self.matches)?;
        for (Overridden { rule, reason, owner }, count) in &self.overrides {
            let rule = SafeText::new(rule);
            writeln!(out, "  {count} instead of {rule} ({reason}, {owner})")?;
        }
        for Example { file, answer } in &self.examples {
            writeln!(out, "    {file}: {answer}")?;
        }
        Ok(())
    }

    /// Writes it as a JSON object on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let mut overrides = Vec::with_capacity(self.overrides.len());
        for (Overridden { rule, reason, owner }, count) in &self.overrides {
            overrides.push(OverriddenLine { rule, reason: *reason, owner: *owner, count: *count });
        }
        let mut examples = Vec::with_capacity(self.examples.len());
        for Example { file, answer } in &self.examples {
            examples.push(ExampleLine { file, answer });
        }
        let Self { id, reason, matches, .. } = self;
        let line = RuleLine { rule: id, reason: *reason, matches: *matches, overrides, examples };
        let mut text = Vec::new();
        json::write(&line, &mut text)?;
        text.push(b'\n');
        out.write_all(&text)
    }
}
