//! Did we send the returned message at all? Signs for and against, from the header that came back.

use serde::Serialize;

use crate::bounce::{Bounce, Original};
use crate::mail::{Hop, address};

use super::hosts::{is_microsoft, is_private};
use super::ours::Ours;

/// Whether a bounce answers mail that others sent in our name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Backscatter {
    /// The returned message entered the network elsewhere.
    Yes,
    /// The returned message left from us.
    No,
    /// The evidence does not decide.
    #[default]
    Unknown,
}

/// One sign, and what it speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What was seen.
    pub text: String,
    /// What it speaks for.
    pub speaks_for: Backscatter,
}

/// The verdict and every sign it rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Backscatter or not.
    pub verdict: Backscatter,
    /// What was seen, the weightiest first.
    pub signs: Vec<Sign>,
}

/// Judges where the returned message came from. Without configured `[ours]` it is always unknown:
/// somebody else's server cannot be told from a forgotten one of our own.
#[must_use]
pub fn origin(bounce: &Bounce, ours: &Ours) -> Origin {
    let Some(original) = bounce.original.as_ref().filter(|_| bounce.kind.is_bounce()) else {
        return Origin::default();
    };
    if ours.is_empty() || ours.learnt {
        return Origin::default();
    }
    let addresses = [&original.author, &original.sender, &bounce.envelope_sender];
    let trace = Trace {
        original,
        ours,
        domains: addresses
            .into_iter()
            .flatten()
            .map(|a| address::domain(a))
            .filter(|d| !d.is_empty())
            .collect(),
        generator_ours: bounce.generating_server.as_deref().is_some_and(|g| ours.has_host(g)),
    };
    let verdict = trace.verdict();
    let mut signs = trace.signs();
    signs.sort_by_key(|s| s.speaks_for != verdict);
    Origin { verdict, signs }
}

/// The returned message and who we are.
struct Trace<'m> {
    original: &'m Original,
    ours: &'m Ours,
    /// The domains it claims to come from.
    domains: Vec<String>,
    /// Our own server wrote the report.
    generator_ours: bool,
}

impl Trace<'_> {
    fn hops(&self) -> &[Hop] {
        &self.original.chain.hops
    }

    fn taken_by_us(&self, hop: &Hop) -> bool {
        hop.by.as_deref().is_some_and(|by| self.ours.has_host(by) || self.ours.has_relay(by))
    }

    fn came_from_us(&self, hop: &Hop) -> bool {
        hop.ip.is_some_and(|ip| self.ours.has_ip(ip))
            || hop.from.as_deref().is_some_and(|from| self.ours.has_relay(from))
    }

    fn in_our_name(&self) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|d| self.ours.has_domain(d))
    }

    /// Somebody else took it from us.
    fn seen(&self) -> Option<&Hop> {
        self.hops().iter().find(|hop| self.came_from_us(hop) && !self.taken_by_us(hop))
    }

    /// Our own server handled it and wrote the report.
    fn handled(&self) -> bool {
        self.generator_ours && self.hops().iter().any(|hop| self.taken_by_us(hop))
    }

    /// It never left our own server, which wrote the report.
    fn local(&self) -> bool {
        let stranger =
            |hop: &Hop| hop.ip.is_some_and(|ip| !is_private(ip) && !self.ours.has_ip(ip));
        self.generator_ours && !self.hops().iter().any(stranger)
    }

    /// An account of ours handed it over inside Exchange Online.
    fn tenant(&self) -> bool {
        self.hops().first().is_some_and(|hop| {
            let with = hop.with.as_deref().unwrap_or("");
            let inside = ["mapi", "http", "https"]
                .iter()
                .any(|protocol| with.eq_ignore_ascii_case(protocol));
            inside
                && hop.by.as_deref().is_some_and(is_microsoft)
                && self.in_our_name()
                && !self.domains.is_empty()
        })
    }

    /// A stranger's address gave our name.
    fn claimed(&self) -> Option<&Hop> {
        self.hops().iter().find(|hop| {
            let claims = hop.from.as_deref().is_some_and(|from| self.ours.has_host(from));
            let stranger = hop.ip.is_some_and(|ip| !self.ours.has_ip(ip) && !is_private(ip));
            claims && stranger && !self.taken_by_us(hop) && !self.ours.ips.is_empty()
        })
    }

    /// The last hop on the Internet that is not ours.
    fn foreign(&self) -> Option<&Hop> {
        self.hops()
            .iter()
            .rev()
            .find(|hop| hop.ip.is_some_and(|ip| !is_private(ip)) && !self.taken_by_us(hop))
    }

    fn passed_us(&self) -> bool {
        self.hops().iter().any(|hop| self.taken_by_us(hop) || self.came_from_us(hop))
    }

    fn spf_failed(&self) -> bool {
        self.original.verdicts.iter().any(|verdict| {
            let verdict = verdict.to_ascii_lowercase();
            ["fail", "softfail"]
                .iter()
                .any(|fail| verdict.starts_with(fail) || verdict.contains(&format!("spf={fail}")))
        })
    }

    fn id_ours(&self) -> bool {
        self.original
            .message_id
            .as_deref()
            .is_some_and(|id| self.ours.has_host(&address::domain(id)))
    }

    fn signed(&self) -> bool {
        self.original.signers.iter().any(|domain| self.ours.has_domain(domain))
    }

    fn verdict(&self) -> Backscatter {
        let injected = self.foreign().is_some() && !self.passed_us();
        if self.seen().is_some() || self.local() || self.tenant() || self.handled() {
            Backscatter::No
        } else if !self.in_our_name() {
            Backscatter::Unknown
        } else if !self.signed()
            && (injected && (!self.id_ours() || self.spf_failed()) || self.claimed().is_some())
        {
            Backscatter::Yes
        } else if self.passed_us() && self.id_ours() {
            Backscatter::No
        } else {
            Backscatter::Unknown
        }
    }

    /// What was seen, for the reader.
    fn signs(&self) -> Vec<Sign> {
        let ip = |hop: &Hop| hop.ip.map(|ip| ip.to_string()).unwrap_or_default();
        let seen = self.seen();
        let foreign = self.foreign().filter(|_| seen.is_none() && !self.passed_us());
        let id = self.original.message_id.is_some();
        let against = [
            self.claimed().map(|hop| format!("a stranger's address {} gave our name", ip(hop))),
            foreign.map(|hop| format!("{} took it from {}, which is not ours", name(hop), ip(hop))),
            (self.spf_failed() && seen.is_none())
                .then(|| "SPF of our domain failed where it arrived".to_owned()),
            (id && !self.id_ours()).then(|| "the Message-ID is not of our making".to_owned()),
        ];
        let for_us = [
            seen.map(|hop| format!("{} took it from our address {}", name(hop), ip(hop))),
            self.handled().then(|| "our own server handled it and wrote the report".to_owned()),
            self.local().then(|| "it began on our own server, which wrote the report".to_owned()),
            self.tenant().then(|| {
                "an account of our domain handed it over inside Exchange Online".to_owned()
            }),
            self.id_ours().then(|| "the Message-ID is of our domain".to_owned()),
            self.signed()
                .then(|| "it bears a DKIM signature of our domain (not verified)".to_owned()),
        ];
        let sign = |speaks_for| move |text| Sign { text, speaks_for };
        let for_us = for_us.into_iter().flatten().map(sign(Backscatter::No));
        for_us.chain(against.into_iter().flatten().map(sign(Backscatter::Yes))).collect()
    }
}

fn name(hop: &Hop) -> String {
    hop.by.as_ref().map_or_else(|| "a server".to_owned(), ToString::to_string)
}
