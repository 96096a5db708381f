//! A message sorted into what matters: the words for people, the machine-readable report, the
//! returned message.

use std::borrow::Cow;

use crate::mail::header::Headers;
use crate::mail::{Entity, html};

use super::kind::Kind;
use super::notice::text::NoticeText;
use super::said::Part;

/// Text shorter than this is a stub beside which the HTML is the real message.
const STUB: usize = 40;

/// The parts of a message by what they are for.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The header of the message.
    pub headers: &'a Headers<'a>,
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
    /// The kind that a part of a type of its own proves.
    pub proven: Option<Kind>,
}

impl<'a> Letter<'a> {
    /// Sorts the parts of a message.
    #[must_use]
    pub fn sort(entity: &'a Entity<'a>) -> Self {
        let mut letter = Self {
            headers: &entity.headers,
            text: Cow::Borrowed(""),
            text_part: Part::Text,
            html: None,
            report: None,
            returned: None,
            proven: None,
        };
        let mut texts: Vec<Cow<'a, str>> = Vec::new();
        for leaf in entity.leaves() {
            if let Some(kind) = proven_by(leaf) {
                letter.proven = letter.proven.or(Some(kind));
            } else if leaf.media.is_delivery_status() {
                letter.report = Some(below(letter.report, leaf.text()));
            } else if leaf.media.is_message() || leaf.media.is_headers() {
                letter.returned = letter.returned.or_else(|| Some(leaf.message()));
            } else if leaf.is_html() {
                letter.html = letter.html.or_else(|| Some(leaf.text()));
            } else if leaf.is_readable() {
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
        let below = || {
            Some(match notice.returned()? {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            })
        };
        self.returned.as_deref().map(Cow::Borrowed).or_else(below)
    }

    /// A plain text part: words for people, or behind the report a returned message sent as text.
    fn readable(&mut self, leaf: &Entity<'a>, texts: &mut Vec<Cow<'a, str>>) {
        let text = leaf.text();
        let returned = self.report.is_some()
            && self.returned.is_none()
            && Headers::read(text.as_bytes()).0.len() >= 3;
        if returned {
            self.returned = Some(match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            });
        } else {
            texts.push(text);
        }
    }
}

/// One report below another, a blank line between them.
fn below<'a>(above: Option<Cow<'a, str>>, report: Cow<'a, str>) -> Cow<'a, str> {
    match above {
        Some(above) => Cow::Owned(above.into_owned() + "\n\n" + &report),
        None => report,
    }
}

/// Kinds that have a media type of their own (RFC 5965, 8098, 8460; RFC 7489 section 7.2.1.1).
fn proven_by(leaf: &Entity<'_>) -> Option<Kind> {
    match &*leaf.media.essence {
        "message/feedback-report" => Some(Kind::Arf),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            Some(Kind::Mdn)
        }
        "application/tlsrpt+gzip" | "application/tlsrpt+json" => Some(Kind::TlsReport),
        "application/ms-tnef" if is_tnef_receipt(&leaf.bytes()) => Some(Kind::Mdn),
        _ => leaf
            .media
            .name
            .as_deref()
            .or(attachment_name(leaf).as_deref())
            .is_some_and(is_dmarc_file)
            .then_some(Kind::DmarcReport),
    }
}

/// The message classes of read and non-read receipts in Outlook's own format.
fn is_tnef_receipt(tnef: &[u8]) -> bool {
    [&b"IPM.Microsoft Mail.Read Receipt"[..], b".IPNRN", b".IPNNRN"]
        .iter()
        .any(|class| memchr::memmem::find(tnef, class).is_some())
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
