//! Did we send the returned message at all? Signs for and against, from the header that came back.

use crate::bounce::{Bounce, Original};
use crate::mail::{Hop, address};

use super::hosts::{is_microsoft, is_private};
use super::ours::Ours;

names! {
    /// Whether a bounce answers mail that others sent in our name.
    #[derive(Default)]
    pub enum Backscatter {
        /// The returned message entered the network elsewhere.
        Yes "yes" "sent by others",
        /// The returned message left from us.
        No "no" "sent by us",
        /// The evidence does not decide.
        #[default]
        Unknown "unknown" "open",
    }
}

/// One sign, and what it speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What was seen.
    pub text: String,
    /// What it speaks for.
    pub speaks_for: Backscatter,
}

impl Sign {
    fn of_us(text: impl Into<String>) -> Self {
        Self { text: text.into(), speaks_for: Backscatter::No }
    }

    fn of_others(text: impl Into<String>) -> Self {
        Self { text: text.into(), speaks_for: Backscatter::Yes }
    }
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
    match &bounce.original {
        Some(original) if bounce.kind.is_bounce() && !ours.is_empty() && !ours.learnt => {
            let trace = Trace::new(bounce, original, ours);
            let verdict = trace.verdict();
            let mut signs = trace.signs();
            signs.sort_by_key(|sign| sign.speaks_for != verdict);
            Origin { verdict, signs }
        }
        _ => Origin::default(),
    }
}

/// The returned message and who we are.
struct Trace<'m> {
    original: &'m Original,
    hops: Vec<TracedHop<'m>>,
    ours: &'m Ours,
    /// It claims to come from us, or from nobody.
    in_our_name: bool,
    /// It claims to come from somebody.
    has_sender: bool,
    /// Our own server wrote the report.
    generator_ours: bool,
}

/// A hop, and what it is to us.
struct TracedHop<'m> {
    hop: &'m Hop,
    /// We took it.
    taken_by_us: bool,
    /// We handed it over.
    came_from_us: bool,
    /// It came from an address on the Internet that is not ours.
    strange: bool,
}

impl<'m> TracedHop<'m> {
    fn of(hop: &'m Hop, ours: &Ours) -> Self {
        let by = hop.by.as_deref();
        let ip_ours = hop.ip.is_some_and(|ip| ours.has_ip(ip));
        Self {
            hop,
            taken_by_us: by.is_some_and(|by| ours.has_host(by) || ours.has_relay(by)),
            came_from_us: ip_ours || hop.from.as_deref().is_some_and(|from| ours.has_relay(from)),
            strange: is_public(hop) && !ip_ours,
        }
    }
}

impl<'m> Trace<'m> {
    fn new(bounce: &Bounce, original: &'m Original, ours: &'m Ours) -> Self {
        let mut has_sender = false;
        let mut named_ours = false;
        for address in [&original.author, &original.sender, &bounce.envelope_sender] {
            let domain = address.as_deref().map(address::written_domain).unwrap_or_default();
            has_sender |= !domain.is_empty();
            named_ours |= ours.has_domain(domain);
        }
        let generator = bounce.generating_server.as_deref();
        Self {
            original,
            hops: original.chain.hops.iter().map(|hop| TracedHop::of(hop, ours)).collect(),
            ours,
            in_our_name: named_ours || !has_sender,
            has_sender,
            generator_ours: generator.is_some_and(|host| ours.has_host(host)),
        }
    }

    /// Somebody else took it from us.
    fn seen(&self) -> Option<&Hop> {
        self.first(|traced| traced.came_from_us && !traced.taken_by_us)
    }

    /// The first hop of which this is true.
    fn first(&self, is_such: impl Fn(&TracedHop<'_>) -> bool) -> Option<&Hop> {
        Some(self.hops.iter().find(|hop| is_such(hop))?.hop)
    }

    /// Our own server handled it and wrote the report.
    fn handled(&self) -> bool {
        self.generator_ours && self.hops.iter().any(|traced| traced.taken_by_us)
    }

    /// It never left our own server, which wrote the report.
    fn local(&self) -> bool {
        self.generator_ours && !self.hops.iter().any(|traced| traced.strange)
    }

    /// An account of ours handed it over inside Exchange Online.
    fn tenant(&self) -> bool {
        let Some(first) = self.original.chain.hops.first() else { return false };
        let with = first.with.as_deref().unwrap_or("").to_ascii_lowercase();
        matches!(with.as_str(), "mapi" | "http" | "https")
            && first.by.as_deref().is_some_and(is_microsoft)
            && self.in_our_name
            && self.has_sender
    }

    /// A stranger's address gave our name.
    fn claimed(&self) -> Option<&Hop> {
        if self.ours.ips.is_empty() {
            return None;
        }
        self.first(|traced| {
            traced.strange
                && !traced.taken_by_us
                && traced.hop.from.as_deref().is_some_and(|from| self.ours.has_host(from))
        })
    }

    /// The last hop on the Internet that is not ours.
    fn foreign(&self) -> Option<&Hop> {
        let mut newest_first = self.hops.iter().rev();
        Some(newest_first.find(|traced| is_public(traced.hop) && !traced.taken_by_us)?.hop)
    }

    fn passed_us(&self) -> bool {
        self.hops.iter().any(|traced| traced.taken_by_us || traced.came_from_us)
    }

    fn spf_failed(&self) -> bool {
        self.original.verdicts.iter().any(|verdict| {
            let verdict = verdict.to_ascii_lowercase();
            verdict.starts_with("fail")
                || verdict.starts_with("softfail")
                || verdict.contains("spf=fail")
                || verdict.contains("spf=softfail")
        })
    }

    fn id_ours(&self) -> bool {
        let id = self.original.message_id.as_deref();
        id.is_some_and(|id| self.ours.has_host(address::written_domain(id)))
    }

    fn signed(&self) -> bool {
        self.original.signers.iter().any(|domain| self.ours.has_domain(domain))
    }

    fn verdict(&self) -> Backscatter {
        if self.seen().is_some() || self.local() || self.tenant() || self.handled() {
            return Backscatter::No;
        }
        if !self.in_our_name {
            return Backscatter::Unknown;
        }
        let injected = self.foreign().is_some() && !self.passed_us();
        let forged = injected && (!self.id_ours() || self.spf_failed());
        if !self.signed() && (forged || self.claimed().is_some()) {
            Backscatter::Yes
        } else if self.passed_us() && self.id_ours() {
            Backscatter::No
        } else {
            Backscatter::Unknown
        }
    }

    /// What was seen, for the reader.
    fn signs(&self) -> Vec<Sign> {
        let mut signs = Vec::new();
        self.signs_of_us(&mut signs);
        self.signs_of_others(&mut signs);
        signs
    }

    fn signs_of_us(&self, signs: &mut Vec<Sign>) {
        if let Some(hop) = self.seen() {
            signs.push(Sign::of_us(format!("{} took it from our address {}", taker(hop), ip(hop))));
        }
        if self.handled() {
            signs.push(Sign::of_us("our own server handled it and wrote the report"));
        }
        if self.local() {
            signs.push(Sign::of_us("it began on our own server, which wrote the report"));
        }
        if self.tenant() {
            signs.push(Sign::of_us(
                "an account of our domain handed it over inside Exchange Online",
            ));
        }
        if self.id_ours() {
            signs.push(Sign::of_us("the Message-ID is of our domain"));
        }
        if self.signed() {
            signs.push(Sign::of_us("it bears a DKIM signature of our domain (not verified)"));
        }
    }

    fn signs_of_others(&self, signs: &mut Vec<Sign>) {
        let seen = self.seen().is_some();
        if let Some(hop) = self.claimed() {
            signs.push(Sign::of_others(format!("a stranger's address {} gave our name", ip(hop))));
        }
        if let Some(hop) = self.foreign()
            && !seen
            && !self.passed_us()
        {
            signs.push(Sign::of_others(format!(
                "{} took it from {}, which is not ours",
                taker(hop),
                ip(hop)
            )));
        }
        if self.spf_failed() && !seen {
            signs.push(Sign::of_others("SPF of our domain failed where it arrived"));
        }
        if self.original.message_id.is_some() && !self.id_ours() {
            signs.push(Sign::of_others("the Message-ID is not of our making"));
        }
    }
}

/// True for a hop from an address on the Internet.
fn is_public(hop: &Hop) -> bool {
    hop.ip.is_some_and(|ip| !is_private(ip))
}

/// The host that took the message.
fn taker(hop: &Hop) -> &str {
    hop.by.as_deref().unwrap_or("a server")
}

fn ip(hop: &Hop) -> String {
    hop.ip.map(|ip| ip.to_string()).unwrap_or_default()
}
