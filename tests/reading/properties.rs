//! What holds of every message, tried on the corpus and on messages made out of it: no panic,
//! nothing that a terminal obeys, the same whatever the line ends, evidence that really stands
//! there, limits that hold. The properties themselves are in `support/properties.rs`; the fuzz
//! targets in `tests/fuzz` try the same.

#![allow(clippy::print_stdout, reason = "a failure names the message it is about")]

use std::io::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::FileFailurePersistence;

use crate::fixtures;
use crate::invariants;
use crate::mutations::message;

/// So many messages are made up for each property, unless `PROPTEST_CASES` says how many.
fn cases(few: u32) -> ProptestConfig {
    let persistence = FileFailurePersistence::WithSource("regressions");
    let wanted = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { wanted.cases } else { few };
    ProptestConfig { cases, failure_persistence: Some(Box::new(persistence)), ..wanted }
}

fn of_the_corpus(property: fn(&[u8])) {
    let all = fixtures::fixtures();
    assert!(!all.is_empty(), "the corpus is there");
    for fixture in all {
        let raw = fixture.raw();
        if raw.len() < 100_000 {
            // The last name is the one that fails.
            let _ = writeln!(std::io::stdout(), "{}", fixture.name);
            property(&raw);
        }
    }
}

#[test]
fn the_corpus_is_read_safely() {
    of_the_corpus(invariants::report);
}

#[test]
fn line_ends_do_not_matter_in_the_corpus() {
    of_the_corpus(invariants::line_ends_do_not_matter);
}

#[test]
fn what_the_corpus_is_made_of_is_sound() {
    of_the_corpus(invariants::mime);
    of_the_corpus(invariants::hops);
    of_the_corpus(invariants::words);
}

#[test]
fn the_made_up_messages_are_bounces_for_the_most_part() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bounces = (0..100).filter(|_| {
        let mail = message().new_tree(&mut runner).expect("a message").current();
        !deadletter::bounce::read(&mail.0).deliveries.is_empty()
    });
    let bounces = bounces.count();
    assert!((50..100).contains(&bounces), "{bounces} of 100 name a recipient");
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_report_is_read_safely(mail in message()) {
        invariants::report(&mail.0);
    }

    #[test]
    fn line_ends_do_not_matter(mail in message()) {
        invariants::line_ends_do_not_matter(&mail.0);
    }

    #[test]
    fn parts_are_sound(mail in message()) {
        invariants::mime(&mail.0);
    }

    #[test]
    fn chains_are_sound(mail in message()) {
        invariants::hops(&mail.0);
    }

    #[test]
    fn words_are_decoded_safely(mail in message(), label in "[a-zA-Z0-9-]{0,16}") {
        invariants::words(&[label.as_bytes(), b"\n", &mail.0].concat());
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn dates_are_read_again(
        weekday in "(Mon, |mon |)", day in 0..33u8, month in "(Jan|Feb|Sept|12|/|foo)", year in "[0-9]{1,4}",
        time in "[0-2]?[0-9]:[0-6][0-9](:[0-6][0-9])?(\\.[0-9]{1,9})?( AM| PM)?", zone in "( [+-][0-9]{4}| [A-Z]{1,4}|Z|)( \\([A-Z ]*\\))?",
    ) {
        invariants::date(&format!("{weekday}{day} {month} {year} {time}{zone}"));
        invariants::date(&format!("{year}-{day:02}-{day:02}T{time}{zone}"));
        invariants::date(&format!("{day}/{day}/{year} {time}{zone}"));
    }

    #[test]
    fn any_text_may_stand_where_a_date_belongs(text: String) {
        invariants::date(&text);
    }
}
