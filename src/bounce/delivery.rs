//! One message, one recipient: what the report and the text say about it, brought together.

use serde::{Deserialize, Serialize};

use crate::mail::{SafeText, Stamp};

use super::notice::blocks::ReportBlock;
use super::notice::errors::looks_like_error;
use super::notice::sentences::Phase;
use super::remote::Remote;
use super::report::{DsnAction, RecipientFields};
use super::said::Said;
use super::status::{Codes, Status};

/// The unit of the list: what became of one message for one recipient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The address that failed; None when the report does not name it.
    pub recipient: Option<SafeText>,
    /// The address the sender wrote, when it is another one (alias, forward, list).
    pub original_recipient: Option<SafeText>,
    /// What was done with it.
    pub action: Option<DsnAction>,
    /// The enhanced status code that tells most.
    pub status: Option<Status>,
    /// The basic reply code.
    pub reply: Option<u16>,
    /// What the server said.
    pub said: Option<Said>,
    /// The last real error of a message whose time ran out.
    pub last_error: Option<Said>,
    /// The host that said it; None when the reporting host itself refused.
    pub remote: Option<Remote>,
    /// The step of the dialogue it was said in.
    pub phase: Option<Phase>,
    /// The Status field as a passage, for want of better evidence.
    pub status_line: Option<Said>,
    /// When it was last tried.
    pub last_attempt: Option<Stamp>,
    /// Until when the server goes on trying.
    pub retry_until: Option<Stamp>,
}

impl Delivery {
    /// The deliveries that blocks of the human text tell of. A text that stands for all is taken
    /// apart once.
    #[must_use]
    pub fn from_blocks(blocks: Vec<ReportBlock>) -> Vec<Self> {
        let mut deliveries: Vec<Self> = Vec::with_capacity(blocks.len());
        let mut shared: Option<usize> = None;
        for block in blocks {
            let plain = block.shared
                && block.last_error.is_none()
                && block.remote.is_none()
                && block.step.is_none();
            if plain
                && let Some(first) = shared
                && deliveries[first].said == block.said
            {
                let mut delivery = deliveries[first].clone();
                delivery.original_recipient = block.original.as_deref().map(SafeText::new);
                delivery.recipient = named(&block.recipient);
                deliveries.push(delivery);
                continue;
            }
            if plain {
                shared = Some(deliveries.len());
            }
            deliveries.push(Self::from_block(block));
        }
        deliveries
    }

    /// The delivery a block of the human text tells of.
    fn from_block(block: ReportBlock) -> Self {
        let mut delivery = Self {
            recipient: named(&block.recipient),
            original_recipient: block.original.as_deref().map(SafeText::new),
            said: block.said,
            last_error: block.last_error,
            remote: block.remote,
            phase: block.step,
            ..Self::default()
        };
        delivery.settle(None);
        delivery
    }

    /// The delivery the fields of a report tell of.
    #[must_use]
    pub fn from_fields(fields: RecipientFields) -> Self {
        let Addresses { recipient, written } = Addresses::of(&fields);
        let mut delivery = Self {
            recipient,
            original_recipient: written,
            action: fields.action,
            said: fields.diagnostic.or(fields.status_text),
            remote: fields.remote.as_deref().and_then(Remote::read),
            status_line: fields.status_line,
            last_attempt: fields.last_attempt,
            retry_until: fields.retry_until,
            ..Self::default()
        };
        delivery.settle(fields.status);
        delivery
    }

    /// Takes from the human text what the report leaves out or cuts short.
    pub fn complete(&mut self, other: Self, field_status: Option<Status>) {
        if let Some(theirs) = other.said {
            let better = match &self.said {
                Some(ours) => tells_more(&theirs, ours),
                None => true,
            };
            if better {
                self.said = Some(theirs);
            }
        }
        self.recipient = self.recipient.take().or(other.recipient);
        self.original_recipient = self.original_recipient.take().or(other.original_recipient);
        self.remote = Remote::joined(self.remote.take(), other.remote);
        self.phase = self.phase.or(other.phase);
        self.last_error = self.last_error.take().or(other.last_error);
        self.settle(field_status);
    }

    /// Works out status, reply, host and phase from the Status field and the answers.
    pub fn settle(&mut self, field: Option<Status>) {
        let said = self.said.as_ref().map(Said::codes).unwrap_or_default();
        let last = self.last_error.as_ref().map(Said::codes).unwrap_or_default();
        let told = if !is_telling(said.status) && is_telling(last.status) { last } else { said };
        self.status = settled(field, told);
        self.reply = told.reply.or(said.reply).or(last.reply);
        for said in [&self.said, &self.last_error].into_iter().flatten() {
            let all_is_known = matches!(&self.remote, Some(Remote { name: Some(_), ip: Some(_) }));
            if self.phase.is_some() && all_is_known {
                break;
            }
            let answer = said.answer();
            self.phase = self.phase.or_else(|| answer.step());
            self.remote = Remote::joined(self.remote.take(), answer.remote());
        }
    }

    /// True when the report calls it delivered, here or farther on.
    #[must_use]
    pub fn arrived(&self) -> bool {
        use DsnAction::{Delivered, Expanded, Relayed};
        matches!(self.action, Some(Delivered | Relayed | Expanded))
    }

    /// True when its status refuses, for now or for good; where there is none, when its reply code
    /// does.
    #[must_use]
    pub fn refuses(&self) -> bool {
        match (self.status, self.reply) {
            (Some(status), _) => status.class != 2,
            (None, reply) => matches!(reply, Some(400..)),
        }
    }

    /// True when it failed for good or the message ended up back with its sender.
    #[must_use]
    pub fn failed(&self) -> bool {
        matches!(self.action, None | Some(DsnAction::Failed))
    }
}

/// The address, where there is one.
fn named(address: &str) -> Option<SafeText> {
    let address = SafeText::new(address);
    if address.is_empty() { None } else { Some(address) }
}

/// The addresses of a delivery, as the fields of a report tell them.
struct Addresses {
    /// The one that failed.
    recipient: Option<SafeText>,
    /// The one the sender wrote, where it is another.
    written: Option<SafeText>,
}

impl Addresses {
    /// The address behind an alias failed, and the sender wrote the alias. A Final-Recipient that is
    /// no address outside the reporting host tells less than Original-Recipient.
    fn of(fields: &RecipientFields) -> Self {
        let RecipientFields { recipient, actual, original, .. } = fields;
        if let (Some(actual), Some(alias)) = (actual, recipient)
            && !alias.eq_ignore_ascii_case(actual)
        {
            return Self { recipient: Some(actual.clone()), written: Some(alias.clone()) };
        }
        match (recipient, original) {
            (Some(recipient), Some(original)) if !is_full(recipient) && is_full(original) => {
                Self { recipient: Some(original.clone()), written: None }
            }
            (Some(recipient), Some(original)) if !recipient.eq_ignore_ascii_case(original) => {
                Self { recipient: Some(recipient.clone()), written: Some(original.clone()) }
            }
            (Some(only), _) | (None, Some(only)) => {
                Self { recipient: Some(only.clone()), written: None }
            }
            (None, None) => Self { recipient: None, written: None },
        }
    }
}

/// True for an address with a domain of more than one label.
fn is_full(address: &str) -> bool {
    match address.rsplit_once('@') {
        Some((_, domain)) => domain.contains('.'),
        None => false,
    }
}

fn is_telling(status: Option<Status>) -> bool {
    matches!(status, Some(status) if !status.is_vague())
}

/// The status that counts. One in the text beats a field that says nothing; a field that says
/// something beats the text, unless the text is a refusal with both codes. An answer that accepts
/// never beats a field that refuses.
fn settled(field: Option<Status>, told: Codes) -> Option<Status> {
    let Some(field) = field else { return told.status };
    let Some(status) = told.status else { return Some(field) };
    if status.class == 2 && field.class != 2 {
        return Some(field);
    }
    if field.is_vague() {
        return Some(if status.is_vague() && status.detail == 0 { field } else { status });
    }
    let refused = matches!(told.reply, Some(400..)) && status.class != 2 && !status.is_vague();
    Some(if refused && field.class != 2 { status } else { field })
}

/// True when the human text says more than the diagnostic: the same uncut or unbroken, a reply
/// where the diagnostic has none, or, where neither has codes, an error in more words.
fn tells_more(text: &Said, diagnostic: &Said) -> bool {
    let (len, other) = (text.text.len(), diagnostic.text.len());
    if text.extends(diagnostic) || len < other && letters(text) == letters(diagnostic) {
        return true;
    }
    if diagnostic.has_codes() {
        return false;
    }
    let answers = other < 12 && text.codes().reply.is_some();
    answers || !text.has_codes() && len > other + 8 && looks_like_error(&text.text)
}

fn letters(said: &Said) -> String {
    let letters: String = said.text.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.to_lowercase()
}
