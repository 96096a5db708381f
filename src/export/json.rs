//! One message as a JSON object: the public schema of `explain`. Unknown values are null or absent,
//! never invented.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::bounce::{Action, Kind, Original, Part, Phase};
use crate::diagnosis::language::Advice;
use crate::diagnosis::remedy::{Permanence, Remedy};
use crate::diagnosis::{
    Backscatter, Case, Confidence, Evidence, Guidance, Language, Party, Reason, guidance,
};
use crate::mail::{Hop, Limit, SafeText, Stamp, is_hidden};

use super::Explained;

/// A message. Field names are a public interface.
#[expect(clippy::struct_field_names, reason = "the names of the fields are the interface")]
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    file: &'a str,
    kind: Kind,
    dialect: &'a str,
    message_id: Option<&'a SafeText>,
    subject: Option<&'a SafeText>,
    date: Option<Stamp>,
    generating_server: Option<&'a SafeText>,
    backscatter: Backscatter,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backscatter_signs: Vec<&'a str>,
    original: Option<&'a Original>,
    recipients: Vec<Recipient<'a>>,
    hops: &'a [Hop],
    #[serde(skip_serializing_if = "<[Limit]>::is_empty")]
    limits: &'a [Limit],
}

impl Message<'_> {
    /// Writes it on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        self.serialize(&mut Serializer::with_formatter(out, Visible))
    }
}

/// JSON in which what a terminal obeys or hides is written as an escape: names of files are not
/// ours to change.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_hidden) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut characters = from.chars();
            let hidden = characters.next().unwrap_or_default();
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[derive(Debug, Serialize)]
struct Recipient<'a> {
    address: Option<&'a SafeText>,
    original_address: Option<&'a SafeText>,
    action: Option<Action>,
    status: Option<String>,
    reply_code: Option<String>,
    diagnostic: Option<&'a SafeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<&'a SafeText>,
    remote_mta: Option<SafeText>,
    phase: Option<Phase>,
    reason: Reason,
    owner: Party,
    confidence: Confidence,
    evidence: Option<Quotation<'a>>,
    rule: &'a str,
    guidance: Advised,
    permanence: Option<Permanence>,
    actions: &'a [Remedy],
}

/// The line a verdict rests on.
#[derive(Debug, Serialize)]
struct Quotation<'a> {
    text: &'a SafeText,
    part: Part,
    start: usize,
    end: usize,
}

#[derive(Debug, Serialize)]
struct Advised {
    cause: String,
    steps: Vec<String>,
    admin: Told,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Told>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Told {
    cause: String,
    steps: Vec<String>,
}

impl From<Advice> for Told {
    fn from(Advice { cause, steps }: Advice) -> Self {
        Self { cause, steps }
    }
}

impl From<Guidance> for Advised {
    fn from(guidance: Guidance) -> Self {
        Self {
            cause: guidance.user.cause,
            steps: guidance.user.steps,
            admin: guidance.admin.into(),
            owner: guidance.owner.map(Told::from),
            commands: guidance.commands,
            branch: guidance.branch.map(|(branch, _)| branch.label()),
        }
    }
}

impl<'a> Message<'a> {
    /// The object for one message.
    #[must_use]
    pub fn of(explained: &Explained<'a>) -> Self {
        let Explained { bounce, diagnosis, .. } = *explained;
        Self {
            file: explained.file,
            kind: bounce.kind,
            dialect: bounce.dialect,
            message_id: bounce.message_id.as_ref(),
            subject: bounce.subject.as_ref(),
            date: bounce.date,
            generating_server: bounce.generating_server.as_ref(),
            backscatter: diagnosis.origin.verdict,
            backscatter_signs: diagnosis
                .origin
                .signs
                .iter()
                .map(|sign| sign.text.as_str())
                .collect(),
            original: bounce.original.as_ref().filter(|o| !o.is_empty()),
            recipients: explained
                .cases()
                .map(|case| recipient(&case, explained.language))
                .collect(),
            hops: bounce.original.as_ref().map_or(&[], |o| o.chain.hops.as_slice()),
            limits: &bounce.limits,
        }
    }
}

fn recipient<'a>(case: &Case<'a>, language: Language) -> Recipient<'a> {
    let Case { delivery, verdict, .. } = *case;
    let evidence = |evidence: &'a Evidence| Quotation {
        text: &evidence.text,
        part: evidence.part,
        start: evidence.start,
        end: evidence.end,
    };
    let rule = verdict.rule.as_ref();
    let permanence = rule.map(|rule| rule.permanence);
    Recipient {
        address: delivery.recipient.as_ref(),
        original_address: delivery.original_recipient.as_ref(),
        action: delivery.action,
        status: delivery.status.map(|status| status.to_string()),
        reply_code: delivery.reply.map(|code| code.to_string()),
        diagnostic: delivery.said.as_ref().map(|said| &said.text),
        last_error: delivery.last_error.as_ref().map(|said| &said.text),
        remote_mta: delivery.remote.as_ref().map(crate::bounce::Remote::label),
        phase: delivery.phase,
        reason: verdict.reason,
        owner: verdict.judgement.party,
        confidence: verdict.judgement.confidence,
        evidence: verdict.evidence.as_ref().map(evidence),
        rule: verdict.rule_id(),
        guidance: guidance(language, case).into(),
        permanence: permanence.filter(|permanence| *permanence != Permanence::Either),
        actions: rule.map_or(&[], |rule| rule.actions.as_slice()),
    }
}
