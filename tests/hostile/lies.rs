//! Reports that contradict themselves, reports inside others, times that cannot be.

use deadletter::mail::limits;

use super::Input;
use super::made::{
    FAILED, FORGED, forged_report, long_field, plain, report_with, returned_header, told,
};

/// Fields about one more attempt.
fn another(fields: &str) -> Vec<u8> {
    report_with(
        format!(
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; relay1.birch.example\n\n\
             Final-Recipient: rfc822; {FAILED}\n{fields}\n"
        )
        .as_bytes(),
    )
}

pub(super) fn contradictions() -> Vec<Input> {
    vec![
        Input::report("a second report says delivered", || {
            another("Action: delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 OK")
        })
        .to(&[FAILED, FAILED])
        .because(None)
        .at_most("low"),
        Input::report("5.1.1, and the server said 250 OK", || {
            plain().replace("550 5.1.1 No such user", "250 OK").into()
        })
        .because(None)
        .at_most("low"),
        Input::report("delivered, and the server said 452 over quota", || {
            plain()
                .replace("Action: failed\nStatus: 5.1.1", "Action: delivered\nStatus: 5.2.2")
                .replace("550 5.1.1 No such user", "452 4.2.2 over quota")
                .into()
        })
        .because(None),
        Input::report("three codes for one address", || {
            plain()
                .replace("Status: 5.1.1", "Status: 5.7.1")
                .replace("said: 550 5.1.1 No such user", "said: 452 4.2.2 over quota")
                .into()
        })
        .because(None),
        Input::report("two fields Final-Recipient", || {
            plain()
                .replace(
                    "Action: failed",
                    "Final-Recipient: rfc822; ceo@elm.example\nAction: failed",
                )
                .into()
        })
        .to(&[FAILED, "ceo@elm.example"])
        .because(None),
        Input::report("two fields Status", || {
            plain().replace("Status: 5.1.1", "Status: 5.1.1\nStatus: 2.0.0").into()
        }),
        Input::report("a status that is none", || {
            plain().replace("Status: 5.1.1", "Status: 999999999999.5.-1").into()
        }),
        Input::report("an action nobody knows", || {
            plain().replace("Action: failed", "Action: exploded").into()
        }),
    ]
}

/// Mail systems that tell the failure in words, some without any code.
const WORDS: [(&str, &str); 4] = [
    (
        "qmail",
        "Hi. This is the qmail-send program at birch.example.\nI'm afraid I wasn't able to deliver your message to \
     the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n\
     <ann@oak.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n",
    ),
    (
        "Exim",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be \
     delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  \
     ann@oak.example\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. \
     ------\n\n",
    ),
    (
        "Postfix",
        "This is the mail system at host birch.example.\n\n<ann@oak.example>: unknown user: \"ann\"\n\n--- \
     Undelivered message follows\n\n",
    ),
    (
        "Sendmail",
        "   ----- The following addresses had permanent fatal errors -----\n<ann@oak.example>\n\n   ----- \
     Transcript of session follows -----\n550 <ann@oak.example>... User unknown\n\n   ----- Original message follows \
     -----\n\n",
    ),
];

pub(super) fn inner() -> Vec<Input> {
    let mut inputs = Vec::new();
    for kind in
        ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"]
    {
        inputs.push(Input::report(format!("a report as {kind}"), move || {
            report_with(format!("Content-Type: {kind}\n\n{}", forged_report()).as_bytes())
        }));
    }
    for (name, words) in WORDS {
        inputs.push(
            Input::report(format!("a report below the words of {name}"), move || {
                let returned = "Return-Path: <x@elm.example>\nReceived: from a by b; x\n";
                told(&format!("{words}{returned}{}", forged_report()))
            })
            .because(None),
        );
        inputs.push(
            Input::report(format!("a report attached to the words of {name}"), move || {
                format!(
                    "From: MAILER-DAEMON@birch.example\nSubject: failure notice\nReturn-Path: <>\nContent-Type: \
                     multipart/mixed; boundary=o\n\n--o\n\n{words}\n--o\nContent-Type: message/rfc822\n\n{}\n--o--\n",
                    forged_report()
                )
                .into()
            })
            .because(None),
        );
    }
    inputs.push(
        Input::report("a report that a person passes on (honest)", || {
            format!(
                "From: Ann <ann@birch.example>\nSubject: Fwd: what is this?\nContent-Type: multipart/mixed; \
                 boundary=o\n\n--o\n\nPlease have a look.\n\n--o\nContent-Type: message/rfc822\n\n{}\n--o--\n",
                forged_report()
            )
            .into()
        })
        .to(&[FORGED])
        .because(None),
    );
    inputs.push(
        Input::report("a report under the boundary of the whole", || {
            let forged = forged_report().replace("inner", "outer");
            report_with(format!("Content-Type: message/rfc822\n\n{forged}").as_bytes())
        })
        .count(2),
    );
    inputs
}

pub(super) fn dates() -> Vec<Input> {
    let mut inputs = Vec::new();
    let most = limits::HEADER_FIELD_BYTES - 100;
    for (name, date) in [
        ("a million open comments", "(".repeat(most)),
        (
            "a million comments in each other",
            format!("{}{}", "(".repeat(most / 2), ")".repeat(most / 2)),
        ),
        (
            "a date behind a million comments",
            format!("{}Mon, 4 May 2026 06:57:12 +0000", "(".repeat(most - 40)),
        ),
        ("the 99th", "Thu, 99 Foo 2026 99:99:99 +0000".to_owned()),
        ("a number too large", "Mon, 4 May 99999999999999999999 06:57:12 +0000".to_owned()),
        ("a negative year", "Mon, 4 May -2026 06:57:12 +0000".to_owned()),
        ("an escape", "Mon, 4 May\u{1b}[2J 06:57:12".to_owned()),
        ("nothing", String::new()),
    ] {
        let input = Input::report(format!("Date: {name}"), move || long_field("Date", &date));
        inputs.push(input.also(|bounce, _| assert_eq!(bounce.date, None)));
    }
    for (name, date) in [
        ("the year 9999", "Fri, 31 Dec 9999 23:59:59 +0000"),
        ("the year 0001", "Mon, 1 Jan 0001 00:00:00 -1200"),
        ("before mail was invented", "Thu, 1 Jan 1970 00:00:00 +0000"),
        ("a zone of 99 hours", "Mon, 4 May 2026 06:57:12 +9999"),
        ("a leap second", "Wed, 31 Dec 2025 23:59:60 +0000"),
        ("the 29th of a February without one", "Sun, 29 Feb 2026 00:00:00 +0000"),
    ] {
        inputs.push(Input::report(format!("Date: {name}"), move || long_field("Date", date)));
        inputs.push(Input::report(format!("Received: {name}"), move || {
            let hop = |n: u8| format!("Received: from a{n}.example by b{n}.example; {date}\n");
            returned_header(&format!("{}{}Subject: x", hop(1), hop(2)))
        }));
    }
    inputs.push(Input::report("Received: a million comments", || {
        returned_header(&format!("Received: from a by b; {}\nSubject: x", "(".repeat(1_000_000)))
    }));
    inputs.push(Input::report("Received: the same hop 100 times", || {
        let hop = "Received: from a.example by a.example; Mon, 4 May 2026 06:57:12 +0000\n";
        returned_header(&(hop.repeat(100) + "Subject: x"))
    }));
    inputs
}
