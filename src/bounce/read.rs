//! From the bytes of a message to a [`Bounce`].

use serde::{Deserialize, Serialize};

use crate::mail::canonical::canonical;
use crate::mail::header::{FieldValue, Headers};
use crate::mail::limits::{RECIPIENTS, RECIPIENTS_IN_WORDS};
use crate::mail::{Entity, Limit, SafeText, Stamp, Walk, date};

use super::delivery::Delivery;
use super::dialect::exchange::{EXCHANGE_ONLINE, hop_table, indicator};
use super::dialect::{self, Dialect, GENERIC, POSTFIX, sns};
use super::forward;
use super::generator::generating_server;
use super::inline;
use super::inspect::{Decoded, Inspection};
use super::kind::{Features, FeedbackType, Heading, Kind};
use super::kind::{delay_line, is_automatic, is_notice};
use super::letter::Letter;
use super::notice::errors::looks_like_error;
use super::notice::text::NoticeText;
use super::original::Original;
use super::recipients::Surroundings;
use super::report::{DeliveryReport, DsnAction, RecipientFields};
use super::told::Told;
use super::traced::Traced;

/// A message and what it says about deliveries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bounce {
    /// What kind of message it is.
    pub kind: Kind,
    /// What a complaint is about, where it says so.
    pub feedback_type: Option<FeedbackType>,
    /// The mail system that wrote it, as far as its layout shows.
    #[serde(deserialize_with = "dialect::name")]
    pub dialect: dialect::DialectName,
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
    /// The recipient that is written into the envelope sender, as senders to many do (VERP).
    pub verp_recipient: Option<SafeText>,
    /// What the sender called the message in SMTP (ENVID).
    pub envelope_id: Option<SafeText>,
    /// When the message came to the host that wrote the report.
    pub arrival: Option<Stamp>,
    /// The id under which the logs of that host have the message.
    pub queue_id: Option<SafeText>,
    /// The column that Exchange paints red.
    pub fix_it: Option<indicator::FixIt>,
    /// Limits the message went beyond.
    pub limits: Vec<Limit>,
    /// How many messages the report is wrapped in: forwarded, or sent on by a gateway.
    pub wrapped: usize,
}

impl Bounce {
    /// True for a message about deliveries, failed or not.
    fn tells_of_deliveries(&self) -> bool {
        self.kind.is_bounce() || self.kind == Kind::Success
    }

    /// Envelope sender of the returned message: as the report tells it, else from Return-Path.
    #[must_use]
    pub fn return_path(&self) -> Option<&SafeText> {
        let written = self.original.as_ref().and_then(|original| original.sender.as_ref());
        self.envelope_sender.as_ref().or(written)
    }
}

/// How far a message is looked into; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What it says about deliveries.
    Deliveries,
    /// Its own words for people.
    Words,
    /// Its parts line by line.
    Inspect,
    /// All its parts as text.
    Decode,
}

/// Reads a message. Never fails: what is no mail at all is of kind [`Kind::Other`] without
/// deliveries.
#[must_use]
pub fn read(raw: &[u8]) -> Bounce {
    read_with(raw, Depth::Deliveries).0
}

/// Reads a message as [`read`] does and takes it apart in the same walk; the inspection is empty
/// unless the depth asks for it.
#[must_use]
pub fn read_with(raw: &[u8], depth: Depth) -> (Bounce, Inspection) {
    let bytes = canonical(raw);
    let mut reader =
        MessageReader { walk: Walk::default(), depth, inspection: Inspection::default() };
    let entity = reader.walk.message(&bytes);
    let mut bounce = reader.message(&entity);
    bounce.limits.append(&mut reader.walk.limits);
    bounce.limits.sort_unstable();
    bounce.limits.dedup();
    if depth >= Depth::Inspect {
        reader.inspection.add_source(&entity.headers, &bytes);
    }
    if depth >= Depth::Decode {
        reader.inspection.decoded = Some(Decoded::of(&entity));
    }
    (bounce, reader.inspection)
}

/// A walk through a message and what has been seen of it.
struct MessageReader {
    walk: Walk,
    depth: Depth,
    inspection: Inspection,
}

impl MessageReader {
    /// Reads one message; where it merely wraps a report (forwarded, or sent on by a gateway) the
    /// report inside it. A message that tells of a failure itself wraps nothing: what came back
    /// with it was written by whoever sent the mail.
    fn message(&mut self, entity: &Entity<'_>) -> Bounce {
        let letter = Letter::sort(entity);
        let notice = NoticeText::new(&letter.text, letter.text_part);
        let returned = letter.returned_message(&notice);
        let bounce = Reading::new(&letter, &notice, returned.as_deref()).finish();
        if !is_telling(&letter, &bounce)
            && let Some(report) = self.report_inside(&letter, returned.as_deref())
        {
            return wrapped(bounce, report);
        }
        if self.depth >= Depth::Words && bounce.tells_of_deliveries() {
            self.inspection.told = Told::read(&notice, letter.html.as_deref());
        }
        if self.depth >= Depth::Inspect {
            self.inspection.add_report(&letter, &notice, returned.as_deref(), &bounce.deliveries);
        }
        bounce
    }

    /// The report that a message wraps: attached to it or below its words, or forwarded by a person
    /// as a part of the text.
    fn report_inside(&mut self, letter: &Letter<'_>, returned: Option<&[u8]>) -> Option<Bounce> {
        if let Some(bytes) = returned
            && let Some(inside) = self.walk.nested(bytes)
            && is_report(&inside, letter)
            && let Some(report) = self.bounce(&inside)
        {
            return Some(report);
        }
        let forwarded = inline::report_in(letter.heading.subject.as_ref()?, &letter.text)?;
        let inside = self.walk.nested(&forwarded)?;
        self.bounce(&inside)
    }

    /// Reads a message that stood inside another; what is no report leaves nothing behind.
    fn bounce(&mut self, inside: &Entity<'_>) -> Option<Bounce> {
        let report = self.message(inside);
        if report.kind.is_bounce() || inside.has_status() {
            return Some(report);
        }
        self.inspection = Inspection::default();
        None
    }
}

/// True for a message that is a report of its own or tells of a failure.
fn is_telling(letter: &Letter<'_>, bounce: &Bounce) -> bool {
    if letter.proven.is_some() || letter.report.is_some() {
        return true;
    }
    let mut said = bounce.deliveries.iter().flat_map(|delivery| &delivery.said);
    said.any(|said| looks_like_error(&said.text))
}

/// True for a message that is itself a delivery report, inside a letter that no list server wrote;
/// one without a status part only where a person attached it.
fn is_report(inside: &Entity<'_>, outer: &Letter<'_>) -> bool {
    let signs = Heading::of(&inside.headers).signs;
    if inside.has_status() {
        return signs.weight() > 0 && !is_notice(outer.headers, &outer.heading);
    }
    signs.mailer_daemon && outer.returned.is_some() && !is_automatic(outer.headers)
}

/// The report inside a message, under the message's own header.
fn wrapped(outer: Bounce, inner: Bounce) -> Bounce {
    Bounce {
        limits: [outer.limits, inner.limits].concat(),
        message_id: outer.message_id,
        subject: outer.subject,
        date: outer.date,
        from: outer.from,
        to: outer.to,
        wrapped: inner.wrapped + 1,
        ..inner
    }
}

/// A message half read.
struct Reading<'l, 'a> {
    letter: &'l Letter<'a>,
    notice: &'l NoticeText<'l>,
    report: Option<DeliveryReport>,
    /// The kind that a part or the text proves by itself.
    proven: Option<Kind>,
    feedback: Option<FeedbackType>,
    original: Option<Original>,
    fix_it: Option<indicator::FixIt>,
    dialect: Option<&'static Dialect>,
    limits: Vec<Limit>,
}

impl<'l, 'a> Reading<'l, 'a> {
    fn new(letter: &'l Letter<'a>, notice: &'l NoticeText<'l>, returned: Option<&[u8]>) -> Self {
        let mut reading = Self {
            letter,
            notice,
            report: letter.report.as_deref().map(DeliveryReport::read),
            proven: if letter.report.is_some() { None } else { letter.proven },
            feedback: letter.feedback,
            original: None,
            fix_it: indicator::read(letter.html.as_deref(), notice),
            dialect: None,
            limits: Vec::new(),
        };
        reading.read_original(returned);
        reading.read_notice();
        reading.dialect = reading.recognise();
        if let Some(report) = &reading.report
            && report.cut
        {
            reading.limits.push(Limit::Recipients);
        }
        reading
    }

    fn read_original(&mut self, returned: Option<&[u8]>) {
        let Some(bytes) = returned else { return };
        let (headers, _) = Headers::read(bytes);
        if headers.cut {
            self.limits.push(Limit::Header);
        }
        self.original = Original::read(&headers);
    }

    /// Takes from the words for people what no part of its own says: a notification of Amazon's,
    /// the fields of a report, what the returned message was.
    fn read_notice(&mut self) {
        if let Some(notification) = sns::read(self.notice) {
            if notification.kind == Kind::Arf {
                self.proven = self.proven.or(Some(Kind::Arf));
                self.feedback = notification.feedback;
            }
            self.report.get_or_insert(notification.report);
            self.original.get_or_insert(notification.original);
        }
        if self.report.is_none() {
            self.report = fields_in_text(self.notice);
        }
        if self.original.is_none() {
            self.original = Original::told(self.notice);
        }
    }

    /// The mail system that wrote the report.
    fn recognise(&self) -> Option<&'static Dialect> {
        match (dialect::recognise(self.letter.headers, self.notice), &self.report) {
            (Some(_), _) if self.fix_it.is_some() => Some(&EXCHANGE_ONLINE),
            (Some(dialect), _) => Some(dialect),
            (None, Some(report)) if report.by_postfix => Some(&POSTFIX),
            (None, _) => None,
        }
    }

    fn finish(mut self) -> Bounce {
        let mut deliveries = self.deliveries();
        if deliveries.len() > RECIPIENTS {
            deliveries.truncate(RECIPIENTS);
            self.limits.push(Limit::Recipients);
        }
        let kind = self.kind(&deliveries);
        self.fit(&mut deliveries, kind);
        let Letter { headers, heading, .. } = self.letter;
        let report = self.report.as_ref();
        let generator = generating_server(report, self.notice, headers, heading);
        if let Some(original) = &self.original {
            forward::trace(&mut deliveries, original, generator.as_deref());
        }
        let traced = Traced { report, original: self.original.as_ref(), headers, heading };
        Bounce {
            queue_id: traced.queue_id(generator.as_deref(), self.notice),
            verp_recipient: traced.verp_recipient(),
            kind,
            feedback_type: self.feedback,
            dialect: self.dialect.unwrap_or(&GENERIC).name,
            message_id: headers.get("message-id").and_then(FieldValue::id),
            subject: heading.subject.clone(),
            date: headers.get("date").and_then(|value| date::parse(&value.unfolded())),
            from: heading.from.clone(),
            to: heading.to.clone(),
            generating_server: generator,
            envelope_sender: report.and_then(|report| report.sender.clone()),
            envelope_id: report.and_then(|report| report.envelope_id.clone()),
            arrival: report.and_then(|report| report.arrival),
            fix_it: self.fix_it,
            deliveries,
            original: self.take_original(),
            limits: self.limits,
            wrapped: 0,
        }
    }

    /// What the report and the words for people say about recipients.
    fn deliveries(&mut self) -> Vec<Delivery> {
        let listed = self.report.as_ref().is_some_and(|report| !report.recipients.is_empty());
        let signs = self.letter.heading.signs;
        let by_machine = signs.daemon || signs.null_sender || self.report.is_some();
        let surroundings = Surroundings {
            headers: self.letter.headers,
            heading: &self.letter.heading,
            notice: self.notice,
            original: self.original.as_ref(),
            asks_prose: by_machine && !listed && !self.dialect.unwrap_or(&GENERIC).notice,
        };
        let bounces = self.dialect.is_some() || self.report.is_some() || signs.weight() > 0;
        let mut texts = Vec::new();
        if self.proven.is_none() && bounces {
            let blocks = self.dialect.unwrap_or(&GENERIC).read(self.notice);
            texts = surroundings.in_words(blocks);
        }
        let cut = texts.len() > RECIPIENTS_IN_WORDS;
        texts.truncate(RECIPIENTS_IN_WORDS);
        let deliveries = match &self.report {
            Some(report) if !report.recipients.is_empty() => surroundings.in_report(report, texts),
            _ => surroundings.without_report(texts),
        };
        if cut {
            self.limits.push(Limit::Recipients);
        }
        deliveries
    }

    fn kind(&self, deliveries: &[Delivery]) -> Kind {
        if let Some(kind) = self.proven {
            return kind;
        }
        let features = Features {
            headers: self.letter.headers,
            heading: &self.letter.heading,
            notice: self.notice,
            report: self.report.as_ref(),
            typed: self.letter.report.is_some() || self.letter.typed,
            deliveries,
            recognised: self.dialect.is_some(),
            only_notices: self.dialect.unwrap_or(&GENERIC).notice,
            original: self.original.as_ref(),
        };
        features.kind()
    }

    /// Makes the deliveries fit the kind of the message: what is not told of them is as the message
    /// has it, and a message that tells of no delivery has none.
    fn fit(&self, deliveries: &mut Vec<Delivery>, kind: Kind) {
        let (action, waiting) = match kind {
            Kind::Delay => (DsnAction::Delayed, delay_line(self.notice)),
            Kind::Failure => (DsnAction::Failed, None),
            Kind::Success => (DsnAction::Delivered, None),
            _ => return deliveries.clear(),
        };
        let waiting = waiting.map(|line| self.notice.passage(line.start, line.end()));
        for delivery in deliveries {
            delivery.action.get_or_insert(action);
            if delivery.said.is_none() {
                delivery.said.clone_from(&waiting);
            }
        }
    }

    /// The returned message; of Exchange Online's reports with the hops that only its own table
    /// names.
    fn take_original(&mut self) -> Option<Original> {
        let mut original = self.original.take();
        if let Some(dialect) = self.dialect
            && dialect.name == EXCHANGE_ONLINE.name
        {
            let table = hop_table::read(self.notice.own_text());
            if !table.is_empty() {
                hop_table::merge(&mut original.get_or_insert_default().chain, table);
            }
        }
        original
    }
}

/// RFC 3464 fields that stand in the human text.
fn fields_in_text(notice: &NoticeText<'_>) -> Option<DeliveryReport> {
    const FIRST: [&str; 3] = ["reporting-mta:", "final-recipient:", "action: "];
    let start = notice.lines.iter().find(|line| line.begins_with_any(&FIRST))?.start;
    let report = DeliveryReport::read_from(&notice.own_text()[start..], notice.part, start);
    let told = |r: &RecipientFields| r.status.is_some() || r.action.is_some();
    if !report.recipients.is_empty() && report.recipients.iter().all(told) {
        Some(report)
    } else {
        None
    }
}
