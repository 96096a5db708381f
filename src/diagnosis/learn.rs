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
pub const SAMPLE: usize = 200;

/// Counts what the bounces of a mailbox have in common.
#[derive(Clone, Debug, Default)]
pub struct Learner {
    seen: usize,
    domains: HashMap<String, usize>,
    hosts: HashMap<String, usize>,
}

impl Learner {
    /// Counts one message: the domain it is addressed to and the host that took it in last.
    pub fn add(&mut self, raw: &[u8], bounce: &Bounce) {
        if !bounce.kind.is_bounce() || self.is_done() {
            return;
        }
        self.seen += 1;
        if let Some(to) = &bounce.to {
            count(&mut self.domains, &address::domain(to));
        }
        let (headers, _) = Headers::read(raw);
        if let Some(received) = headers.get("received")
            && let Some(by) = Received::read(&received.unfolded()).by
        {
            count(&mut self.hosts, &by);
        }
    }

    /// True when more bounces would not change what is learnt.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.seen >= SAMPLE
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

/// Counts a full name.
fn count(counts: &mut HashMap<String, usize>, name: &str) {
    if name.contains('.') && !name.contains(' ') {
        *counts.entry(name.to_lowercase()).or_default() += 1;
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
            learner.add(text.as_bytes(), &read(text.as_bytes()));
        }
        let ours = learner.ours();
        assert_eq!(
            (ours.domains, ours.hosts),
            (vec!["birch.example".to_owned()], vec!["relay1.birch.example".to_owned()])
        );
        assert!(ours.learnt);
    }
}
