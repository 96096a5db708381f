//! A message sorted into what matters: the words for people, the machine-readable report, the
//! returned message.

use std::borrow::Cow;

use crate::mail::header::Headers;
use crate::mail::{Entity, find, html};

use super::kind::{FeedbackType, Heading, Kind};
use super::notice::text::NoticeText;
use super::said::Part;

/// Text shorter than this is a stub beside which the HTML is the real message.
const STUB: usize = 40;

/// The parts of a message by what they are for.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The header of the message.
    pub headers: &'a Headers<'a>,
    /// Who wrote it, to whom and about what.
    pub heading: Heading,
    /// The words for people, as text.
    pub text: Cow<'a, str>,
    /// Where the words come from.
    pub text_part: Part,
    /// The HTML, undone only of its transfer coding.
    pub html: Option<Cow<'a, str>>,
    /// The body of the delivery-status part; of several, one below the other.
    pub report: Option<Cow<'a, str>>,
    /// The returned message or its header.
    pub returned: Option<Cow<'a, [u8]>>,
    /// The message says of itself that it is a delivery report (RFC 3464).
    pub typed: bool,
    /// What a complaint complains of.
    pub feedback: Option<FeedbackType>,
    /// The kind that a part of a type of its own proves.
    pub proven: Option<Kind>,
}

impl<'a> Letter<'a> {
    /// Sorts the parts of a message.
    #[must_use]
    pub fn sort(entity: &'a Entity<'a>) -> Self {
        let mut letter = Self {
            headers: &entity.headers,
            heading: Heading::of(&entity.headers),
            text: Cow::Borrowed(""),
            text_part: Part::Text,
            html: None,
            report: None,
            returned: None,
            typed: entity.media.report_type.as_deref() == Some("delivery-status"),
            feedback: None,
            proven: None,
        };
        let mut texts: Vec<Cow<'a, str>> = Vec::new();
        let mut charset = None;
        for leaf in entity.leaves() {
            if leaf.media.is_disposition() && is_refusal(&entity.headers, leaf) {
                letter.report = Some(below(letter.report, leaf.text()));
            } else if let Some(kind) = proven_by(leaf) {
                letter.feedback = letter.feedback.or_else(|| FeedbackType::of(leaf));
                letter.proven = letter.proven.or(Some(kind));
            } else if leaf.media.is_delivery_status() {
                letter.report = Some(below(letter.report, leaf.text_beside(charset)));
            } else if leaf.media.is_message() || leaf.media.is_headers() {
                letter.returned = letter.returned.or_else(|| Some(leaf.message()));
            } else if leaf.is_html() {
                letter.marked_up(leaf, &mut texts);
            } else if leaf.is_readable() {
                charset = charset.or(leaf.media.charset.as_deref());
                letter.readable(leaf, &mut texts);
            }
        }
        letter.text = match texts.len() {
            1 => texts.remove(0),
            _ => Cow::Owned(texts.join("\n")),
        };
        if letter.text.trim().len() < STUB
            && let Some(source) = letter.html.as_deref()
        {
            letter.text = Cow::Owned(html::to_text(source));
            letter.text_part = Part::Html;
        }
        letter
    }

    /// The message that came back, attached or below the words.
    #[must_use]
    pub fn returned_message<'l>(&'l self, notice: &NoticeText<'l>) -> Option<Cow<'l, [u8]>> {
        if let Some(attached) = &self.returned {
            return Some(Cow::Borrowed(attached));
        }
        notice.returned().map(into_bytes)
    }

    /// An HTML part: of several the first counts. One without a tag is plain text.
    fn marked_up(&mut self, leaf: &Entity<'a>, texts: &mut Vec<Cow<'a, str>>) {
        if self.html.is_some() {
            return;
        }
        let text = leaf.text();
        if html::has_tags(&text) {
            self.html = Some(text);
        } else {
            texts.push(text);
        }
    }

    /// A plain text part: words for people, or behind the report a returned message sent as text.
    fn readable(&mut self, leaf: &Entity<'a>, texts: &mut Vec<Cow<'a, str>>) {
        let text = leaf.text();
        let returned = self.report.is_some()
            && self.returned.is_none()
            && Headers::read(text.as_bytes()).0.fields().len() >= 3;
        if returned {
            self.returned = Some(into_bytes(text));
        } else {
            texts.push(text);
        }
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// One report below another, a blank line between them.
fn below<'a>(above: Option<Cow<'a, str>>, report: Cow<'a, str>) -> Cow<'a, str> {
    match above {
        Some(above) => Cow::Owned(above.into_owned() + "\n\n" + &report),
        None => report,
    }
}

/// Kinds that have a media type of their own (RFC 5965, 8098, 8460; RFC 7489 section 7.2.1.1). An
/// answer to an invitation is no bounce, whatever it says.
fn proven_by(leaf: &Entity<'_>) -> Option<Kind> {
    match &*leaf.media.essence {
        "message/feedback-report" => Some(Kind::Arf),
        _ if leaf.media.is_disposition() => Some(Kind::Mdn),
        "application/tlsrpt+gzip" | "application/tlsrpt+json" => Some(Kind::TlsReport),
        "application/ms-tnef" if is_tnef_receipt(&leaf.bytes()) => Some(Kind::Mdn),
        "text/calendar" => Some(Kind::Other),
        _ if has_dmarc_name(leaf) => Some(Kind::DmarcReport),
        _ => None,
    }
}

/// True for the refusal of a Sieve script, which comes as if it were a receipt (RFC 5429 section
/// 2.2): the program deleted the message and says that it rejects it. A reader that deletes a
/// message unread says no such thing.
fn is_refusal(headers: &Headers<'_>, leaf: &Entity<'_>) -> bool {
    let body = leaf.bytes();
    let (fields, _) = Headers::read(&body);
    let Some(disposition) = fields.get("disposition") else { return false };
    let disposition = disposition.unfolded();
    let deleted =
        find::contains(&disposition, "automatic-action") && find::contains(&disposition, "deleted");
    deleted && says_rejected(headers)
}

/// True when the header says that a message was rejected, in the words of the program.
fn says_rejected(headers: &Headers<'_>) -> bool {
    for name in ["auto-submitted", "subject"] {
        if let Some(value) = headers.get(name) {
            let text = value.text();
            let own = text.split(':').next().unwrap_or("");
            if find::contains(own, "reject") || find::contains(own, "refus") {
                return true;
            }
        }
    }
    false
}

/// The message classes of read and non-read receipts in Outlook's own format.
fn is_tnef_receipt(tnef: &[u8]) -> bool {
    [&b"IPM.Microsoft Mail.Read Receipt"[..], b".IPNRN", b".IPNNRN"]
        .iter()
        .any(|class| memchr::memmem::find(tnef, class).is_some())
}

fn has_dmarc_name(leaf: &Entity<'_>) -> bool {
    if let Some(name) = &leaf.media.name {
        return is_dmarc_file(name);
    }
    match attachment_name(leaf) {
        Some(name) => is_dmarc_file(&name),
        None => false,
    }
}

fn attachment_name(leaf: &Entity<'_>) -> Option<String> {
    let value = leaf.headers.get("content-disposition")?.unfolded();
    let (_, name) = value.split_once("filename=")?;
    Some(name.trim_start_matches('"').split(['"', ';']).next()?.to_owned())
}

/// `receiver!domain!begin!end[!id].xml[.gz|.zip]`.
fn is_dmarc_file(name: &str) -> bool {
    let fields: Vec<&str> = name.split('!').collect();
    let lower = name.to_ascii_lowercase();
    let ending = [".xml", ".gz", ".zip", ".gzip"].iter().any(|e| lower.ends_with(e));
    fields.len() >= 4 && ending && fields[2].bytes().all(|b| b.is_ascii_digit())
}
