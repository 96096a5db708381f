//! One message as a page of text a person likes to read: the picture, why, who must act, on which
//! line that rests, what to do, diagnostics, the way.

mod picture;

use std::iter::repeat_n;

use crate::bounce::Inspection;
use crate::diagnosis::guidance::of_message;
use crate::diagnosis::judgement::Ground;
use crate::diagnosis::{Backscatter, Case, Language, Party, Reason, guidance};
use crate::human::{count, date};
use crate::layout::{clip, width, wrap, wrap_plain};
use crate::mail::SafeText;
use crate::page::{self, Block, Excerpt, HopRow, Labelled, Page, Paragraph, Summary, Turn, Way};

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
/// A message has a chapter for so many of its bytes.
const CHAPTER_BYTES: usize = 256;
/// Recipients behind the chapters that have a line of their own; further ones are counted.
const LISTED: usize = 50;
/// Lines that were not understood that are shown.
const UNREAD: usize = 10;
/// Columns of protocol and delay behind the hosts of a hop.
const HOP_TAIL: usize = 22;

/// The page for one message.
#[must_use]
pub fn page(explained: &Explained<'_>, style: Style) -> String {
    let mut printer = Printer { out: String::new(), style, language: explained.language };
    printer.head(explained);
    let chapters = (explained.size / CHAPTER_BYTES).clamp(1, CHAPTERS);
    let mut others = Others::default();
    for (at, case) in explained.cases().enumerate() {
        if at < chapters {
            printer.chapter(explained.inspection, &case);
            continue;
        }
        if at == chapters {
            printer.line("");
        }
        if at < chapters + LISTED {
            printer.further(address(&case), Ending::of(&case));
        } else {
            others.add(Ending::of(&case));
        }
    }
    printer.others(&others);
    if explained.bounce.deliveries.is_empty() {
        let told = of_message(printer.language, explained.bounce);
        printer.heading(&told.label);
        printer.blocks(&page::happened(&told));
        printer.blocks(&page::counsel(&told, printer.language));
    }
    printer.message(explained);
    printer.tail(explained);
    printer.out
}

/// A line for one message, and for its recipients one for the first and one for each way in which
/// others failed.
#[must_use]
pub fn lines(explained: &Explained<'_>, style: Style) -> String {
    let mut printer = Printer { out: String::new(), style, language: explained.language };
    printer.names(explained);
    let mut others = Others::default();
    for (at, case) in explained.cases().enumerate() {
        if at == 0 {
            printer.further(address(&case), Ending::of(&case));
        } else {
            others.add(Ending::of(&case));
        }
    }
    printer.others(&others);
    printer.out
}

/// Recipients that are not listed, counted by what became of them, in the order of the first.
#[derive(Default)]
struct Others(Vec<(Ending, usize)>);

/// Why a delivery failed and who must act.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ending {
    reason: Reason,
    party: Party,
}

impl Ending {
    fn of(case: &Case<'_>) -> Self {
        Self { reason: case.verdict.reason, party: case.verdict.judgement.party }
    }
}

impl Others {
    fn add(&mut self, answer: Ending) {
        for (known, number) in &mut self.0 {
            if *known == answer {
                *number += 1;
                return;
            }
        }
        self.0.push((answer, 1));
    }
}

/// What stands for so many recipients.
fn more(number: &str, language: Language) -> String {
    language.word("list.more").replace("{n}", number)
}

/// What is printed so far.
struct Printer {
    out: String,
    style: Style,
    language: Language,
}

/// The chapters of the page.
impl Printer {
    fn word(&self, key: &str) -> &'static str {
        self.language.word(key)
    }

    /// What it is called and what it is.
    fn names(&mut self, explained: &Explained<'_>) {
        let kind = match explained.diagnosis.origin.verdict {
            Backscatter::Yes => self.word("backscatter"),
            _ => self.word(&format!("kind.{}", explained.bounce.kind.slug())),
        };
        self.ends(&SafeText::new(explained.file), kind);
    }

    fn head(&mut self, explained: &Explained<'_>) {
        let bounce = explained.bounce;
        let rule = if self.style.ascii { "=" } else { "━" }.repeat(self.style.width);
        self.line(&rule);
        self.names(explained);
        let subject = bounce.subject.as_deref().unwrap_or_default();
        self.ends(subject, &bounce.date.map(date).unwrap_or_default());
        self.line(&rule);
    }

    /// Everything about one recipient.
    fn chapter(&mut self, inspection: &Inspection, case: &Case<'_>) {
        let told = guidance(self.language, case);
        let summary = Summary::of(case, inspection, self.language);
        let status = match (case.delivery.status, case.delivery.reply) {
            (Some(status), _) => status.to_string(),
            (None, Some(reply)) => reply.to_string(),
            (None, None) => String::new(),
        };
        self.line("");
        self.ends(address(case), &status);
        // Mail that only bears our address never took this way.
        if case.verdict.judgement.ground != Ground::NotOurs {
            self.line("");
            self.picture(&summary.picture);
        }
        self.heading(&told.label);
        self.blocks(&page::happened(&told));
        self.summary(&summary);
        self.blocks(&page::counsel(&told, self.language));
        self.heading(self.word("report"));
        self.fields(&page::report(case, &inspection.told, self.language));
        self.blocks(&page::writer(case, self.language));
    }

    /// Who must act, how sure that is, what decided, and the line that proves it.
    fn summary(&mut self, summary: &Summary) {
        let sure = match summary.party {
            Party::Nobody | Party::Unknown => "",
            _ => summary.sure,
        };
        self.line("");
        if width(summary.acts) + width(sure) + 2 <= self.style.width {
            self.ends(summary.acts, sure);
        } else {
            self.paragraph("", &format!("{} ({sure})", summary.acts));
        }
        self.paragraph("  ", &summary.ground);
        if let Some(evidence) = &summary.evidence {
            self.quote(&evidence.text);
        }
        if let Some((part, line)) = summary.place {
            let part = self.word(&format!("part.{part}"));
            self.line(&format!("    {part}, {} {line}", self.word("line")));
        }
    }

    /// Recipients beyond the chapters, on one line: address or number, reason, who must act.
    fn further(&mut self, address: &str, Ending { reason, party }: Ending) {
        let who = self.word(&format!("who.{}", party.slug()));
        let entry = self.language.entries().get(reason.slug());
        let reason = entry.map_or("", |entry| entry.label.as_str());
        let half = self.style.width / 2;
        let address = clip(address, half.saturating_sub(2), self.style.ascii);
        let pad = " ".repeat(half.saturating_sub(width(&address)));
        self.ends(&format!("{address}{pad}{reason}"), who);
    }

    fn others(&mut self, others: &Others) {
        for (ending, number) in &others.0 {
            self.further(&more(&count(*number), self.language), *ending);
        }
    }

    /// The report's own words, the returned message and the way it took.
    fn message(&mut self, explained: &Explained<'_>) {
        let Explained { inspection, diagnosis, .. } = explained;
        self.blocks(&page::told(&inspection.told, None, self.language));
        self.blocks(&page::told_admins(&inspection.told, self.language));
        self.blocks(&page::origin(&diagnosis.origin, self.language));
        let original = match &explained.bounce.original {
            Some(original) if !original.is_empty() => original,
            _ => return,
        };
        self.blocks(&page::original(original, self.language));
        if !original.chain.hops.is_empty() {
            let reported = explained.bounce.date;
            let way = page::way(&original.chain, "total_time", reported, self.language);
            self.line("");
            self.ends(self.word("hops"), &way.total);
            self.way(&way);
        }
    }

    /// What should be known besides.
    fn tail(&mut self, explained: &Explained<'_>) {
        let Explained { bounce, ours, .. } = explained;
        self.blocks(&page::unread(explained.inspection, self.word("not_understood"), UNREAD));
        if !ours.is_empty() || bounce.kind.is_bounce() {
            self.blocks(&page::site(ours, self.language));
        }
        for limit in &bounce.limits {
            self.line("");
            self.paragraph("  ", self.word(&format!("beyond.{limit}")));
        }
        self.blocks(&page::headers(explained.inspection, self.language));
        self.line("");
    }
}

/// The address of a case.
fn address<'a>(case: &Case<'a>) -> &'a str {
    case.delivery.recipient.as_ref().map_or("?", SafeText::as_str)
}

/// Lines, and the blocks that are made of them.
impl Printer {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// A paragraph, wrapped, after a hanging lead.
    fn paragraph(&mut self, lead: &str, text: &str) {
        let indent = width(lead);
        let room = self.style.width.saturating_sub(indent).max(1);
        let Some(lines) = wrap_plain(text, room) else {
            for line in wrap(lead, text, self.style.width) {
                self.line(&line);
            }
            return;
        };
        for (at, line) in lines.into_iter().enumerate() {
            let start = self.out.len();
            if at == 0 {
                self.out.push_str(lead);
            } else {
                self.out.extend(repeat_n(' ', indent));
            }
            self.out.push_str(line);
            self.out.truncate(start + self.out[start..].trim_end().len());
            self.out.push('\n');
        }
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.paragraph("", text);
    }

    /// Left and right on one line.
    fn ends(&mut self, left: &str, right: &str) {
        let room = self.style.width.saturating_sub(width(right));
        let left = clip(left, room.saturating_sub(2), self.style.ascii);
        let gap = room.saturating_sub(width(&left));
        self.line(&format!("{left}{}{right}", " ".repeat(gap)));
    }

    fn blocks(&mut self, page: &Page) {
        for block in &page.blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Gap => self.line(""),
            Block::Heading(text) => self.heading(text),
            Block::Text(Paragraph { lead, text, .. }) => self.paragraph(&format!("  {lead}"), text),
            Block::Steps(steps) => {
                for (number, step) in (1..).zip(steps) {
                    self.paragraph(&format!("  {number}. "), &step.text);
                    if let Some(way) = &step.way {
                        self.line(&format!("     {way}"));
                    }
                }
            }
            Block::Commands(commands) => {
                for command in commands {
                    self.line(&format!("    {command}"));
                }
            }
            Block::Fields(fields) => self.fields(fields),
            Block::Quote(text) => self.quote(text),
            Block::Excerpt(Excerpt { lines }) => {
                for line in lines {
                    self.paragraph(&format!("  {:>4} ", line.number), &line.text);
                }
            }
            Block::Headers(headers) => {
                for Labelled { name, value, .. } in headers {
                    self.header(name, value);
                }
            }
            Block::Way(way) => self.way(way),
            Block::Turn(Turn { time, text, .. }) => self.paragraph(&format!("  {time}  "), text),
            Block::Source(source) => {
                for line in source.lines() {
                    self.line(line);
                }
            }
        }
    }

    /// Names and values, the values in one column.
    fn fields(&mut self, fields: &[Labelled]) {
        let wide = fields.iter().map(|field| width(&field.name)).max().unwrap_or(0);
        for Labelled { name, value, .. } in fields {
            let pad = " ".repeat(wide - width(name) + 2);
            self.paragraph(&format!("  {name}{pad}"), value);
        }
    }

    /// A header field, its further lines farther in.
    fn header(&mut self, name: &str, value: &str) {
        let lines = wrap("    ", &format!("{name}: {value}"), self.style.width);
        for (at, line) in lines.iter().enumerate() {
            self.line(if at == 0 { &line[2..] } else { line });
        }
    }

    fn quote(&mut self, text: &str) {
        let bar = if self.style.ascii { "|" } else { "▌" };
        for line in wrap("", text, self.style.width.saturating_sub(4)) {
            self.line(&format!("  {bar} {line}"));
        }
    }

    fn way(&mut self, way: &Way) {
        for (number, hop) in (1..).zip(&way.hops) {
            self.hop(number, hop);
        }
    }

    /// One hop: number, time, hosts, protocol and delay in columns, what is odd about it behind.
    fn hop(&mut self, number: usize, hop: &HopRow) {
        let ascii = self.style.ascii;
        if let Some(day) = &hop.day {
            self.line(&format!("      {day}"));
        }
        let arrow = if ascii { "->" } else { "→" };
        let lead = format!("  {number:>2}  {:8}  ", hop.time.as_deref().unwrap_or_default());
        let room = self.style.width.saturating_sub(lead.len() + HOP_TAIL);
        let hosts = clip(&format!("{} {arrow} {}", hop.from, hop.by), room, ascii);
        let pad = " ".repeat(room.saturating_sub(width(&hosts)));
        let with = clip(&hop.with, 8, ascii);
        self.line(&format!("{lead}{hosts}{pad}  {with:<8} {:>11}", hop.delay));
        for oddity in &hop.oddities {
            self.line(&format!("{}{oddity}", " ".repeat(lead.len())));
        }
    }
}
