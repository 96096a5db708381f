//! Servers, codes, the answer, the evidence where it stands, headers, and what was not understood.

use crate::bounce::dialect::exchange::indicator::FixIt;
use crate::bounce::inspect::HeaderLine;
use crate::bounce::{Bounce, Delivery, Inspection, Original, Phase, Remote, Status, Told};
use crate::diagnosis::judgement::Ground;
use crate::diagnosis::rules::meaning;
use crate::diagnosis::{Backscatter, Case, Evidence, Language, Origin, Ours, Party, Reason};
use crate::human::date;
use crate::layout::width;
use crate::listing::Detail;
use crate::mail::{SafeText, address};

use super::block::{Block, Excerpt, Labelled, Page, Quoted, Tone};
use super::notes;
use super::told::told_admins;

/// Lines of the part that are shown around the evidence.
const AROUND: usize = 2;

/// The Admin view.
#[must_use]
pub fn admin(detail: &Detail, case: Option<&Case<'_>>, language: Language) -> Page {
    let mut page = Page::default();
    let fields = match case {
        Some(case) => report(case, &detail.inspection.told, language),
        None => kind(&detail.bounce, &detail.ours, language),
    };
    page.blocks.push(Block::Fields(fields));
    if let Some(case) = case {
        page.append(writer(case, language));
        if let Some(evidence) = &case.verdict.evidence {
            in_context(detail, evidence, language, &mut page);
        }
    }
    page.append(told_admins(&detail.inspection.told, language));
    page.append(origin(&detail.diagnosis.origin, language));
    if let Some(returned) = &detail.bounce.original
        && !returned.is_empty()
    {
        page.append(original(returned, language));
    }
    let title = match detail.inspection.not_understood.len() {
        1 => language.word("lines.one").to_owned(),
        n => language.word("lines.many").replace("{n}", &n.to_string()),
    };
    let title = format!("{} ({title})", language.word("not_understood"));
    page.append(notes::unread(&detail.inspection, title, usize::MAX));
    page.append(notes::site(&detail.ours, language));
    page.append(notes::limits(&detail.bounce, language));
    page.append(headers(&detail.inspection, language));
    page
}

/// Fields under way: each is named once here, whoever shows it.
struct Fields {
    language: Language,
    all: Vec<Labelled>,
}

impl Fields {
    fn new(language: Language) -> Self {
        Self { language, all: Vec::new() }
    }

    fn put(&mut self, key: &str, value: impl Into<String>, tone: Tone) {
        let field =
            Labelled { name: self.language.word(key).to_owned(), value: value.into(), tone };
        self.all.push(field);
    }

    /// A field that may be missing.
    fn known(&mut self, key: &str, value: Option<String>, tone: Tone) {
        if let Some(value) = value {
            self.put(key, value, tone);
        }
    }

    /// A text that may be missing.
    fn told(&mut self, key: &str, text: Option<&SafeText>) {
        self.known(key, text.map(ToString::to_string), Tone::Plain);
    }

    /// A field whose absence is told.
    fn wanted(&mut self, key: &str, value: Option<String>, absent: &str, tone: Tone) {
        match value {
            Some(value) => self.put(key, value, tone),
            None => self.put(key, self.language.word(absent), tone),
        }
    }

    fn generator(&mut self, bounce: &Bounce, ours: &Ours) {
        let host = bounce.generating_server.as_ref().map(|host| {
            if is_ours(ours, host) {
                format!("{host} ({})", self.language.word("ours"))
            } else {
                host.to_string()
            }
        });
        self.wanted("generating_server", host, "absent", Tone::Plain);
        self.told("queue_id", bounce.queue_id.as_ref());
    }

    fn recipient(&mut self, case: &Case<'_>) {
        let delivery = case.delivery;
        let address =
            delivery.recipient.as_ref().map(|address| match &delivery.original_recipient {
                Some(asked) => format!("{address} ({}: {asked})", self.language.word("asked_for")),
                None => address.to_string(),
            });
        let ground = case.verdict.judgement.ground;
        let failed = ground != Ground::Waiting && ground != Ground::NoFailure;
        let key = if failed { "rejected_recipient" } else { "recipient" };
        self.wanted(key, address, "absent", Tone::Plain);
        self.addressed_to(case);
    }

    /// The address in To, where it is neither the one that failed nor the one the sender wrote.
    fn addressed_to(&mut self, case: &Case<'_>) {
        let Delivery { recipient, original_recipient, .. } = case.delivery;
        let Some(original) = &case.bounce.original else { return };
        let (Some(recipient), Some(to)) = (recipient, original.recipients.first()) else { return };
        for known in [Some(recipient), original_recipient.as_ref()].into_iter().flatten() {
            if original.recipients.iter().any(|to| to.eq_ignore_ascii_case(known)) {
                return;
            }
        }
        let same = address::domain(to) == address::domain(recipient);
        let word = if same { "addressed.same" } else { "addressed.other" };
        let value = format!("{to} ({})", self.language.word(word));
        self.put("addressed_to", value, Tone::Plain);
    }

    /// When the message came, and under which names.
    fn envelope(&mut self, bounce: &Bounce) {
        self.known("arrival", bounce.arrival.map(date), Tone::Plain);
        self.told("envelope_sender", bounce.return_path());
        self.told("verp_recipient", bounce.verp_recipient.as_ref());
        self.told("envelope_id", bounce.envelope_id.as_ref());
    }

    /// The host behind the one that refused, where it is another.
    fn inner_host(&mut self, case: &Case<'_>, told: &Told) {
        let Delivery { recipient, remote, .. } = case.delivery;
        let inner = told.inner_host(recipient.as_deref().unwrap_or_default());
        if let (Some(inner), Some(remote)) = (inner, remote)
            && !remote.label().eq_ignore_ascii_case(inner)
        {
            self.told("inner_host", Some(inner));
        }
    }

    /// The codes and what the servers said.
    fn answers(&mut self, case: &Case<'_>) {
        let delivery = case.delivery;
        let status = delivery.status.map(|status| self.status(status));
        self.wanted("enhanced_status", status, "absent", Tone::Plain);
        self.known("reply_code", delivery.reply.map(|code| code.to_string()), Tone::Plain);
        let said = delivery.said.as_ref().map(|said| said.answer().words.to_owned());
        self.wanted("smtp_response", said, "absent", Tone::Strong);
        let last = delivery.last_error.as_ref().map(|said| said.answer().words.to_owned());
        self.known("last_error", last, Tone::Strong);
        if let Some(phase) = delivery.phase {
            self.put("phase", step(phase, self.language), Tone::Plain);
        }
    }

    /// A code, whether it is meant for good (RFC 3463 section 2), and what the standard calls it.
    fn status(&self, status: Status) -> String {
        let lasting = match status.class {
            4 => format!(" ({})", self.language.word("temporary")),
            5 => format!(" ({})", self.language.word("permanent")),
            _ => String::new(),
        };
        match meaning(status) {
            Some(title) => format!("{status}{lasting}   {title}"),
            None => format!("{status}{lasting}"),
        }
    }

    /// What the report tells of the attempts.
    fn attempts(&mut self, case: &Case<'_>) {
        let delivery = case.delivery;
        if let Some(action) = delivery.action {
            self.put("action", action.label(), Tone::Plain);
        }
        self.known("last_attempt", delivery.last_attempt.map(date), Tone::Plain);
        self.known("retry_until", delivery.retry_until.map(date), Tone::Plain);
    }

    /// Where the message contradicts itself about the recipient.
    fn conflict(&mut self, case: &Case<'_>) {
        if let Some(conflict) = case.verdict.conflict {
            self.put(
                "contradiction",
                self.language.word(&format!("conflict.{conflict}")),
                Tone::Accent,
            );
        }
    }

    fn rule(&mut self, case: &Case<'_>) {
        let verdict = case.verdict;
        let rule = match &verdict.rule {
            Some(rule) => format!("{}   {}", rule.id, rule.title),
            None if verdict.reason == Reason::Unknown => self.language.word("no_rule").to_owned(),
            None => self.language.word("reply_alone").to_owned(),
        };
        self.put("rule", rule, Tone::Plain);
    }

    /// The column that Exchange paints red, and whether the verdict agrees with it.
    fn red(&mut self, case: &Case<'_>) {
        let Some(red) = case.bounce.fix_it else { return };
        let seen = match (red, case.verdict.judgement.party) {
            (_, Party::Unknown | Party::Nobody) => "red.open",
            (FixIt::Sender, Party::Sender | Party::OurSystem)
            | (FixIt::Service, Party::OurSystem | Party::Network)
            | (FixIt::Recipient, Party::Recipient | Party::RecipientSystem) => "red.agree",
            _ => "red.differ",
        };
        let side = self.language.word(&format!("red.{}", red.slug()));
        self.put("red.marked", format!("{side}; {}", self.language.word(seen)), Tone::Plain);
    }
}

fn is_ours(ours: &Ours, host: &str) -> bool {
    ours.has_host(host) || ours.has_relay(host)
}

/// Why this server wrote the report: who writes one need not be at fault.
#[must_use]
pub fn writer(case: &Case<'_>, language: Language) -> Page {
    let mut page = Page::default();
    let (word, host) = match (&case.delivery.remote, &case.bounce.generating_server) {
        (Some(remote), Some(_)) => ("writer.refused", remote.label()),
        (None, Some(host)) if !case.ours.is_empty() && !is_ours(case.ours, host) => {
            ("writer.accepted", host.clone())
        }
        _ => return page,
    };
    if case.delivery.failed() {
        page.gap();
        page.text(language.word(word).replace("{host}", &host), Tone::Dim);
    }
    page
}

/// The step of the SMTP dialogue in which the answer came.
fn step(phase: Phase, language: Language) -> String {
    let command = match phase {
        Phase::Connect => return language.word("step.connect").to_owned(),
        Phase::EndOfData => return language.word("step.content").to_owned(),
        Phase::Helo => "EHLO",
        Phase::StartTls => "STARTTLS",
        Phase::Auth => "AUTH",
        Phase::MailFrom => "MAIL FROM",
        Phase::RcptTo => "RCPT TO",
        Phase::Data => "DATA",
    };
    language.word("step.reply").replace("{command}", command)
}

/// What a report tells of a delivery, and what was made of it.
#[must_use]
pub fn report(case: &Case<'_>, told: &Told, language: Language) -> Vec<Labelled> {
    let mut fields = Fields::new(language);
    fields.generator(case.bounce, case.ours);
    fields.recipient(case);
    let remote = case.delivery.remote.as_ref().map(Remote::whole);
    fields.wanted("remote_server", remote, "no_remote", Tone::Plain);
    fields.inner_host(case, told);
    fields.answers(case);
    fields.attempts(case);
    fields.envelope(case.bounce);
    fields.put("reason", case.verdict.reason.slug(), Tone::Plain);
    fields.conflict(case);
    fields.rule(case);
    fields.red(case);
    fields.all
}

/// What there is to say of a message that reports no delivery.
fn kind(bounce: &Bounce, ours: &Ours, language: Language) -> Vec<Labelled> {
    let mut fields = Fields::new(language);
    fields.generator(bounce, ours);
    let words = language.word(&format!("kind.{}", bounce.kind));
    fields.put("message_kind", words, Tone::Plain);
    fields.all
}

/// The evidence among the lines that stand around it, numbered as in its part.
fn in_context(detail: &Detail, evidence: &Evidence, language: Language, page: &mut Page) {
    let place = detail.inspection.place(evidence.part, evidence.start, evidence.end);
    let Some((part, first, last)) = place else {
        page.heading(language.word("evidence.alone"));
        page.blocks.push(Block::Quote(evidence.text.to_string()));
        return;
    };
    let words = language.word(&format!("part.{}", part.part.slug()));
    let title = language.word("evidence.at").replace("{part}", words);
    page.heading(title.replace("{n}", &first.to_string()));
    let mut excerpt = Excerpt::default();
    let from = first.saturating_sub(AROUND + 1);
    let to = (last + AROUND).min(part.lines.len());
    for (number, (_, line)) in (from + 1..).zip(&part.lines[from..to]) {
        let evidence = (first..=last).contains(&number);
        excerpt.lines.push(Quoted { number, text: line.to_string(), evidence });
    }
    page.blocks.push(Block::Excerpt(excerpt));
}

/// Whether we sent the returned message, and every sign that speaks for or against it.
#[must_use]
pub fn origin(origin: &Origin, language: Language) -> Page {
    let mut page = Page::default();
    if origin.signs.is_empty() {
        return page;
    }
    let verdict = match origin.verdict {
        Backscatter::Yes => language.word("sent.no"),
        Backscatter::No => language.word("sent.yes"),
        Backscatter::Unknown => language.word("sent.open"),
    };
    page.heading(format!("{} {verdict}", language.word("sent.asked")));
    let (against, speaks_for, open) =
        (language.word("sign.against"), language.word("sign.for"), language.word("sign.open"));
    let column = width(against).max(width(speaks_for)).max(width(open)) + 2;
    for sign in &origin.signs {
        let side = match sign.speaks_for {
            Backscatter::Yes => against,
            Backscatter::No => speaks_for,
            Backscatter::Unknown => open,
        };
        page.led(format!("{side:<column$}"), sign.text.as_str(), Tone::Plain);
    }
    page
}

/// The returned message.
#[must_use]
pub fn original(original: &Original, language: Language) -> Page {
    let mut fields = Fields::new(language);
    fields.told("from", original.from.as_ref());
    fields.told("to", original.to.as_ref());
    fields.told("subject", original.subject.as_ref());
    fields.known("date", original.date.map(date), Tone::Plain);
    fields.told("message_id", original.message_id.as_ref());
    fields.told("list_id", original.list_id.as_ref());
    let signers: Vec<&str> = original.signers.iter().map(SafeText::as_str).collect();
    if !signers.is_empty() {
        fields.put("signed_by", signers.join(", "), Tone::Plain);
    }
    for check in &original.verdicts {
        fields.put("checked", check.as_str(), Tone::Plain);
    }
    let mut page = Page::default();
    page.heading(language.word("original_message"));
    page.blocks.push(Block::Fields(fields.all));
    page
}

/// The headers of the returned message and of the report, as they were written.
#[must_use]
pub fn headers(inspection: &Inspection, language: Language) -> Page {
    let Inspection { original_headers, report_headers, .. } = inspection;
    let mut page = Page::default();
    for (key, lines) in [("original_headers", original_headers), ("report_headers", report_headers)]
    {
        if lines.is_empty() {
            continue;
        }
        page.heading(format!("{} ({})", language.word(key), lines.len()));
        let mut fields = Vec::with_capacity(lines.len());
        for HeaderLine { name, value } in lines {
            let (name, value) = (name.to_string(), value.to_string());
            fields.push(Labelled { name, value, tone: Tone::Plain });
        }
        page.blocks.push(Block::Headers(fields));
    }
    page
}
