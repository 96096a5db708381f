//! `deadletter verify`: what deliveries failed on, looked up as it is now.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;

use crossbeam_channel::Receiver;

use crate::bounce::Bounce;
use crate::checks::{CheckQuestion, Finding, questions};
use crate::clock::Clock;
use crate::config::Config;
use crate::diagnosis::{Case, Diagnosis};
use crate::dns::{Resolver, Servers};
use crate::engine::{Judge, Verified, Verifier, judge_of};
use crate::export::findings::{Concerned, FindingEntry, findings_as_json, findings_as_page};
use crate::listing::Row;
use crate::mail::SafeText;
use crate::store::{KeptPlace, MailboxKey, Store};

use super::args::{VerifyArgs, VerifyFormat};
use super::error::Error;
use super::exit::{FAILED, GOOD};
use super::gather::{Gathered, ReadMessage, gather_each, tell};
use super::passes::Passes;
use super::{explain, setup, stored};

/// Questions that share a budget.
const TOGETHER: usize = 16;

pub(super) fn run(what: &VerifyArgs, config: &Config) -> Result<u8, Error> {
    let passes = Passes::of(&what.filter, what.since, config)?;
    let resolver = if what.offline {
        Resolver::offline()
    } else {
        let servers = Servers::find(config.checks.resolver.as_deref())?;
        Resolver::new(servers, config.checks.connect)
    };
    let mut asker = VerifyRun { what, config, resolver, silent: false };
    if what.paths.is_empty() {
        return asker.kept(&passes);
    }
    let Gathered { found: all, troubles, again } = suspects(&what.paths, &passes, config)?;
    let answers = asker.answers(&all)?;
    asker.write(&all, &answers)?;
    let code = tell(&again, &troubles)?;
    Ok(code.max(asker.code()))
}

/// A delivery and the questions that decide it.
struct Suspect {
    concerned: Concerned,
    /// Where it lies in the store.
    place: Option<KeptPlace>,
    questions: Vec<CheckQuestion>,
}

/// The deliveries of these files that pass.
fn suspects(
    paths: &[PathBuf],
    passes: &Passes,
    config: &Config,
) -> Result<Gathered<Suspect>, Error> {
    let find = |message: &ReadMessage<'_>, suspects: &mut Vec<Suspect>| {
        let ReadMessage { judge, bounce, diagnosis, .. } = *message;
        for row in message.rows().iter().filter(|row| passes.row(row)) {
            suspects.extend(suspect(&message.file(), bounce, diagnosis, judge, row));
        }
    };
    gather_each(paths, config, find, |_| ())
}

/// The delivery of a row, if anything about it can be looked up.
fn suspect(
    file: &SafeText,
    bounce: &Bounce,
    diagnosis: &Diagnosis,
    judge: &Judge,
    row: &Row,
) -> Option<Suspect> {
    let at = usize::try_from(row.id.recipient).ok()?;
    let case = Case::of(bounce, diagnosis, &judge.ours, at)?;
    let questions = questions(&case);
    if questions.is_empty() {
        return None;
    }
    let concerned = Concerned {
        file: file.clone(),
        message_id: bounce.message_id.clone(),
        recipient: row.recipient.clone(),
    };
    Some(Suspect { concerned, place: None, questions })
}

/// The deliveries in the store that pass.
fn kept_suspects(
    store: &mut Store,
    passes: &Passes,
    config: &Config,
) -> Result<Vec<Suspect>, Error> {
    let judge = setup::judge(config)?;
    let mut rows = Vec::new();
    store.deliveries(passes.condition().as_ref(), &mut |kept| {
        if passes.row(&kept.delivery.row) {
            rows.push(kept);
        }
    })?;
    let mut all = Vec::new();
    let mut judges: HashMap<String, (MailboxKey, Judge)> = HashMap::new();
    for kept in rows {
        let row = &kept.delivery.row;
        let name = format!("{:?}", kept.mailbox);
        if !judges.contains_key(&name) {
            let mailbox = store.mailbox(&kept.mailbox)?;
            judges.insert(name.clone(), (mailbox, judge_of(mailbox, &judge, store)?));
        }
        let Some((mailbox, judge)) = judges.get(&name) else { continue };
        let (uid, number) = (row.id.message.uid, row.id.recipient);
        let place = KeptPlace { mailbox: *mailbox, uid, number };
        let Some(bounce) = store.bounce(place)? else { continue };
        let diagnosis = judge.diagnose(&bounce);
        let file = stored::label(&kept);
        if let Some(suspect) = suspect(&file, &bounce, &diagnosis, judge, row) {
            all.push(Suspect { place: Some(place), ..suspect });
        }
    }
    Ok(all)
}

/// Asks, each question once.
struct VerifyRun<'a> {
    what: &'a VerifyArgs,
    config: &'a Config,
    resolver: Resolver,
    /// Nobody answered; nothing more is asked.
    silent: bool,
}

impl VerifyRun<'_> {
    /// Looks up what is kept of mailboxes, and keeps what was found.
    fn kept(&mut self, passes: &Passes) -> Result<u8, Error> {
        let mut store = stored::open_judged(self.config)?;
        let all = kept_suspects(&mut store, passes, self.config)?;
        if self.what.offline {
            return self.known(&store, &all);
        }
        let answers = self.answers(&all)?;
        let mut found = Vec::new();
        for suspect in &all {
            for question in &suspect.questions {
                if let (Some(place), Some(finding)) = (suspect.place, answers.get(question))
                    && finding.trouble.is_none()
                {
                    found.push((place, finding));
                }
            }
        }
        store.put_findings(&found)?;
        self.write(&all, &answers)?;
        Ok(self.code())
    }

    /// Shows what was found before.
    fn known(&mut self, store: &Store, all: &[Suspect]) -> Result<u8, Error> {
        let mut answers = self.answers(all)?;
        for suspect in all {
            let Some(place) = suspect.place else { continue };
            let known = store.findings(place)?;
            for question in &suspect.questions {
                let same = |finding: &&Finding| {
                    finding.check == question.check() && finding.about == question.about()
                };
                if let Some(finding) = known.iter().find(same) {
                    answers.insert(question.clone(), finding.clone());
                }
            }
        }
        self.write(all, &answers)?;
        Ok(GOOD)
    }

    /// The answers to all questions.
    fn answers(&mut self, all: &[Suspect]) -> Result<HashMap<CheckQuestion, Finding>, Error> {
        let mut distinct: Vec<CheckQuestion> = Vec::new();
        let mut seen = HashSet::new();
        for question in all.iter().flat_map(|suspect| &suspect.questions) {
            if seen.insert(question) {
                distinct.push(question.clone());
            }
        }
        let (mut verifier, mut findings) = self.verifier();
        let mut answers = HashMap::new();
        for part in distinct.chunks(TOGETHER) {
            if self.silent {
                // Nobody is asked any more; each question says so.
                self.resolver = Resolver::offline();
                (verifier, findings) = self.verifier();
            }
            verifier.ask((), part.to_vec(), Clock::System.now())?;
            let mut heard = false;
            for Verified { number, finding, .. } in findings.iter().take(part.len()) {
                heard |= finding.trouble.is_none_or(|trouble| !trouble.is_of_network());
                answers.insert(part[number].clone(), finding);
            }
            self.silent |= !heard;
        }
        Ok(answers)
    }

    fn verifier(&self) -> (Verifier<()>, Receiver<Verified<()>>) {
        Verifier::new(self.resolver.clone(), self.config.checks.budget.duration())
    }

    /// The exit code: whether anything could be asked that was to be.
    fn code(&self) -> u8 {
        if self.silent && !self.what.offline { FAILED } else { GOOD }
    }

    fn write(
        &self,
        all: &[Suspect],
        answers: &HashMap<CheckQuestion, Finding>,
    ) -> Result<(), Error> {
        let answered = answered(all, answers);
        let mut out = io::stdout().lock();
        match self.what.format {
            VerifyFormat::Json => out.write_all(&findings_as_json(&answered))?,
            VerifyFormat::Text => {
                let page = findings_as_page(&answered, explain::style(self.config));
                out.write_all(page.as_bytes())?;
            }
        }
        out.flush()?;
        if self.what.offline {
            writeln!(io::stderr(), "deadletter: offline: nothing was asked")?;
        } else if self.silent {
            let servers = self.names();
            writeln!(
                io::stderr(),
                "deadletter: nobody answers{servers}; is there a network? \
                 [checks] resolver names another resolver, --offline asks nobody"
            )?;
        }
        Ok(())
    }

    fn names(&self) -> String {
        match Servers::find(self.config.checks.resolver.as_deref()) {
            Ok(servers) => format!(" at {}", servers.names().join(", ")),
            Err(_) => String::new(),
        }
    }
}

/// The findings in the order of their questions, each with its deliveries.
fn answered<'a>(
    all: &'a [Suspect],
    answers: &'a HashMap<CheckQuestion, Finding>,
) -> Vec<FindingEntry<'a>> {
    let mut answered: Vec<FindingEntry<'a>> = Vec::new();
    let mut places: HashMap<&CheckQuestion, usize> = HashMap::new();
    for suspect in all {
        for question in &suspect.questions {
            let Some(finding) = answers.get(question) else { continue };
            let place = *places.entry(question).or_insert_with(|| {
                answered.push(FindingEntry { finding, deliveries: Vec::new() });
                answered.len() - 1
            });
            answered[place].deliveries.push(&suspect.concerned);
        }
    }
    answered
}
