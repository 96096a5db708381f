//! The picture of who must act: three stations in the order the mail travels, and the break where
//! it stopped.

use crate::diagnosis::{Case, Confidence, Halt, Language, Party, Route};

/// What stands for a name that is not known.
const UNKNOWN: &str = "?";

/// One of the three stations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// What it is: `Sender`.
    pub title: &'static str,
    /// Its whole name, or the title where it is not known.
    pub name: String,
    /// The part of the name that tells it from others, or the title.
    pub short: String,
    /// The name on two lines of a box.
    pub lines: [String; 2],
    /// It must act.
    pub acts: bool,
}

/// The three stations and the break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The sender, our service, the recipient's side.
    pub stations: [Station; 3],
    /// Where the message stopped.
    pub halt: Halt,
    /// The network between us and the recipient's side, where that must act.
    pub network: Option<&'static str>,
    /// The words that mark who must act.
    pub must_act: &'static str,
    /// The verdict is uncertain: it is drawn thin.
    pub thin: bool,
}

impl Picture {
    pub(super) fn of(case: &Case<'_>, language: Language) -> Self {
        let route = Route::of(case);
        let network = route.party == Party::Network;
        Self {
            stations: [
                sender(&route, language.word("field.sender")),
                ours(&route, language.word("field.our_system")),
                theirs(&route, language.word("field.recipient")),
            ],
            halt: route.halt,
            network: network.then(|| language.word("party.network")),
            must_act: language.word("must_act"),
            thin: case.verdict.judgement.confidence == Confidence::Low,
        }
    }

    /// True when the way breaks on the arrow into a station, counted from 0.
    #[must_use]
    pub fn breaks_before(&self, station: usize) -> bool {
        match station {
            1 => self.halt == Halt::AtUs,
            2 => self.halt == Halt::Between,
            _ => false,
        }
    }
}

/// A station without a name.
fn unnamed(title: &'static str, acts: bool) -> Station {
    let lines = [UNKNOWN.to_owned(), String::new()];
    Station { title, name: title.to_owned(), short: title.to_owned(), lines, acts }
}

fn sender(route: &Route, title: &'static str) -> Station {
    let mut station = unnamed(title, route.party == Party::Sender);
    if let Some(address) = &route.sender {
        station.name = address.to_string();
        if let Some((local, domain)) = address.rsplit_once('@') {
            station.short.clone_from(&station.name);
            station.lines = [format!("{local}@"), domain.to_owned()];
        }
    }
    station
}

fn ours(route: &Route, title: &'static str) -> Station {
    let mut station = unnamed(title, route.party == Party::OurSystem);
    if let Some(host) = &route.ours {
        station.name = host.to_string();
        station.lines = match host.split_once('.') {
            Some((own, domain)) if domain.contains('.') => [format!("{own}."), domain.to_owned()],
            _ => [host.to_string(), String::new()],
        };
        station.short = station.lines[0].trim_end_matches('.').to_owned();
    }
    station
}

fn theirs(route: &Route, title: &'static str) -> Station {
    let acts = matches!(route.party, Party::RecipientSystem | Party::Recipient);
    let mut station = unnamed(title, acts);
    let host = route.theirs.as_deref().unwrap_or_default();
    if let Some(domain) = &route.domain {
        station.name = domain.to_string();
        station.short.clone_from(&station.name);
        station.lines = [domain.to_string(), below(host, domain).to_owned()];
    } else if !host.is_empty() {
        host.clone_into(&mut station.name);
        station.short.clone_from(&station.name);
        station.lines = [String::new(), host.to_owned()];
    }
    station
}

/// What a host adds to the domain that stands above it: `mx1.` of a host in that domain, nothing
/// of the domain itself.
fn below<'h>(host: &'h str, domain: &str) -> &'h str {
    match host.strip_suffix(domain) {
        Some(own) if own.is_empty() || own.ends_with('.') => own,
        _ => host,
    }
}
