//! Servers, codes, the answer, the evidence where it stands, headers, and what was not understood.

use crate::bounce::inspect::HeaderLine;
use crate::bounce::{Bounce, Original, Phase, Remote};
use crate::diagnosis::judgement::Ground;
use crate::diagnosis::rules::meaning;
use crate::diagnosis::{Backscatter, Case, Evidence, Language, Origin, Ours, Reason};
use crate::human::date;
use crate::layout::width;
use crate::listing::Detail;
use crate::mail::{SafeText, Stamp};

use super::block::{Block, Excerpt, Labelled, Page, Quoted, Tone};
use super::notes;

/// Lines of the part that are shown around the evidence.
const AROUND: usize = 2;

/// How much is told of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// What most readers need; what is not known is left out.
    Brief,
    /// All, also what is not known.
    Whole,
}

/// The Admin view.
#[must_use]
pub fn admin(detail: &Detail, case: Option<&Case<'_>>, language: Language) -> Page {
    let mut page = Page::default();
    let fields = match case {
        Some(case) => report(case, language, Coverage::Whole),
        None => kind(&detail.bounce, &detail.ours, language),
    };
    page.blocks.push(Block::Fields(fields));
    if let Some(case) = case
        && let Some(evidence) = &case.verdict.evidence
    {
        in_context(detail, evidence, language, &mut page);
    }
    origin(&detail.diagnosis.origin, language, &mut page);
    if let Some(returned) = &detail.bounce.original
        && !returned.is_empty()
    {
        page.append(original(returned, language, Coverage::Whole));
    }
    let title = match detail.inspection.not_understood.len() {
        1 => language.word("lines.one").to_owned(),
        n => language.word("lines.many").replace("{n}", &n.to_string()),
    };
    let title = format!("{} ({title})", language.word("not_understood"));
    page.append(notes::unread(&detail.inspection, title, usize::MAX));
    page.append(notes::site(&detail.ours, language));
    page.append(notes::limits(&detail.bounce, language));
    headers(language.word("original_headers"), &detail.inspection.original_headers, &mut page);
    headers(language.word("report_headers"), &detail.inspection.report_headers, &mut page);
    page
}

/// Fields under way: each is named once here, whoever shows it.
struct Fields {
    language: Language,
    coverage: Coverage,
    all: Vec<Labelled>,
}

impl Fields {
    fn new(language: Language, coverage: Coverage) -> Self {
        Self { language, coverage, all: Vec::new() }
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

    /// A field whose absence is told where all is told.
    fn wanted(&mut self, key: &str, value: Option<String>, absent: &str, tone: Tone) {
        if value.is_none() && self.coverage == Coverage::Whole {
            self.put(key, self.language.word(absent), tone);
        } else {
            self.known(key, value, tone);
        }
    }

    fn generator(&mut self, bounce: &Bounce, ours: &Ours) {
        let host = bounce.generating_server.as_ref().map(|host| {
            let known = ours.has_host(host) || ours.has_relay(host);
            if known && self.coverage == Coverage::Whole {
                format!("{host} ({})", self.language.word("ours"))
            } else {
                host.to_string()
            }
        });
        self.wanted("generating_server", host, "absent", Tone::Plain);
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
    }

    /// The codes and what the servers said.
    fn answers(&mut self, case: &Case<'_>) {
        let delivery = case.delivery;
        let whole = self.coverage == Coverage::Whole;
        let status = delivery.status.map(|status| match meaning(status) {
            Some(title) if whole => format!("{status}   {title}"),
            _ => status.to_string(),
        });
        self.wanted("enhanced_status", status, "absent", Tone::Plain);
        if whole {
            self.known("reply_code", delivery.reply.map(|code| code.to_string()), Tone::Plain);
        }
        let said = delivery.said.as_ref().map(|said| said.answer().words.to_owned());
        self.wanted("smtp_response", said, "absent", Tone::Strong);
        let last = delivery.last_error.as_ref().map(|said| said.answer().words.to_owned());
        self.known("last_error", last, Tone::Strong);
        if let Some(phase) = delivery.phase {
            self.put("phase", step(phase, self.language), Tone::Plain);
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

    fn rule(&mut self, case: &Case<'_>) {
        let verdict = case.verdict;
        let rule = match &verdict.rule {
            Some(rule) if self.coverage == Coverage::Whole => {
                format!("{}   {}", rule.id, rule.title)
            }
            Some(rule) => rule.id.clone(),
            None if verdict.reason == Reason::Unknown => self.language.word("no_rule").to_owned(),
            None => self.language.word("reply_alone").to_owned(),
        };
        self.put("rule", rule, Tone::Plain);
    }
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
pub fn report(case: &Case<'_>, language: Language, coverage: Coverage) -> Vec<Labelled> {
    let mut fields = Fields::new(language, coverage);
    fields.generator(case.bounce, case.ours);
    fields.recipient(case);
    let remote = case.delivery.remote.as_ref().map(Remote::whole);
    fields.wanted("remote_server", remote, "no_remote", Tone::Plain);
    fields.answers(case);
    if coverage == Coverage::Whole {
        fields.attempts(case);
        fields.put("reason", case.verdict.reason.slug(), Tone::Plain);
    }
    fields.rule(case);
    fields.all
}

/// What there is to say of a message that reports no delivery.
fn kind(bounce: &Bounce, ours: &Ours, language: Language) -> Vec<Labelled> {
    let mut fields = Fields::new(language, Coverage::Whole);
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
fn origin(origin: &Origin, language: Language, page: &mut Page) {
    if origin.signs.is_empty() {
        return;
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
}

/// The returned message.
#[must_use]
pub fn original(original: &Original, language: Language, coverage: Coverage) -> Page {
    fn text(value: Option<&SafeText>) -> Option<String> {
        value.map(ToString::to_string)
    }
    let sent: Option<Stamp> = original.date;
    let mut fields = Fields::new(language, coverage);
    fields.known("from", text(original.from.as_ref()), Tone::Plain);
    fields.known("to", text(original.to.as_ref()), Tone::Plain);
    fields.known("subject", text(original.subject.as_ref()), Tone::Plain);
    fields.known("date", sent.map(date), Tone::Plain);
    fields.known("message_id", text(original.message_id.as_ref()), Tone::Plain);
    if coverage == Coverage::Whole {
        let signers: Vec<&str> = original.signers.iter().map(SafeText::as_str).collect();
        if !signers.is_empty() {
            fields.put("signed_by", signers.join(", "), Tone::Plain);
        }
        for check in &original.verdicts {
            fields.put("checked", check.as_str(), Tone::Plain);
        }
    }
    let mut page = Page::default();
    page.heading(language.word("original_message"));
    page.blocks.push(Block::Fields(fields.all));
    page
}

fn headers(title: &str, headers: &[HeaderLine], page: &mut Page) {
    if headers.is_empty() {
        return;
    }
    page.heading(format!("{title} ({})", headers.len()));
    let mut fields = Vec::with_capacity(headers.len());
    for HeaderLine { name, value } in headers {
        let (name, value) = (name.to_string(), value.to_string());
        fields.push(Labelled { name, value, tone: Tone::Plain });
    }
    page.blocks.push(Block::Headers(fields));
}
