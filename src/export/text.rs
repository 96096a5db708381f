//! One message as a page of text a person likes to read: the picture, why, who must act, on which
//! line that rests, what to do, diagnostics, the way.

use crate::bounce::wording::answer;
use crate::bounce::{Anatomy, Delivery, Remote};
use crate::diagnosis::guidance::{Values, of_kind};
use crate::diagnosis::judgement::Ground;
use crate::diagnosis::language::Advice;
use crate::diagnosis::{Backscatter, Case, Halt, Language, Party, Route, Verdict, guidance};
use crate::layout::{clip, date, duration, width, wrap};
use crate::mail::hops::Flag;
use crate::mail::{Hop, SafeText};

use super::Explained;

/// How the page is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// Only ASCII characters of our own.
    pub ascii: bool,
}

/// Recipients that get a chapter of their own; further ones of the same report are listed.
const CHAPTERS: usize = 5;

/// Seconds from which the slowest hop of a chain is worth telling.
const WORTH_TELLING: f64 = 10.0;

/// The page for one message.
#[must_use]
pub fn page(explained: &Explained<'_>, style: Style) -> String {
    let mut page = Page { out: String::new(), style, language: explained.language };
    let anatomy = Anatomy::of(explained.raw, explained.bounce);
    page.head(explained);
    for case in explained.cases().take(CHAPTERS) {
        page.chapter(explained, &anatomy, &case);
    }
    if explained.bounce.deliveries.len() > CHAPTERS {
        page.line("");
    }
    for case in explained.cases().skip(CHAPTERS) {
        page.further(case.delivery, case.verdict);
    }
    if explained.bounce.deliveries.is_empty() {
        let told = of_kind(page.language, explained.bounce.kind);
        page.advice(&told.label, &told.user);
        page.advice(page.language.word("for_admins"), &told.admin);
    }
    page.message(explained);
    page.tail(explained, &anatomy);
    page.out
}

struct Page {
    out: String,
    style: Style,
    language: Language,
}

impl Page {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn word(&self, key: &str) -> &'static str {
        self.language.word(key)
    }

    /// A paragraph, wrapped, after a hanging lead.
    fn paragraph(&mut self, lead: &str, text: &str) {
        for line in wrap(lead, text, self.style.width) {
            self.line(&line);
        }
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.paragraph("", text);
    }

    fn rule(&mut self, strong: bool) {
        let dash = match (self.style.ascii, strong) {
            (true, true) => "=",
            (true, false) => "-",
            (false, true) => "━",
            (false, false) => "─",
        };
        self.line(&dash.repeat(self.style.width));
    }

    /// Left and right on one line.
    fn ends(&mut self, left: &str, right: &str) {
        let room = self.style.width.saturating_sub(width(right));
        let left = clip(left, room.saturating_sub(2), self.style.ascii);
        let gap = room.saturating_sub(width(&left));
        self.line(&format!("{left}{}{right}", " ".repeat(gap)));
    }

    fn head(&mut self, explained: &Explained<'_>) {
        let bounce = explained.bounce;
        self.rule(true);
        let kind = match explained.diagnosis.origin.verdict {
            Backscatter::Yes => self.word("backscatter"),
            _ => self.word(&format!("kind.{}", bounce.kind.name())),
        };
        let subject = bounce.subject.as_ref().map_or("", |s| s.as_str()).to_owned();
        self.ends(&SafeText::new(explained.file), kind);
        let date = bounce.date.map(date).unwrap_or_default();
        self.ends(&subject, &date);
        self.rule(true);
    }

    fn chapter(&mut self, explained: &Explained<'_>, anatomy: &Anatomy, case: &Case<'_>) {
        let Case { delivery, verdict, .. } = *case;
        let told = guidance(self.language, case);
        let address = delivery.recipient.as_ref().map_or("?", |r| r.as_str());
        let status = delivery
            .status
            .map(|s| s.to_string())
            .or_else(|| delivery.reply.map(|r| r.to_string()));
        self.line("");
        self.ends(address, &status.unwrap_or_default());
        // Mail that only bears our address never took this way.
        if verdict.judgement.ground != Ground::NotOurs {
            self.line("");
            self.indicator(&Route::of(case));
        }
        self.heading(&told.label);
        self.paragraph("  ", &told.user.cause);
        self.judgement(case);
        self.evidence(anatomy, verdict);
        self.steps(self.word("what_to_do"), &told.user.steps);
        self.advice(self.word("for_admins"), &told.admin);
        if let Some(owner) = &told.owner {
            self.advice(self.word("for_owner"), owner);
        }
        if let Some((_, why)) = told.branch.as_ref().filter(|(_, why)| !why.is_empty()) {
            self.heading(self.word("why_this"));
            self.paragraph("  ", why);
        }
        if !told.commands.is_empty() {
            self.heading(self.word("commands"));
            self.paragraph("  ", self.word("commands_check"));
            told.commands.iter().for_each(|command| self.line(&format!("    {command}")));
        }
        self.diagnostics(explained, delivery, verdict);
    }

    /// Who must act, how sure that is, and what decided.
    fn judgement(&mut self, case: &Case<'_>) {
        let judgement = case.verdict.judgement;
        let (acts, ground) = (self.language.acts(judgement.party), judgement.ground);
        let sure = match judgement.party {
            Party::Nobody | Party::Unknown => "",
            _ => self.language.sure(judgement.confidence),
        };
        self.line("");
        if width(acts) + width(sure) + 2 <= self.style.width {
            self.ends(acts, sure);
        } else {
            self.paragraph("", &format!("{acts} ({sure})"));
        }
        let why = Values::of(case).ground(self.language, ground);
        self.paragraph("  ", &why);
    }

    /// The line the verdict rests on, and where it stands.
    fn evidence(&mut self, anatomy: &Anatomy, verdict: &Verdict) {
        let Some(evidence) = &verdict.evidence else { return };
        let quote = if self.style.ascii { "| " } else { "▌ " };
        for line in wrap("", &evidence.text, self.style.width.saturating_sub(4)) {
            self.line(&format!("  {quote}{line}"));
        }
        if let Some((lines, first, _)) = anatomy.place(evidence.part, evidence.start, evidence.end)
        {
            let part = lines.part.name();
            self.line(&format!("    {part}, {} {first}", self.word("line")));
        }
    }

    /// A recipient beyond the chapters, on one line: address, reason, who must act.
    fn further(&mut self, delivery: &Delivery, verdict: &Verdict) {
        let address = delivery.recipient.as_ref().map_or("?", |r| r.as_str());
        let who = self.word(&format!("who.{}", verdict.judgement.party.slug()));
        let reason = self
            .language
            .entries()
            .get(verdict.reason.slug())
            .map_or("", |entry| entry.label.as_str());
        let half = self.style.width / 2;
        let address = clip(address, half.saturating_sub(2), self.style.ascii);
        let pad = " ".repeat(half.saturating_sub(width(&address)));
        self.ends(&format!("{address}{pad}{reason}"), who);
    }

    /// Three stations and the break, on one line or, if that is too narrow, one below the other.
    /// The network is a station where it must act.
    fn indicator(&mut self, route: &Route) {
        let (arrow, broken) =
            if self.style.ascii { ("-->", "-x->") } else { ("──▶", "─✗─▶") };
        let name = |text: Option<&SafeText>, title: &str| {
            text.map_or_else(|| self.word(title).to_owned(), ToString::to_string)
        };
        let into = |stop: Halt| if route.halt == stop { broken } else { arrow };
        let acts = |parties: &[Party]| parties.contains(&route.party);
        let theirs = route.domain.as_ref().or(route.theirs.as_ref());
        let mut stations = vec![
            ("", name(route.sender.as_ref(), "field.sender"), acts(&[Party::Sender])),
            (
                into(Halt::AtUs),
                name(route.ours.as_ref(), "field.our_system"),
                acts(&[Party::OurSystem]),
            ),
        ];
        if acts(&[Party::Network]) {
            stations.push((arrow, self.word("party.network").to_owned(), true));
        }
        let by_them = acts(&[Party::RecipientSystem, Party::Recipient]);
        stations.push((into(Halt::Between), name(theirs, "field.recipient"), by_them));
        let end = match (route.halt, self.style.ascii) {
            (Halt::WithThem, false) => " ✗",
            (Halt::WithThem, true) => " x",
            _ => "",
        };
        let room = self.style.width.saturating_sub(2 + width(end));
        let whole =
            stations.iter().map(|(arrow, name, acts)| self.station(arrow, name, *acts, usize::MAX));
        let one = whole.collect::<Vec<_>>().join(" ");
        if width(&one) <= room {
            return self.line(&format!("  {one}{end}"));
        }
        let last = stations.len() - 1;
        let lines: Vec<_> = stations
            .iter()
            .map(|(arrow, name, acts)| self.station(arrow, name, *acts, room))
            .collect();
        for (at, line) in lines.iter().enumerate() {
            self.line(&format!("  {line}{}", if at == last { end } else { "" }));
        }
    }

    /// The arrow into a station and its name, which gives way where there is not room for both.
    fn station(&self, arrow: &str, name: &str, acts: bool, room: usize) -> String {
        let lead = if arrow.is_empty() { String::new() } else { format!("{arrow} ") };
        let mark = if acts {
            format!(": {}", self.word("must_act").to_uppercase())
        } else {
            String::new()
        };
        let brackets = if acts { 2 } else { 0 };
        let name = clip(
            name,
            room.saturating_sub(width(&lead) + width(&mark) + brackets),
            self.style.ascii,
        );
        if acts { format!("{lead}[{name}{mark}]") } else { format!("{lead}{name}") }
    }

    fn advice(&mut self, title: &str, advice: &Advice) {
        if advice.cause.is_empty() && advice.steps.is_empty() {
            return;
        }
        self.heading(title);
        if !advice.cause.is_empty() {
            self.paragraph("  ", &advice.cause);
        }
        self.numbered(&advice.steps);
    }

    fn steps(&mut self, title: &str, steps: &[String]) {
        if !steps.is_empty() {
            self.heading(title);
            self.numbered(steps);
        }
    }

    fn numbered(&mut self, steps: &[String]) {
        for (at, step) in steps.iter().enumerate() {
            self.paragraph(&format!("  {}. ", at + 1), step);
        }
    }

    /// Rows of names and values, the values aligned.
    fn table(&mut self, rows: &[(&str, Option<String>)]) {
        let rows: Vec<_> =
            rows.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        let wide = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        for (name, value) in rows {
            let pad = " ".repeat(wide - width(name) + 2);
            self.paragraph(&format!("  {name}{pad}"), value);
        }
    }

    fn diagnostics(&mut self, explained: &Explained<'_>, delivery: &Delivery, verdict: &Verdict) {
        let asked = delivery
            .original_recipient
            .as_ref()
            .map(|o| format!(" ({}: {o})", self.word("asked_for")));
        let recipient =
            delivery.recipient.as_ref().map(|r| format!("{r}{}", asked.unwrap_or_default()));
        let remote = delivery.remote.as_ref().map(Remote::whole);
        let failed = verdict.judgement.ground != Ground::Waiting
            && verdict.judgement.ground != Ground::NoFailure;
        self.heading(self.word("report"));
        self.table(&[
            (
                self.word("generating_server"),
                explained.bounce.generating_server.as_ref().map(ToString::to_string),
            ),
            (self.word(if failed { "rejected_recipient" } else { "recipient" }), recipient),
            (self.word("remote_server"), remote),
            (self.word("enhanced_status"), delivery.status.map(|s| s.to_string())),
            (
                self.word("smtp_response"),
                delivery.said.as_ref().map(|s| answer(&s.text).to_owned()),
            ),
            (
                self.word("last_error"),
                delivery.last_error.as_ref().map(|s| answer(&s.text).to_owned()),
            ),
            (self.word("phase"), delivery.phase.map(|p| p.label().to_owned())),
            (self.word("rule"), Some(verdict.rule_id().to_owned())),
        ]);
    }

    /// The returned message and the way it took.
    fn message(&mut self, explained: &Explained<'_>) {
        let Some(original) = explained.bounce.original.as_ref().filter(|o| !o.is_empty()) else {
            return;
        };
        self.heading(self.word("original_message"));
        let text = |t: &Option<SafeText>| t.as_ref().map(ToString::to_string);
        self.table(&[
            (self.word("from"), text(&original.from)),
            (self.word("to"), text(&original.to)),
            (self.word("subject"), text(&original.subject)),
            (self.word("date"), original.date.map(date)),
            (self.word("message_id"), text(&original.message_id)),
        ]);
        if original.chain.hops.is_empty() {
            return;
        }
        let total =
            original.chain.total().map(|s| format!("{} {}", self.word("total_time"), duration(s)));
        self.line("");
        self.ends(self.word("hops"), &total.unwrap_or_default());
        for (at, hop) in original.chain.hops.iter().enumerate() {
            self.hop(at + 1, hop);
        }
    }

    /// One hop: number, time, hosts, protocol and delay in columns, what is odd about it behind.
    fn hop(&mut self, number: usize, hop: &Hop) {
        const TAIL: usize = 22;
        let ascii = self.style.ascii;
        let time = hop.time.map(|t| t.at.strftime("%H:%M:%S").to_string()).unwrap_or_default();
        let arrow = if ascii { "->" } else { "→" };
        let name =
            |t: &Option<SafeText>| t.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let with = hop.tls.as_ref().or(hop.with.as_ref()).map_or("", |w| w.as_str());
        let delay = hop.delay.map(duration).unwrap_or_default();
        let lead = format!("  {number:>2}  {time:8}  ");
        let room = self.style.width.saturating_sub(lead.len() + TAIL);
        let hosts = clip(&format!("{} {arrow} {}", name(&hop.from), name(&hop.by)), room, ascii);
        let pad = " ".repeat(room.saturating_sub(width(&hosts)));
        self.line(&format!("{lead}{hosts}{pad}  {:<8} {delay:>11}", clip(with, 8, ascii)));
        let dawdles = hop.delay.is_some_and(|delay| delay >= WORTH_TELLING);
        for flag in hop.flags.iter().filter(|flag| dawdles || **flag != Flag::Slowest) {
            self.line(&format!("{}{}", " ".repeat(lead.len()), flag.label()));
        }
    }

    /// What should be known besides: how sure we can be of who we are, limits, what was not
    /// understood.
    fn tail(&mut self, explained: &Explained<'_>, anatomy: &Anatomy) {
        const OPEN: usize = 10;
        if !anatomy.not_understood.is_empty() {
            self.heading(self.word("not_understood"));
            for line in anatomy.not_understood.iter().take(OPEN) {
                self.paragraph("  ", line);
            }
        }
        let note = match explained.ours {
            ours if ours.learnt && !ours.is_empty() => Some(self.word("site.learnt")),
            ours if ours.is_empty() && explained.bounce.kind.is_bounce() => {
                Some(self.word("site.unset"))
            }
            _ => None,
        };
        for note in
            note.into_iter().chain(explained.bounce.limits.iter().map(|limit| limit.sentence()))
        {
            self.line("");
            self.paragraph("  ", note);
        }
        self.line("");
    }
}
