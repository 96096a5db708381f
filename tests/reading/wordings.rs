//! The words of rules against each other: which texts can stand in one answer and mean different
//! things, and what decides; and that nobody's mark is a sentence that every server may say.

use std::fmt::Write;

use deadletter::bounce::Phase;
use deadletter::diagnosis::matcher::{Rank, Rules, Statement};
use deadletter::diagnosis::rules::{BUILT_IN, Family, Rule};

/// Sentences that RFC 5321 section 4.2.3 lends to everybody: the cause is not in them.
const LENT: [&str; 11] = [
    "421 Service not available, closing transmission channel",
    "450 Requested mail action not taken: mailbox unavailable",
    "451 Requested action aborted: local error in processing",
    "452 Requested action not taken: insufficient system storage",
    "550 Requested action not taken: mailbox unavailable",
    "551 User not local; please try <ann@oak.example>",
    "552 Requested mail action aborted: exceeded storage allocation",
    "553 Requested action not taken: mailbox name not allowed",
    "554 Transaction failed",
    "554 No SMTP service here",
    "550 5.7.1 Requested action not taken",
];

#[test]
fn no_rule_rests_on_a_sentence_of_the_standard() {
    for phase in [None, Some(Phase::RcptTo), Some(Phase::EndOfData)] {
        for text in LENT {
            let statement = Statement { text, phase, ..Statement::default() };
            if let Some(hit) = Rules::standard().find(statement) {
                assert!(hit.rank <= Rank::Filler, "{text:?} is the mark of {}", hit.rule.id);
            }
        }
    }
}

/// How a text of a rule counts.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Strength {
    Filler,
    Weak,
    General,
    Named,
}

struct Text<'r> {
    rule: &'r Rule,
    strength: Strength,
    words: String,
}

fn texts() -> Vec<Text<'static>> {
    let mut texts = Vec::new();
    for rule in BUILT_IN.iter() {
        for (list, strength) in [
            (&rule.named, Strength::Named),
            (&rule.general, Strength::General),
            (&rule.weak, Strength::Weak),
            (&rule.filler, Strength::Filler),
        ] {
            for words in list {
                texts.push(Text { rule, strength, words: words.to_lowercase() });
            }
        }
    }
    texts
}

/// What decides between two texts of which the longer one holds the shorter; None where nothing
/// but the order of the rules would.
fn decides(longer: &Text<'_>, shorter: &Text<'_>) -> Option<&'static str> {
    let (one, other) = (longer.rule, shorter.rule);
    let conditions =
        |rule: &Rule| (rule.at.clone(), rule.phase.clone(), rule.dialect.clone(), rule.all.clone());
    let ruled_out = |rule: &Rule, words: &str| {
        rule.unless.iter().any(|unless| words.contains(&unless.to_lowercase()))
    };
    if ruled_out(one, &longer.words) || ruled_out(other, &longer.words) {
        Some("what one of them rules out")
    } else if longer.strength != shorter.strength || one.family != other.family {
        Some("how much the words count")
    } else if longer.words.len() != shorter.words.len() {
        Some("the longer phrase")
    } else if conditions(one) != conditions(other) {
        Some("host, step or layout")
    } else if one.code != other.code {
        Some("the code")
    } else {
        None
    }
}

/// Prints every pair (`cargo test --test reading pairs -- --nocapture`).
#[test]
fn pairs_of_rules_with_different_reasons_are_decided_by_more_than_their_order() {
    let texts = texts();
    let (mut list, mut undecided, mut pairs) = (String::new(), String::new(), 0);
    for longer in &texts {
        for shorter in &texts {
            let twins = longer.words == shorter.words && longer.rule.id > shorter.rule.id;
            if longer.rule.reason == shorter.rule.reason
                || !longer.words.contains(&shorter.words)
                || twins
            {
                continue;
            }
            pairs += 1;
            let line = format!(
                "{:?} ({}: {}) holds {:?} ({}: {})",
                longer.words,
                longer.rule.id,
                longer.rule.reason,
                shorter.words,
                shorter.rule.id,
                shorter.rule.reason
            );
            match decides(longer, shorter) {
                Some(by) => {
                    let _ = writeln!(list, "{line}: {by}");
                }
                None => {
                    let _ = writeln!(undecided, "{line}");
                }
            }
        }
    }
    println!("{list}");
    assert!(pairs > 100, "only {pairs} pairs");
    assert!(undecided.is_empty(), "only the order of the rules decides:\n{undecided}");
}

/// Family is what a rule is weighed by, too: general wording stands behind every provider's.
#[test]
fn general_wording_is_in_the_files_for_it() {
    for rule in BUILT_IN.iter() {
        if rule.family == Family::Standard {
            assert!(rule.has_no_texts(), "{}: the registry knows codes only", rule.id);
        }
    }
}
