//! What holds of every input whatever it is, said once: `tests/reading/properties.rs` makes up messages
//! that look real, the targets in `tests/fuzz` take what a fuzzer comes up with. Each function
//! stops with a panic where something does not hold.

#![allow(dead_code, reason = "a fuzz target uses one of these")]
#![allow(clippy::expect_used, clippy::panic, reason = "a property stops where it does not hold")]

use std::borrow::Cow;

use deadletter::bounce::inline;
use deadletter::bounce::letter::Letter;
use deadletter::bounce::notice::text::NoticeText;
use deadletter::bounce::{Bounce, Depth, Inspection, Part, read_with};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Diagnosis, Evidence, Language, Ours, diagnose};
use deadletter::export::Explained;
use deadletter::export::json::Record;
use deadletter::export::text::{Style, page};
use deadletter::layout::clip_around;
use deadletter::listing::{MessageId, Row};
use deadletter::mail::canonical::canonical;
use deadletter::mail::charset::{self, Transfer};
use deadletter::mail::date::{self, DateOrder, Zone};
use deadletter::mail::header::FieldValue;
use deadletter::mail::limits::{DIAGNOSTIC_BYTES, HOPS, NESTING, PARTS, RECIPIENTS};
use deadletter::mail::received::Received;
use deadletter::mail::{Chain, Entity, Headers, SafeText, Walk, address, html, language};

/// Bytes of the longest way to write one character: `\u{10ffff}` for what was four bytes, or `\x1b`
/// for one.
const ESCAPED: usize = 10;

/// A message read and diagnosed: limits hold, its rows are harmless, its evidence stands there.
pub(crate) fn reading(raw: &[u8], depth: Depth) -> Bounce {
    let ours = ours();
    let (bounce, inspection) = read_with(raw, depth);
    let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
    assert_eq!(bounce.deliveries.len(), diagnosis.verdicts.len(), "a verdict for each delivery");
    limits_hold(&bounce);
    evidence_is_quoted(raw, &bounce, &diagnosis, &inspection);
    for row in Row::all(MessageId::default(), None, &bounce, &diagnosis, &ours, raw.len()) {
        row.recipient.iter().chain(&row.host).for_each(|text| harmless(text));
        harmless(&row.code());
    }
    if depth >= Depth::Inspect {
        inspection_is_harmless(&inspection);
        exports_are_harmless(&bounce, &diagnosis, &inspection, &ours);
    }
    bounce
}

/// A whole message: read, diagnosed, taken apart, exported both ways.
pub(crate) fn report(raw: &[u8]) {
    reading(raw, Depth::Inspect);
}

fn ours() -> Ours {
    Ours { domains: vec!["birch.example".to_owned(), "example.org".to_owned()], ..Ours::default() }
}

/// Line ends are not part of what a message says: LF, CRLF and CR read the same.
pub(crate) fn line_ends_do_not_matter(raw: &[u8]) {
    let lf = canonical(raw);
    assert_eq!(canonical(&lf), lf, "the canonical form of the canonical form is another");
    let expected = told(&lf);
    assert_eq!(told(raw), expected, "as it came");
    for (name, end) in [("CRLF", &b"\r\n"[..]), ("CR", b"\r")] {
        assert_eq!(told(&with_line_ends(&lf, end)), expected, "{name}");
    }
}

/// A message whose lines end otherwise.
pub(crate) fn with_line_ends(lf: &[u8], end: &[u8]) -> Vec<u8> {
    lf.split(|b| *b == b'\n').collect::<Vec<_>>().join(end)
}

/// Everything that `explain` tells about a message, as JSON.
pub(crate) fn told(raw: &[u8]) -> String {
    let ours = Ours::default();
    let (bounce, inspection) = read_with(raw, Depth::Inspect);
    let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
    let explained = explained(&bounce, &diagnosis, &inspection, &ours);
    serde_json::to_string(&Record::of(&explained)).expect("JSON")
}

fn explained<'a>(
    bounce: &'a Bounce,
    diagnosis: &'a Diagnosis,
    inspection: &'a Inspection,
    ours: &'a Ours,
) -> Explained<'a> {
    let language = Language::En;
    Explained { file: "mail.eml", bounce, inspection, diagnosis, ours, language, size: usize::MAX }
}

fn limits_hold(bounce: &Bounce) {
    assert!(bounce.limits.is_sorted_by(|a, b| a < b), "each limit once: {:?}", bounce.limits);
    assert!(bounce.deliveries.len() <= RECIPIENTS);
    if let Some(original) = &bounce.original {
        chain_is_sound(&original.chain);
    }
    for said in
        bounce.deliveries.iter().flat_map(|d| [&d.said, &d.last_error, &d.status_line]).flatten()
    {
        assert!(said.start <= said.end && said.end - said.start <= DIAGNOSTIC_BYTES, "{said:?}");
        assert!(
            said.literal.len() <= ESCAPED * DIAGNOSTIC_BYTES
                && said.text.len() <= ESCAPED * DIAGNOSTIC_BYTES
        );
        harmless(&said.literal);
        harmless(&said.text);
    }
}

/// What a verdict rests on stands in the part and at the bytes it names, and the screen finds the
/// lines.
fn evidence_is_quoted(raw: &[u8], bounce: &Bounce, diagnosis: &Diagnosis, inspection: &Inspection) {
    let bytes = canonical(raw);
    let mut walk = Walk::default();
    let entity = walk.message(&bytes);
    let letter = Letter::sort(&entity);
    for evidence in diagnosis.verdicts.iter().filter_map(|verdict| verdict.evidence.as_ref()) {
        harmless(&evidence.text);
        assert!(
            evidence.focus.end <= evidence.text.len()
                && evidence.text.get(evidence.focus.clone()).is_some()
        );
        let said = evidence.words();
        for columns in [0, 1, 20, 21, 22, 26, 30, 80] {
            harmless(&clip_around(said.text, said.focus.clone(), columns, false));
        }
        if evidence.part == Part::Header {
            assert_eq!(
                Some(&evidence.text),
                bounce.subject.as_ref(),
                "the subject is the only field that is quoted"
            );
            continue;
        }
        assert!(stands_in(&letter, evidence, &mut walk), "not in the message: {evidence:?}");
        let (start, end) = (evidence.start, evidence.end);
        if let Some((lines, first, last)) = inspection.place(evidence.part, start, end) {
            assert!(
                (1..=lines.lines.len()).contains(&first)
                    && (first..=lines.lines.len()).contains(&last)
            );
            let begins = lines.lines[first - 1].0;
            let ends = lines.lines.get(last).map_or(lines.end, |(next, _)| *next);
            let there = begins <= start && (end <= ends || end > lines.end);
            assert!(there, "{evidence:?} is not on the lines {first} to {last}");
        }
    }
}

/// True when the evidence stands where it says in this very message, perhaps with the escapes of
/// JSON.
fn quotes(letter: &Letter<'_>, evidence: &Evidence) -> bool {
    let part = match evidence.part {
        Part::Report => letter.report.as_deref(),
        part if part == letter.text_part => Some(&*letter.text),
        _ => None,
    };
    let passage = part.and_then(|part| part.get(evidence.start..evidence.end)).map(SafeText::new);
    let text = evidence.text.replace('\\', "");
    passage.is_some_and(|passage| passage.replace('\\', "").contains(&text))
}

/// True when the evidence is quoted from this message or from a report inside it.
fn stands_in(letter: &Letter<'_>, evidence: &Evidence, walk: &mut Walk) -> bool {
    if quotes(letter, evidence) {
        return true;
    }
    let page = NoticeText::new(&letter.text, letter.text_part);
    let returned = letter.returned_message(&page).map(Cow::into_owned);
    let subject = letter.heading.subject.as_deref().unwrap_or("");
    let forwarded = inline::report_in(subject, &letter.text);
    [returned, forwarded].into_iter().flatten().any(|bytes| {
        walk.nested(&bytes)
            .is_some_and(|inner| stands_in(&Letter::sort(&inner), evidence, &mut Walk::default()))
    })
}

fn inspection_is_harmless(inspection: &Inspection) {
    let headers = inspection
        .report_headers
        .iter()
        .chain(&inspection.original_headers)
        .flat_map(|h| [&h.name, &h.value]);
    let lines = inspection.parts.iter().flat_map(|part| &part.lines).map(|(_, line)| line);
    headers
        .chain(lines)
        .chain(&inspection.source)
        .chain(&inspection.not_understood)
        .for_each(|text| harmless(text));
    assert!(
        inspection
            .language
            .as_deref()
            .is_none_or(|l| l.len() <= 35 && l.chars().all(|c| !c.is_control()))
    );
}

fn exports_are_harmless(
    bounce: &Bounce,
    diagnosis: &Diagnosis,
    inspection: &Inspection,
    ours: &Ours,
) {
    let explained = explained(bounce, diagnosis, inspection, ours);
    strings(&serde_json::to_value(Record::of(&explained)).expect("JSON"));
    for style in [Style { width: 80, ascii: false }, Style { width: 24, ascii: true }] {
        page(&explained, style).lines().for_each(harmless);
    }
}

fn strings(value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => harmless(text),
        serde_json::Value::Array(values) => values.iter().for_each(strings),
        serde_json::Value::Object(fields) => fields.values().for_each(strings),
        _ => {}
    }
}

/// Nothing that a terminal obeys, that reorders or hides what stands beside it, or that piles up on
/// one letter.
pub(crate) fn harmless(text: &str) {
    let mut marks = 0;
    for c in text.chars() {
        let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
        assert!(!c.is_control() && !hidden, "U+{:04X} in {text:.200?}", c as u32);
        marks = if matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}') {
            marks + 1
        } else {
            0
        };
        assert!(marks <= 8, "marks pile up in {text:.200?}");
    }
}

/// The parts of a message, and those of the messages inside it.
pub(crate) fn mime(raw: &[u8]) {
    let bytes = canonical(raw);
    let mut walk = Walk::default();
    let entity = walk.message(&bytes);
    parts_are_sound(&entity, &bytes);
    let mut inner = entity
        .leaves()
        .into_iter()
        .find(|leaf| leaf.media.is_message())
        .map(|leaf| leaf.message().into_owned());
    let mut levels = 0;
    while let Some(message) = inner {
        let Some(entity) = walk.nested(&message) else { break };
        levels += 1;
        assert!(levels < NESTING);
        parts_are_sound(&entity, &message);
        inner = entity
            .leaves()
            .into_iter()
            .find(|leaf| leaf.media.is_message())
            .map(|leaf| leaf.message().into_owned());
    }
}

fn parts_are_sound(entity: &Entity<'_>, bytes: &[u8]) {
    assert!(depth(entity) <= NESTING + 1);
    let leaves = entity.leaves();
    assert!((1..=PARTS).contains(&leaves.len()));
    for leaf in leaves {
        assert!(
            bytes.as_ptr_range().contains(&leaf.raw().as_ptr()) || leaf.raw().is_empty(),
            "a body from elsewhere"
        );
        let decoded = leaf.bytes();
        assert!(
            decoded.len() <= leaf.raw().len(),
            "undoing a transfer coding makes nothing longer"
        );
        let text = leaf.text();
        harmless(&SafeText::new(&text));
        harmless(&SafeText::new(&leaf.media.essence));
        if leaf.is_html() {
            assert!(html::to_text(&text).len() <= 16 * text.len() + 16);
        }
        assert!(!leaf.message().contains(&b'\r'));
    }
}

fn depth(entity: &Entity<'_>) -> usize {
    1 + entity.parts.iter().map(depth).max().unwrap_or(0)
}

/// Received fields one by one, and the chain they make.
pub(crate) fn hops(raw: &[u8]) {
    let bytes = canonical(raw);
    let (headers, _) = Headers::read(&bytes);
    for field in headers.fields() {
        let received = Received::read(&field.value.unfolded());
        let texts = [
            &received.from,
            &received.rdns,
            &received.by,
            &received.via,
            &received.with,
            &received.id,
        ];
        let more = [&received.for_, &received.tls, &received.cipher];
        texts.into_iter().chain(more).flatten().for_each(|text| harmless(text));
    }
    let chain = Chain::of(&headers);
    let fields = headers.all("received").count() + headers.all("x-received").count();
    assert_eq!(chain.hops.len() + chain.omitted, fields, "every field is a hop or was left out");
    chain_is_sound(&chain);
}

fn chain_is_sound(chain: &Chain) {
    assert!(chain.hops.len() <= HOPS);
    let shares: f64 = chain.hops.iter().map(|hop| hop.percent).sum();
    assert!(
        chain.hops.iter().all(|hop| (0.0..=100.0).contains(&hop.percent)) && shares < 100.001,
        "{shares}"
    );
    assert!(chain.hops.iter().all(|hop| hop.delay.is_none_or(f64::is_finite)));
    assert!(chain.total().is_none_or(f64::is_finite));
    for hop in &chain.hops {
        let texts = [&hop.from, &hop.by, &hop.with, &hop.tls, &hop.cipher, &hop.id];
        texts.into_iter().flatten().chain(&hop.checks).for_each(|text| harmless(text));
    }
}

/// A date, and the same moment written as RFC 5322 has it.
pub(crate) fn date(text: &str) {
    for order in [DateOrder::MonthFirst, DateOrder::DayFirst] {
        let Some(stamp) = date::parse_ordered(text, order) else { continue };
        let minutes = match stamp.zone {
            Zone::Known(minutes) | Zone::Guessed(minutes) => minutes,
            Zone::Unknown => 0,
        };
        assert!(minutes.abs() < 16 * 60, "{minutes}");
        let offset = jiff::tz::Offset::from_seconds(i32::from(minutes) * 60).expect("a zone");
        let local = offset.to_datetime(stamp.at);
        // Years before 1000 cannot be written in this form: 99 is 1999.
        if (1000..=9999).contains(&local.year()) {
            let sign = if minutes < 0 { '-' } else { '+' };
            let zone = format!("{sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60);
            let written = format!("{} {zone}", local.strftime("%a, %d %b %Y %H:%M:%S"));
            let again = date::parse(&written).expect("a date that can be read again");
            assert_eq!(
                again.at.as_second(),
                stamp.at.as_second() - i64::from(stamp.at.subsec_nanosecond() < 0),
                "{written}"
            );
        }
    }
}

/// Charsets, transfer codings, encoded words, addresses and markup: the first line is the label of
/// the charset.
pub(crate) fn words(raw: &[u8]) {
    let end = raw.iter().position(|b| *b == b'\n').unwrap_or(raw.len());
    let (label, bytes) = (charset::lossy(&raw[..end]), raw.get(end + 1..).unwrap_or_default());
    let decoded = charset::decode(bytes, Some(&label));
    harmless(&SafeText::new(&decoded));
    harmless(&SafeText::line(&decoded));
    if let Ok(utf8) = std::str::from_utf8(bytes) {
        assert_eq!(charset::decode(bytes, Some("utf-8")), utf8);
        assert_eq!(charset::decode(bytes, None), utf8);
    }
    for transfer in [
        Transfer::Plain,
        Transfer::QuotedPrintable,
        Transfer::Base64,
        Transfer::named(label.as_bytes()),
    ] {
        assert!(transfer.decode(bytes).len() <= bytes.len());
    }
    let lf = canonical(raw);
    assert!(!lf.contains(&b'\r'));
    assert_eq!(canonical(&lf), lf);
    header_value(FieldValue(bytes));
    let markup = html::to_text(&decoded);
    harmless(&SafeText::new(&markup));
    let _ = language::of_words(&decoded);
    addresses(&decoded);
}

fn header_value(value: FieldValue<'_>) {
    assert!(!value.unfolded().contains('\n'));
    [Some(value.text()), value.address(), value.id()]
        .into_iter()
        .flatten()
        .for_each(|text| harmless(&text));
}

fn addresses(text: &str) {
    let mut end = 0;
    for found in address::all(text) {
        assert_eq!(
            text.get(found.start..found.end()),
            Some(found.text),
            "an address stands where it says"
        );
        assert!(found.start >= end && found.text.contains('@'), "from left to right");
        end = found.end();
    }
    let _ = (address::first_in(text), address::in_report_field(text), address::xtext(text));
}
