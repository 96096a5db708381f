//! The verdict on one delivery: reason, party, confidence, and the line of the message it rests on.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::bounce::{Bounce, Delivery, Said};
use crate::mail::SafeText;

use super::backscatter::{Origin, origin};
use super::conflict::{Conflict, Conflicts};
use super::evidence::Evidence;
use super::facts::{DeliveryFacts, Facts, MessageFacts, Outside, ips};
use super::hosts::is_private;
use super::inquiry::{Inquiry, Spoken};
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
    /// Where the message contradicts itself about the recipient.
    pub conflict: Option<Conflict>,
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

    /// The same verdict, resting on this.
    fn with_evidence(&self, evidence: Option<Evidence>) -> Self {
        let Self { reason, judgement, conflict, rank, .. } = *self;
        Self { reason, judgement, conflict, rule: self.rule.clone(), rank, evidence }
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
    let court = Court { bounce, rules, ours, message: &message, outside: &Outside::default() };
    let conflicts = Conflicts::of(bounce);
    let mut verdicts = Vec::with_capacity(bounce.deliveries.len());
    let mut hearings = Hearings::default();
    for delivery in &bounce.deliveries {
        let hearing = hearings.about(delivery, court);
        let conflict = hearing.within.or_else(|| conflicts.about(delivery));
        verdicts.push(hearing.verdict(delivery, conflict, court));
    }
    Diagnosis { verdicts, origin }
}

/// All that is the same for the deliveries of a message.
#[derive(Clone, Copy)]
struct Court<'a> {
    bounce: &'a Bounce,
    rules: &'a Rules,
    ours: &'a Ours,
    message: &'a MessageFacts<'a>,
    outside: &'a Outside,
}

impl<'a> Court<'a> {
    fn facts(self, delivery: &'a Delivery, conflict: Option<Conflict>) -> Facts<'a> {
        let delivery = DeliveryFacts { conflict, ..DeliveryFacts::of(delivery) };
        Facts { message: self.message, delivery, outside: self.outside }
    }
}

/// A text of more bytes is looked for among all that were heard, a shorter one heard again: it
/// costs less than it takes in the message.
const LONG: usize = 200;

/// What was heard of the deliveries of a message: the last, and all long texts. One text may stand
/// for fifty thousand recipients, between others.
#[derive(Default)]
struct Hearings<'a> {
    last: Option<Hearing<'a>>,
    /// By where their text lies in memory.
    long: HashMap<usize, Hearing<'a>>,
}

impl<'a> Hearings<'a> {
    /// What is told of a delivery.
    fn about(&mut self, delivery: &'a Delivery, court: Court<'a>) -> &mut Hearing<'a> {
        let text = delivery.said.as_ref().map_or("", |said| said.text.as_str());
        if text.len() < LONG {
            if !self.last.as_ref().is_some_and(|last| says_the_same(last.first, delivery)) {
                self.last = None;
            }
            return self.last.get_or_insert_with(|| Hearing::of(delivery, court));
        }
        let hearing = self.long.entry(text.as_ptr().addr());
        let hearing = hearing.or_insert_with(|| Hearing::of(delivery, court));
        if !says_the_same(hearing.first, delivery) {
            *hearing = Hearing::of(delivery, court);
        }
        hearing
    }
}

/// True when both deliveries tell the same, whoever the recipients are.
fn says_the_same(one: &Delivery, other: &Delivery) -> bool {
    one.status == other.status
        && one.reply == other.reply
        && one.phase == other.phase
        && one.action == other.action
        && one.remote == other.remote
        && text(one.said.as_ref()) == text(other.said.as_ref())
        && text(one.last_error.as_ref()) == text(other.last_error.as_ref())
        && text(one.status_line.as_ref()) == text(other.status_line.as_ref())
}

fn text(said: Option<&Said>) -> Option<&SafeText> {
    Some(&said?.text)
}

/// What is told of deliveries that say the same, and the last verdict on one of them.
struct Hearing<'a> {
    first: &'a Delivery,
    spoken: Spoken<'a>,
    /// What an expired message really failed on.
    behind: Meaning<'a>,
    generator_ours: bool,
    /// Where the words contradict themselves.
    within: Option<Conflict>,
    before: Option<Precedent<'a>>,
}

/// A delivery that was judged.
struct Precedent<'a> {
    delivery: &'a Delivery,
    conflict: Option<Conflict>,
    verdict: Verdict,
}

impl<'a> Hearing<'a> {
    fn of(delivery: &'a Delivery, court: Court<'a>) -> Self {
        let facts = court.facts(delivery, None);
        let interpreter = Interpreter { rules: court.rules, facts };
        let spoken = interpreter.spoken();
        Self {
            first: delivery,
            behind: spoken.behind_expiry(),
            spoken,
            generator_ours: facts.generator_is_ours(court.ours),
            within: Conflict::within(delivery),
            before: None,
        }
    }

    /// The verdict on a delivery that says the same.
    fn verdict(
        &mut self,
        delivery: &'a Delivery,
        conflict: Option<Conflict>,
        court: Court<'a>,
    ) -> Verdict {
        if let Some(judged) = &self.before
            && judged.conflict == conflict
            && have_same_domains(judged.delivery, delivery)
        {
            return judged.verdict.with_evidence(judged.evidence(delivery));
        }
        let facts = court.facts(delivery, conflict);
        let inquiry = Inquiry::new(facts, &self.spoken, court.ours, self.generator_ours);
        let judgement = inquiry.judge();
        let evidence = match &self.before {
            Some(judged) if judged.verdict.judgement.ground == judgement.ground => {
                judged.evidence(delivery)
            }
            _ => self.evidence(delivery, judgement.ground, court.bounce),
        };
        let Meaning { reason, rule, rank, .. } = self.behind;
        let verdict = Verdict { reason, judgement, conflict, rule: rule.cloned(), rank, evidence };
        self.before = Some(Precedent { delivery, conflict, verdict: verdict.clone() });
        verdict
    }

    /// The line that a verdict on a delivery rests on.
    fn evidence(&self, delivery: &Delivery, ground: Ground, bounce: &Bounce) -> Option<Evidence> {
        match self.deciding_ip(ground) {
            Some(ip) => Evidence::of(bounce, delivery, &ip.to_string()),
            None => Evidence::of(bounce, delivery, self.spoken.heard.meaning.wording),
        }
    }

    /// The address in the answer that decided.
    fn deciding_ip(&self, ground: Ground) -> Option<IpAddr> {
        match ground {
            Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip),
            Ground::PrivateEndpoint => {
                let delivery = DeliveryFacts::of(self.first);
                let text = delivery.last_error.unwrap_or(delivery.text);
                ips(text).find(|ip| is_private(*ip))
            }
            _ => None,
        }
    }
}

impl Precedent<'_> {
    /// The evidence where another delivery has it that says the same.
    fn evidence(&self, delivery: &Delivery) -> Option<Evidence> {
        let evidence = self.verdict.evidence.as_ref()?;
        match (Evidence::passage(self.delivery), Evidence::passage(delivery)) {
            (Some(one), Some(other)) if one.literal == other.literal => {
                Some(evidence.standing_in(other))
            }
            (Some(_), Some(other)) => Some(evidence.of_passage(other)),
            _ => Some(evidence.clone()),
        }
    }
}

/// True when the recipients of two deliveries, and those the sender wrote, are in the same domains.
fn have_same_domains(one: &Delivery, other: &Delivery) -> bool {
    is_in_domain_of(one.recipient.as_ref(), other.recipient.as_ref())
        && is_in_domain_of(one.original_recipient.as_ref(), other.original_recipient.as_ref())
}

fn is_in_domain_of(one: Option<&SafeText>, other: Option<&SafeText>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one.is_none() && other.is_none() };
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((_, one)), Some((_, other))) => one == other,
        _ => false,
    }
}

/// Reason and judgement on facts given by hand.
#[must_use]
pub fn judge_facts(facts: Facts<'_>, rules: &Rules, ours: &Ours) -> (Reason, Judgement) {
    let spoken = Interpreter { rules, facts }.spoken();
    let generator_ours = facts.generator_is_ours(ours);
    let judgement = Inquiry::new(facts, &spoken, ours, generator_ours).judge();
    (spoken.heard.meaning.reason, judgement)
}
