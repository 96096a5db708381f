//! How a message is found again: in the logs of the host that wrote the report, and in the list of
//! whoever sent it to many.

use crate::mail::find::position;
use crate::mail::header::FieldValue;
use crate::mail::{Headers, SafeText, address};

use super::kind::Heading;
use super::notice::text::NoticeText;
use super::original::Original;
use super::remote::is_host_name;
use super::report::DeliveryReport;

/// Lines of the words for people in which an id is looked for.
const LINES: usize = 20;
/// Lengths of the three parts of an Exim id, until 4.96 and since.
const EXIM: [[usize; 3]; 2] = [[6, 6, 2], [6, 11, 4]];

/// What a report tells that leads back to the message.
#[derive(Clone, Copy)]
pub(super) struct Traced<'r, 'a> {
    /// The machine-readable fields.
    pub report: Option<&'r DeliveryReport>,
    /// The returned message.
    pub original: Option<&'r Original>,
    /// The header of the report.
    pub headers: &'r Headers<'a>,
    /// To whom it came.
    pub heading: &'r Heading,
}

impl Traced<'_, '_> {
    /// The id of the message in the queue of the host that wrote the report: its own field, the id
    /// in the Received field it added, the words of Exim, Exchange's own id.
    pub(super) fn queue_id(
        self,
        generator: Option<&str>,
        notice: &NoticeText<'_>,
    ) -> Option<SafeText> {
        if let Some(report) = self.report
            && report.queue_id.is_some()
        {
            return report.queue_id.clone();
        }
        if let (Some(original), Some(generator)) = (self.original, generator)
            && let Some(id) = added_by(original, generator)
        {
            return Some(id);
        }
        if let Some(id) = self.exim_id(notice) {
            return Some(id);
        }
        if let Some(id) = self.internal_id(notice) {
            return Some(id);
        }
        self.original?.network_id.clone()
    }

    /// The number that Exchange gives a message on one server: `[InternalId=4711, Hostname=…]`.
    fn internal_id(self, notice: &NoticeText<'_>) -> Option<SafeText> {
        const NAME: &str = "internalid=";
        let mut answers = vec![notice.own_text()];
        if let Some(report) = self.report
            && let Some(fields) = report.recipients.first()
        {
            answers.extend(fields.diagnostic.as_ref().map(|said| said.text.as_str()));
        }
        for answer in answers {
            if let Some(at) = position(answer, NAME) {
                let number = answer[at + NAME.len()..].split([',', ']', ' ']).next()?;
                return Some(SafeText::new(number));
            }
        }
        None
    }

    /// An Exim id in the subject of a warning, or in the words above the returned message.
    fn exim_id(self, notice: &NoticeText<'_>) -> Option<SafeText> {
        // Exim writes this field, or says what the id is.
        let by_exim = self.headers.has("x-failed-recipients")
            || notice.lines.iter().take(LINES).any(|line| line.begins("the message identifier"));
        if !by_exim {
            return None;
        }
        let subject = self.headers.get("subject").map(FieldValue::unfolded).unwrap_or_default();
        let words = notice.lines.iter().take(LINES).flat_map(|line| line.text.split(' '));
        for word in subject.split(' ').chain(words) {
            if is_exim_id(word) {
                return Some(SafeText::new(word));
            }
        }
        None
    }

    /// The recipient that is written into the envelope sender, or into the address that the report
    /// came to.
    pub(super) fn verp_recipient(self) -> Option<SafeText> {
        if let Some(report) = self.report
            && let Some(sender) = &report.sender
            && let Some(recipient) = verp(sender)
        {
            return Some(recipient);
        }
        if let Some(original) = self.original
            && let Some(sender) = &original.sender
            && let Some(recipient) = verp(sender)
        {
            return Some(recipient);
        }
        if let Some(to) = &self.heading.to
            && let Some(recipient) = verp(to)
        {
            return Some(recipient);
        }
        for name in ["delivered-to", "x-original-to"] {
            if let Some(address) = self.headers.get(name).and_then(FieldValue::address)
                && let Some(recipient) = verp(&address)
            {
                return Some(recipient);
            }
        }
        None
    }
}

/// The id in the newest Received field that a host added. Exchange writes the version of its
/// software there.
fn added_by(original: &Original, host: &str) -> Option<SafeText> {
    for hop in original.chain.hops.iter().rev() {
        if let (Some(by), Some(id)) = (&hop.by, &hop.id)
            && by.eq_ignore_ascii_case(host)
            && !is_version(id)
        {
            return Some(id.clone());
        }
    }
    None
}

/// True for `15.20.8699.13`.
fn is_version(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit() || b == b'.') && id.contains('.')
}

/// True for `1rXyZa-0001Bc-De` and its longer form.
fn is_exim_id(word: &str) -> bool {
    // Most words are shorter.
    if word.len() < 16 || !word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return false;
    }
    let parts: Vec<usize> = word.split('-').map(str::len).collect();
    EXIM.iter().any(|lengths| parts == lengths)
}

/// The recipient in the sender of a message of which each recipient gets a copy with a sender of its
/// own: `news-bounces+ann=oak.example@birch.example`. Signed senders (BATV) and rewritten ones (SRS)
/// look alike and hold no recipient.
fn verp(sender: &str) -> Option<SafeText> {
    const OTHERS: [&str; 4] = ["srs0", "srs1", "prvs=", "btv1="];
    let local = address::local(sender);
    let (before, domain) = local.rsplit_once('=')?;
    let lower = local.to_ascii_lowercase();
    if OTHERS.iter().any(|other| lower.starts_with(other)) || !is_host_name(domain) {
        return None;
    }
    let name = match before.split_once('+') {
        Some((_, name)) => behind_numbers(name),
        None => behind_numbers(behind_bounce(before)?),
    };
    // A code in front may end like one of base64.
    let name = name.rsplit_once("=+").map_or(name, |(_, name)| name);
    if name.contains('=') {
        return None;
    }
    let recipient = format!("{name}@{domain}");
    if address::is_address(&recipient) { Some(SafeText::new(&recipient)) } else { None }
}

/// What stands behind `bounce-`, `bounces-` or `return-`.
fn behind_bounce(name: &str) -> Option<&str> {
    for mark in ["bounces-", "bounce-", "return-"] {
        if let Some((_, behind)) = name.split_once(mark) {
            return Some(behind);
        }
    }
    None
}

/// A name without the numbers of message and list in front of it: `4711-ann`, `4711-9f3c-ann`.
fn behind_numbers(name: &str) -> &str {
    let Some((number, mut rest)) = name.split_once('-') else { return name };
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return name;
    }
    while let Some((code, behind)) = rest.split_once('-') {
        let digits = code.bytes().any(|b| b.is_ascii_digit());
        if !digits || !code.bytes().all(|b| b.is_ascii_hexdigit()) {
            break;
        }
        rest = behind;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipient_in_the_sender() {
        for (sender, recipient) in [
            ("news-bounces+ann=oak.example@birch.example", Some("ann@oak.example")),
            ("bounces+4711-9f3c-ann-lee=oak.example@em.birch.example", Some("ann-lee@oak.example")),
            ("news-return-27-ann=oak.example@birch.example", Some("ann@oak.example")),
            ("bounce-ann.lee=mail.oak.example@birch.example", Some("ann.lee@mail.oak.example")),
            ("news+ann+shop=oak.example@birch.example", Some("ann+shop@oak.example")),
            ("bounce+b3Jh=+ann=oak.example@birch.example", Some("ann@oak.example")),
            ("bounces+4711-ann-=#43=oak.example@birch.example", None),
            ("SRS0=Xy7z=AB=oak.example=ann@birch.example", None),
            ("SRS0+Xy7z=AB=oak.example=ann@birch.example", None),
            ("prvs=0123abcd=ann@birch.example", None),
            ("a=b@birch.example", None),
            ("ann@birch.example", None),
        ] {
            assert_eq!(verp(sender).as_deref(), recipient, "{sender}");
        }
    }

    #[test]
    fn ids_of_exim_and_versions_of_exchange() {
        assert!(is_exim_id("1rXyZa-0001Bc-De") && is_exim_id("1rXyZa-00000001Bcd-De12"));
        assert!(!is_exim_id("well-known-words") && !is_exim_id("1rXyZa-0001B-De"));
        assert!(is_version("15.20.8699.13") && !is_version("4gX1y2"));
    }
}
