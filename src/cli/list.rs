//! `deadletter list`: deliveries, or the incidents behind them, as lines.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use crate::clock::Clock;
use crate::config::Config;
use crate::export::list::{
    Grouped, Listed, TableStyle, deliveries_as_csv, deliveries_as_json, deliveries_as_table,
    incidents_as_csv, incidents_as_json, incidents_as_table,
};
use crate::filter::RowCondition;
use crate::incident::{Incident, IncidentId, incidents};
use crate::mail::address;

use super::args::{ListArgs, ListFormat, SortKey};
use super::error::Error;
use super::gather::{Gathered, gather, tell};
use super::passes::Passes;
use super::{setup, stored};

pub(super) fn run(what: &ListArgs, config: &Config) -> Result<u8, Error> {
    let passes = Passes::of(&what.filter, what.since, config)?;
    let condition = passes.condition();
    let gathered = deliveries(&what.paths, config, condition.as_ref())?;
    let Gathered { found: mut listed, troubles, again } = gathered;
    listed.retain(|one| passes.row(&one.row));
    let mut out = BufWriter::new(io::stdout().lock());
    let written = ListWriter { what, style: style(config) }.write(listed, &mut out);
    written.and_then(|()| out.flush())?;
    tell(&again, &troubles)
}

/// All deliveries of these files; without a file those that are kept of mailboxes and for which the
/// condition holds.
pub(super) fn deliveries(
    paths: &[PathBuf],
    config: &Config,
    condition: Option<&RowCondition>,
) -> Result<Gathered<Listed>, Error> {
    if paths.is_empty() { stored::gather(config, condition) } else { gather(paths, config) }
}

fn style(config: &Config) -> TableStyle {
    let terminal = io::stdout().is_terminal().then(|| crossterm::terminal::size().ok()).flatten();
    TableStyle {
        width: terminal.map(|(columns, _)| usize::from(columns)),
        ascii: setup::plain(config),
        language: config.lang,
        now: Clock::System.now(),
    }
}

/// A list about to be written.
struct ListWriter<'a> {
    what: &'a ListArgs,
    style: TableStyle,
}

impl ListWriter<'_> {
    fn write(&self, mut listed: Vec<Listed>, out: &mut impl Write) -> io::Result<()> {
        let mut incidents = incidents(listed.iter().map(Listed::contribution));
        let sizes = Sizes::of(&incidents);
        for one in &mut listed {
            one.incident = sizes.incident_of(one.incident);
        }
        if self.what.incidents {
            sort_incidents(&mut incidents, self.what.sort);
            return self.write_incidents(&grouped(&incidents, &listed), out);
        }
        sort_deliveries(&mut listed, self.what.sort, &sizes);
        match self.what.format {
            ListFormat::Table => deliveries_as_table(&listed, self.style, out),
            ListFormat::Csv => deliveries_as_csv(&listed, out),
            ListFormat::Jsonl => deliveries_as_json(&listed, out),
        }
    }

    fn write_incidents(&self, grouped: &[Grouped<'_>], out: &mut impl Write) -> io::Result<()> {
        match self.what.format {
            ListFormat::Table => incidents_as_table(grouped, self.style, out),
            ListFormat::Csv => incidents_as_csv(grouped, out),
            ListFormat::Jsonl => incidents_as_json(grouped, out),
        }
    }
}

/// Which incident a cause went into, and how many deliveries are in it.
struct Sizes(HashMap<IncidentId, (IncidentId, u64)>);

impl Sizes {
    fn of(incidents: &[Incident]) -> Self {
        let mut sizes = HashMap::new();
        for incident in incidents {
            for cause in &incident.causes {
                sizes.insert(*cause, (incident.id(), incident.count));
            }
        }
        Self(sizes)
    }

    fn incident_of(&self, cause: IncidentId) -> IncidentId {
        self.0.get(&cause).map_or(cause, |(incident, _)| *incident)
    }

    fn count(&self, incident: IncidentId) -> u64 {
        self.0.get(&incident).map_or(0, |(_, count)| *count)
    }
}

/// The incidents with the reports that tell of them, each report once.
fn grouped<'a>(incidents: &'a [Incident], listed: &'a [Listed]) -> Vec<Grouped<'a>> {
    let mut by_incident: HashMap<IncidentId, Vec<&str>> = HashMap::new();
    for one in listed {
        let ids = by_incident.entry(one.incident).or_default();
        if let Some(id) = one.message_id.as_deref()
            && ids.last() != Some(&id)
        {
            ids.push(id);
        }
    }
    let mut grouped = Vec::with_capacity(incidents.len());
    for incident in incidents {
        let message_ids = by_incident.remove(&incident.id()).unwrap_or_default();
        grouped.push(Grouped { incident, message_ids });
    }
    grouped
}

/// Sorts deliveries; the newest first where the key does not tell.
fn sort_deliveries(listed: &mut [Listed], key: Option<SortKey>, sizes: &Sizes) {
    listed.sort_by_key(|one| one.row.key());
    let domain = |one: &Listed| address::domain(one.row.recipient.as_deref().unwrap_or(""));
    match key {
        None | Some(SortKey::Time) => {}
        Some(SortKey::Count) => {
            listed.sort_by_key(|one| (Reverse(sizes.count(one.incident)), one.incident));
        }
        Some(SortKey::Status) => listed.sort_by_key(|one| one.row.code()),
        Some(SortKey::Reason) => listed.sort_by_key(|one| one.row.class.reason.slug()),
        Some(SortKey::Who) => listed.sort_by_key(|one| one.row.class.party),
        Some(SortKey::Domain) => listed.sort_by_key(domain),
        Some(SortKey::Sender) => listed.sort_by(|a, b| a.row.sender.cmp(&b.row.sender)),
        Some(SortKey::Host) => listed.sort_by(|a, b| a.row.host.cmp(&b.row.host)),
    }
}

/// Sorts incidents, which come the largest first.
fn sort_incidents(incidents: &mut [Incident], key: Option<SortKey>) {
    match key {
        None | Some(SortKey::Count) => {}
        Some(SortKey::Time) => incidents.sort_by_key(|one| Reverse(one.last)),
        Some(SortKey::Status) => incidents.sort_by_key(Incident::status),
        Some(SortKey::Reason) => incidents.sort_by_key(|one| one.reason().slug()),
        Some(SortKey::Who) => incidents.sort_by_key(|one| one.cause.party),
        Some(SortKey::Domain | SortKey::Host) => {
            incidents.sort_by(|a, b| a.cause.at.cmp(&b.cause.at));
        }
        Some(SortKey::Sender) => incidents.sort_by(|a, b| a.cause.about.cmp(&b.cause.about)),
    }
}
