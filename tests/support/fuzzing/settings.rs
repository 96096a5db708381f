//! What people write: the configuration, rules, the filter line. Every text is read or refused with
//! a sentence that can be shown.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use deadletter::bounce::{Kind, Status, read};
use deadletter::config::{Layer, load, render};
use deadletter::diagnosis::rules::{self, Family};
use deadletter::diagnosis::{
    Backscatter, Confidence, Language, Ours, Party, Reason, Rules, diagnose,
};
use deadletter::filter::{Field, Filter};
use deadletter::incident::Cause;
use deadletter::listing::{Class, ColumnWords, DeliveryId, Row};
use deadletter::mail::SafeText;

use super::choices::Choices;
use super::folder::scratch;
use crate::invariants::harmless;

/// A configuration file: read, or refused with a sentence; what `init` would write of it is read
/// again.
pub(crate) fn config(text: &[u8]) {
    static PATH: LazyLock<PathBuf> = LazyLock::new(|| scratch("config").join("config.toml"));
    fs::write(&*PATH, text).expect("written");
    let config = match load(Some(&PATH), Layer::default()) {
        Ok(config) => config,
        Err(error) => return error.to_string().lines().for_each(harmless),
    };
    let Some(account) = config.accounts.first() else { return };
    fs::write(&*PATH, render(account, &config.ours)).expect("written");
    let again = load(Some(&PATH), Layer::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(&again.accounts[0].name, &account.name);
    assert_eq!(&again.accounts[0].user, &account.user);
    assert_eq!(&again.accounts[0].password_command, &account.password_command);
    assert_eq!(again.ours.domains, config.ours.domains);
    assert_eq!(again.ours.ips, config.ours.ips);
}

const BOUNCE: &[u8] = b"From: MAILER-DAEMON@birch.example\nSubject: failure notice\n\n\
    <u@oak.example>: host mx.oak.example[192.0.2.7] said: 550 5.7.1 Access denied, see policy\n";

/// A file of the user's own rules: read and used, or refused with a sentence.
pub(crate) fn own_rules(text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    match rules::parse("own.toml", &text, Family::User) {
        Ok(own) => {
            let own = own.into_iter().map(Arc::new).collect();
            let Ok(rules) = Rules::compile(own) else { return };
            let _ = diagnose(&read(BOUNCE), &rules, &Ours::default());
        }
        Err(error) => harmless(&SafeText::new(&error.to_string())),
    }
}

const TEXTS: [&str; 12] = [
    "",
    "-",
    "Ann@Sub.Oak.example",
    "mx1.oak.example",
    "a b",
    "\u{130}stanbul@oak.example",
    "GR\u{d6}SSE@elm.example",
    "stra\u{df}e@\u{1e9e}.example",
    "x:y",
    "status:5.1",
    "[192.0.2.7]",
    "\u{3a3}\u{3a3}@birch.example",
];

fn text(choices: &mut Choices<'_>) -> Option<SafeText> {
    match choices.below(4) {
        0 => None,
        1 => Some(SafeText::from_bytes(choices.bytes(20))),
        _ => Some(SafeText::new(choices.of(&TEXTS))),
    }
}

fn row(choices: &mut Choices<'_>) -> Row {
    let mut row = Row {
        id: DeliveryId::default(),
        time: None,
        class: Class {
            kind: choices.of(Kind::ALL),
            status: if choices.once_in(2) { Some(status(choices)) } else { None },
            reply: if choices.once_in(2) { u16::try_from(choices.number()).ok() } else { None },
            reason: choices.of(Reason::ALL),
            party: choices.of(Party::ALL),
            confidence: Confidence::Low,
            permanence: deadletter::diagnosis::remedy::Permanence::Either,
            origin: Backscatter::Unknown,
            mixed: false,
        },
        recipient: text(choices),
        host: text(choices),
        sender: text(choices),
        queue_id: text(choices),
        further: 0,
        cause: Arc::new(Cause::apart(Kind::Failure, Backscatter::No)),
    };
    row.class.origin = choices.of(Backscatter::ALL);
    row
}

fn status(choices: &mut Choices<'_>) -> Status {
    let (class, subject) = (choices.of(&[2, 4, 5]), u16::from(choices.byte()));
    Status::new(class, subject, u16::from(choices.byte()))
}

/// A filter line against a row: what the row has filters for it, in every language; a negation
/// passes what does not; a term more never lets more pass. What is refused is told inside the line.
pub(crate) fn filter(input: &[u8]) {
    static WORDS: LazyLock<Vec<ColumnWords>> =
        LazyLock::new(|| Language::ALL.iter().map(|language| ColumnWords::of(*language)).collect());
    let mut choices = Choices::new(input);
    let words = &WORDS[choices.below(WORDS.len())];
    let row = row(&mut choices);
    for field in Field::ALL {
        let Some(value) = field.of(&row, words) else { continue };
        let filter = Filter::default().toggled(*field, &value).expect("a value of a row");
        assert!(filter.passes(&row, words), "{field} {value} {row:?}");
        let again = filter_of(filter.text()).expect("what was written");
        assert!(again.passes(&row, words), "{} {row:?}", filter.text());
    }
    for text in [&row.recipient, &row.host, &row.sender, &row.queue_id].into_iter().flatten() {
        if !text.is_empty() {
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            let filter = filter_of(&format!("\"{quoted}\"")).expect("a text in quotation marks");
            assert!(filter.passes(&row, words), "{text} {row:?}");
        }
    }
    let line = String::from_utf8_lossy(choices.bytes(255)).into_owned();
    let more = String::from_utf8_lossy(choices.bytes(60)).into_owned();
    let Some(filter) = filter_of(&line) else { return };
    assert_eq!(filter.is_empty(), line.trim().is_empty());
    let passes = filter.passes(&row, words);
    if let Some(not) = filter_of(&format!("-({line})")) {
        assert_ne!(not.passes(&row, words), passes, "{line:?} {row:?}");
    }
    if filter_of(&more).is_some()
        && let Some(both) = filter_of(&format!("({line}) ({more})"))
    {
        assert!(passes || !both.passes(&row, words), "{line:?} {more:?} {row:?}");
    }
}

/// The filter that a line is, or None after a sentence about a place inside it.
fn filter_of(line: &str) -> Option<Filter> {
    match Filter::read(line, jiff::Timestamp::UNIX_EPOCH) {
        Ok(filter) => Some(filter),
        Err(error) => {
            harmless(&error.what);
            assert!(error.at <= line.chars().count(), "{line:?} {error:?}");
            None
        }
    }
}
