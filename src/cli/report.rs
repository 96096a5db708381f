//! `deadletter report`: a mailbox in one page of Markdown.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::clock::Clock;
use crate::config::Config;
use crate::export::report::Report;
use crate::incident::{Cause, Incident, IncidentId, incidents};
use crate::listing::ColumnWords;
use crate::mail::SafeText;

use super::args::ReportArgs;
use super::error::Error;
use super::gather::{Gathered, ListEntry, tell};
use super::list::deliveries;

pub(super) fn run(what: &ReportArgs, config: &Config) -> Result<u8, Error> {
    let Gathered { entries, troubles, again } = deliveries(&what.paths, config, None)?;
    let now = Clock::System.now();
    let since = what.since.map(|since| since.before(now));
    let entries = settled(entries);
    let (recent, before): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| since.is_none() || entry.listed.row.time >= since);
    let hosts = busiest(&recent);
    let incidents = of(recent);
    let before = of(before);
    let words = ColumnWords::of(config.lang);
    let report =
        Report { incidents: &incidents, before: &before, hosts: &hosts, since, now, words: &words };
    io::stdout().lock().write_all(report.page().as_bytes())?;
    tell(&again, &troubles)
}

/// The same, each with the cause of the incident that all of them together make: what is new and
/// what is over is seen only where both sides call a cause the same.
fn settled(mut entries: Vec<ListEntry>) -> Vec<ListEntry> {
    let whole = incidents(entries.iter().map(|entry| entry.contribution.clone()));
    let mut into: HashMap<IncidentId, &Cause> = HashMap::new();
    for incident in &whole {
        for cause in &incident.causes {
            into.insert(*cause, &incident.cause);
        }
    }
    for entry in &mut entries {
        if let Some(cause) = into.get(&entry.contribution.cause.id()) {
            entry.contribution.cause = Cause::clone(cause);
        }
    }
    entries
}

fn of(entries: Vec<ListEntry>) -> Vec<Incident> {
    incidents(entries.into_iter().map(|entry| entry.contribution))
}

/// How many deliveries each host refused, the most first.
fn busiest(entries: &[ListEntry]) -> Vec<(SafeText, u64)> {
    let mut counts: HashMap<&SafeText, u64> = HashMap::new();
    for entry in entries {
        let row = &entry.listed.row;
        if let Some(host) = &row.host
            && row.kind.is_bounce()
        {
            *counts.entry(host).or_default() += u64::from(row.further.max(1));
        }
    }
    let mut hosts: Vec<_> = counts.into_iter().map(|(host, n)| (host.clone(), n)).collect();
    hosts.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    hosts
}
