//! Learning who we are from the mailbox, for want of a configuration: the domains its bounces are
//! addressed to and the hosts that took them in. What is learnt makes verdicts possible, never
//! sure.

use std::collections::HashMap;

use crate::bounce::Bounce;
use crate::mail::received::Received;
use crate::mail::{Headers, address};

use super::hosts::{MAILBOX_PROVIDERS, is_provider, registrable};
use super::ours::Ours;

/// Bounces that must show a name before it counts.
const ENOUGH: usize = 3;
/// Bounces after which nothing new is learnt.
const SAMPLE: usize = 200;
/// Messages after which nobody goes on looking for bounces.
const LOOKED_AT: usize = 2 * SAMPLE;
/// Bytes of messages after which few bounces are enough.
const BYTES: usize = 4 << 20;
/// As few as these.
const FEW: usize = 20;

/// What one message teaches: two names, if it is a bounce.
#[derive(Clone, Debug, Default)]
pub struct Lesson {
    bytes: usize,
    is_bounce: bool,
    /// The domain it is addressed to.
    domain: Option<String>,
    /// The host that took it in last.
    host: Option<String>,
}

impl Lesson {
    /// What a message teaches.
    #[must_use]
    pub fn of(raw: &[u8], bounce: &Bounce) -> Self {
        let mut lesson = Self { bytes: raw.len(), ..Self::default() };
        if !bounce.kind.is_bounce() {
            return lesson;
        }
        lesson.is_bounce = true;
        if let Some(to) = &bounce.to {
            lesson.domain = full(&address::domain(to));
        }
        // The field stands near the beginning.
        let beginning = &raw[..raw.len().min(HEAD)];
        let (headers, _) = Headers::read(beginning);
        if let Some(received) = headers.get("received")
            && let Some(by) = Received::read(&received.unfolded()).by
        {
            lesson.host = full(&by);
        }
        lesson
    }
}

/// Bytes in which the first Received field is looked for.
const HEAD: usize = 64 << 10;
/// Longer names are none (RFC 1035 section 2.3.4).
const NAME: usize = 255;

/// A full name, in lower case.
fn full(name: &str) -> Option<String> {
    let is_name = name.contains('.') && !name.contains(' ') && name.len() <= NAME;
    if is_name { Some(name.to_lowercase()) } else { None }
}

/// Counts what the bounces of a mailbox have in common.
#[derive(Clone, Debug, Default)]
pub struct Learner {
    messages: usize,
    bytes: usize,
    seen: usize,
    domains: HashMap<String, usize>,
    hosts: HashMap<String, usize>,
}

impl Learner {
    /// Counts one message.
    pub fn add(&mut self, lesson: &Lesson) {
        if self.is_done() {
            return;
        }
        self.messages += 1;
        self.bytes += lesson.bytes;
        if !lesson.is_bounce {
            return;
        }
        self.seen += 1;
        if let Some(domain) = &lesson.domain {
            *self.domains.entry(domain.clone()).or_default() += 1;
        }
        if let Some(host) = &lesson.host {
            *self.hosts.entry(host.clone()).or_default() += 1;
        }
    }

    /// True when more messages would not change what is learnt, or cost more than that is worth.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let enough = if self.bytes >= BYTES { FEW } else { SAMPLE };
        self.seen >= enough || self.messages >= LOOKED_AT || self.bytes >= 16 * BYTES
    }

    /// What the bounces seen so far have in common: names that a fifth of them, and at least three,
    /// show.
    #[must_use]
    pub fn ours(&self) -> Ours {
        Ours {
            domains: self.common(&self.domains),
            hosts: self.common(&self.hosts),
            learnt: true,
            ..Ours::default()
        }
    }

    fn common(&self, counts: &HashMap<String, usize>) -> Vec<String> {
        let wanted = ENOUGH.max(self.seen.div_ceil(5));
        let mut names = Vec::new();
        for (name, count) in counts {
            if *count >= wanted && may_be_ours(name) {
                names.push(name.clone());
            }
        }
        names.sort();
        names
    }
}

/// Large providers, which take mail for everybody, are nobody's own.
fn may_be_ours(name: &str) -> bool {
    !is_provider(name) && !MAILBOX_PROVIDERS.contains(&name) && registrable(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounce::read;

    #[test]
    fn what_most_bounces_show_is_ours() {
        let mut learner = Learner::default();
        let message = |to: &str, by: &str| {
            format!(
                "Received: from x.example by {by} with ESMTP; Mon, 4 May 2026 06:57:12 +0000\nFrom: MAILER-DAEMON@{by}\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {by}\n\nFinal-Recipient: rfc822; u@oak.example\nAction: failed\nStatus: 5.1.1\n--b--\n"
            )
        };
        for at in 0..10 {
            let text = match at {
                0 => message("a@elm.example", "mx.elm.example"),
                1..4 => message("a@gmail.com", "mx.google.com"),
                _ => message("postmaster@birch.example", "relay1.birch.example"),
            };
            learner.add(&Lesson::of(text.as_bytes(), &read(text.as_bytes())));
        }
        let ours = learner.ours();
        assert_eq!(
            (ours.domains, ours.hosts),
            (vec!["birch.example".to_owned()], vec!["relay1.birch.example".to_owned()])
        );
        assert!(ours.learnt);
    }
}
