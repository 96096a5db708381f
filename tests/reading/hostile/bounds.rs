//! Small messages that would become large ones: what is kept and written of a message stays within
//! a few times its size, and within bounds whatever its size.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::seen::{Seen, look};
use crate::inputs::made::{report_with, told};

/// Bytes of JSON and of text for a byte of mail.
const TIMES: usize = 40;
/// Beside that.
const BESIDES: usize = 64 << 10;
/// Bytes of a small message.
const SMALL: usize = 16_000;

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

fn fields(bytes: usize, diagnostic: impl Fn(usize) -> String) -> Vec<u8> {
    let fields = pieces(bytes, |n| {
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

/// Messages of some kilobytes, each of which once became megabytes.
fn small() -> Vec<(&'static str, Vec<u8>)> {
    let long = format!("550 5.1.1 {}", "no such user here ".repeat(450));
    let addresses = pieces(SMALL, |n| format!("u{n}@oak.example,\n "));
    let domains = pieces(SMALL, |n| format!("u@d{n}.example,\n "));
    let reasons = ["5.1.1 unknown", "5.2.2 mailbox full", "5.7.1 blocked", "5.3.4 too large"];
    vec![
        ("in the header", named(&addresses, "Sorry.")),
        ("short ones", named(&"a@b.c,".repeat(SMALL / 6), "550 5.1.1 no")),
        ("a long error for all", named(&addresses, &long)),
        ("a long error for all domains", named(&domains, &long)),
        ("in words", told(&pieces(SMALL, |n| format!("<u{n}@oak.example>: 550 no\n\n")))),
        ("answers that differ", fields(SMALL, |n| format!("550 5.1.1 <u{n}@oak.example>: no {n}"))),
        ("reasons that differ", fields(SMALL, |n| format!("550 {}", reasons[n % reasons.len()]))),
        ("one long answer", fields(64_000, |_| long.clone())),
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
    let mail = fields(SMALL, |_| "550 5.1.1 no such user".to_owned());
    let seen = look(&mail);
    let rest = seen.recipients().len() - 5 - 50;
    let words = format!("and {rest} more");
    assert!(seen.page.contains(&words), "{words} is missing");
    assert!(seen.page.contains("u54@oak.example") && !seen.page.contains("u55@oak.example"));
}

#[test]
fn a_message_of_one_byte_over_and_over_is_kept_within_bounds() {
    const SIZE: usize = 1 << 15;
    // A tab is shown as eight blanks.
    let most = 8 * SIZE + BESIDES;
    for byte in [0, b'\n', b'>', b'\t', b'\r', 0x1b, 0x85, b'<', b':', b'@', b'5', b' ', b'-'] {
        for mail in [
            vec![byte; SIZE],
            report_with(&vec![byte; SIZE]),
            [b"From: a@b.example\n\n".as_slice(), &vec![byte; SIZE]].concat(),
            [b"From: a@b.example\nSubject: ".as_slice(), &vec![byte; SIZE]].concat(),
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
            assert!(kept <= most, "{kept} bytes are kept of {byte:#x}");
            assert!(seen.page.len() <= most, "{} bytes of text", seen.page.len());
        }
    }
}

/// Mailboxes of at most two MiB, of the kinds that take most memory, and how many MiB they may take.
fn mailboxes() -> Vec<(&'static str, u64, String)> {
    const FROM: &str = "From a Mon May  4 06:57:12 2026\n";
    const SIZE: usize = 2 << 20;
    let named = format!("X-Failed-Recipients: {}a@b.c\n\nno\n\n", "a@b.c,".repeat(100_000));
    let words = pieces(SIZE / 2, |n| format!("<u{n}@a.b>:\n"));
    let status = pieces(SIZE, |n| format!("Final-Recipient: ;u{n}@a.b\n\n"));
    vec![
        (
            "short lines",
            50,
            format!(
                "{FROM}From: MAILER-DAEMON@a.b\n\nThis is the mail system at host a.example\n\n{words}\n"
            ),
        ),
        (
            "short recipients",
            110,
            pieces(SIZE, |_| format!("{FROM}From: MAILER-DAEMON@a.b\n{named}")),
        ),
        (
            "a long report",
            85,
            format!(
                "{FROM}From: MAILER-DAEMON@a.b\nContent-Type: message/delivery-status\n\n{status}"
            ),
        ),
        ("empty messages", 17, pieces(SIZE, |_| format!("{FROM}\n"))),
    ]
}

#[test]
fn a_mailbox_of_any_kind_is_explained_in_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    for (kind, memory, mailbox) in mailboxes() {
        let path = folder.path().join("mailbox");
        fs::write(&path, mailbox).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_deadletter"));
        command.env("HOME", folder.path()).env_remove("XDG_CONFIG_HOME");
        command.args(["explain", "--format", "jsonl"]).arg(&path);
        let streams = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = streams.spawn().expect("the program runs");
        let (mut most, mut bytes) = (0, [0; 1 << 14]);
        let mut output = program.stdout.take().expect("its output");
        // The pipe holds little: as long as something is to come, the program is there.
        while output.read(&mut bytes).expect("its output") > 0 {
            most = peak(program.id()).unwrap_or(0).max(most);
        }
        assert!(program.wait().expect("its end").code().is_some(), "{kind}");
        assert!((1..=memory).contains(&most), "{kind}: {most} MiB");
    }
}

/// The most memory that a process has had besides its own code, in MiB; None when it has ended.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    Some(kib("VmHWM:")?.saturating_sub(kib("RssFile:")?) >> 10)
}

#[test]
fn a_message_in_a_line_names_who_failed_and_how_many_more() {
    let mail = fields(SMALL, |_| "550 5.1.1 no such user".to_owned());
    let seen = look(&mail);
    let lines: Vec<&str> = seen.lines.lines().collect();
    let rest = seen.recipients().len() - 1;
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[1].contains("u0@oak.example"), "{lines:?}");
    assert!(lines[2].contains(&format!("and {rest} more")), "{lines:?}");
}
