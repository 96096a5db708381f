//! One message, one recipient: what the report and the text say about it, brought together.

use crate::mail::{SafeText, Stamp};

use super::notice::blocks::Block;
use super::notice::errors::looks_like_error;
use super::notice::sentences::{self, Phase};
use super::remote::Remote;
use super::report::{DsnAction, RecipientFields};
use super::said::Said;
use super::status::{Codes, Status};

/// The unit of the list: what became of one message for one recipient.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// The delivery a block of the human text tells of.
    #[must_use]
    pub fn from_block(block: Block) -> Self {
        let mut delivery = Self {
            recipient: Some(SafeText::new(&block.recipient)).filter(|r| !r.is_empty()),
            original_recipient: block.original.as_deref().map(SafeText::new),
            said: block.said,
            last_error: block.last_error,
            remote: block.remote,
            ..Self::default()
        };
        delivery.settle(None);
        delivery
    }

    /// The delivery the fields of a report tell of.
    #[must_use]
    pub fn from_fields(fields: RecipientFields) -> Self {
        let real = |address: &SafeText| {
            address.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
        };
        let inner = fields.recipient.as_ref().is_some_and(|r| !real(r))
            && fields.original.as_ref().is_some_and(real);
        let behind_alias = fields.actual.clone().filter(|actual| {
            fields.recipient.as_ref().is_some_and(|r| !r.eq_ignore_ascii_case(actual))
        });
        let original =
            behind_alias.as_ref().and(fields.recipient.clone()).or_else(|| fields.original.clone());
        let recipient = behind_alias
            .or_else(|| fields.recipient.clone().filter(|_| !inner))
            .or_else(|| fields.original.clone());
        let differs = |original: &SafeText| {
            recipient.as_ref().is_some_and(|r| !r.eq_ignore_ascii_case(original))
        };
        let mut delivery = Self {
            original_recipient: original.filter(differs),
            recipient,
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
        if let Some(theirs) = other.said
            && self.said.as_ref().is_none_or(|ours| tells_more(&theirs, ours))
        {
            self.said = Some(theirs);
        }
        self.recipient = self.recipient.take().or(other.recipient);
        self.original_recipient = self.original_recipient.take().or(other.original_recipient);
        self.remote = self.remote.take().or(other.remote);
        self.last_error = self.last_error.take().or(other.last_error);
        self.settle(field_status);
    }

    /// Works out status, reply, host and phase. A status in the text beats a field that says
    /// nothing; a field that says something beats the text.
    pub fn settle(&mut self, field: Option<Status>) {
        let text = self.said.as_ref().map(Said::codes).unwrap_or_default();
        let last = self.last_error.as_ref().map(Said::codes).unwrap_or_default();
        let Codes { status, reply } = if text.status.is_none_or(Status::is_vague)
            && last.status.is_some_and(|s| !s.is_vague())
        {
            last
        } else {
            text
        };
        let telling = status.filter(|s| s.class != 2 || field.is_none_or(|f| f.class == 2));
        let answered = telling
            .filter(|s| !s.is_vague() && s.class != 2 && reply.is_some_and(|code| code >= 400));
        self.status = match field {
            Some(field) if !field.is_vague() => {
                answered.filter(|_| field.class != 2).or(Some(field))
            }
            Some(field) => telling.filter(|s| !s.is_vague() || s.detail != 0).or(Some(field)),
            None => telling,
        };
        self.reply = reply.or(text.reply).or(last.reply);
        if let Some(said) = &self.said {
            self.remote = self.remote.take().or_else(|| sentences::remote(&said.text));
            self.phase = sentences::phase(&said.text);
        }
        if let Some(last) = &self.last_error {
            self.remote = self.remote.take().or_else(|| sentences::remote(&last.text));
        }
    }

    /// True when it failed for good or the message ended up back with its sender.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.action.is_none_or(|action| action == DsnAction::Failed)
    }
}

/// True when the human text says more than the diagnostic: the same uncut or unbroken, a reply
/// where the diagnostic has none, or, where neither has codes, an error in more words.
fn tells_more(text: &Said, diagnostic: &Said) -> bool {
    let letters = |said: &Said| {
        said.text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let coded = |said: &Said| said.codes() != Codes::default();
    let broken = text.text.len() < diagnostic.text.len() && letters(text) == letters(diagnostic);
    let mute = diagnostic.text.len() < 12 && text.codes().reply.is_some();
    let wordier =
        !coded(text) && text.text.len() > diagnostic.text.len() + 8 && looks_like_error(&text.text);
    text.extends(diagnostic) || broken || !coded(diagnostic) && (mute || wordier)
}
