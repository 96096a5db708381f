//! Our own messages with the results a perfect reader gives: `tests/corpus/<group>/<name>.eml` and
//! beside it the `.toml` that says what is certain. Every statement of every file is checked; all
//! misses are shown at once.

use std::collections::BTreeMap;
use std::fs;

use crate::fixtures::{fixtures, ours};
use deadletter::bounce::{self, Bounce, Delivery, Kind, dialect};
use deadletter::diagnosis::Rules;
use deadletter::diagnosis::{Confidence, Diagnosis, Verdict, diagnose};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Expected {
    kind: Option<String>,
    feedback_type: Option<String>,
    dialect: Option<String>,
    generating_server: Option<String>,
    backscatter: Option<String>,
    original: Original,
    recipient: Vec<Recipient>,
    hop: Vec<Hop>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Original {
    message_id: Option<String>,
    from: Option<String>,
    to: Option<String>,
    subject: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Recipient {
    address: String,
    original_address: Option<String>,
    action: Option<String>,
    status: Option<String>,
    reply_code: Option<String>,
    remote_mta: Option<String>,
    said: Option<String>,
    last_error: Option<String>,
    reason: Option<OneOf>,
    owner: Option<OneOf>,
    confidence_max: Option<Confidence>,
    evidence: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hop {
    by: String,
    time: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOf {
    One(String),
    Any(Vec<String>),
}

impl OneOf {
    fn holds(&self, found: &str) -> bool {
        match self {
            Self::One(one) => one == found,
            Self::Any(any) => any.iter().any(|one| one == found),
        }
    }
}

impl std::fmt::Display for OneOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(one) => f.write_str(one),
            Self::Any(any) => f.write_str(&any.join("|")),
        }
    }
}

/// Counts what was checked and keeps what was missed.
#[derive(Default)]
struct Tally {
    checked: BTreeMap<&'static str, usize>,
    missed: Vec<(&'static str, String)>,
}

impl Tally {
    fn check(
        &mut self,
        what: &'static str,
        file: &str,
        holds: bool,
        detail: impl FnOnce() -> String,
    ) {
        *self.checked.entry(what).or_default() += 1;
        if !holds {
            self.missed.push((what, format!("{file}: {}", detail())));
        }
    }

    fn same(
        &mut self,
        what: &'static str,
        file: &str,
        expected: Option<&String>,
        found: Option<&str>,
    ) {
        if let Some(expected) = expected {
            let holds = found.is_some_and(|f| f.eq_ignore_ascii_case(expected));
            self.check(what, file, holds, || format!("expected {expected:?}, found {found:?}"));
        }
    }
}

#[test]
fn every_fixture_is_read_as_it_says() {
    let ours = ours();
    let mut tally = Tally::default();
    for fixture in fixtures() {
        let expected: Expected = toml::from_str(
            &fs::read_to_string(fixture.path.with_extension("toml")).expect("an expectation"),
        )
        .unwrap_or_else(|e| panic!("{}: {e}", fixture.name));
        let bounce = bounce::read(&fixture.raw());
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        message(&mut tally, &fixture.name, &expected, &bounce, &diagnosis);
    }
    report(&tally);
}

/// A message for every dialect and every kind; the hostile ones do not count, they are made to
/// confuse.
#[test]
fn every_dialect_and_every_kind_has_a_message() {
    let messages: Vec<Bounce> = fixtures()
        .iter()
        .filter(|fixture| !fixture.name.starts_with("hostile/"))
        .map(|fixture| bounce::read(&fixture.raw()))
        .collect();
    let shown = |dialect: &str| {
        messages.iter().any(|bounce| bounce.kind.is_bounce() && bounce.dialect == dialect)
    };
    let missing: Vec<_> = dialect::ALL.iter().map(|d| d.name).filter(|name| !shown(name)).collect();
    assert!(missing.is_empty(), "dialects without a message in tests/corpus: {missing:?}");
    let kinds = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !messages.iter().any(|bounce| bounce.kind == *kind));
    assert_eq!(kinds.collect::<Vec<_>>(), [], "kinds without a message in tests/corpus");
}

fn message(
    tally: &mut Tally,
    file: &str,
    expected: &Expected,
    bounce: &Bounce,
    diagnosis: &Diagnosis,
) {
    tally.same("kind", file, expected.kind.as_ref(), Some(bounce.kind.slug()));
    tally.same(
        "feedback_type",
        file,
        expected.feedback_type.as_ref(),
        bounce.feedback_type.map(deadletter::bounce::FeedbackType::slug),
    );
    tally.same("dialect", file, expected.dialect.as_ref(), Some(bounce.dialect));
    tally.same(
        "generating_server",
        file,
        expected.generating_server.as_ref(),
        bounce.generating_server.as_deref(),
    );
    let verdict = serde_json::to_value(diagnosis.origin.verdict).expect("a word");
    tally.same("backscatter", file, expected.backscatter.as_ref(), verdict.as_str());
    let original = bounce.original.as_ref();
    let first = |text: Option<&str>| {
        text.and_then(deadletter::mail::address::first_in).map(ToOwned::to_owned)
    };
    tally.same(
        "original id",
        file,
        expected.original.message_id.as_ref(),
        original.and_then(|o| o.message_id.as_deref()),
    );
    tally.same(
        "original from",
        file,
        expected.original.from.as_ref(),
        first(original.and_then(|o| o.from.as_deref())).as_deref(),
    );
    tally.same(
        "original to",
        file,
        expected.original.to.as_ref(),
        first(original.and_then(|o| o.to.as_deref())).as_deref(),
    );
    tally.same(
        "original subject",
        file,
        expected.original.subject.as_ref(),
        original.and_then(|o| o.subject.as_deref()),
    );
    if expected.kind.as_deref().is_some_and(|kind| kind == "failure" || kind == "delay")
        && !expected.recipient.is_empty()
    {
        let mut wanted: Vec<String> =
            expected.recipient.iter().map(|r| r.address.to_lowercase()).collect();
        let mut found: Vec<String> = bounce
            .deliveries
            .iter()
            .filter_map(|d| d.recipient.as_ref())
            .map(|r| r.to_lowercase())
            .collect();
        wanted.sort();
        found.sort();
        tally.check("recipients", file, wanted == found, || {
            format!("expected {wanted:.5?}, found {found:.5?}")
        });
    }
    for wanted in &expected.recipient {
        let same = |d: &Delivery| {
            d.recipient.as_ref().is_some_and(|r| r.eq_ignore_ascii_case(&wanted.address))
        };
        let at =
            bounce.deliveries.iter().position(same).or((bounce.deliveries.len() == 1).then_some(0));
        if let Some(at) = at {
            recipient(tally, file, wanted, &bounce.deliveries[at], &diagnosis.verdicts[at]);
        }
    }
    hops(tally, file, expected, bounce);
}

/// A text in lower case with single blanks.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn recipient(
    tally: &mut Tally,
    file: &str,
    wanted: &Recipient,
    delivery: &Delivery,
    verdict: &Verdict,
) {
    let original = delivery.original_recipient.as_deref();
    tally.same("original_address", file, wanted.original_address.as_ref(), original);
    tally.same(
        "action",
        file,
        wanted.action.as_ref(),
        delivery.action.map(deadletter::bounce::DsnAction::slug),
    );
    tally.same(
        "status",
        file,
        wanted.status.as_ref(),
        delivery.status.map(|s| s.to_string()).as_deref(),
    );
    tally.same(
        "reply_code",
        file,
        wanted.reply_code.as_ref(),
        delivery.reply.map(|r| r.to_string()).as_deref(),
    );
    let remote = delivery
        .remote
        .as_ref()
        .map(|r| format!("{} {}", r.label(), r.ip.map(|ip| ip.to_string()).unwrap_or_default()));
    if let Some(host) = &wanted.remote_mta {
        let holds =
            remote.as_ref().is_some_and(|r| r.to_lowercase().contains(&host.to_lowercase()));
        tally.check("remote_mta", file, holds, || format!("expected {host:?}, found {remote:?}"));
    }
    if let Some(said) = &wanted.said {
        let text = delivery
            .said
            .as_ref()
            .map(|s| squeeze(&s.text) + " " + &squeeze(&s.literal))
            .unwrap_or_default();
        let last = delivery.last_error.as_ref().map(|s| squeeze(&s.literal)).unwrap_or_default();
        let holds = text.contains(&squeeze(said)) || last.contains(&squeeze(said));
        tally.check("said", file, holds, || format!("expected {said:?} in {text:.200?}"));
    }
    if let Some(wanted) = &wanted.last_error {
        let last = delivery.last_error.as_ref().map(|s| squeeze(&s.text));
        let holds = last.as_ref().is_some_and(|last| last.contains(&squeeze(wanted)));
        tally.check("last_error", file, holds, || format!("expected {wanted:?} in {last:?}"));
    }
    judged(tally, file, wanted, delivery, verdict);
}

/// What is said of a delivery's verdict.
fn judged(
    tally: &mut Tally,
    file: &str,
    wanted: &Recipient,
    delivery: &Delivery,
    verdict: &Verdict,
) {
    let who = format!("{file} {}", wanted.address);
    if let Some(reason) = &wanted.reason {
        let found = verdict.reason.slug();
        tally.check("reason", &who, reason.holds(found), || {
            format!(
                "expected {reason}, found {found} by {}: {:.140?}",
                verdict.rule_id(),
                delivery.said.as_ref().map(|s| &s.text)
            )
        });
    }
    if let Some(owner) = &wanted.owner {
        let found = verdict.judgement.party.slug();
        let detail = || {
            format!(
                "expected {owner}, found {found} ({:?}) by {} {:?}: {:.120?}",
                verdict.judgement.confidence,
                verdict.rule_id(),
                verdict.judgement.ground,
                delivery.said.as_ref().map(|s| &s.text)
            )
        };
        tally.check("owner", &who, owner.holds(found), detail);
        let confident = verdict.judgement.confidence == Confidence::High && found != "unknown";
        tally.check("confidently wrong", &who, owner.holds(found) || !confident, detail);
    }
    if let Some(most) = wanted.confidence_max {
        let found = verdict.judgement.confidence;
        tally.check(
            "confidence_max",
            &who,
            found <= most || verdict.judgement.party.slug() == "nobody",
            || format!("at most {most:?}, found {found:?} by {}", verdict.rule_id()),
        );
    }
    if let Some(evidence) = &wanted.evidence {
        let found = verdict.evidence.as_ref().map(|e| squeeze(&e.text)).unwrap_or_default();
        let holds = found.contains(&squeeze(evidence))
            || delivery
                .said
                .as_ref()
                .is_some_and(|s| squeeze(&s.text).contains(&squeeze(evidence)));
        tally.check("evidence", &who, holds, || format!("expected {evidence:?} in {found:.200?}"));
    }
}

/// The stated hops are an ordered part of the chain.
fn hops(tally: &mut Tally, file: &str, expected: &Expected, bounce: &Bounce) {
    if expected.hop.is_empty() {
        return;
    }
    let chain = bounce.original.as_ref().map(|o| o.chain.hops.as_slice()).unwrap_or_default();
    let mut found =
        chain.iter().map(|h| (h.by.as_deref().unwrap_or("").to_lowercase(), h.time.map(|t| t.at)));
    let all = expected.hop.iter().all(|hop| {
        let time: jiff::Timestamp = hop.time.parse().expect("a time");
        found.any(|(by, at)| {
            by == hop.by.to_lowercase() && at.is_some_and(|at| at.as_second() == time.as_second())
        })
    });
    tally.check("hops", file, all, || {
        format!(
            "found {:?}",
            chain
                .iter()
                .map(|h| (h.by.as_deref(), h.time.map(|t| t.at.to_string())))
                .collect::<Vec<_>>()
        )
    });
}

fn report(tally: &Tally) {
    let missed = |what: &str| tally.missed.iter().filter(|(other, _)| *other == what).count();
    let counts = tally
        .checked
        .iter()
        .map(|(what, checked)| format!("{what}: {} of {checked}", checked - missed(what)));
    let details = tally.missed.iter().map(|(what, detail)| format!("  {what} {detail}"));
    let text = counts.chain(details).collect::<Vec<_>>().join("\n");
    assert!(
        tally.missed.is_empty(),
        "{} statements of the corpus are missed:\n{text}",
        tally.missed.len()
    );
}
