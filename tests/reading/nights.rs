//! Many bounces become few incidents: nights of twelve causes each, told by the mail systems of the
//! world in their wordings, layouts and languages, with ids, addresses and times that all differ.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use deadletter::bounce;
use deadletter::diagnosis::{Case, Ours, Party, Rules, diagnose};
use deadletter::incident::{Cause, Contribution, Incident, IncidentId, incidents};

use crate::night::{Night, ours};

/// The nights, and the seed of each.
const NIGHTS: [(&str, u64, &str); 4] = [
    ("first", 11, include_str!("../vectors/nights/first.toml")),
    ("second", 12, include_str!("../vectors/nights/second.toml")),
    ("third", 13, include_str!("../vectors/nights/third.toml")),
    ("fourth", 14, include_str!("../vectors/nights/fourth.toml")),
];

/// Incidents that a screen shows at once.
const SCREEN: usize = 15;

/// How many bounces a night has: 1,200, or as many as `DEADLETTER_NIGHT` says.
fn count() -> usize {
    match std::env::var("DEADLETTER_NIGHT") {
        Ok(count) => count.parse().expect("DEADLETTER_NIGHT is a number"),
        Err(_) => 1_200,
    }
}

/// A delivery, and the number of the cause that it really failed on.
struct Happened {
    cause: usize,
    contribution: Contribution,
}

/// Reads and judges the bounces of a night.
fn happened(night: &Night, count: usize, seed: u64, ours: &Ours) -> Vec<Happened> {
    let mut happened = Vec::new();
    for told in night.bounces(count, seed) {
        let bounce = bounce::read(told.raw.as_bytes());
        let diagnosis = diagnose(&bounce, Rules::standard(), ours);
        let time = bounce.date.map(|date| date.at);
        for number in 0..bounce.deliveries.len() {
            let case = Case::of(&bounce, &diagnosis, ours, number).expect("a case");
            let contribution = Contribution::of(&case, Cause::of(&case), time);
            happened.push(Happened { cause: told.cause, contribution });
        }
        if bounce.deliveries.is_empty() {
            let cause = Cause::of_message(&bounce, &diagnosis);
            let contribution = Contribution::of_message(cause, time);
            happened.push(Happened { cause: told.cause, contribution });
        }
    }
    happened
}

/// What the incidents of a night show against the ledger.
struct Measured {
    /// Deliveries in all, in the largest incidents, and those that are with their like.
    total: u64,
    held: u64,
    pure: u64,
    incidents: usize,
    /// Incidents in which somebody must act who need not, with how many deliveries.
    wrong_owners: u64,
    list: String,
}

impl Measured {
    fn of(night: &Night, happened: &[Happened]) -> Self {
        let found = incidents(happened.iter().map(|one| one.contribution.clone()));
        let into = joined(&found);
        let mut within: BTreeMap<IncidentId, BTreeMap<usize, u64>> = BTreeMap::new();
        let mut wrong_owners = 0;
        for one in happened {
            let id = into[&one.contribution.cause.id()];
            *within.entry(id).or_default().entry(one.cause).or_default() += 1;
            let truth = night.causes[one.cause].owner;
            let claimed = one.contribution.cause.party;
            let waits = claimed == Party::Nobody;
            if truth.is_some_and(|owner| owner != claimed && !waits) {
                wrong_owners += 1;
            }
        }
        let mut list = String::new();
        for incident in &found {
            line(&mut list, night, incident, &within[&incident.id()]);
        }
        Self {
            total: happened.len().try_into().expect("fits"),
            held: found.iter().take(SCREEN).map(|incident| incident.count).sum(),
            pure: within.values().filter_map(|causes| causes.values().max()).sum(),
            incidents: found.len(),
            wrong_owners,
            list,
        }
    }
}

/// Which incident each cause went into.
fn joined(found: &[Incident]) -> BTreeMap<IncidentId, IncidentId> {
    let mut into = BTreeMap::new();
    for incident in found {
        for cause in &incident.causes {
            into.insert(*cause, incident.id());
        }
    }
    into
}

/// An incident, and which causes are in it, for who looks why a test failed.
fn line(list: &mut String, night: &Night, incident: &Incident, causes: &BTreeMap<usize, u64>) {
    let Cause { kind, at, about, words, party, .. } = &incident.cause;
    let _ = write!(list, "{} {kind} {} {party}", incident.count, incident.reason());
    for part in [at, about, words].into_iter().flatten() {
        let _ = write!(list, " {part:?}");
    }
    for (cause, count) in causes {
        let _ = write!(list, " | {count} {}", night.causes[*cause].name);
    }
    let evidence = incident.evidence.as_deref().unwrap_or("");
    let _ = writeln!(list, "\n      {evidence}");
}

#[expect(clippy::cast_precision_loss, reason = "thousands of bounces")]
fn part(some: u64, all: u64) -> f64 {
    some as f64 / all as f64
}

#[test]
fn a_night_of_twelve_causes_is_about_twelve_incidents() {
    let mut wrong = String::new();
    for (name, seed, text) in NIGHTS {
        let night = Night::of(text);
        let measured = Measured::of(&night, &happened(&night, count(), seed, &ours()));
        let Measured { total, held, pure, incidents, wrong_owners, list } = measured;
        println!(
            "{name}: {total} deliveries, {incidents} incidents, {SCREEN} hold {:.2} %, \
             purity {:.4}, {wrong_owners} with another owner",
            100.0 * part(held, total),
            part(pure, total),
        );
        if held * 100 < total * 95 || pure * 100 < total * 99 || wrong_owners * 100 > total {
            let _ = writeln!(wrong, "{name}: {held} held, {pure} pure of {total}\n{list}");
        }
        if std::env::var_os("DEADLETTER_NIGHT_LIST").is_some() {
            println!("{list}");
        }
        if let Some(folder) = std::env::var_os("DEADLETTER_NIGHT_FOLDER") {
            write_down(&night, seed, &Path::new(&folder).join(name));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Writes the mail of a night into a folder, the ledger beside it.
fn write_down(night: &Night, seed: u64, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    let mut ledger = String::new();
    for (number, told) in night.bounces(count(), seed).iter().enumerate() {
        fs::write(folder.join(format!("{number:05}.eml")), &told.raw).expect("a file");
        let _ = writeln!(ledger, "{number:05}.eml\t{}", night.causes[told.cause].name);
    }
    fs::write(folder.with_extension("tsv"), ledger).expect("a file");
}

#[test]
fn the_order_of_the_bounces_does_not_matter() {
    for (_, seed, text) in NIGHTS {
        let happened = happened(&Night::of(text), 300, seed, &ours());
        let forwards: Vec<_> = happened.iter().map(|one| one.contribution.clone()).collect();
        let backwards: Vec<_> = forwards.iter().rev().cloned().collect();
        assert_eq!(names(forwards), names(backwards));
    }
}

fn names(contributions: Vec<Contribution>) -> Vec<(IncidentId, u64)> {
    incidents(contributions).iter().map(|found| (found.id(), found.count)).collect()
}
