//! Nesting without end, and too much of one thing.

use std::fmt::Write;

use deadletter::bounce::Bounce;
use deadletter::diagnosis::Diagnosis;
use deadletter::mail::hops::Flag;
use deadletter::mail::{Limit, limits};

use super::Input;
use super::made::{
    FAILED, MESSAGE_IN_MESSAGE, base64_nested, continuations, continued_name, hops, long_field,
    many_fields, nested_messages, nested_multiparts, recipients, report_with, returned_header,
    siblings, told,
};

pub(super) fn nesting() -> Vec<Input> {
    let mut inputs = Vec::new();
    for spelling in MESSAGE_IN_MESSAGE {
        let shown = spelling.trim_end().replace('\n', " ").replace("{n}", "1");
        let name = format!("21,826 messages in messages: {shown}");
        inputs.push(Input::other(name, || nested_messages(spelling, 21_826)));
    }
    inputs.push(Input::other("100,000 messages in messages", || {
        nested_messages(MESSAGE_IN_MESSAGE[0], 100_000)
    }));
    inputs.push(Input::report("100,000 messages in the returned message", || {
        report_with(&nested_messages(MESSAGE_IN_MESSAGE[0], 100_000))
    }));
    let multiparts = Input::other("30,000 multiparts in multiparts", || nested_multiparts(30_000));
    inputs.push(multiparts.limit(Limit::Nesting));
    let multiparts = Input::report("30,000 multiparts beside a report", || {
        report_with(&nested_multiparts(30_000))
    });
    inputs.push(multiparts.limit(Limit::Nesting));
    inputs.push(Input::other("a million parts", || siblings(1_000_000)).limit(Limit::Parts));
    let parts =
        Input::report("a million parts beside a report", || report_with(&siblings(1_000_000)));
    inputs.push(parts.limit(Limit::Parts));
    inputs.push(Input::other("a message coded in itself 24 times", || base64_nested(24)));
    inputs.push(Input::report("the same as the returned message", || {
        report_with(&base64_nested(24))
    }));
    inputs
}

pub(super) fn all() -> Vec<Input> {
    vec![
        Input::report("500,000 fields To", || many_fields("To: nobody@ash.example\n", 500_000))
            .limit(Limit::Header),
        Input::report("500,000 fields To in the returned message", || {
            returned_header(&"To: nobody@ash.example\n".repeat(500_000))
        })
        .limit(Limit::Header),
        Input::report("a Subject of 50 MiB", || long_field("Subject", &"x".repeat(50 << 20)))
            .limit(Limit::Header)
            .shows("Undelivered Mail Returned to Sender"),
        Input::other("a boundary in 50,000 continuations", || continuations(50_000))
            .limit(Limit::Header),
        Input::other("a boundary in three continuations", || continuations(3)),
        Input::report("the name of a part in 50,000 continuations", || continued_name(50_000))
            .limit(Limit::Header),
        Input::report("a megabyte in one line of text", || {
            told(&format!("<{FAILED}>: 550 5.1.1 No such user {}\n", "x ".repeat(500_000)))
        }),
        Input::report("50,000 addresses in one line", || {
            let list = "u@oak.example,".repeat(50_000);
            told(&format!("{list}\n\n<{FAILED}>: 550 5.1.1 No such user\n"))
        }),
        Input::report("200,000 brackets", || {
            told(&format!("{}\n\n<{FAILED}>: 550 5.1.1 No such user\n", "<".repeat(200_000)))
        }),
        Input::report("100,000 encoded words", || {
            long_field("X-Words", &"=?utf-8?q?x?= ".repeat(70_000))
        }),
        Input::report("HTML with 50,000 open elements", || {
            report_with(
                format!("Content-Type: text/html\n\n{}x\n", "<div><b>".repeat(25_000)).as_bytes(),
            )
        }),
        Input::report("HTML with entities without end", || {
            report_with(
                format!("Content-Type: text/html\n\n{}\n", "&#x1b;&#155;&zwnj;&amp".repeat(5_000))
                    .as_bytes(),
            )
        }),
        Input::report("semicolons without end in Content-Type", || {
            long_field("Content-Type", &format!("text/plain{}", ";".repeat(1_000_000)))
        })
        .limit(Limit::Header),
        Input::report("5,000 hops", || hops(5_000)).also(hops_are_cut_and_marked),
    ]
}

pub(super) fn crowds() -> Vec<Input> {
    vec![
        Input::report("50,000 recipients", || recipients(50_000)).count(50_000),
        Input::report("50,001 recipients", || recipients(50_001))
            .count(limits::RECIPIENTS)
            .limit(Limit::Recipients),
        Input::report("60,000 recipients in two reports", two_reports)
            .to(&["u0@oak.example"])
            .count(limits::RECIPIENTS)
            .limit(Limit::Recipients),
        Input::report("50,000 recipients in X-Failed-Recipients", || {
            let mut field = String::new();
            for n in 0..50_100 {
                let _ = write!(field, "u{n}@oak.example, ");
            }
            format!("From: MAILER-DAEMON@birch.example\nX-Failed-Recipients: {field}\n\nSorry.\n")
                .into()
        })
        .to(&["u0@oak.example"])
        .because(None)
        .count(limits::RECIPIENTS)
        .limit(Limit::Recipients),
        Input::report("30,000 recipients in words", || {
            let mut words = String::new();
            for n in 0..30_000 {
                let _ = writeln!(words, "<u{n}@oak.example>:");
            }
            told(&words)
        })
        .to(&["u0@oak.example"])
        .because(None)
        .count(limits::RECIPIENTS_IN_WORDS)
        .limit(Limit::Recipients),
    ]
}

fn two_reports() -> Vec<u8> {
    let mut mail = String::from(
        "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; boundary=b\n\n",
    );
    for from in [0, 30_000] {
        mail.push_str("--b\nContent-Type: message/delivery-status\n\n");
        for n in from..from + 30_000 {
            let _ = write!(mail, "Final-Recipient: rfc822; u{n}@oak.example\nStatus: 5.1.1\n\n");
        }
    }
    (mail + "--b--\n").into()
}

fn hops_are_cut_and_marked(bounce: &Bounce, _: &Diagnosis) {
    let chain = &bounce.original.as_ref().expect("a returned message").chain;
    assert_eq!((chain.hops.len(), chain.omitted), (limits::HOPS, 5_000 - limits::HOPS));
    assert_eq!(chain.hops[0].by.as_deref(), Some("h4999.example"));
    assert_eq!(chain.hops.last().and_then(|h| h.by.as_deref()), Some("h0.example"));
    for flag in [Flag::Skew, Flag::ZoneUnknown] {
        assert!(chain.hops.iter().any(|hop| hop.flags.contains(&flag)), "{flag:?}");
    }
    assert!(chain.hops.iter().all(|hop| (0.0..=100.0).contains(&hop.percent)));
}
