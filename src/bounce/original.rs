//! The message that came back, as far as the report returns it.

use serde::{Deserialize, Serialize};

use crate::mail::find::position;
use crate::mail::header::FieldValue;
use crate::mail::hops::CHECKS;
use crate::mail::{Chain, Headers, SafeText, Stamp, address, date};

use super::notice::text::NoticeText;

/// What the header of the returned message says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Original {
    /// Message-ID without brackets.
    pub message_id: Option<SafeText>,
    /// From, as written: the author.
    pub from: Option<SafeText>,
    /// To, as written.
    pub to: Option<SafeText>,
    /// Subject.
    pub subject: Option<SafeText>,
    /// Date, claimed by the author.
    pub date: Option<Stamp>,
    /// Address of the author.
    pub author: Option<SafeText>,
    /// Envelope sender, from Return-Path.
    pub sender: Option<SafeText>,
    /// The mailing list it was sent to (List-Id, RFC 2919), without its description.
    pub list_id: Option<SafeText>,
    /// Exchange's own id of the message, the same on all its servers.
    pub network_id: Option<SafeText>,
    /// Addresses in To and Cc.
    pub recipients: Vec<SafeText>,
    /// Whom it was handed on for on the way (Received `for`, Delivered-To, X-Original-To), oldest
    /// first.
    pub handed_on: Vec<SafeText>,
    /// The way it took, oldest hop first.
    pub chain: Chain,
    /// Domains that signed it (DKIM d=), unverified.
    pub signers: Vec<SafeText>,
    /// The same with where their keys are, at most so many as are ever checked.
    pub signatures: Vec<Signature>,
    /// Verdicts on it: Received-SPF and Authentication-Results, newest first.
    pub verdicts: Vec<SafeText>,
}

/// A DKIM signature (RFC 6376 section 3.5), unverified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who signed (d=).
    pub domain: SafeText,
    /// Which of its keys (s=).
    pub selector: SafeText,
}

impl Original {
    /// Reads the header of a returned message; None when there is nothing of one in it.
    #[must_use]
    pub fn read(headers: &Headers<'_>) -> Option<Self> {
        if headers.is_empty() {
            return None;
        }
        Some(Self {
            message_id: headers.get("message-id").and_then(FieldValue::id),
            from: text_of(headers, "from"),
            to: text_of(headers, "to"),
            subject: text_of(headers, "subject"),
            date: headers.get("date").and_then(|value| date::parse(&value.unfolded())),
            author: headers.get("from").and_then(FieldValue::address),
            sender: sender(headers),
            list_id: headers.get("list-id").and_then(FieldValue::id),
            network_id: network_id(headers),
            recipients: recipients(headers),
            handed_on: handed_on(headers),
            chain: Chain::of(headers),
            signers: signers(headers),
            signatures: signatures(headers),
            verdicts: verdicts(headers),
        })
    }

    /// Reads what the human text tells about the message where nothing of it came back: two or more
    /// lines such as `From: …`, `Subject: …`, `Sent: …` below each other.
    #[must_use]
    pub fn told(notice: &NoticeText<'_>) -> Option<Self> {
        let mut told = Self::default();
        let mut found = 0;
        for line in &notice.lines {
            if let Some((label, value)) = line.trimmed().split_once(':') {
                found += usize::from(told.take(label.trim(), value.trim()));
            } else if found >= 2 {
                break;
            } else if !line.is_blank() {
                (told, found) = (Self::default(), 0);
            }
        }
        if found >= 2 { Some(told) } else { None }
    }

    /// Takes one labelled value, of several with the same label the first; true when the label is
    /// known.
    fn take(&mut self, label: &str, value: &str) -> bool {
        match label.to_lowercase().as_str() {
            "from" | "sender" | "sender address" | "mail from" => {
                self.from = self.from.take().or_else(|| filled(value));
                self.author = self.author.take().or_else(|| address_in(value));
            }
            "to" | "recipient address" => {
                self.recipients.extend(address_in(value));
                self.to = self.to.take().or_else(|| filled(value));
            }
            "subject" | "betreff" | "objet" | "oggetto" | "onderwerp" | "emne" | "temat"
            | "asunto" => {
                self.subject = self.subject.take().or_else(|| filled(value));
            }
            "date" | "sent" | "created date" => {
                self.date = self.date.or_else(|| date::parse(value));
            }
            "message-id" | "message id" => {
                let id = value.trim_matches(['<', '>']);
                self.message_id = self.message_id.take().or_else(|| filled(id));
            }
            _ => return false,
        }
        true
    }

    /// True when nothing of it identifies the message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.message_id.is_none()
            && self.from.is_none()
            && self.to.is_none()
            && self.subject.is_none()
            && self.chain.hops.is_empty()
    }
}

/// Addresses of one field that are kept.
const IN_FIELD: usize = 50;
/// Addresses of all fields that are kept.
const RECIPIENTS: usize = 200;
/// Signatures whose keys are kept.
const SIGNATURES: usize = 10;
/// Verdicts that are kept.
const VERDICTS: usize = 20;

/// The text, unless there is none.
fn filled(text: &str) -> Option<SafeText> {
    let text = SafeText::new(text);
    if text.is_empty() { None } else { Some(text) }
}

fn text_of(headers: &Headers<'_>, name: &str) -> Option<SafeText> {
    let text = headers.get(name)?.text();
    if text.is_empty() { None } else { Some(text) }
}

fn address_in(text: &str) -> Option<SafeText> {
    address::first_in(text).map(SafeText::new)
}

/// The envelope sender.
fn sender(headers: &Headers<'_>) -> Option<SafeText> {
    let path = headers.get("return-path").or_else(|| headers.get("x-envelope-from"))?;
    path.address()
}

/// The id that Exchange gives a message.
fn network_id(headers: &Headers<'_>) -> Option<SafeText> {
    const NAMES: [&str; 2] = [
        "x-ms-exchange-organization-network-message-id",
        "x-ms-exchange-crosstenant-network-message-id",
    ];
    let value = headers.get(NAMES[0]).or_else(|| headers.get(NAMES[1]))?;
    filled(&value.unfolded())
}

/// The addresses in To and Cc.
fn recipients(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut recipients = Vec::new();
    for name in ["to", "cc"] {
        for value in headers.all(name) {
            for found in address::all(&value.unfolded()).take(IN_FIELD) {
                if recipients.len() == RECIPIENTS {
                    return recipients;
                }
                recipients.push(SafeText::new(found.text));
            }
        }
    }
    recipients
}

/// Whom hosts on the way took it for, oldest first. Each wrote its fields above those that were
/// there.
fn handed_on(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut handed_on = Vec::new();
    for value in headers.all("received") {
        let value = value.unfolded();
        if let Some(at) = position(&value, " for ")
            && let Some(found) = address::find(&value[at..])
        {
            handed_on.push(SafeText::new(found.text));
        }
    }
    handed_on.reverse();
    for name in ["x-original-to", "delivered-to"] {
        let mut fields = Vec::new();
        for value in headers.all(name) {
            fields.extend(value.address());
        }
        fields.reverse();
        handed_on.append(&mut fields);
    }
    handed_on
}

/// The domains in DKIM signatures.
fn signers(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut signers = Vec::new();
    for signature in headers.all("dkim-signature") {
        signers.extend(tag(&signature.unfolded(), "d"));
    }
    signers
}

/// The DKIM signatures that name their key.
fn signatures(headers: &Headers<'_>) -> Vec<Signature> {
    let mut signatures = Vec::new();
    for field in headers.all("dkim-signature").take(SIGNATURES) {
        let list = field.unfolded();
        if let (Some(domain), Some(selector)) = (tag(&list, "d"), tag(&list, "s")) {
            signatures.push(Signature { domain, selector });
        }
    }
    signatures
}

/// What checks on the way said.
fn verdicts(headers: &Headers<'_>) -> Vec<SafeText> {
    let mut verdicts = Vec::new();
    for field in headers.fields() {
        if verdicts.len() == VERDICTS {
            break;
        }
        if CHECKS.iter().any(|name| field.name.eq_ignore_ascii_case(name)) {
            verdicts.push(field.value.text());
        }
    }
    verdicts
}

/// The value of a `tag=value;` list (RFC 6376 section 3.2).
fn tag(list: &str, name: &str) -> Option<SafeText> {
    for pair in list.split(';') {
        if let Some((tag, value)) = pair.split_once('=')
            && tag.trim() == name
        {
            return Some(SafeText::new(value));
        }
    }
    None
}
