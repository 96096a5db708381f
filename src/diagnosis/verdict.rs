//! The verdict on one delivery: reason, party, confidence, and the line of the message it rests on.

use std::net::IpAddr;
use std::sync::Arc;

use crate::bounce::{Bounce, Delivery};

use super::backscatter::{Origin, origin};
use super::evidence::Evidence;
use super::facts::{DeliveryFacts, Facts, MessageFacts, Outside, contradictory, ips};
use super::hosts::is_private;
use super::inquiry::Inquiry;
use super::judgement::{Ground, Judgement, Meaning};
use super::matcher::{Rank, Rules};
use super::meaning::Interpreter;
use super::ours::Ours;
use super::reason::Reason;
use super::rules::Rule;

/// The verdict on one delivery.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Why it failed.
    pub reason: Reason,
    /// Who must act, and how sure that is.
    pub judgement: Judgement,
    /// The rule that recognised the text or the code.
    pub rule: Option<Arc<Rule>>,
    /// How much the match counts.
    pub rank: Option<Rank>,
    /// What it rests on; None only when the message says nothing at all.
    pub evidence: Option<Evidence>,
}

impl Verdict {
    /// The rule's name, or the name of what was done without one.
    #[must_use]
    pub fn rule_id(&self) -> &str {
        match &self.rule {
            Some(rule) => &rule.id,
            None if self.reason == Reason::Unknown => "none",
            None => "reply-code",
        }
    }
}

/// The verdicts on the deliveries of a message, in their order, and where the returned message came
/// from.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// One for each delivery.
    pub verdicts: Vec<Verdict>,
    /// Whether we sent the returned message.
    pub origin: Origin,
}

/// Diagnoses a message.
#[must_use]
pub fn diagnose(bounce: &Bounce, rules: &Rules, ours: &Ours) -> Diagnosis {
    let origin = origin(bounce, ours);
    let message = MessageFacts::of(bounce, origin.verdict);
    let outside = Outside::default();
    let contradictory = contradictory(bounce);
    let mut verdicts = Vec::with_capacity(bounce.deliveries.len());
    let mut before: Option<(DeliveryFacts<'_>, Meaning<'_>)> = None;
    for delivery in &bounce.deliveries {
        let facts = DeliveryFacts::of(delivery, &contradictory);
        let interpreter = Interpreter {
            rules,
            facts: Facts { message: &message, delivery: facts, outside: &outside },
        };
        // A report may say the same to fifty thousand recipients.
        let meaning = match before {
            Some((before, meaning)) if before.says_as_much_as(&facts) => meaning,
            _ => interpreter.meaning(facts.text),
        };
        before = Some((facts, meaning));
        verdicts.push(verdict(bounce, delivery, interpreter, meaning, ours));
    }
    Diagnosis { verdicts, origin }
}

fn verdict(
    bounce: &Bounce,
    delivery: &Delivery,
    interpreter: Interpreter<'_>,
    meaning: Meaning<'_>,
    ours: &Ours,
) -> Verdict {
    let judgement = Inquiry::new(interpreter, meaning, ours).judge();
    let deciding_ip = deciding_ip(judgement.ground, interpreter.facts.delivery);
    let evidence = match deciding_ip {
        Some(ip) => Evidence::of(bounce, delivery, &ip.to_string()),
        None => Evidence::of(bounce, delivery, meaning.wording),
    };
    let behind = interpreter.behind_expiry(meaning);
    Verdict {
        reason: behind.reason,
        judgement,
        rule: behind.rule.cloned(),
        rank: behind.rank,
        evidence,
    }
}

/// The address in the answer that decided.
fn deciding_ip(ground: Ground, delivery: DeliveryFacts<'_>) -> Option<IpAddr> {
    match ground {
        Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip),
        Ground::PrivateEndpoint => {
            ips(delivery.last_error.unwrap_or(delivery.text)).find(|ip| is_private(*ip))
        }
        _ => None,
    }
}

/// Reason and judgement on facts given by hand.
#[must_use]
pub fn judge_facts(facts: Facts<'_>, rules: &Rules, ours: &Ours) -> (Reason, Judgement) {
    let interpreter = Interpreter { rules, facts };
    let meaning = interpreter.meaning(facts.delivery.text);
    (meaning.reason, Inquiry::new(interpreter, meaning, ours).judge())
}
