//! The recipients of a message in its JSON object, written one after the other. Where there are
//! many, the others refer to what one of the first has in full.

use std::collections::HashMap;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::bounce::{DsnAction, Kind, Part, Phase, Said, Told};
use crate::diagnosis::language::Advice;
use crate::diagnosis::remedy::{Permanence, Remedy};
use crate::diagnosis::steps::{Means, Measure};
use crate::diagnosis::tree571::Branch;
use crate::diagnosis::{
    Case, Confidence, Conflict, Evidence, Guidance, Language, Party, Reason, guidance,
};
use crate::mail::SafeText;

use super::Explained;

/// Recipients of a message that are written in full.
const FULL: usize = 20;
/// Recipients of a message that have guidance of their own.
const ADVISED: usize = 100;
/// A message has one recipient in full for so many of its bytes.
const BYTES: usize = 256;

/// The recipients of a message.
#[derive(Debug)]
pub(super) struct Recipients<'a>(pub(super) Explained<'a>);

impl Serialize for Recipients<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(explained) = self;
        let told = &explained.inspection.told;
        let mut list = serializer.serialize_seq(Some(explained.bounce.deliveries.len()))?;
        let room = (explained.size / BYTES).max(1);
        let mut given = Given::default();
        for (at, case) in explained.cases().enumerate() {
            if at < room.min(FULL) {
                let advised = Advised::of(explained.language, &case);
                list.serialize_element(&Recipient::of(&case, told, advised))?;
            } else {
                let mut further = Further::of(&case, told, &given);
                if further.guidance_of.is_none() && given.answers.len() < room.min(ADVISED) {
                    further.advised = Some(Advised::of(explained.language, &case));
                }
                list.serialize_element(&further)?;
            }
            given.take(&case, at);
        }
        list.end()
    }
}

/// What was written so far, and with which recipient, counted from 0.
#[derive(Default)]
struct Given<'a> {
    /// Guidance, by what it hangs on.
    answers: HashMap<AdviceKey<'a>, usize>,
    /// Error texts, by where they stand in the message.
    texts: HashMap<Passage<'a>, usize>,
}

/// What the guidance for a recipient hangs on, but for names.
#[derive(PartialEq, Eq, Hash)]
struct AdviceKey<'a> {
    kind: Kind,
    reason: Reason,
    party: Party,
    ground: &'static str,
    rule: &'a str,
}

impl<'a> AdviceKey<'a> {
    fn of(case: &Case<'a>) -> Self {
        let verdict = case.verdict;
        Self {
            kind: case.kind(),
            reason: verdict.reason,
            party: verdict.judgement.party,
            ground: verdict.judgement.ground.slug(),
            rule: verdict.rule_id(),
        }
    }
}

impl<'a> Given<'a> {
    fn take(&mut self, case: &Case<'a>, at: usize) {
        if self.answers.len() < ADVISED {
            self.answers.entry(AdviceKey::of(case)).or_insert(at);
        }
        if let Some(text) = Passage::of(case) {
            self.texts.entry(text).or_insert(at);
        }
    }
}

/// An error text where it stands in the message; recipients may share one.
#[derive(PartialEq, Eq, Hash)]
struct Passage<'a> {
    part: Part,
    start: usize,
    end: usize,
    text: &'a str,
}

impl<'a> Passage<'a> {
    fn of(case: &Case<'a>) -> Option<Self> {
        let Said { part, start, end, text, .. } = case.delivery.said.as_ref()?;
        Some(Self { part: *part, start: *start, end: *end, text })
    }
}

/// A recipient in full.
#[derive(Debug, Serialize)]
struct Recipient<'a> {
    address: Option<&'a str>,
    original_address: Option<&'a str>,
    action: Option<DsnAction>,
    status: Option<String>,
    reply_code: Option<String>,
    diagnostic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<&'a str>,
    remote_mta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner_host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_id: Option<&'a str>,
    phase: Option<Phase>,
    reason: Reason,
    owner: Party,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Conflict>,
    evidence: Option<Quotation<'a>>,
    rule: &'a str,
    permanence: Option<Permanence>,
    actions: &'a [Remedy],
    #[serde(flatten)]
    advised: Advised,
}

impl<'a> Recipient<'a> {
    fn of(case: &Case<'a>, told: &'a Told, advised: Advised) -> Self {
        let Case { bounce, delivery, verdict, .. } = *case;
        let address = delivery.recipient.as_deref();
        Self {
            address,
            original_address: delivery.original_recipient.as_deref(),
            action: delivery.action,
            status: delivery.status.map(|status| status.to_string()),
            reply_code: delivery.reply.map(|code| code.to_string()),
            diagnostic: delivery.said.as_ref().map(|said| said.text.as_str()),
            last_error: delivery.last_error.as_ref().map(|said| said.text.as_str()),
            remote_mta: delivery.remote.as_ref().map(|remote| remote.label().to_string()),
            inner_host: told.inner_host(address.unwrap_or_default()).map(SafeText::as_str),
            queue_id: bounce.queue_id.as_deref(),
            phase: delivery.phase,
            reason: verdict.reason,
            owner: verdict.judgement.party,
            confidence: verdict.judgement.confidence,
            conflict: verdict.conflict,
            evidence: verdict.evidence.as_ref().map(Quotation::of),
            rule: verdict.rule_id(),
            permanence: permanence(case),
            actions: verdict.rule.as_ref().map_or(&[], |rule| rule.actions.as_slice()),
            advised,
        }
    }
}

/// One of many recipients: what is not known is absent, and what an earlier one has in full is
/// referred to.
#[derive(Debug, Serialize)]
struct Further<'a> {
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_address: Option<&'a str>,
    action: Option<DsnAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostic: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_mta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner_host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
    reason: Reason,
    owner: Party,
    confidence: Confidence,
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Conflict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Quotation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_as: Option<usize>,
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    permanence: Option<Permanence>,
    #[serde(flatten)]
    advised: Option<Advised>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_of: Option<usize>,
}

impl<'a> Further<'a> {
    fn of(case: &Case<'a>, told: &'a Told, given: &Given<'a>) -> Self {
        let Case { delivery, verdict, .. } = *case;
        let address = delivery.recipient.as_deref();
        let mut further = Self {
            address,
            original_address: delivery.original_recipient.as_deref(),
            action: delivery.action,
            status: delivery.status.map(|status| status.to_string()),
            reply_code: delivery.reply.map(|code| code.to_string()),
            diagnostic: delivery.said.as_ref().map(|said| said.text.as_str()),
            last_error: delivery.last_error.as_ref().map(|said| said.text.as_str()),
            remote_mta: delivery.remote.as_ref().map(|remote| remote.label().to_string()),
            inner_host: told.inner_host(address.unwrap_or_default()).map(SafeText::as_str),
            phase: delivery.phase,
            reason: verdict.reason,
            owner: verdict.judgement.party,
            confidence: verdict.judgement.confidence,
            conflict: verdict.conflict,
            evidence: verdict.evidence.as_ref().map(Quotation::of),
            said_as: None,
            rule: verdict.rule_id(),
            permanence: permanence(case),
            advised: None,
            guidance_of: given.answers.get(&AdviceKey::of(case)).copied(),
        };
        if let Some(text) = Passage::of(case)
            && let Some(at) = given.texts.get(&text)
        {
            further.said_as = Some(*at);
            further.diagnostic = None;
            if delivery.last_error.is_none() {
                further.evidence = None;
            }
        }
        further
    }
}

/// The line a verdict rests on.
#[derive(Debug, Serialize)]
struct Quotation<'a> {
    text: &'a str,
    part: Part,
    start: usize,
    end: usize,
}

impl<'a> Quotation<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        let Evidence { part, start, end, .. } = *evidence;
        Self { text: &evidence.text, part, start, end }
    }
}

/// Whether waiting helps; None where neither the rule nor the code says.
fn permanence(case: &Case<'_>) -> Option<Permanence> {
    match case.permanence() {
        Permanence::Either => None,
        permanence => Some(permanence),
    }
}

/// What there is to do: in words for each reader, and step by step.
#[derive(Debug, Serialize)]
struct Advised {
    guidance: GuidanceWords,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<ToDo>,
}

impl Advised {
    fn of(language: Language, case: &Case<'_>) -> Self {
        let mut counsel = guidance(language, case);
        let mut steps = Vec::with_capacity(counsel.steps.len());
        for step in std::mem::take(&mut counsel.steps) {
            steps.push(ToDo::of(step));
        }
        Self { guidance: GuidanceWords::of(counsel), steps }
    }
}

/// Something to do, with the command to run or the address to open.
#[derive(Debug, Serialize)]
struct ToDo {
    action: Remedy,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl ToDo {
    fn of(Measure { action, text, way }: Measure) -> Self {
        match way {
            Means::Command(command) => Self { action, text, command: Some(command), url: None },
            Means::Url(url) => Self { action, text, command: None, url: Some(url) },
        }
    }
}

/// The guidance.
#[derive(Debug, Serialize)]
struct GuidanceWords {
    cause: String,
    steps: Vec<String>,
    admin: Counsel,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Counsel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'static str>,
}

impl GuidanceWords {
    fn of(guidance: Guidance) -> Self {
        Self {
            cause: guidance.user.cause,
            steps: guidance.user.steps,
            admin: Counsel::of(guidance.admin),
            owner: guidance.owner.map(Counsel::of),
            commands: guidance.commands,
            branch: guidance.branch.map(Branch::label),
        }
    }
}

/// Cause and steps for one reader.
#[derive(Debug, Serialize)]
struct Counsel {
    cause: String,
    steps: Vec<String>,
}

impl Counsel {
    fn of(Advice { cause, steps }: Advice) -> Self {
        Self { cause, steps }
    }
}
