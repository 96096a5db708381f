//! Messages that contradict themselves about a recipient: nothing of that is ever sure, and it is
//! shown.

use deadletter::diagnosis::{Confidence, Conflict};

use super::seen::{Seen, look};
use crate::inputs::made::{FAILED, report_with};

#[test]
fn reports_that_contradict_each_other_or_themselves_are_never_sure() {
    let part = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay1.birch.example\n\nFinal-Recipient: rfc822; \
                ann@oak.example\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 OK\n";
    let seen = look(&report_with(part.as_bytes()));
    assert_eq!(seen.recipients(), [FAILED, FAILED]);
    assert_eq!(seen.bounce.kind.slug(), "failure");
    for verdict in &seen.diagnosis.verdicts {
        assert_eq!(verdict.judgement.confidence.slug(), "low");
    }
    let itself = String::from_utf8(report_with(b"\n"))
        .expect("ASCII")
        .replace("550 5.1.1 No such user", "250 OK");
    let seen = look(itself.as_bytes());
    assert_eq!(seen.recipients(), [FAILED]);
    assert_eq!(seen.diagnosis.verdicts[0].judgement.confidence.slug(), "low");
    assert_eq!(seen.json["recipients"][0]["conflict"], "answer");
    assert!(words(&seen).contains("the answer accepts it"), "the conflict is shown");
}

/// The page with single blanks, however it is wrapped.
fn words(seen: &Seen) -> String {
    seen.page.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A report with these fields of recipients.
fn reported(fields: &str) -> Seen {
    look(
        format!(
            "From: MAILER-DAEMON@relay1.birch.example\nSubject: Delivery report\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay1.birch.example\n\n\
             {fields}\n--b--\n"
        )
        .as_bytes(),
    )
}

#[test]
fn what_a_code_refuses_was_not_delivered() {
    for action in ["delivered", "relayed", "expanded"] {
        for (codes, kind) in [
            ("Status: 5.2.2\nDiagnostic-Code: smtp; 452 over quota\n", "failure"),
            ("Status: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 over quota\n", "failure"),
            ("Status: 5.1.1\n", "failure"),
            ("Status: 2.0.0\nDiagnostic-Code: smtp; 250 2.1.5 OK\n", "success"),
            ("Status: 2.1.5\n", "success"),
        ] {
            let to = "Final-Recipient: rfc822; ann@oak.example";
            let seen = reported(&format!("{to}\nAction: {action}\n{codes}"));
            assert_eq!(seen.bounce.kind.slug(), kind, "{action} {codes}");
            let verdict = &seen.diagnosis.verdicts[0];
            let (conflict, party) = (verdict.conflict, verdict.judgement.party.slug());
            if kind == "success" {
                assert_eq!((conflict, party), (None, "nobody"), "{action} {codes}");
            } else {
                assert_eq!(conflict, Some(Conflict::Action), "{action} {codes}");
                assert_ne!(party, "nobody", "{action} {codes}");
                assert_eq!(verdict.judgement.confidence, Confidence::Low, "{action} {codes}");
                assert!(words(&seen).contains("its code refuses it"), "{}", seen.page);
            }
        }
    }
}

#[test]
fn different_codes_for_one_recipient_are_not_certain() {
    let block = |status: &str| {
        format!("Final-Recipient: rfc822; ann@oak.example\nAction: failed\nStatus: {status}\n\n")
    };
    let one = |text: &str| {
        format!("{}Diagnostic-Code: smtp; {text}\n", block("5.1.1").trim_end().to_owned() + "\n")
    };
    for fields in [
        block("5.1.1") + &block("5.2.2") + &block("5.7.1"),
        block("5.1.1") + &block("5.2.2"),
        one("550 5.1.1 User unknown 552 5.2.2 mailbox full 554 5.7.1 blocked"),
        one("552 5.2.2 mailbox full; 550 5.7.1 blocked"),
    ] {
        for verdict in &reported(&fields).diagnosis.verdicts {
            assert_eq!(verdict.conflict, Some(Conflict::Codes), "{fields}");
            assert!(verdict.judgement.confidence <= Confidence::Medium, "{fields}");
        }
    }
    let waits = block("5.1.1") + &block("4.2.2").replace("failed", "delayed");
    for verdict in &reported(&waits).diagnosis.verdicts {
        assert_eq!(verdict.conflict, Some(Conflict::Reports), "{waits}");
        assert_eq!(verdict.judgement.confidence, Confidence::Low, "{waits}");
    }
    for fields in [block("5.1.1") + &block("5.1.1"), one("550 5.1.1 User unknown")] {
        for verdict in &reported(&fields).diagnosis.verdicts {
            assert_eq!(verdict.conflict, None, "{fields}");
            assert!(verdict.judgement.confidence >= Confidence::Medium, "{fields}");
        }
    }
}
