//! What an error text means, by the rules and the facts of the delivery it was said about.

use crate::bounce::{Status, said, status};

use super::facts::Facts;
use super::judgement::Meaning;
use super::matcher::{Hit, Rank, Rules, Statement};
use super::reason::Reason;

/// Finds the meaning of texts about one delivery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interpreter<'a> {
    /// The rules.
    pub(super) rules: &'a Rules,
    /// The delivery.
    pub(super) facts: Facts<'a>,
}

impl<'a> Interpreter<'a> {
    /// What a text means. Of a gateway's `A -> B` the passed-on answer counts if it says anything
    /// that is recognised.
    pub(super) fn meaning(&self, text: &'a str) -> Meaning<'a> {
        if let (_, Some(passed_on)) = said::mapped(text)
            && let Some(hit) = self.find(passed_on, status::codes(passed_on).status.as_slice())
            && hit.rank >= Rank::Wording
        {
            return meant(hit, passed_on);
        }
        let codes = said::codes(text);
        let Facts { delivery, .. } = self.facts;
        let mut statuses = Vec::with_capacity(2);
        if text == delivery.text || codes.status.is_none() {
            statuses.extend(delivery.status);
        }
        statuses.extend(codes.status);
        if let Some(hit) = self.find(text, &statuses) {
            return meant(hit, text);
        }
        match codes.reply.or(delivery.reply) {
            // A reply code speaks only where no status code does.
            Some(reply) if statuses.is_empty() => {
                let reason = Reason::of_reply(reply, delivery.phase);
                Meaning { reason, ..Meaning::default() }
            }
            _ => Meaning::default(),
        }
    }

    /// What an expired message really failed on, where its last error says.
    pub(super) fn behind_expiry(&self, meaning: Meaning<'a>) -> Meaning<'a> {
        if meaning.reason != Reason::Expired {
            return meaning;
        }
        let Some(last) = self.facts.delivery.last_error else { return meaning };
        let inner = self.meaning(last);
        match inner.reason {
            Reason::Expired | Reason::Network | Reason::Unknown | Reason::Deferred => meaning,
            _ if inner.rule.is_none() => meaning,
            _ => inner,
        }
    }

    fn find(&self, text: &str, status: &[Status]) -> Option<Hit<'a>> {
        let Facts { message, delivery, .. } = self.facts;
        let mut hosts = Vec::with_capacity(2);
        hosts.extend(message.generating.map(str::to_ascii_lowercase));
        hosts.extend(self.facts.rejecting_name().map(str::to_ascii_lowercase));
        self.rules.find(Statement {
            text,
            status,
            hosts: &hosts,
            phase: delivery.phase,
            dialect: message.dialect,
            microsoft: self.facts.is_microsoft(),
        })
    }
}

fn meant<'a>(hit: Hit<'a>, text: &'a str) -> Meaning<'a> {
    Meaning {
        reason: hit.rule.reason,
        rule: Some(hit.rule),
        rank: Some(hit.rank),
        wording: text.get(hit.start..hit.end).unwrap_or(""),
    }
}
