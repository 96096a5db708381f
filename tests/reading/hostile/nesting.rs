//! Messages and multiparts inside each other, deeper than any stack.

use deadletter::mail::Limit;

use super::bombs::{
    MESSAGE_IN_MESSAGE, base64_nested, nested_messages, nested_multiparts, siblings,
};
use super::{look, only_the_outer_one_failed, report_with};

#[test]
fn messages_in_messages_in_every_spelling() {
    for spelling in MESSAGE_IN_MESSAGE {
        for levels in [21_826, 100_000] {
            let bomb = nested_messages(spelling, levels);
            let seen = look(&bomb);
            assert_eq!(seen.recipients(), [""; 0], "{spelling:?}");
            assert_eq!(seen.bounce.kind.slug(), "other", "{spelling:?}");
            only_the_outer_one_failed(&look(&report_with(&bomb)));
        }
    }
}

#[test]
fn multiparts_in_multiparts() {
    let bomb = nested_multiparts(30_000);
    let seen = look(&bomb);
    assert!(seen.reached(Limit::Nesting) && seen.recipients().is_empty());
    let seen = look(&report_with(&bomb));
    assert!(seen.reached(Limit::Nesting));
    only_the_outer_one_failed(&seen);
}

#[test]
fn parts_beside_parts() {
    let seen = look(&siblings(1_000_000));
    assert!(seen.reached(Limit::Parts) && seen.recipients().is_empty());
    let seen = look(&report_with(&siblings(1_000_000)));
    assert!(seen.reached(Limit::Parts));
    only_the_outer_one_failed(&seen);
}

#[test]
fn a_message_coded_many_times_is_opened_once() {
    let bomb = base64_nested(24);
    assert_eq!(bomb.len(), 945_997);
    assert_eq!(look(&bomb).recipients(), [""; 0]);
    only_the_outer_one_failed(&look(&report_with(&bomb)));
}
