//! The way of a message: a chain of Received fields as stations with delays, as Microsoft's Message
//! Header Analyzer computes them, with the clocks that cannot be right marked.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::SafeText;
use super::date::{Stamp, Zone};
use super::header::Headers;
use super::limits::HOPS;
use super::received::Received;

/// One station of the way, in the order the mail travelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The host that handed the message over, as it called itself.
    pub from: Option<SafeText>,
    /// The host that took it.
    pub by: Option<SafeText>,
    /// The protocol.
    pub with: Option<SafeText>,
    /// The address the message came from, as the taking host saw it.
    pub ip: Option<IpAddr>,
    /// TLS version, or the word of the protocol that says so.
    pub tls: Option<SafeText>,
    /// TLS cipher suite.
    pub cipher: Option<SafeText>,
    /// Queue id of the taking host.
    pub id: Option<SafeText>,
    /// When it was taken.
    pub time: Option<Stamp>,
    /// Seconds since the hop before that has a time; None at the first and where a time is missing.
    pub delay: Option<f64>,
    /// This hop's part of all positive delays, 0 to 100.
    pub percent: f64,
    /// What the taking host found out about the sender: Received-SPF, Authentication-Results and
    /// their ARC forms.
    pub checks: Vec<SafeText>,
    /// What is odd about this hop.
    pub flags: Vec<Flag>,
}

/// What is odd about a hop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Flag {
    /// The longest wait of a chain that waited at all.
    Slowest,
    /// The time runs backwards by more than two seconds: this host's clock or the one before is
    /// wrong.
    Skew,
    /// Off by this many half hours, and back again at the next hop: a wrong time zone.
    Zone(i32),
    /// The zone is missing or unknown; the time was read as UTC.
    ZoneUnknown,
    /// The host took this message before: a loop.
    Repeated,
}

/// Fields in which a host says what it found out about a message (RFC 7208, 8601, 8617).
pub const CHECKS: [&str; 4] = [
    "received-spf",
    "authentication-results",
    "arc-authentication-results",
    "authentication-results-original",
];
/// Such fields that are kept for one hop.
const CHECKS_OF_A_HOP: usize = 8;

/// A whole chain, oldest hop first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The stations.
    pub hops: Vec<Hop>,
    /// Hops left out of the middle because the chain is longer than the limit.
    pub omitted: usize,
}

impl Chain {
    /// The chain in a header block: Received and X-Received, newest first as they stand there.
    #[must_use]
    pub fn of(headers: &Headers<'_>) -> Self {
        Self::visited(headers, |_| {})
    }

    /// The same; `visit` gets to see each Received field on one line, the newest first.
    pub fn visited(headers: &Headers<'_>, mut visit: impl FnMut(&str)) -> Self {
        let mut hops: Vec<FoundHop<'_>> = Vec::new();
        // What a host finds out about a message it writes above its own Received field.
        let mut checks = Vec::new();
        for field in headers.fields() {
            let own = is_named(field.name, &["received"]);
            if own || is_named(field.name, &["x-received"]) {
                let received = field.value.unfolded();
                if own {
                    visit(&received);
                }
                hops.push(FoundHop { received, checks: std::mem::take(&mut checks) });
            } else if checks.len() < CHECKS_OF_A_HOP && is_named(field.name, &CHECKS) {
                checks.push(field.value.text());
            }
        }
        hops.reverse();
        let omitted = hops.len().saturating_sub(HOPS);
        if omitted > 0 {
            hops.drain(HOPS / 2..HOPS / 2 + omitted);
        }
        Self::timed(hops.into_iter().map(FoundHop::read).collect(), omitted)
    }

    /// Computes delays, shares and flags of hops given oldest first.
    #[must_use]
    pub fn timed(mut hops: Vec<Hop>, omitted: usize) -> Self {
        let mut last: Option<f64> = None;
        let mut waited = 0.0;
        for hop in &mut hops {
            hop.delay = None;
            let Some(stamp) = hop.time else { continue };
            let now = stamp.seconds();
            if let Some(last) = last {
                let delay = now - last;
                hop.delay = Some(delay);
                waited += delay.max(0.0);
            }
            last = Some(now);
        }
        if waited > 0.0 {
            for hop in &mut hops {
                hop.percent = 100.0 * hop.waited() / waited;
            }
        }
        let mut chain = Self { hops, omitted };
        chain.flag();
        chain
    }

    /// Seconds from the first to the last hop that has a time; may be negative.
    #[must_use]
    pub fn total(&self) -> Option<f64> {
        let mut times = self.hops.iter().filter_map(|h| h.time).map(Stamp::seconds);
        let first = times.next()?;
        times.next_back().map(|last| last - first)
    }

    /// Hosts that took the message more than once.
    pub fn repeated(&self) -> impl Iterator<Item = &SafeText> {
        self.hops.iter().filter(|h| h.flags.contains(&Flag::Repeated)).filter_map(|h| h.by.as_ref())
    }

    fn flag(&mut self) {
        let slowest = self.slowest();
        for at in 0..self.hops.len() {
            let mut flags = Vec::new();
            let zone = zone_error(self.delay(at), self.delay(at + 1));
            if let Some(halves) = zone {
                flags.push(Flag::Zone(halves));
            } else if self.delay(at) < -2.0 && !self.takes_back(at) {
                flags.push(Flag::Skew);
            }
            if slowest == Some(at) && zone.is_none() {
                flags.push(Flag::Slowest);
            }
            if self.hops[at].has_unknown_zone() {
                flags.push(Flag::ZoneUnknown);
            }
            if self.took_before(at) {
                flags.push(Flag::Repeated);
            }
            self.hops[at].flags = flags;
        }
    }

    /// The delay of a hop in seconds; 0 where it is unknown or there is no such hop.
    fn delay(&self, at: usize) -> f64 {
        match self.hops.get(at) {
            Some(hop) => hop.delay.unwrap_or(0.0),
            None => 0.0,
        }
    }

    /// True for a hop that only takes back the wrong time zone of the one before.
    fn takes_back(&self, at: usize) -> bool {
        at > 0 && zone_error(self.delay(at - 1), self.delay(at)).is_some()
    }

    /// The hop with the longest wait, of several the last; None when none waited for a second.
    fn slowest(&self) -> Option<usize> {
        let (mut slowest, mut longest) = (None, 0.0);
        for (at, hop) in self.hops.iter().enumerate() {
            if hop.waited() >= 1.0 && hop.percent >= longest {
                (slowest, longest) = (Some(at), hop.percent);
            }
        }
        slowest
    }

    /// True when the host took the message earlier and another host had it in between: handing on
    /// inside one host (filters, two queues) is no loop.
    fn took_before(&self, at: usize) -> bool {
        let Some(host) = self.hops[at].full_name() else { return false };
        let mut between = false;
        for hop in self.hops[..at].iter().rev() {
            match hop.full_name() {
                Some(other) if other.eq_ignore_ascii_case(host) => return between,
                Some(_) => between = true,
                None => {}
            }
        }
        false
    }
}

impl Hop {
    /// Seconds that the message waited; 0 where that is unknown or the clocks are wrong.
    fn waited(&self) -> f64 {
        self.delay.unwrap_or(0.0).max(0.0)
    }

    /// True where the zone of the time is unknown. qmail and its like write UTC as `-0000`: that is
    /// known.
    fn has_unknown_zone(&self) -> bool {
        let Some(time) = self.time else { return false };
        let by = self.by.as_deref().unwrap_or("");
        time.zone == Zone::Unknown
            && time.at.subsec_nanosecond() == 0
            && !by.starts_with("qmail ")
            && !matches!(self.with.as_deref(), Some("SMTP" | "NNFMP"))
    }

    /// The host that took the message, where it has a full name.
    fn full_name(&self) -> Option<&str> {
        let by = self.by.as_deref()?;
        if by.contains('.') { Some(by) } else { None }
    }
}

/// A Received field, and what its host found out about the message.
struct FoundHop<'a> {
    received: Cow<'a, str>,
    checks: Vec<SafeText>,
}

impl FoundHop<'_> {
    fn read(self) -> Hop {
        let received = Received::read(&self.received);
        Hop { checks: self.checks, ..Hop::from(received) }
    }
}

fn is_named(field: &str, names: &[&str]) -> bool {
    names.iter().any(|name| field.eq_ignore_ascii_case(name))
}

impl From<Received> for Hop {
    fn from(r: Received) -> Self {
        let tls = if r.tls.is_none() && r.encrypted() { Some("TLS".into()) } else { r.tls };
        Self {
            from: r.from,
            by: r.by,
            with: r.with,
            ip: r.ip,
            tls,
            cipher: r.cipher,
            id: r.id,
            time: r.time,
            ..Self::default()
        }
    }
}

/// Half hours of a delay within a minute of a multiple of 30 minutes up to 14 hours that the next
/// hop takes back.
fn zone_error(delay: f64, next: f64) -> Option<i32> {
    const HALF_HOUR: f64 = 1800.0;
    let halves = (delay / HALF_HOUR).round();
    let near = (delay - halves * HALF_HOUR).abs() <= 60.0 && (1.0..=28.0).contains(&halves.abs());
    if !near || (delay + next).abs() > 120.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 28")]
    Some(halves as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(newest_first: &[Option<i64>]) -> Chain {
        let stamp = |s: i64| {
            jiff::Timestamp::from_second(s)
                .ok()
                .map(|at| Stamp { at, zone: super::super::date::Zone::Known(0) })
        };
        Chain::timed(
            newest_first
                .iter()
                .rev()
                .map(|t| Hop { time: t.and_then(stamp), ..Hop::default() })
                .collect(),
            0,
        )
    }

    fn delays(chain: &Chain) -> Vec<Option<f64>> {
        chain.hops.iter().map(|h| h.delay).collect()
    }

    #[test]
    fn delays_shares_and_total() {
        let c = chain(&[Some(18_614), Some(18_613), Some(18_613), Some(0)]);
        assert_eq!(delays(&c), [None, Some(18_613.0), Some(0.0), Some(1.0)]);
        assert_eq!(c.total(), Some(18_614.0));
        assert!((c.hops[1].percent - 99.994_627_698).abs() < 1e-6);
        assert_eq!(c.hops[1].flags, [Flag::Slowest]);
    }

    #[test]
    fn a_clock_that_runs_behind() {
        let c = chain(&[Some(100), Some(0), Some(20)]);
        assert_eq!(delays(&c), [None, Some(-20.0), Some(100.0)]);
        assert_eq!((c.total(), c.hops[1].percent, c.hops[2].percent), (Some(80.0), 0.0, 100.0));
        assert_eq!(c.hops[1].flags, [Flag::Skew]);
    }

    #[test]
    fn a_missing_time_is_stepped_over() {
        let c = chain(&[Some(100), None, Some(0)]);
        assert_eq!(delays(&c), [None, None, Some(100.0)]);
        assert_eq!(c.total(), Some(100.0));
    }

    #[test]
    fn a_wrong_zone_is_told_from_a_wait() {
        let c = chain(&[Some(5), Some(32_402), Some(0)]);
        assert_eq!(delays(&c), [None, Some(32_402.0), Some(-32_397.0)]);
        assert_eq!(
            (c.hops[1].flags.clone(), c.hops[2].flags.clone()),
            (vec![Flag::Zone(18)], vec![])
        );
    }

    #[test]
    fn loops_show_and_local_filters_do_not() {
        let hop = |by: &str| Hop { by: Some(by.into()), ..Hop::default() };
        let c =
            Chain::timed(["a.example", "a.example", "b.example", "a.example"].map(hop).into(), 0);
        assert_eq!(
            c.hops.iter().map(|h| h.flags.contains(&Flag::Repeated)).collect::<Vec<_>>(),
            [false, false, false, true]
        );
    }
}
