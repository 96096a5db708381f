//! Small messages that would become large ones: what is kept and written of a message stays within
//! a few times its size, and within bounds whatever its size.

use serde_json::Value;

use super::seen::{Seen, look};
use crate::inputs::made::{report_with, told};

/// Bytes of JSON and of text for a byte of mail.
const TIMES: usize = 40;
/// Beside that.
const BESIDES: usize = 64 << 10;

fn pieces(bytes: usize, piece: impl Fn(usize) -> String) -> String {
    let (mut text, mut n) = (String::new(), 0);
    while text.len() < bytes {
        text += &piece(n);
        n += 1;
    }
    text
}

/// A notice that names its recipients in its header.
fn named(recipients: &str, words: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.birch.example\nX-Failed-Recipients: {}\n\n{words}\n",
        recipients.trim_end_matches([',', '\n', ' '])
    )
    .into_bytes()
}

fn fields(diagnostic: impl Fn(usize) -> String) -> Vec<u8> {
    let fields = pieces(64_000, |n| {
        format!(
            "Final-Recipient: rfc822; u{n}@oak.example\nStatus: 5.1.1\nDiagnostic-Code: smtp; {}\n\n",
            diagnostic(n)
        )
    });
    format!(
        "From: MAILER-DAEMON@a.example\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; a.example\n\n{fields}"
    )
    .into_bytes()
}

/// Messages of at most a hundred kilobytes, each of which once became megabytes.
fn small() -> Vec<(&'static str, Vec<u8>)> {
    let long = format!("550 5.1.1 {}", "no such user here ".repeat(450));
    let addresses = pieces(60_000, |n| format!("u{n}@oak.example,\n "));
    let domains = pieces(60_000, |n| format!("u@d{n}.example,\n "));
    let reasons = ["5.1.1 unknown", "5.2.2 mailbox full", "5.7.1 blocked", "5.3.4 too large"];
    vec![
        ("in the header", named(&addresses, "Sorry.")),
        ("short ones", named(&"a@b.c,".repeat(10_000), "550 5.1.1 no")),
        ("a long error for all", named(&addresses, &long)),
        ("a long error for all domains", named(&domains, &long)),
        ("in words", told(&pieces(60_000, |n| format!("<u{n}@oak.example>: 550 no\n\n")))),
        ("answers that differ", fields(|n| format!("550 5.1.1 <u{n}@oak.example>: no {n}"))),
        ("reasons that differ", fields(|n| format!("550 {}", reasons[n % reasons.len()]))),
        ("one long answer", fields(|_| long.clone())),
    ]
}

#[test]
fn what_is_written_of_a_message_is_a_few_times_its_size() {
    for (name, mail) in small() {
        let seen = look(&mail);
        assert!(seen.recipients().len() >= 7, "{name}: {}", seen.recipients().len());
        let most = TIMES * mail.len() + BESIDES;
        let (json, page) = (seen.json.to_string().len(), seen.page.len());
        assert!(json <= most, "{name}: {json} bytes of JSON for {}", mail.len());
        assert!(page <= 2 * mail.len() + BESIDES, "{name}: {page} bytes of text");
        refers_to_what_is_there(name, &seen);
    }
}

/// Every recipient is there, and what it refers to as well.
fn refers_to_what_is_there(name: &str, seen: &Seen) {
    let json = &seen.json;
    let recipients = json["recipients"].as_array().expect("recipients");
    assert_eq!(recipients.len(), seen.recipients().len(), "{name}");
    let at = |index: &Value| index.as_u64().and_then(|at| usize::try_from(at).ok());
    for (own, recipient) in recipients.iter().enumerate() {
        assert_eq!(recipient["address"], seen.recipients()[own], "{name}");
        if recipient["guidance"].is_null() {
            let of = at(&recipient["guidance_of"]).expect("whose guidance it is");
            let other = &recipients[of];
            assert!(of < own && other["guidance"].is_object(), "{name}: {recipient}");
            for key in ["reason", "owner", "rule"] {
                assert_eq!(recipient[key], other[key], "{name}");
            }
        }
        if let Some(of) = at(&recipient["said_as"]) {
            assert!(of < own && recipients[of]["diagnostic"].is_string(), "{name}: {recipient}");
        }
        if own < 7 {
            assert!(recipient["guidance"].is_object(), "{name}: {recipient}");
        }
    }
}

#[test]
fn the_page_counts_those_who_have_no_line() {
    let mail = fields(|_| "550 5.1.1 no such user".to_owned());
    let seen = look(&mail);
    let rest = seen.recipients().len() - 5 - 50;
    let words = format!("and {rest} more");
    assert!(seen.page.contains(&words), "{words} is missing");
    assert!(seen.page.contains("u54@oak.example") && !seen.page.contains("u55@oak.example"));
}

#[test]
fn a_message_of_one_byte_over_and_over_is_kept_within_bounds() {
    for byte in [0, b'\n', b'>', b'\t', b'\r', 0x1b, 0x85, b'<', b':', b'@', b'5', b' ', b'-'] {
        for mail in [
            vec![byte; 1 << 18],
            report_with(&vec![byte; 1 << 18]),
            [b"From: a@b.example\n\n".as_slice(), &vec![byte; 1 << 18]].concat(),
            [b"From: a@b.example\nSubject: ".as_slice(), &vec![byte; 1 << 18]].concat(),
        ] {
            let seen = look(&mail);
            let inspection = &seen.inspection;
            let mut kept: usize = inspection.source.iter().map(|line| line.len()).sum();
            for part in &inspection.parts {
                kept += part.lines.iter().map(|(_, line)| line.len()).sum::<usize>();
            }
            for header in inspection.report_headers.iter().chain(&inspection.original_headers) {
                kept += header.value.len();
            }
            assert!(kept <= 1 << 19, "{kept} bytes are kept of {byte:#x}");
            assert!(seen.page.len() <= 1 << 19, "{} bytes of text", seen.page.len());
        }
    }
}
