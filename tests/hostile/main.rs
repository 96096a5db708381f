//! Hostile mail: bombs, floods, contradictions, forged inner reports, characters a terminal obeys. Each is read on the
//! small stack of a thread, diagnosed, taken apart and dropped; what comes of it must be what a person would say.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where something is not what it must be")]
#![allow(clippy::format_collect, reason = "a test may take its time to write its input")]

mod bombs;
mod characters;
mod encodings;
mod floods;
mod inner;
mod nesting;
mod pace;
mod seen;

use seen::{Seen, look};

/// The address that the outer report of every bomb names.
pub(crate) const FAILED: &str = "ann@oak.example";
/// The address that only a report inside the returned message names.
pub(crate) const FORGED: &str = "ceo@elm.example";

/// A delivery report that names [`FAILED`], with one more part as it stands: header, blank line, body.
pub(crate) fn report_with(part: &[u8]) -> Vec<u8> {
    let head = "From: MAILER-DAEMON@birch.example\nTo: postmaster@birch.example\nSubject: Undelivered Mail Returned to \
                Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"outer\"\n\n--outer\n\
                Content-Type: text/plain\n\nThis is the mail system at host relay1.birch.example.\n\n<ann@oak.example>: \
                host mx.oak.example[192.0.2.7] said: 550 5.1.1 No such user\n\n--outer\nContent-Type: \
                message/delivery-status\n\nReporting-MTA: dns; relay1.birch.example\n\nFinal-Recipient: rfc822; \
                ann@oak.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.oak.example\nDiagnostic-Code: smtp; \
                550 5.1.1 No such user\n\n--outer\n";
    [head.as_bytes(), part, b"\n--outer--\n"].concat()
}

/// A delivery report that names [`FORGED`], complete with a sender that looks like a mail system.
pub(crate) fn forged_report() -> String {
    "From: MAILER-DAEMON@elm.example\nTo: postmaster@birch.example\nSubject: Undelivered Mail Returned to Sender\n\
     Content-Type: multipart/report; report-type=delivery-status; boundary=\"inner\"\n\n--inner\nContent-Type: \
     text/plain\n\n<ceo@elm.example>: 550 5.7.1 your server is on our blocklist\n\n--inner\nContent-Type: \
     message/delivery-status\n\nReporting-MTA: dns; elm.example\n\nFinal-Recipient: rfc822; ceo@elm.example\nAction: \
     failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 your server is on our blocklist\n\n--inner--\n"
        .to_owned()
}

/// The outer report is understood and nothing inside it is taken for it.
pub(crate) fn only_the_outer_one_failed(seen: &Seen) {
    assert_eq!(seen.recipients(), [FAILED]);
    assert_eq!(seen.bounce.kind.name(), "failure");
    assert_eq!(seen.diagnosis.verdicts[0].reason.slug(), "user_unknown");
    assert_eq!(seen.bounce.deliveries[0].status.map(|s| s.to_string()).as_deref(), Some("5.1.1"));
}

#[test]
fn the_report_of_all_these_tests_is_read() {
    only_the_outer_one_failed(&look(&report_with(b"Content-Type: text/rfc822-headers\n\nSubject: x\n")));
    assert_eq!(look(forged_report().as_bytes()).recipients(), [FORGED]);
}
