//! Hostile mail: bombs, floods, contradictions, forged inner reports, characters a terminal obeys.
//! Each is read on the small stack of a thread, diagnosed, taken apart and dropped; what comes of
//! it must be what a person would say.

#![allow(clippy::format_collect, reason = "a test may take its time to write its input")]

mod bombs;
mod bounds;
mod characters;
mod contradictions;
mod encodings;
mod floods;
mod inner;
mod nesting;
mod seen;

use bombs::{FAILED, FORGED, forged_report, report_with};
use seen::{Seen, look};

/// The outer report is understood and nothing inside it is taken for it.
pub(crate) fn only_the_outer_one_failed(seen: &Seen) {
    assert_eq!(seen.recipients(), [FAILED]);
    assert_eq!(seen.bounce.kind.slug(), "failure");
    assert_eq!(seen.diagnosis.verdicts[0].reason.slug(), "user_unknown");
    assert_eq!(seen.bounce.deliveries[0].status.map(|s| s.to_string()).as_deref(), Some("5.1.1"));
}

#[test]
fn the_report_of_all_these_tests_is_read() {
    only_the_outer_one_failed(&look(&report_with(
        b"Content-Type: text/rfc822-headers\n\nSubject: x\n",
    )));
    assert_eq!(look(forged_report().as_bytes()).recipients(), [FORGED]);
}
