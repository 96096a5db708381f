//! `deadletter rules test`: what rules of the user's own recognise, before they are used.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, read_file};
use crate::diagnosis::rules::{self, Family, Rule};
use crate::diagnosis::{Diagnosis, Ours, Rules, diagnose};
use crate::engine::pipeline::{self, Batch, Intake, Pace, Results};
use crate::engine::{Fault, Judge};
use crate::export::rules::{Example, Overridden, TriedRule};
use crate::mail::SafeText;
use crate::source::demo;
use crate::source::files::Sentences;

use super::args::RulesFormat;
use super::error::{Error, shown};
use super::exit::FAILED;
use super::gather::tell;
use super::inputs::{Incoming, Inputs};

pub(super) fn test(
    file: &Path,
    paths: &[PathBuf],
    format: RulesFormat,
    config: &Config,
) -> Result<u8, Error> {
    let Some(own) = sound(file)? else { return Ok(FAILED) };
    let mut tried = Vec::with_capacity(own.len());
    for rule in &own {
        tried.push(TriedRule::new(rule.id.clone(), rule.reason));
    }
    let rules = Rules::with_own(own).map_err(crate::config::Error::from)?;
    let mail = Mail::of(paths, config);
    let judge = Judge { rules: Arc::new(rules), ours: Arc::new(mail.ours()) };
    let ended = pipeline::run(
        Pace::Full,
        |intake| mail.feed(intake),
        |batch| in_batch(&judge, &batch),
        |results| counted(results, &mut tried),
    )?;
    let (deliveries, mut troubles) = ended.taken;
    troubles.append(ended.fed.unwrap_or_default());
    let mut out = BufWriter::new(io::stdout().lock());
    for rule in &tried {
        match format {
            RulesFormat::Text => rule.write(deliveries, &mut out)?,
            RulesFormat::Jsonl => rule.write_json(&mut out)?,
        }
    }
    out.flush()?;
    mail.told(troubles)
}

/// The rules of a file; None where there are mistakes, which are told.
fn sound(file: &Path) -> Result<Option<Vec<Rule>>, Error> {
    let unreadable = |reason: &str| {
        let (path, reason) = (shown(file), SafeText::new(reason));
        Error::Config(crate::config::Error::Read { path, reason })
    };
    let bytes = read_file(file).map_err(|error| unreadable(&error.to_string()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(unreadable("this is no UTF-8; save the file as UTF-8"));
    };
    let name = shown(file);
    let mistakes = rules::mistakes(&name, &text);
    if mistakes.is_empty() {
        let parsed = rules::parse(&name, &text, Family::User);
        return Ok(Some(parsed.map_err(crate::config::Error::from)?));
    }
    let mut errors = io::stderr().lock();
    for rules::Error { line, column, reason, .. } in &mistakes {
        let (line, column) = (line.unwrap_or(1), column.unwrap_or(1));
        writeln!(errors, "{name}:{line}:{column}: {}", SafeText::new(reason))?;
    }
    Ok(None)
}

/// What the rules are tried on.
enum Mail {
    Files(Inputs, Ours),
    Demo(Ours),
}

impl Mail {
    fn of(paths: &[PathBuf], config: &Config) -> Self {
        if paths.is_empty() {
            // The demo is not ours to break; its tests read it.
            return Self::Demo(toml::from_str(demo::OURS).unwrap_or_default());
        }
        let inputs = Inputs::of(paths);
        let ours = inputs.ours(config);
        Self::Files(inputs, ours)
    }

    fn ours(&self) -> Ours {
        match self {
            Self::Files(_, ours) | Self::Demo(ours) => ours.clone(),
        }
    }

    fn feed(&self, intake: &mut Intake<Incoming>) -> Sentences {
        match self {
            Self::Files(inputs, _) => return inputs.feed(intake),
            Self::Demo(_) => {
                demo::each(&mut |number, bytes| {
                    let label = format!("demo#{number}");
                    intake.put(Incoming { label, brief: false }, bytes)
                });
            }
        }
        Sentences::default()
    }

    /// Says what could not be read; returns the exit code.
    fn told(self, mut troubles: Sentences) -> Result<u8, Error> {
        match self {
            Self::Files(inputs, _) => {
                troubles.append(inputs.unread);
                tell(&inputs.again, &troubles)
            }
            Self::Demo(_) => tell(&Sentences::default(), &troubles),
        }
    }
}

/// What came of a batch: how many deliveries there were, and those that a rule of the user's
/// decides about.
#[derive(Default)]
struct RuleMatches {
    deliveries: u64,
    matches: Vec<Match>,
    troubles: Vec<SafeText>,
}

/// A delivery that one of the user's rules decides about.
struct Match {
    rule: Arc<Rule>,
    instead: Overridden,
    example: Example,
}

fn in_batch(judge: &Judge, batch: &Batch<Incoming>) -> RuleMatches {
    let mut seen = RuleMatches::default();
    for (Incoming { label, .. }, raw) in batch.each() {
        let Ok((bounce, with)) = judge.understand(raw) else {
            seen.troubles.push(SafeText::new(&format!("{label} {Fault}")));
            continue;
        };
        seen.deliveries += bounce.deliveries.len() as u64;
        if !with.verdicts.iter().any(|verdict| own(verdict.rule.as_ref()).is_some()) {
            continue;
        }
        let without: Diagnosis = diagnose(&bounce, Rules::standard(), &judge.ours);
        for (at, verdict) in with.verdicts.iter().enumerate() {
            let Some(rule) = own(verdict.rule.as_ref()) else { continue };
            let said = bounce.deliveries[at].said.as_ref();
            let answer = said.map(|said| said.text.clone()).unwrap_or_default();
            seen.matches.push(Match {
                rule: Arc::clone(rule),
                instead: Overridden::of(&without.verdicts[at]),
                example: Example { file: SafeText::new(label), answer },
            });
        }
    }
    seen
}

/// The rule, if it is one of the user's.
fn own(rule: Option<&Arc<Rule>>) -> Option<&Arc<Rule>> {
    rule.filter(|rule| rule.family == Family::User)
}

/// Counts what the rules recognise; returns how many deliveries there were, and what was wrong.
fn counted(results: Results<RuleMatches>, tried: &mut [TriedRule]) -> (u64, Sentences) {
    let (mut deliveries, mut troubles) = (0, Sentences::default());
    for result in results {
        let seen = match result {
            Ok(seen) => seen,
            Err(fault) => {
                troubles.push(SafeText::new(&format!("a batch of messages {fault}")));
                continue;
            }
        };
        deliveries += seen.deliveries;
        for trouble in seen.troubles {
            troubles.push(trouble);
        }
        for Match { rule, instead, example } in seen.matches {
            if let Some(tried) = tried.iter_mut().find(|tried| tried.id == rule.id) {
                tried.add(instead, example);
            }
        }
    }
    (deliveries, troubles)
}
