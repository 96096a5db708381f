//! Did we send the returned message at all? Signs for and against, from the header that came back.

use serde::Serialize;

use crate::bounce::Bounce;
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

/// Judges where the returned message came from. Without configured `[ours]` it is always unknown: somebody else's server
/// cannot be told from a forgotten one of our own.
#[must_use]
pub fn origin(bounce: &Bounce, ours: &Ours) -> Origin {
    let Some(original) = bounce.original.as_ref().filter(|_| bounce.kind.is_bounce()) else { return Origin::default() };
    let mut signs = Vec::new();
    let mut sign = |speaks_for, text: String| signs.push(Sign { text, speaks_for });
    if ours.is_empty() || ours.learnt {
        return Origin::default();
    }
    let hops = &original.chain.hops;
    let addresses = [&original.author, &original.sender, &bounce.envelope_sender];
    let domains: Vec<String> =
        addresses.into_iter().flatten().map(|a| address::domain(a)).filter(|d| !d.is_empty()).collect();
    let in_our_name = domains.is_empty() || domains.iter().any(|d| ours.has_domain(d));
    let by_ours = |hop: &Hop| hop.by.as_deref().is_some_and(|by| ours.has_host(by) || ours.has_relay(by));
    let from_ours = |hop: &Hop| {
        hop.ip.is_some_and(|ip| ours.has_ip(ip)) || hop.from.as_deref().is_some_and(|from| ours.has_relay(from))
    };
    let seen = hops.iter().find(|hop| from_ours(hop) && !by_ours(hop));
    let generator_ours = bounce.generating_server.as_deref().is_some_and(|g| ours.has_host(g));
    if let Some(hop) = seen {
        sign(
            Backscatter::No,
            format!("{} took it from our address {}", name(hop), hop.ip.map(|ip| ip.to_string()).unwrap_or_default()),
        );
    }
    if generator_ours && hops.iter().any(|hop| by_ours(hop)) {
        sign(Backscatter::No, "our own server handled it and wrote the report".to_owned());
    }
    let local = generator_ours && !hops.iter().any(|hop| hop.ip.is_some_and(|ip| !is_private(ip) && !ours.has_ip(ip)));
    if local {
        sign(Backscatter::No, "it began on our own server, which wrote the report".to_owned());
    }
    let tenant = hops.first().is_some_and(|hop| {
        let inside =
            hop.with.as_deref().is_some_and(|w| ["mapi", "http", "https"].iter().any(|p| w.eq_ignore_ascii_case(p)));
        inside && hop.by.as_deref().is_some_and(is_microsoft) && in_our_name && !domains.is_empty()
    });
    if tenant {
        sign(Backscatter::No, "an account of our domain handed it over inside Exchange Online".to_owned());
    }
    let claimed = hops.iter().find(|hop| {
        let claims = hop.from.as_deref().is_some_and(|from| ours.has_host(from));
        claims && hop.ip.is_some_and(|ip| !ours.has_ip(ip) && !is_private(ip)) && !by_ours(hop) && !ours.ips.is_empty()
    });
    if let Some(hop) = claimed {
        sign(
            Backscatter::Yes,
            format!("a stranger's address {} gave our name", hop.ip.map(|ip| ip.to_string()).unwrap_or_default()),
        );
    }
    let foreign = hops.iter().rev().find(|hop| hop.ip.is_some_and(|ip| !is_private(ip)) && !by_ours(hop));
    let passed_us = hops.iter().any(|hop| by_ours(hop) || from_ours(hop));
    if let Some(hop) = foreign.filter(|_| seen.is_none() && !passed_us) {
        sign(
            Backscatter::Yes,
            format!(
                "{} took it from {}, which is not ours",
                name(hop),
                hop.ip.map(|ip| ip.to_string()).unwrap_or_default()
            ),
        );
    }
    let fails = original.verdicts.iter().any(|v| {
        let v = v.to_ascii_lowercase();
        v.starts_with("fail") || v.starts_with("softfail") || v.contains("spf=fail") || v.contains("spf=softfail")
    });
    if fails && seen.is_none() {
        sign(Backscatter::Yes, "SPF of our domain failed where it arrived".to_owned());
    }
    let id_ours = original.message_id.as_deref().is_some_and(|id| ours.has_host(&address::domain(id)));
    if original.message_id.is_some() {
        let words = if id_ours { "the Message-ID is of our domain" } else { "the Message-ID is not of our making" };
        sign(if id_ours { Backscatter::No } else { Backscatter::Yes }, words.to_owned());
    }
    let signed = original.signers.iter().any(|d| ours.has_domain(d));
    if signed {
        sign(Backscatter::No, "it bears a DKIM signature of our domain (not verified)".to_owned());
    }
    let proof = seen.is_some() || local || tenant || generator_ours && hops.iter().any(by_ours);
    let injected = foreign.is_some() && !passed_us;
    let verdict = if proof {
        Backscatter::No
    } else if !in_our_name {
        Backscatter::Unknown
    } else if injected && !signed && (!id_ours || fails) || claimed.is_some() && !signed {
        Backscatter::Yes
    } else if passed_us && id_ours {
        Backscatter::No
    } else {
        Backscatter::Unknown
    };
    signs.sort_by_key(|s| s.speaks_for != verdict);
    Origin { verdict, signs }
}

fn name(hop: &Hop) -> String {
    hop.by.as_ref().map_or_else(|| "a server".to_owned(), ToString::to_string)
}
