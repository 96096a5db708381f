//! From the bytes of a message to a [`Bounce`].

use std::borrow::Cow;

use crate::mail::canonical::canonical;
use crate::mail::{Headers, Limit, SafeText, Stamp, Walk, address, date};

use super::delivery::Delivery;
use super::dialect::{self, Dialect, GENERIC};
use super::kind::{self, Kind, Signs};
use super::letter::Letter;
use super::original::Original;
use super::page::{Page, position};
use super::report::{Action, Report};

/// A message and what it says about deliveries.
#[derive(Clone, Debug)]
pub struct Bounce {
    /// What kind of message it is.
    pub kind: Kind,
    /// The mail system that wrote it, as far as its layout shows.
    pub dialect: &'static str,
    /// Message-ID without brackets.
    pub message_id: Option<SafeText>,
    /// Subject.
    pub subject: Option<SafeText>,
    /// Date.
    pub date: Option<Stamp>,
    /// From, as written.
    pub from: Option<SafeText>,
    /// Address it came to.
    pub to: Option<SafeText>,
    /// The host that wrote the report.
    pub generating_server: Option<SafeText>,
    /// One for each recipient the report tells of.
    pub deliveries: Vec<Delivery>,
    /// The returned message.
    pub original: Option<Original>,
    /// Limits the message went beyond.
    pub limits: Vec<Limit>,
}

/// Reads a message. Never fails: what is no mail at all is of kind [`Kind::Other`] without deliveries.
#[must_use]
pub fn read(raw: &[u8]) -> Bounce {
    let bytes = canonical(raw);
    let mut walk = Walk::default();
    let entity = walk.message(&bytes);
    let letter = Letter::sort(&entity);
    let mut reading = Reading::new(&letter);
    reading.returned(&mut walk);
    reading.finish(walk.limits)
}

/// A message half read.
struct Reading<'l, 'a> {
    letter: &'l Letter<'a>,
    page: Page<'l>,
    report: Option<Report>,
    original: Option<Original>,
}

impl<'l, 'a> Reading<'l, 'a> {
    fn new(letter: &'l Letter<'a>) -> Self {
        let page = Page::new(&letter.text, letter.text_part);
        let mut report: Option<Report> = None;
        for text in &letter.reports {
            let read = Report::read(text);
            match &mut report {
                Some(first) => first.recipients.extend(read.recipients),
                None => report = Some(read),
            }
        }
        let report =
            report.or_else(|| fields_in_text(&page)).filter(|r| !r.recipients.is_empty() || r.reporting_mta.is_some());
        Self { letter, page, report, original: None }
    }

    /// Reads the header of the returned message, from its part or from below the text.
    fn returned(&mut self, walk: &mut Walk) {
        let below = self.page.returned();
        let bytes: Option<Cow<'_, [u8]>> = self
            .letter
            .returned
            .as_deref()
            .map(Cow::Borrowed)
            .or_else(|| below.as_deref().map(|text| Cow::Borrowed(text.as_bytes())));
        let Some(bytes) = bytes else { return };
        let (headers, _) = Headers::read(&bytes);
        if headers.cut {
            walk.limits.push(Limit::Header);
        }
        self.original = Original::read(&headers);
    }

    fn finish(self, limits: Vec<Limit>) -> Bounce {
        let headers = self.letter.headers;
        let signs = Signs::of(headers);
        let dialect = dialect::recognise(headers, &self.page);
        let blocks = self.blocks(dialect, signs);
        let mut deliveries = self.deliveries(blocks);
        let kind = self.kind(&deliveries, dialect, signs);
        if !matches!(kind, Kind::Failure | Kind::Delay | Kind::Success) {
            deliveries.clear();
        }
        for delivery in &mut deliveries {
            delivery.action = delivery.action.or(match kind {
                Kind::Delay => Some(Action::Delayed),
                Kind::Failure => Some(Action::Failed),
                _ => None,
            });
        }
        let text = |name| headers.get(name).map(|v| v.text()).filter(|t| !t.is_empty());
        Bounce {
            kind,
            dialect: dialect.map_or(GENERIC.name, |d| d.name),
            message_id: headers.get("message-id").and_then(|v| v.id()),
            subject: text("subject"),
            date: headers.get("date").and_then(|v| date::parse(&v.unfolded())),
            from: text("from"),
            to: headers.get("to").and_then(|v| v.address()),
            generating_server: self.generating_server(),
            deliveries,
            original: self.original,
            limits,
        }
    }

    /// What the human text says about recipients.
    fn blocks(&self, dialect: Option<&'static Dialect>, signs: Signs) -> Vec<Delivery> {
        if self.letter.proven.is_some() || dialect.is_none() && self.report.is_none() && signs.weight() == 0 {
            return Vec::new();
        }
        let own = self.letter.headers.get("to").and_then(|v| v.address());
        let blocks = dialect.unwrap_or(&GENERIC).read(&self.page).into_iter();
        let mut seen: Vec<String> = Vec::new();
        let fresh = blocks.filter(|b| {
            let key = b.recipient.to_lowercase();
            let new = !seen.contains(&key);
            if new {
                seen.push(key);
            }
            new
        });
        let mut deliveries: Vec<Delivery> = fresh.map(Delivery::from_block).collect();
        if deliveries.len() > 1
            && let Some(own) = own
        {
            deliveries
                .retain(|d| d.recipient.as_ref().is_none_or(|r| !r.eq_ignore_ascii_case(&own)) || d.said.is_some());
        }
        deliveries
    }

    /// Brings the report and the text together: the report names the recipients, the text completes them.
    fn deliveries(&self, mut texts: Vec<Delivery>) -> Vec<Delivery> {
        let Some(report) = &self.report else { return self.without_report(texts) };
        let single = report.recipients.len() == 1 && texts.len() == 1;
        let same = |a: &Option<SafeText>, b: &Option<SafeText>| {
            a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let merge = |fields: &super::report::RecipientFields| {
            let mut delivery = Delivery::from_fields(fields.clone());
            let at = texts
                .iter()
                .position(|t| {
                    same(&t.recipient, &delivery.recipient) || same(&t.recipient, &delivery.original_recipient)
                })
                .or(single.then_some(0).filter(|_| !texts.is_empty()));
            if let Some(at) = at {
                let text = texts.swap_remove(at);
                delivery.complete(text, fields.status);
            }
            delivery
        };
        report.recipients.iter().map(merge).collect()
    }

    /// Without a report: what the text says, else X-Failed-Recipients, else whom the returned message was for.
    fn without_report(&self, texts: Vec<Delivery>) -> Vec<Delivery> {
        if !texts.is_empty() {
            return texts;
        }
        let said = dialect_error(&self.page);
        let failed = self.letter.headers.all("x-failed-recipients").flat_map(|v| {
            let line = v.unfolded();
            address::all(&line).map(|f| SafeText::new(f.text)).collect::<Vec<_>>()
        });
        let mut recipients: Vec<SafeText> = failed.collect();
        if recipients.is_empty()
            && let Some(original) = &self.original
        {
            recipients.extend(original.recipients.first().filter(|_| original.recipients.len() == 1).cloned());
        }
        recipients
            .into_iter()
            .map(|recipient| {
                let mut delivery = Delivery { recipient: Some(recipient), said: said.clone(), ..Delivery::default() };
                delivery.settle(None);
                delivery
            })
            .collect()
    }

    fn kind(&self, deliveries: &[Delivery], dialect: Option<&'static Dialect>, signs: Signs) -> Kind {
        if let Some(kind) = self.letter.proven {
            return kind;
        }
        let subject = self.letter.headers.get("subject").map(|v| v.text()).unwrap_or_default();
        if let Some(report) = self.report.as_ref().filter(|r| !r.recipients.is_empty()) {
            let by_class = |fields: &super::report::RecipientFields| {
                fields.action.or_else(|| match fields.status?.class {
                    2 => Some(Action::Delivered),
                    4 if kind::says_delay(&self.page, &subject) => Some(Action::Delayed),
                    _ => Some(Action::Failed),
                })
            };
            return Kind::of_actions(report.recipients.iter().map(by_class).collect::<Vec<_>>());
        }
        let told = deliveries.iter().any(|d| d.said.is_some());
        let coded = deliveries.iter().any(|d| d.status.is_some() || d.reply.is_some());
        let weight = signs.weight()
            + 3 * u8::from(dialect.is_some())
            + u8::from(told)
            + u8::from(coded)
            + u8::from(self.original.is_some());
        if weight < 5 || !signs.daemon && !signs.null_sender && !signs.failed_recipients && dialect.is_none() {
            return kind::of_others(self.letter.headers, &self.page);
        }
        if kind::says_delay(&self.page, &subject) { Kind::Delay } else { Kind::Failure }
    }

    /// Who wrote the report: the report's own field, the text's words, the header.
    fn generating_server(&self) -> Option<SafeText> {
        if let Some(host) = self.report.as_ref().and_then(|r| r.reporting_mta.clone()) {
            return Some(host);
        }
        generator_in_text(&self.page)
    }
}

/// RFC 3464 fields that stand in the human text.
fn fields_in_text(page: &Page<'_>) -> Option<Report> {
    let first = page
        .lines
        .iter()
        .position(|l| ["reporting-mta:", "final-recipient:", "action: "].iter().any(|f| l.begins(f)))?;
    let start = page.lines[first].start;
    let report = Report::read_from(&page.own_text()[start..], page.part, start);
    (!report.recipients.is_empty() && report.recipients.iter().all(|r| r.status.is_some() || r.action.is_some()))
        .then_some(report)
}

/// The error text of a page without recipients.
fn dialect_error(page: &Page<'_>) -> Option<super::said::Said> {
    super::blocks::PLAIN.error_apart(page)
}

/// `This is the mail system at host x`, `Generating server: x`, `DSN generated by: x` and the like.
fn generator_in_text(page: &Page<'_>) -> Option<SafeText> {
    const PHRASES: [&str; 12] = [
        "this is the mail system at host ",
        "this is the postfix program at host ",
        "this is the qmail-send program at ",
        "generating server:",
        "dsn generated by:",
        "sent by:",
        "bronserver:",
        "server di generazione:",
        "serwer generujący:",
        "genererende server:",
        "this is the mailer-daemon at ",
        "message generated by ",
    ];
    let text = page.own_text();
    PHRASES.iter().find_map(|phrase| {
        let at = position(text, phrase)? + phrase.len();
        let word = text[at..].split_whitespace().next()?.trim_matches(['.', ',', '<', '>', ':']);
        word.contains('.').then(|| SafeText::new(word))
    })
}
