//! What an error text means, by the rules and the facts of the delivery it was said about.

use crate::bounce::{Answer, Phase, Status, answer};
use crate::mail::address;

use super::facts::{DeliveryFacts, Facts};
use super::heard::HeardText;
use super::inquiry::Spoken;
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
    /// What an answer means: what it says itself, not what the reporting host says around it. Of an
    /// answer that passes on another one the inner one counts if it says anything that is
    /// recognised.
    fn meaning(&self, answer: &Answer<'a>) -> Meaning<'a> {
        let inner = answer.passed_on().map(|passed_on| self.meaning(&Answer::of(passed_on)));
        if let Some(meaning) = &inner
            && meaning.rank.is_some_and(|rank| rank >= Rank::Wording)
        {
            return *meaning;
        }
        let delivery = self.facts.delivery;
        let step = answer.step().or(delivery.phase);
        let codes = TellingCodes::of(answer.words, answer.whole == delivery.text, &delivery, step);
        let hit = self.find(answer.words, &codes.telling, step);
        if let Some(hit) = hit
            && hit.rule.reason != Reason::Unknown
            && !(codes.are_made_up && hit.is_by_code())
        {
            return meant(hit, answer.words);
        }
        if let Some(meaning) = inner
            && meaning.reason != Reason::Unknown
        {
            return meaning;
        }
        if let Some(meaning) = self.of_frame(answer) {
            return meaning;
        }
        let reason = match codes.reply {
            Some(reply) => Reason::of_reply(reply, step),
            None => Reason::Unknown,
        };
        match hit {
            Some(hit) if reason == Reason::Unknown => meant(hit, answer.words),
            _ => Meaning { reason, ..Meaning::default() },
        }
    }

    /// What the reporting host says around an answer that says nothing: that there was no
    /// connection, that time ran out.
    fn of_frame(&self, answer: &Answer<'a>) -> Option<Meaning<'a>> {
        if answer.frame.is_empty() {
            return None;
        }
        let hit = self.find(answer.frame, &[], None)?;
        match hit.rule.reason {
            Reason::Expired | Reason::Network | Reason::Tls => Some(meant(hit, answer.frame)),
            _ => None,
        }
    }

    /// What is told of the delivery, and of all that say the same.
    pub(super) fn spoken(&self) -> Spoken<'a> {
        let DeliveryFacts { text, last_error, .. } = self.facts.delivery;
        Spoken { heard: self.hear(text), last: last_error.map(|last| self.hear(last)) }
    }

    /// A text and what it means.
    fn hear(&self, text: &'a str) -> HeardText<'a> {
        let answer = Answer::of(text);
        HeardText::new(answer, self.meaning(&answer))
    }

    fn find(&self, text: &str, status: &[Status], step: Option<Phase>) -> Option<Hit<'a>> {
        let Facts { message, delivery, .. } = self.facts;
        let mut hosts = Vec::with_capacity(2);
        hosts.extend(message.generating.map(str::to_ascii_lowercase));
        match self.facts.rejecting_name() {
            Some(name) => hosts.push(name.to_ascii_lowercase()),
            // Who answered is not told: as a rule a host of the recipient's domain.
            None => hosts.push(address::domain(delivery.recipient)),
        }
        self.rules.find(Statement {
            text,
            status,
            hosts: &hosts,
            phase: step,
            dialect: message.dialect,
            microsoft: self.facts.is_microsoft(),
        })
    }
}

/// The codes by which an answer is judged.
struct TellingCodes {
    /// Those that say something, the telling one first.
    telling: Vec<Status>,
    /// The answer has a reply code of its own, and the status says nothing, or was only put to it
    /// by the reporting host, which does not know more.
    are_made_up: bool,
    reply: Option<u16>,
}

impl TellingCodes {
    /// Those of an answer; `own`: the fields of the delivery are about it.
    fn of(words: &str, own: bool, delivery: &DeliveryFacts<'_>, step: Option<Phase>) -> Self {
        let said = answer::codes(words);
        let mut telling = Vec::with_capacity(2);
        // What is passed on is not filed under the outer code.
        if own || said.status.is_none() && said.reply.is_none() {
            telling.extend(delivery.status);
        }
        telling.extend(said.status);
        telling.retain(|status| !is_out_of_place(*status, step));
        let detail_is_missing = matches!(delivery.status, Some(status) if status.detail == 0);
        let made_up = match said.status {
            Some(status) => status.says_nothing(),
            None => detail_is_missing,
        };
        Self {
            telling,
            are_made_up: said.reply.is_some() && made_up,
            reply: said.reply.or(delivery.reply),
        }
    }
}

/// True for a code of a mailbox or its address before any recipient was named. Codes of the
/// sender's address (RFC 3463 x.1.7 and x.1.8) are in place there.
fn is_out_of_place(status: Status, step: Option<Phase>) -> bool {
    let early = match step {
        Some(Phase::Connect | Phase::Helo | Phase::StartTls | Phase::Auth) => true,
        Some(Phase::MailFrom) => !matches!((status.subject, status.detail), (1, 7 | 8)),
        _ => false,
    };
    early && matches!(status.subject, 1 | 2)
}

fn meant<'a>(hit: Hit<'a>, text: &'a str) -> Meaning<'a> {
    Meaning {
        reason: hit.rule.reason,
        rule: Some(hit.rule),
        rank: Some(hit.rank),
        wording: text.get(hit.start..hit.end).unwrap_or(""),
    }
}
