//! The verdict on one delivery: reason, party, confidence, and the line of the message it rests on.

use std::ops::Range;

use serde::Serialize;

use crate::bounce::{Bounce, Delivery, Part, said};
use crate::mail::SafeText;
use crate::mail::find::position;

use super::backscatter::{Origin, origin};
use super::facts::{Facts, ips};
use super::hosts::is_private;
use super::judgement::{Ground, Judgement, Meaning};
use super::matcher::{Answer, Hit, Matcher, Rank};
use super::ours::Ours;
use super::reason::Reason;
use super::responsibility::judge;
use super::rules::Rule;

/// An evidence line is cut at about this many bytes.
const LINE: usize = 280;

/// The line of the message that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The line, literally, only unfolded.
    pub text: SafeText,
    /// The part it stands in.
    pub part: Part,
    /// First byte in the decoded part (LF line ends).
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Where in `text` the words that decided stand; empty when none in particular did.
    #[serde(skip)]
    pub focus: Range<usize>,
}

impl Evidence {
    /// What fits into so many columns: the server's own words, or of long ones those around the
    /// words that decided.
    #[must_use]
    pub fn excerpt(&self, columns: usize, ascii: bool) -> String {
        let answer = crate::bounce::notice::sentences::answer(&self.text);
        let skipped = self.text.len() - answer.len();
        let answer = position(answer, " (in reply to ").map_or(answer, |at| &answer[..at]);
        let focus =
            self.focus.start.saturating_sub(skipped)..self.focus.end.saturating_sub(skipped);
        if crate::layout::width(answer) <= columns
            || focus.end < columns
            || focus.end > answer.len()
        {
            return crate::layout::clip(answer, columns, ascii);
        }
        let from = boundary(answer, focus.start.saturating_sub(columns / 4));
        let from = answer[from..focus.start.max(from)].find(' ').map_or(from, |at| from + at + 1);
        let lead = if ascii { "~" } else { "…" };
        crate::layout::clip(&format!("{lead}{}", &answer[from..]), columns, ascii)
    }
}

/// The verdict on one delivery.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Why it failed.
    pub reason: Reason,
    /// Who must act, and how sure that is.
    pub judgement: Judgement,
    /// The rule that recognised the text or the code.
    pub rule: Option<&'static Rule>,
    /// How much the match counts.
    pub rank: Option<Rank>,
    /// What it rests on; None only when the message says nothing at all.
    pub evidence: Option<Evidence>,
}

impl Verdict {
    /// The rule's name, or the name of what was done without one.
    #[must_use]
    pub fn rule_id(&self) -> &'static str {
        self.rule
            .map_or(if self.reason == Reason::Unknown { "none" } else { "reply-code" }, |rule| {
                rule.id.as_str()
            })
    }
}

/// The verdicts on the deliveries of a message, in their order, and where the returned message came
/// from.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// One for each delivery.
    pub verdicts: Vec<Verdict>,
    /// Whether we sent the returned message.
    pub origin: Origin,
}

/// Diagnoses a message.
#[must_use]
pub fn diagnose(bounce: &Bounce, matcher: &'static Matcher, ours: &Ours) -> Diagnosis {
    let origin = origin(bounce, ours);
    let mut before: Option<(Facts, Told)> = None;
    let verdicts = Facts::of(bounce, origin.verdict).map(|(delivery, facts)| {
        // A report may say the same to fifty thousand recipients.
        let same =
            before.take().filter(|(before, _)| before.say_as_much_as(&facts)).map(|(_, told)| told);
        let told = same.unwrap_or_else(|| Reader { matcher, facts: &facts }.meaning(&facts.text));
        let verdict = verdict(bounce, delivery, &facts, &told, matcher, ours);
        before = Some((facts, told));
        verdict
    });
    let verdicts = verdicts.collect();
    Diagnosis { verdicts, origin }
}

fn verdict(
    bounce: &Bounce,
    delivery: &Delivery,
    facts: &Facts,
    told: &Told,
    matcher: &'static Matcher,
    ours: &Ours,
) -> Verdict {
    let reader = Reader { matcher, facts };
    let (meaning, hit) = told;
    let meaning = *meaning;
    let judgement = judge(facts, meaning, ours, &|text| reader.meaning(text).0);
    let meaning = reader.behind_expiry(meaning);
    let named = match judgement.ground {
        Ground::OurAddress(ip) | Ground::ForeignAddress(ip) => Some(ip.to_string()),
        Ground::PrivateEndpoint => ips(facts.last_error.as_deref().unwrap_or(&facts.text))
            .find(|ip| is_private(*ip))
            .map(|ip| ip.to_string()),
        _ => None,
    };
    let wording = named.or_else(|| hit.clone().filter(|wording| !wording.is_empty()));
    Verdict {
        reason: meaning.reason,
        judgement,
        rule: meaning.rule,
        rank: meaning.rank,
        evidence: evidence(bounce, delivery, wording.as_deref()),
    }
}

/// The judgement on facts given by hand, with the rules that come with the program.
#[must_use]
pub fn judge_facts(facts: &Facts, matcher: &'static Matcher, ours: &Ours) -> (Reason, Judgement) {
    let reader = Reader { matcher, facts };
    let (meaning, _) = reader.meaning(&facts.text);
    (meaning.reason, judge(facts, meaning, ours, &|text| reader.meaning(text).0))
}

struct Reader<'f> {
    matcher: &'static Matcher,
    facts: &'f Facts,
}

/// What a text means, and the wording that says so, if one does.
type Told = (Meaning<'static>, Option<String>);

impl Reader<'_> {
    /// What a text means. Of a gateway's `A -> B` the passed-on answer counts if it says anything
    /// that is recognised.
    fn meaning(&self, text: &str) -> Told {
        let own = *text == *self.facts.text;
        if let (_, Some(remote)) = said::mapped(text) {
            let inner = crate::bounce::status::codes(remote);
            let hit = self.find(remote, &[inner.status].into_iter().flatten().collect::<Vec<_>>());
            if let Some(hit) = hit.filter(|hit| hit.rank >= Rank::Wording) {
                return found(hit, remote);
            }
        }
        let codes = said::codes(text);
        let status: Vec<_> = self
            .facts
            .status
            .filter(|_| own || codes.status.is_none())
            .into_iter()
            .chain(codes.status)
            .collect();
        if let Some(hit) = self.find(text, &status) {
            found(hit, text)
        } else {
            let reply = codes.reply.or(self.facts.reply).filter(|_| status.is_empty());
            let reason =
                reply.map_or(Reason::Unknown, |code| Reason::of_reply(code, self.facts.phase));
            (Meaning { reason, rule: None, rank: None }, None)
        }
    }

    /// What an expired message really failed on, where its last error says.
    fn behind_expiry(&self, meaning: Meaning<'static>) -> Meaning<'static> {
        let vague = |reason| {
            matches!(reason, Reason::Expired | Reason::Network | Reason::Unknown | Reason::Deferred)
        };
        let last = self.facts.last_error.as_deref().filter(|_| meaning.reason == Reason::Expired);
        last.map(|last| self.meaning(last).0)
            .filter(|inner| !vague(inner.reason) && inner.rule.is_some())
            .unwrap_or(meaning)
    }

    fn find(&self, text: &str, status: &[crate::bounce::Status]) -> Option<Hit<'static>> {
        let hosts: Vec<String> = self
            .facts
            .generating
            .iter()
            .cloned()
            .chain(
                self.facts
                    .rejecting
                    .as_ref()
                    .and_then(|r| r.name.as_ref())
                    .map(ToString::to_string),
            )
            .map(|h| h.to_ascii_lowercase())
            .collect();
        self.matcher.find(Answer {
            text,
            status,
            hosts: &hosts,
            phase: self.facts.phase,
            dialect: self.facts.dialect,
            microsoft: self.facts.is_microsoft(),
        })
    }
}

fn found(hit: Hit<'static>, text: &str) -> Told {
    let wording = text.get(hit.start..hit.end).map(str::to_owned);
    (Meaning { reason: hit.rule.reason, rule: Some(hit.rule), rank: Some(hit.rank) }, wording)
}

/// The passage the verdict rests on: what was said (around the words that decided, if it is long),
/// else the Status field, else the subject of the report.
fn evidence(bounce: &Bounce, delivery: &Delivery, wording: Option<&str>) -> Option<Evidence> {
    let said = delivery
        .last_error
        .as_ref()
        .or(delivery.said.as_ref())
        .filter(|said| said.literal.len() >= 4)
        .or(delivery.status_line.as_ref());
    if let Some(said) = said {
        let text = line(&said.literal, wording);
        let focus = wording
            .and_then(|w| position(&text, &w.to_ascii_lowercase()).map(|at| at..at + w.len()));
        let focus = focus.unwrap_or_default();
        return Some(Evidence { text, part: said.part, start: said.start, end: said.end, focus });
    }
    let subject = bounce.subject.clone()?;
    Some(Evidence { end: subject.len(), text: subject, part: Part::Header, start: 0, focus: 0..0 })
}

/// The whole text if it is short, else the words around the deciding ones.
fn line(literal: &SafeText, wording: Option<&str>) -> SafeText {
    if literal.len() <= LINE {
        return literal.clone();
    }
    let found = wording
        .and_then(|w| position(literal, &w.to_ascii_lowercase()).map(|at| (at, at + w.len())));
    let (at, end) = found.unwrap_or_default();
    let from = if end <= LINE { 0 } else { at.saturating_sub(LINE / 3) };
    let to = boundary(literal, (from + LINE).max(end));
    let blank = |from: usize, to: usize| {
        literal.as_bytes()[from..to].iter().rposition(|b| *b == b' ').map(|at| from + at)
    };
    let from = match from {
        0 => 0,
        _ => blank(from.saturating_sub(LINE / 3), from + 1)
            .map_or(boundary(literal, from), |at| at + 1),
    };
    let to = if to == literal.len() { to } else { blank(end, to).unwrap_or(to) };
    SafeText::new(&literal[from..to])
}

/// The nearest character boundary at or below `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_deciding_words() {
        let long =
            |before: &str, after: &str| SafeText::new(&format!("{before}User Unknown{after}"));
        for (before, after) in [
            ("word ".repeat(100), " word".repeat(100)),
            ("†".repeat(150), "†".repeat(150)),
            ("x".repeat(1_000), "x".repeat(1_000)),
            (format!("first {}", "†x".repeat(80)), String::new()),
            (String::new(), "—".repeat(300)),
        ] {
            let text = line(&long(&before, &after), Some("USER unknown"));
            assert!(text.contains("User Unknown"), "{text}");
            assert!((100..=LINE * 3 / 2).contains(&text.len()), "{} bytes: {text}", text.len());
        }
    }

    #[test]
    fn a_long_line_without_the_words_begins_at_its_beginning() {
        let text = line(&SafeText::new(&"a †".repeat(200)), Some(&"words ".repeat(2_000)));
        assert!(text.starts_with("a †a †") && (200..=LINE).contains(&text.len()), "{text}");
    }
}
