//! The message that came back, as far as the report returns it.

use serde::Serialize;

use crate::mail::header::FieldValue;
use crate::mail::hops::CHECKS;
use crate::mail::{Chain, Headers, SafeText, Stamp, address};

use super::notice::text::NoticeText;

/// What the header of the returned message says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Original {
    /// Message-ID without brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<SafeText>,
    /// From, as written: the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<SafeText>,
    /// To, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<SafeText>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<SafeText>,
    /// Date, claimed by the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Stamp>,
    /// Address of the author.
    #[serde(skip)]
    pub author: Option<SafeText>,
    /// Envelope sender, from Return-Path.
    #[serde(skip)]
    pub sender: Option<SafeText>,
    /// Addresses in To and Cc.
    #[serde(skip)]
    pub recipients: Vec<SafeText>,
    /// The way it took, oldest hop first.
    #[serde(skip)]
    pub chain: Chain,
    /// Domains that signed it (DKIM d=), unverified.
    #[serde(skip)]
    pub signers: Vec<SafeText>,
    /// Verdicts on it: Received-SPF and Authentication-Results, newest first.
    #[serde(skip)]
    pub verdicts: Vec<SafeText>,
}

impl Original {
    /// Reads the header of a returned message; None when there is nothing of one in it.
    #[must_use]
    pub fn read(headers: &Headers<'_>) -> Option<Self> {
        if headers.is_empty() {
            return None;
        }
        let text = |name| headers.get(name).map(FieldValue::text).filter(|t| !t.is_empty());
        let addresses = ["to", "cc"].into_iter().flat_map(|name| headers.all(name)).flat_map(|v| {
            let line = v.unfolded();
            address::all(&line).take(50).map(|f| SafeText::new(f.text)).collect::<Vec<_>>()
        });
        Some(Self {
            message_id: headers.get("message-id").and_then(FieldValue::id),
            from: text("from"),
            to: text("to"),
            subject: text("subject"),
            date: headers.get("date").and_then(|v| crate::mail::date::parse(&v.unfolded())),
            author: headers.get("from").and_then(FieldValue::address),
            sender: headers
                .get("return-path")
                .or_else(|| headers.get("x-envelope-from"))
                .and_then(FieldValue::address),
            recipients: addresses.take(200).collect(),
            chain: Chain::of(headers),
            signers: headers
                .all("dkim-signature")
                .filter_map(|v| tag(&v.unfolded(), "d"))
                .collect(),
            verdicts: headers
                .fields()
                .iter()
                .filter(|f| CHECKS.iter().any(|name| f.name.eq_ignore_ascii_case(name)))
                .take(20)
                .map(|f| f.value.text())
                .collect(),
        })
    }

    /// Reads what the human text tells about the message where nothing of it came back: two or more
    /// lines such as `From: …`, `Subject: …`, `Sent: …` below each other.
    #[must_use]
    pub fn told(notice: &NoticeText<'_>) -> Option<Self> {
        let mut told = Self::default();
        let mut found = 0;
        for line in &notice.lines {
            let Some((label, value)) = line.trimmed().split_once(':') else {
                if found >= 2 || line.is_blank() {
                    if found >= 2 {
                        break;
                    }
                    continue;
                }
                (told, found) = (Self::default(), 0);
                continue;
            };
            found += usize::from(told.take(label.trim(), value.trim()));
        }
        (found >= 2).then_some(told)
    }

    /// Takes one labelled value; true when the label is known.
    fn take(&mut self, label: &str, value: &str) -> bool {
        let text = || Some(SafeText::new(value)).filter(|t| !t.is_empty());
        let address = || address::first_in(value).map(SafeText::new);
        match label.to_lowercase().as_str() {
            "from" | "sender" | "sender address" | "mail from" => {
                (self.from, self.author) =
                    (self.from.take().or_else(text), self.author.take().or_else(address));
            }
            "to" | "recipient address" => {
                self.recipients.extend(address());
                self.to = self.to.take().or_else(text);
            }
            "subject" | "betreff" | "objet" | "oggetto" | "onderwerp" | "emne" | "temat"
            | "asunto" => {
                self.subject = self.subject.take().or_else(text);
            }
            "date" | "sent" | "created date" => {
                self.date = self.date.or_else(|| crate::mail::date::parse(value))
            }
            "message-id" | "message id" => {
                self.message_id = self.message_id.take().or_else(|| {
                    Some(SafeText::new(value.trim_matches(['<', '>']))).filter(|id| !id.is_empty())
                });
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

/// The value of a `tag=value;` list (RFC 6376 section 3.2).
fn tag(list: &str, name: &str) -> Option<SafeText> {
    list.split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(tag, _)| tag.trim() == name)
        .map(|(_, value)| SafeText::new(value))
}
