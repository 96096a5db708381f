//! Who wrote a message, to whom and about what: read once, because many questions are put to it.

use super::signs::HeaderSigns;
use super::subject::Subject;
use crate::mail::SafeText;
use crate::mail::header::{FieldValue, Headers};

/// Who wrote a message, to whom and about what.
#[derive(Clone, Debug, Default)]
pub struct Heading {
    /// From, as written; None where there is none, or nothing in it.
    pub from: Option<SafeText>,
    /// The address in From.
    pub author: Option<SafeText>,
    /// The address in To.
    pub to: Option<SafeText>,
    /// Subject; None where there is none, or nothing in it.
    pub subject: Option<SafeText>,
    /// What speaks for a bounce.
    pub signs: HeaderSigns,
    /// The subject, to be searched.
    pub(super) topic: Subject,
}

impl Heading {
    /// Reads the header of a message.
    #[must_use]
    pub fn of(headers: &Headers<'_>) -> Self {
        let (from, subject) = (text_of(headers, "from"), text_of(headers, "subject"));
        let topic = Subject::of(subject.as_deref().unwrap_or(""));
        Self {
            author: headers.get("from").and_then(FieldValue::address),
            to: headers.get("to").and_then(FieldValue::address),
            signs: HeaderSigns::of(headers, from.as_deref().unwrap_or(""), &topic),
            from,
            subject,
            topic,
        }
    }
}

fn text_of(headers: &Headers<'_>, name: &str) -> Option<SafeText> {
    let text = headers.get(name)?.text();
    if text.is_empty() { None } else { Some(text) }
}
