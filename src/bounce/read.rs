//! From the bytes of a message to a [`Bounce`].

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::mail::canonical::canonical;
use crate::mail::header::{FieldValue, Headers};
use crate::mail::limits::RECIPIENTS;
use crate::mail::received::{Received, ip_in};
use crate::mail::{Entity, Limit, SafeText, Stamp, Walk, address, date};

use super::delivery::Delivery;
use super::dialect::exchange::{EXCHANGE_ONLINE, hop_table, indicator, legacy, modern};
use super::dialect::{self, Dialect, GENERIC, POSTFIX, sns};
use super::kind::{self, HeaderSigns, Kind};
use super::letter::Letter;
use super::notice::errors::{self, looks_like_error};
use super::notice::phrases::Phrases;
use super::notice::text::{Line, NoticeText};
use super::original::Original;
use super::report::{DeliveryReport, DsnAction, RecipientFields};

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
    /// Envelope sender of the returned message, as the report tells it.
    pub envelope_sender: Option<SafeText>,
    /// The column that Exchange paints red.
    pub fix_it: Option<indicator::FixIt>,
    /// Limits the message went beyond.
    pub limits: Vec<Limit>,
    /// How many messages the report is wrapped in: forwarded, or sent on by a gateway.
    pub wrapped: usize,
}

/// Reads a message. Never fails: what is no mail at all is of kind [`Kind::Other`] without
/// deliveries.
#[must_use]
pub fn read(raw: &[u8]) -> Bounce {
    let bytes = canonical(raw);
    let mut walk = Walk::default();
    let entity = walk.message(&bytes);
    let mut bounce = message(&entity, &mut walk);
    bounce.limits.append(&mut walk.limits);
    bounce.limits.sort_unstable();
    bounce.limits.dedup();
    bounce
}

/// Reads one message; where it merely wraps a report (forwarded, or sent on by a gateway) the
/// report inside it. A message that tells of a failure itself wraps nothing: what came back with it
/// was written by whoever sent the mail.
fn message(entity: &Entity<'_>, walk: &mut Walk) -> Bounce {
    let letter = Letter::sort(entity);
    let notice = NoticeText::new(&letter.text, letter.text_part);
    let returned = letter.returned_message(&notice);
    let bounce = Reading::new(&letter, &notice, returned.as_deref()).finish();
    let tells = |delivery: &Delivery| {
        delivery.said.as_ref().is_some_and(|said| looks_like_error(&said.text))
    };
    let silent =
        letter.proven.is_none() && letter.report.is_none() && !bounce.deliveries.iter().any(tells);
    let inside = returned
        .as_deref()
        .filter(|_| silent)
        .and_then(|bytes| walk.nested(bytes))
        .filter(is_report);
    match inside {
        Some(inside) => {
            let inner = message(&inside, walk);
            Bounce {
                limits: [bounce.limits, inner.limits].concat(),
                message_id: bounce.message_id,
                subject: bounce.subject,
                date: bounce.date,
                from: bounce.from,
                to: bounce.to,
                wrapped: inner.wrapped + 1,
                ..inner
            }
        }
        None => bounce,
    }
}

/// True for a message that is itself a delivery report.
fn is_report(entity: &Entity<'_>) -> bool {
    entity.leaves().iter().any(|leaf| leaf.media.is_delivery_status())
        && HeaderSigns::of(&entity.headers).weight() > 0
}

/// A message half read.
struct Reading<'l, 'a> {
    letter: &'l Letter<'a>,
    notice: &'l NoticeText<'l>,
    report: Option<DeliveryReport>,
    /// The kind that the text proves by itself.
    proven: Option<Kind>,
    original: Option<Original>,
    limits: Vec<Limit>,
}

impl<'l, 'a> Reading<'l, 'a> {
    fn new(letter: &'l Letter<'a>, notice: &'l NoticeText<'l>, returned: Option<&[u8]>) -> Self {
        let mut limits = Vec::new();
        let mut original = returned.and_then(|bytes| {
            let (headers, _) = Headers::read(bytes);
            limits.extend(headers.cut.then_some(Limit::Header));
            Original::read(&headers)
        });
        let notified = sns::read(notice);
        let notified_kind = notified.as_ref().map(|n| n.kind);
        let (in_text, told) = notified.map_or((None, None), |n| (Some(n.report), Some(n.original)));
        original = original.or(told).or_else(|| Original::told(notice));
        let report = letter
            .report
            .as_deref()
            .map(DeliveryReport::read)
            .or(in_text)
            .or_else(|| fields_in_text(notice));
        limits.extend(report.as_ref().is_some_and(|r| r.cut).then_some(Limit::Recipients));
        let proven = letter.proven.or(notified_kind.filter(|kind| *kind == Kind::Arf));
        Self { letter, notice, report, proven, original, limits }
    }

    fn finish(mut self) -> Bounce {
        let headers = self.letter.headers;
        let signs = HeaderSigns::of(headers);
        let fix_it = indicator::read(self.letter.html.as_deref(), self.notice);
        let dialect = dialect::recognise(headers, self.notice)
            .map(|d| if fix_it.is_some() { &EXCHANGE_ONLINE } else { d })
            .or_else(|| self.report.as_ref().filter(|r| r.by_postfix).map(|_| &POSTFIX));
        let mut deliveries = self.deliveries(self.blocks(dialect, signs));
        if deliveries.len() > RECIPIENTS {
            deliveries.truncate(RECIPIENTS);
            self.limits.push(Limit::Recipients);
        }
        let kind = self.kind(&deliveries, dialect, signs);
        let default = match kind {
            Kind::Delay => Some(DsnAction::Delayed),
            Kind::Failure => Some(DsnAction::Failed),
            Kind::Success => Some(DsnAction::Delivered),
            _ => {
                deliveries.clear();
                None
            }
        };
        let waiting = (kind == Kind::Delay).then(|| kind::delay_line(self.notice)).flatten();
        let waiting = waiting.map(|line| self.notice.passage(line.start, line.end()));
        for delivery in &mut deliveries {
            delivery.action = delivery.action.or(default);
            delivery.said = delivery.said.take().or_else(|| waiting.clone());
        }
        let text = |name| headers.get(name).map(FieldValue::text).filter(|t| !t.is_empty());
        Bounce {
            kind,
            dialect: dialect.map_or(GENERIC.name, |d| d.name),
            message_id: headers.get("message-id").and_then(FieldValue::id),
            subject: text("subject"),
            date: headers.get("date").and_then(|v| date::parse(&v.unfolded())),
            from: text("from"),
            to: headers.get("to").and_then(FieldValue::address),
            generating_server: self.generating_server(signs),
            envelope_sender: self.report.as_ref().and_then(|r| r.sender.clone()),
            fix_it,
            deliveries,
            original: self.take_original(dialect),
            limits: self.limits,
            wrapped: 0,
        }
    }

    /// The returned message; of Exchange Online's reports with the hops that only its own table
    /// names.
    fn take_original(&mut self, dialect: Option<&'static Dialect>) -> Option<Original> {
        let mut original = self.original.take();
        if dialect.is_some_and(|d| d.name == EXCHANGE_ONLINE.name) {
            let table = hop_table::read(self.notice.own_text());
            if !table.is_empty() {
                hop_table::merge(&mut original.get_or_insert_default().chain, table);
            }
        }
        original
    }

    /// What the human text says about recipients.
    fn blocks(&self, dialect: Option<&'static Dialect>, signs: HeaderSigns) -> Vec<Delivery> {
        if self.proven.is_some()
            || dialect.is_none() && self.report.is_none() && signs.weight() == 0
        {
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let mut blocks = dialect.unwrap_or(&GENERIC).read(self.notice);
        blocks.retain(|block| seen.insert(block.recipient.to_lowercase()));
        let mut deliveries: Vec<Delivery> = blocks.into_iter().map(Delivery::from_block).collect();
        if deliveries.len() > 1
            && let Some(own) = self.letter.headers.get("to").and_then(FieldValue::address)
        {
            let somebody_else =
                |d: &Delivery| d.recipient.as_ref().is_none_or(|r| !r.eq_ignore_ascii_case(&own));
            deliveries.retain(|d| somebody_else(d) || d.said.is_some());
        }
        deliveries
    }

    /// Brings the report and the text together: the report names the recipients, the text completes
    /// them.
    fn deliveries(&self, texts: Vec<Delivery>) -> Vec<Delivery> {
        let Some(report) = self.report.as_ref().filter(|r| !r.recipients.is_empty()) else {
            return self.without_report(texts);
        };
        let single = report.recipients.len() == 1 && texts.len() == 1;
        let key = |address: &SafeText| address.to_ascii_lowercase();
        let places: HashMap<String, usize> = texts
            .iter()
            .enumerate()
            .filter_map(|(at, text)| Some((key(text.recipient.as_ref()?), at)))
            .collect();
        let mut texts: Vec<Option<Delivery>> = texts.into_iter().map(Some).collect();
        let merge = |fields: &RecipientFields| {
            let mut delivery = Delivery::from_fields(fields.clone());
            let addresses = [&delivery.recipient, &delivery.original_recipient];
            let told =
                addresses.into_iter().flatten().find_map(|address| places.get(&key(address)));
            let at = told.copied().or(single.then_some(0));
            if let Some(text) = at.and_then(|at| texts[at].take()) {
                delivery.complete(text, fields.status);
            }
            delivery
        };
        report.recipients.iter().map(merge).collect()
    }

    /// Without a report: what the text says, else X-Failed-Recipients, else whom the returned
    /// message was for.
    fn without_report(&self, mut texts: Vec<Delivery>) -> Vec<Delivery> {
        if texts.iter().any(|d| d.recipient.is_some()) {
            texts.retain(|d| d.recipient.is_some());
            return texts;
        }
        let unnamed = texts.pop();
        let said = unnamed.and_then(|d| d.said).or_else(|| errors::apart(self.notice, &[]));
        let failed = self.letter.headers.all("x-failed-recipients").flat_map(|v| {
            let line = v.unfolded();
            address::all(&line).map(|f| SafeText::new(f.text)).collect::<Vec<_>>()
        });
        let mut recipients: Vec<SafeText> = failed.collect();
        if recipients.is_empty()
            && let Some(original) = &self.original
        {
            recipients.extend(
                original.recipients.first().filter(|_| original.recipients.len() == 1).cloned(),
            );
        }
        let delivery = |recipient| {
            let mut delivery =
                Delivery { recipient: Some(recipient), said: said.clone(), ..Delivery::default() };
            delivery.settle(None);
            delivery
        };
        recipients.into_iter().map(delivery).collect()
    }

    fn kind(
        &self,
        deliveries: &[Delivery],
        dialect: Option<&'static Dialect>,
        signs: HeaderSigns,
    ) -> Kind {
        if let Some(kind) = self.proven {
            return kind;
        }
        let subject = self.letter.headers.get("subject").map(FieldValue::text).unwrap_or_default();
        if let Some(report) = self.report.as_ref().filter(|r| !r.recipients.is_empty()) {
            let waits = LazyCell::new(|| kind::says_delay(self.notice, &subject));
            let by_class = |fields: &RecipientFields| {
                fields.action.or_else(|| match fields.status?.class {
                    2 => Some(DsnAction::Delivered),
                    4 if *waits => Some(DsnAction::Delayed),
                    _ => Some(DsnAction::Failed),
                })
            };
            return Kind::of_actions(&report.recipients.iter().map(by_class).collect::<Vec<_>>());
        }
        if kind::is_challenge(self.letter.headers, self.notice)
            || kind::is_notice(self.letter.headers, &subject.to_lowercase())
        {
            return kind::of_others(self.letter.headers, self.notice, self.original.is_some());
        }
        let told = deliveries.iter().any(|d| d.said.is_some());
        let named = deliveries.iter().any(|d| d.said.is_some() && d.recipient.is_some());
        let coded = deliveries.iter().any(|d| d.status.is_some() || d.reply.is_some());
        let extra = [
            told,
            coded,
            named && signs.mailer_daemon,
            self.original.is_some(),
            self.report.is_some(),
        ];
        let weight = signs.weight()
            + 3 * u8::from(dialect.is_some())
            + extra.into_iter().map(u8::from).sum::<u8>();
        let by_machine =
            signs.daemon || signs.null_sender || signs.failed_recipients || dialect.is_some();
        let nobody = deliveries.is_empty()
            && self.report.is_none()
            && dialect.is_none()
            && !signs.failed_recipients;
        if weight < 5 || !by_machine || nobody || dialect.is_some_and(|d| d.notice) && !named {
            return kind::of_others(self.letter.headers, self.notice, self.original.is_some());
        }
        if kind::says_delay(self.notice, &subject) { Kind::Delay } else { Kind::Failure }
    }

    /// Who wrote the report: the report's own field, the text's words, the oldest Received field,
    /// the From.
    fn generating_server(&self, signs: HeaderSigns) -> Option<SafeText> {
        let headers = self.letter.headers;
        let field = self.report.as_ref().and_then(|r| r.reporting_mta.clone());
        let said = || {
            modern::generating_server(self.notice)
                .or_else(|| legacy::generating_server(self.notice))
                .or_else(|| generator_in_text(self.notice))
        };
        // The oldest Received field names the host that wrote the report: who handed it over, or,
        // of one that began on the very host, who took it.
        let received = || {
            let oldest = Received::read(&headers.all("received").next_back()?.unfolded());
            let host = |name: &SafeText| {
                name.contains('.') && !name.contains(' ') && ip_in(name).is_none()
            };
            let elsewhere = oldest.from.filter(|from| host(from) && !from.starts_with("localhost"));
            elsewhere.or(oldest.by).filter(host)
        };
        let from = || {
            headers
                .get("from")
                .and_then(FieldValue::address)
                .map(|a| SafeText::new(&address::domain(&a)))
        };
        let from = || from().filter(|domain| domain.contains('.'));
        let daemon = || from().filter(|_| signs.mailer_daemon);
        field
            .or_else(said)
            .or_else(daemon)
            .or_else(|| received().filter(|_| signs.weight() > 0))
            .or_else(|| from().filter(|_| signs.daemon))
    }
}

/// RFC 3464 fields that stand in the human text.
fn fields_in_text(notice: &NoticeText<'_>) -> Option<DeliveryReport> {
    let begins = |line: &Line<'_>| {
        ["reporting-mta:", "final-recipient:", "action: "].iter().any(|f| line.begins(f))
    };
    let start = notice.lines.iter().find(|line| begins(line))?.start;
    let report = DeliveryReport::read_from(&notice.own_text()[start..], notice.part, start);
    let complete = !report.recipients.is_empty()
        && report.recipients.iter().all(|r| r.status.is_some() || r.action.is_some());
    complete.then_some(report)
}

/// `This is the mail system at host x` and the like.
fn generator_in_text(notice: &NoticeText<'_>) -> Option<SafeText> {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
        Phrases::new([
            "this is the mail system at host ",
            "this is the postfix program at host ",
            "program at ",
            "this is the mail server on ",
            "generating server:",
            "this is the dragonfly mail agent v",
            "mail server at ",
            "this is a delivery status notification from ",
            "bronserver:",
            "serwer generujący:",
            "server di generazione:",
            "message generated by ",
            "this is the mailer-daemon at ",
            "reporting-mta:",
        ])
    });
    let text = notice.own_text();
    PHRASES.first_places(text).into_iter().find_map(|(_, place)| {
        let rest = &text[place.end..];
        let words = rest.lines().next().unwrap_or("").split_whitespace().take(4);
        words
            .map(|w| w.trim_matches(['.', ',', '<', '>', ':', '[']))
            .find(|w| is_host(w))
            .map(SafeText::new)
    })
}

fn is_host(word: &str) -> bool {
    word.contains('.')
        && word.bytes().any(|b| b.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !word
            .starts_with(|c: char| c == 'v' && word[1..].starts_with(|d: char| d.is_ascii_digit()))
}
