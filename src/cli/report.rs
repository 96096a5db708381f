//! `deadletter report`: a mailbox in one page of Markdown.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::export::list::Listed;
use crate::export::report::Report;
use crate::incident::{Cause, Incident, IncidentId, incidents};
use crate::listing::ColumnWords;
use crate::mail::SafeText;

use super::args::ReportArgs;
use super::error::Error;
use super::gather::{Gathered, tell};
use super::list::deliveries;

pub(super) fn run(what: &ReportArgs, config: &Config) -> Result<u8, Error> {
    let Gathered { found: listed, troubles, again } = deliveries(&what.paths, config, None)?;
    let listed = settled(listed);
    let now = Clock::System.now();
    let since = what.since.map(|since| since.before(now));
    let (recent, before): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|one| since.is_none() || one.row.time >= since);
    let hosts = busiest(&recent);
    let incidents = of(&recent);
    let before = of(&before);
    let words = ColumnWords::of(config.lang);
    let report =
        Report { incidents: &incidents, before: &before, hosts: &hosts, since, now, words: &words };
    io::stdout().lock().write_all(report.page().as_bytes())?;
    tell(&again, &troubles)
}

/// The same, each with the cause of the incident that all of them together make: what is new and
/// what is over is seen only where both sides call a cause the same.
fn settled(mut listed: Vec<Listed>) -> Vec<Listed> {
    let whole = of(&listed);
    let mut into: HashMap<IncidentId, Arc<Cause>> = HashMap::new();
    for incident in whole {
        let cause = Arc::new(incident.cause);
        for name in incident.causes {
            into.insert(name, Arc::clone(&cause));
        }
    }
    for one in &mut listed {
        if let Some(cause) = into.get(&one.row.cause.id()) {
            one.row.cause = Arc::clone(cause);
        }
    }
    listed
}

fn of(listed: &[Listed]) -> Vec<Incident> {
    incidents(listed.iter().map(Listed::contribution))
}

/// How many deliveries each host refused, the most first.
fn busiest(listed: &[Listed]) -> Vec<(SafeText, u64)> {
    let mut counts: HashMap<&SafeText, u64> = HashMap::new();
    for Listed { row, .. } in listed {
        if let Some(host) = &row.host
            && row.class.kind.is_bounce()
        {
            *counts.entry(host).or_default() += u64::from(row.further.max(1));
        }
    }
    let mut hosts: Vec<_> = counts.into_iter().map(|(host, n)| (host.clone(), n)).collect();
    hosts.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    hosts
}
