//! The way of a message: a chain of Received fields as stations with delays, as Microsoft's Message
//! Header Analyzer computes them, with the clocks that cannot be right marked.

use std::net::IpAddr;

use super::SafeText;
use super::date::Stamp;
use super::header::{Headers, Value};
use super::limits::HOPS;
use super::received::Received;

/// One station of the way, in the order the mail travelled.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
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
        let mut hops: Vec<(Value<'_>, Vec<SafeText>)> = Vec::new();
        // What a host finds out about a message it writes above its own Received field.
        let mut found = Vec::new();
        for field in headers {
            if ["received", "x-received"].iter().any(|name| field.name.eq_ignore_ascii_case(name)) {
                hops.push((field.value, std::mem::take(&mut found)));
            } else if CHECKS.iter().any(|name| field.name.eq_ignore_ascii_case(name))
                && found.len() < CHECKS_OF_A_HOP
            {
                found.push(field.value.text());
            }
        }
        let omitted = hops.len().saturating_sub(HOPS);
        let kept = hops
            .into_iter()
            .rev()
            .enumerate()
            .filter(|(i, _)| *i < HOPS / 2 || *i >= HOPS / 2 + omitted);
        let hops = kept
            .map(|(_, (received, checks))| Hop {
                checks,
                ..Hop::from(Received::read(&received.unfolded()))
            })
            .collect();
        Self::timed(hops, omitted)
    }

    /// Computes delays, shares and flags of hops given oldest first.
    #[must_use]
    pub fn timed(mut hops: Vec<Hop>, omitted: usize) -> Self {
        let mut last: Option<f64> = None;
        for hop in &mut hops {
            let now = hop.time.map(Stamp::seconds);
            hop.delay = now.zip(last).map(|(now, last)| now - last);
            last = now.or(last);
        }
        let waited: f64 = hops.iter().filter_map(|h| h.delay).filter(|d| *d > 0.0).sum();
        if waited > 0.0 {
            for hop in &mut hops {
                hop.percent = hop.delay.filter(|d| *d > 0.0).map_or(0.0, |d| 100.0 * d / waited);
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
        let slowest = (0..self.hops.len())
            .filter(|&i| self.hops[i].delay.is_some_and(|d| d >= 1.0))
            .max_by(|&a, &b| self.hops[a].percent.total_cmp(&self.hops[b].percent));
        for i in 0..self.hops.len() {
            let mut flags = Vec::new();
            let delay = self.hops[i].delay.unwrap_or(0.0);
            let next = self.hops.get(i + 1).and_then(|h| h.delay).unwrap_or(0.0);
            let before = if i > 0 { self.hops[i - 1].delay.unwrap_or(0.0) } else { 0.0 };
            if let Some(halves) = zone_error(delay, next) {
                flags.push(Flag::Zone(halves));
            } else if delay < -2.0 && zone_error(before, delay).is_none() {
                flags.push(Flag::Skew);
            }
            if Some(i) == slowest && !flags.iter().any(|f| matches!(f, Flag::Zone(_))) {
                flags.push(Flag::Slowest);
            }
            if self.hops[i].time.is_some_and(|t| {
                t.zone == super::date::Zone::Unknown && t.at.subsec_nanosecond() == 0
            }) && !self.is_qmail(i)
            {
                flags.push(Flag::ZoneUnknown);
            }
            if self.took_before(i) {
                flags.push(Flag::Repeated);
            }
            self.hops[i].flags = flags;
        }
    }

    /// qmail writes UTC as `-0000`; that is known, not unknown.
    fn is_qmail(&self, i: usize) -> bool {
        self.hops[i].by.as_deref().is_some_and(|by| by.starts_with("qmail "))
            || self.hops[i].with.as_deref().is_some_and(|w| w == "SMTP" || w == "NNFMP")
    }

    /// True when the host took the message earlier and another host had it in between: handing on
    /// inside one host (filters, two queues) is no loop.
    fn took_before(&self, i: usize) -> bool {
        let name = |h: &Hop| h.by.as_deref().map(str::to_ascii_lowercase);
        let Some(by) = name(&self.hops[i]).filter(|by| by.contains('.')) else { return false };
        let Some(earlier) = (0..i).rev().find(|&j| name(&self.hops[j]).as_deref() == Some(&by))
        else {
            return false;
        };
        self.hops[earlier + 1..i]
            .iter()
            .any(|h| name(h).is_some_and(|other| other != by && other.contains('.')))
    }
}

impl From<Received> for Hop {
    fn from(r: Received) -> Self {
        let tls = r.tls.clone().or_else(|| r.encrypted().then(|| "TLS".into()));
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
    #[expect(clippy::cast_possible_truncation, reason = "at most 28")]
    (near && (delay + next).abs() <= 120.0).then_some(halves as i32)
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
