//! One message as a JSON object: the public schema of `explain`. Unknown values are null or absent,
//! never invented.

use std::io::{self, Write};
use std::net::IpAddr;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::bounce::dialect::exchange::indicator::FixIt;
use crate::bounce::told::TextBlock;
use crate::bounce::{FeedbackType, Kind, Original, Told};
use crate::diagnosis::Backscatter;
use crate::mail::hops::Flag;
use crate::mail::{Hop, Limit, SafeText, Stamp, is_hidden};

use super::Explained;
use super::recipient::Recipients;

/// A message. Field names are a public interface.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    file: &'a str,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_type: Option<FeedbackType>,
    dialect: &'a str,
    message_id: Option<&'a str>,
    subject: Option<&'a str>,
    date: Option<String>,
    generating_server: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arrival_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope_sender: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verp_recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_envelope_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_it: Option<FixIt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<ToldWords<'a>>,
    backscatter: Backscatter,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backscatter_signs: Vec<&'a str>,
    original: Option<Returned<'a>>,
    recipients: Recipients<'a>,
    hops: Vec<Passage<'a>>,
    #[serde(skip_serializing_if = "<[Limit]>::is_empty")]
    limits: &'a [Limit],
}

impl<'a> Record<'a> {
    /// The record of one message.
    #[must_use]
    pub fn of(explained: &Explained<'a>) -> Self {
        let Explained { bounce, diagnosis, inspection, .. } = *explained;
        let mut hops = Vec::new();
        let mut original = None;
        if let Some(returned) = &bounce.original {
            hops.extend(returned.chain.hops.iter().map(Passage::of));
            if !returned.is_empty() {
                original = Some(Returned::of(returned));
            }
        }
        Self {
            file: explained.file,
            kind: bounce.kind,
            feedback_type: bounce.feedback_type,
            dialect: bounce.dialect,
            message_id: bounce.message_id.as_deref(),
            subject: bounce.subject.as_deref(),
            date: bounce.date.map(moment),
            generating_server: bounce.generating_server.as_deref(),
            arrival_date: bounce.arrival.map(moment),
            envelope_sender: bounce.return_path().map(SafeText::as_str),
            verp_recipient: bounce.verp_recipient.as_deref(),
            original_envelope_id: bounce.envelope_id.as_deref(),
            fix_it: bounce.fix_it,
            told: ToldWords::of(&inspection.told),
            backscatter: diagnosis.origin.verdict,
            backscatter_signs: diagnosis.origin.signs.iter().map(|s| s.text.as_str()).collect(),
            original,
            recipients: Recipients(*explained),
            hops,
            limits: &bounce.limits,
        }
    }

    /// Writes it on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        write(self, out)
    }
}

/// Writes a value as JSON on one line in which nothing is hidden.
pub(super) fn write(value: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Visible))
}

/// JSON in which what a terminal obeys or hides is written as an escape: names of files are not
/// ours to change.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_hidden) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut characters = from.chars();
            let hidden = characters.next().unwrap_or_default();
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// The returned message.
#[derive(Debug, Serialize)]
struct Returned<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_id: Option<&'a str>,
}

impl<'a> Returned<'a> {
    fn of(original: &'a Original) -> Self {
        Self {
            message_id: original.message_id.as_deref(),
            from: original.from.as_deref(),
            to: original.to.as_deref(),
            subject: original.subject.as_deref(),
            date: original.date.map(moment),
            list_id: original.list_id.as_deref(),
        }
    }
}

/// The report's own words, line by line.
#[derive(Debug, Serialize)]
struct ToldWords<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cause: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fix: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    admin: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

impl<'a> ToldWords<'a> {
    fn of(told: &'a Told) -> Option<Self> {
        if told.is_empty() {
            return None;
        }
        Some(Self {
            cause: lines(&told.cause),
            fix: lines(&told.fix),
            admin: lines(&told.admin),
            link: told.link.as_deref(),
        })
    }
}

fn lines(blocks: &[TextBlock]) -> Vec<&str> {
    blocks.iter().flat_map(|block| &block.lines).map(SafeText::as_str).collect()
}

/// A station of the way.
#[derive(Debug, Serialize)]
struct Passage<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_s: Option<Seconds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Mark>,
}

impl<'a> Passage<'a> {
    fn of(hop: &'a Hop) -> Self {
        Self {
            from: hop.from.as_deref(),
            by: hop.by.as_deref(),
            with: hop.with.as_deref(),
            ip: hop.ip,
            tls: hop.tls.as_deref(),
            id: hop.id.as_deref(),
            time: hop.time.map(moment),
            delay_s: hop.delay.map(Seconds::of),
            checks: hop.checks.iter().map(SafeText::as_str).collect(),
            flags: hop.flags.iter().map(|flag| Mark::of(*flag)).collect(),
        }
    }
}

/// A delay: whole seconds without a decimal point, else to the millisecond.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Seconds {
    Whole(i64),
    Parts(f64),
}

impl Seconds {
    fn of(delay: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole seconds of a delay between two dates fit"
        )]
        if delay.fract() == 0.0 {
            Self::Whole(delay as i64)
        } else {
            Self::Parts((delay * 1000.0).round() / 1000.0)
        }
    }
}

/// What is odd about a hop.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Slowest,
    Skew,
    Zone(i32),
    ZoneUnknown,
    Repeated,
}

impl Mark {
    fn of(flag: Flag) -> Self {
        match flag {
            Flag::Slowest => Self::Slowest,
            Flag::Skew => Self::Skew,
            Flag::Zone(halves) => Self::Zone(halves),
            Flag::ZoneUnknown => Self::ZoneUnknown,
            Flag::Repeated => Self::Repeated,
        }
    }
}

/// A moment as RFC 3339 writes it, in UTC.
fn moment(stamp: Stamp) -> String {
    stamp.at.to_string()
}
