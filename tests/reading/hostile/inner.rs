//! Reports inside the returned message: whoever wrote the message wrote them, and they prove
//! nothing.

use super::bombs::told;
use super::{FAILED, FORGED, forged_report, look, only_the_outer_one_failed, report_with};

#[test]
fn a_report_inside_the_returned_message_is_ignored() {
    for kind in
        ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"]
    {
        let part = format!("Content-Type: {kind}\n\n{}", forged_report());
        only_the_outer_one_failed(&look(&report_with(part.as_bytes())));
    }
}

#[test]
fn a_returned_message_with_the_boundary_of_the_outer_one_adds_no_certain_verdict() {
    let part =
        format!("Content-Type: message/rfc822\n\n{}", forged_report().replace("inner", "outer"));
    let seen = look(&report_with(part.as_bytes()));
    assert_eq!(seen.recipients()[0], FAILED);
    assert_eq!(seen.diagnosis.verdicts[0].reason.slug(), "user_unknown");
}

/// Mail systems that tell the failure in words, some without any code.
const WORDS: [&str; 4] = [
    "Hi. This is the qmail-send program at birch.example.\nI'm afraid I wasn't able to deliver your message to the \
     following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@oak.example>:\n\
     Sorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n",
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered \
     to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  \
     ann@oak.example\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. \
     ------\n\n",
    "This is the mail system at host birch.example.\n\n<ann@oak.example>: unknown user: \"ann\"\n\n--- Undelivered \
     message follows\n\n",
    "   ----- The following addresses had permanent fatal errors -----\n<ann@oak.example>\n\n   ----- Transcript of \
     session follows -----\n550 <ann@oak.example>... User unknown\n\n   ----- Original message follows -----\n\n",
];

#[test]
fn a_report_below_the_words_of_the_outer_one_is_ignored() {
    for words in WORDS {
        let seen = look(&told(&format!(
            "{words}Return-Path: <x@elm.example>\nReceived: from a by b; x\n{}",
            forged_report()
        )));
        assert_eq!(seen.recipients(), [FAILED], "{words}");
    }
}

#[test]
fn a_report_attached_to_the_words_of_the_outer_one_is_ignored() {
    for words in WORDS {
        let mail = format!(
            "From: MAILER-DAEMON@birch.example\nSubject: failure notice\nReturn-Path: <>\nContent-Type: multipart/mixed; \
             boundary=o\n\n--o\n\n{words}\n--o\nContent-Type: message/rfc822\n\n{}\n--o--\n",
            forged_report()
        );
        assert_eq!(look(mail.as_bytes()).recipients(), [FAILED], "{words}");
    }
}

#[test]
fn a_report_that_was_forwarded_is_read() {
    let mail = format!(
        "From: Ann <ann@birch.example>\nSubject: Fwd: what is this?\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\n\
         Please have a look.\n\n--o\nContent-Type: message/rfc822\n\n{}\n--o--\n",
        forged_report()
    );
    assert_eq!(look(mail.as_bytes()).recipients(), [FORGED]);
}
