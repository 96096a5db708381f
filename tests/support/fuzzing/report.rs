//! Reports made out of a fuzzer's bytes: the fields of RFC 3464 in every form the grammar allows,
//! notices of many mail systems, trees of parts, charsets, transfer codings, line ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deadletter::bounce::{Depth, Status, read};
use deadletter::mail::canonical::canonical;
use std::fmt::Write;

use super::choices::Choices;
use crate::frames::{Answer, FRAMES, Step};
use crate::invariants;

/// A recipient that a report names in the form that the standard has.
struct Named {
    address: String,
    status: Status,
}

/// A message, and whom it certainly tells of.
#[derive(Default)]
struct Made {
    raw: Vec<u8>,
    /// None where the form leaves that open.
    named: Option<Vec<Named>>,
}

/// A report is read safely; where it is one as the standard has it, every recipient comes out once,
/// in order, with the status that the report gives.
pub(crate) fn made_report(input: &[u8]) {
    let made = Made::new(&mut Choices::new(input));
    let bounce = invariants::reading(&made.raw, Depth::Deliveries);
    let Some(named) = &made.named else { return };
    let message = String::from_utf8_lossy(&made.raw);
    let found: Vec<_> = bounce.deliveries.iter().map(|d| d.recipient.as_deref()).collect();
    let wanted: Vec<_> = named.iter().map(|named| Some(named.address.as_str())).collect();
    assert_eq!(found, wanted, "recipients of\n{message}");
    for (delivery, named) in bounce.deliveries.iter().zip(named) {
        assert_eq!(delivery.status, Some(named.status), "{} in\n{message}", named.address);
    }
}

/// The same message reads the same under every line end.
pub(crate) fn made_line_ends(input: &[u8]) {
    let lf = canonical(&Made::new(&mut Choices::new(input)).raw).into_owned();
    let expected = format!("{:?}", read(&lf));
    for (name, end) in [("CRLF", &b"\r\n"[..]), ("CR", b"\r")] {
        let same = format!("{:?}", read(&invariants::with_line_ends(&lf, end)));
        assert_eq!(same, expected, "{name}");
    }
}

/// The same message with all that is shown and written of it.
pub(crate) fn made_export(input: &[u8]) {
    invariants::report(&Made::new(&mut Choices::new(input)).raw);
}

/// A message as the grammar makes it of these bytes.
pub(crate) fn message(choices: &mut Choices<'_>) -> Vec<u8> {
    Made::new(choices).raw
}

const HOSTS: [&str; 8] = [
    "mx1.oak.example",
    "mx.birch.example",
    "[192.0.2.7]",
    "oak-example.mail.protection.outlook.com",
    "gmail-smtp-in.l.google.com",
    "mta5.am0.yahoodns.net",
    "localhost",
    "a b",
];
const LOCALS: [&str; 8] = ["u", "Ann.Lee", "x+tag=y", "postmaster", "1", "a_b", "o'hara", "-X"];
const DOMAINS: [&str; 5] =
    ["oak.example", "Sub.Elm.example", "birch.example", "xn--bcher-kva.example", "elm.example"];
const ANSWERS: [&str; 16] = [
    "550 5.1.1 No such user",
    "550-5.7.1 first line",
    "450 4.2.0 Greylisted, try again later",
    "552 5.2.2 Mailbox full",
    "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org",
    "550 5.7.26 This mail is unauthenticated",
    "421 4.7.0 Too many connections",
    "550 User unknown",
    "5.1.0 - Unknown address error 550-'5.1.1 no'",
    "(reason: 550 5.1.1 no)",
    "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    "connect to oak.example[192.0.2.9]:25: Connection timed out",
    "Host or domain name not found. Name service error for name=oak.example type=MX",
    "550 5.1.1 -> 554 5.7.1 [192.0.2.25] denied",
    "mail for oak.example loops back to myself",
    "message too large",
];
const LINES: [&str; 24] = [
    "",
    "This is the mail system at host mx1.birch.example.",
    "I'm sorry to have to inform you that your message could not be delivered.",
    "Hi. This is the qmail-send program at birch.example.",
    "This message was created automatically by mail delivery software.",
    "A message that you sent could not be delivered to one or more of its recipients.",
    "The following address(es) failed:",
    "   ----- The following addresses had permanent fatal errors -----",
    "   ----- Transcript of session follows -----",
    ">>> RCPT To:<u@oak.example>",
    "<<< 550 5.1.1 no",
    "Delivery has failed to these recipients or groups:",
    "Diagnostic information for administrators:",
    "Generating server: mx1.birch.example",
    "Your message did not reach some or all of the intended recipients.",
    "--- Below this line is a copy of the message.",
    "------ This is a copy of the message, including all the headers. ------",
    "Remote host said: 550 no",
    "Reporting-MTA: dns; mx1.birch.example",
    "Final-Recipient: rfc822; other@elm.example",
    "Subject: Your order",
    "Nie można dostarczyć wiadomości do następujących adresatów:",
    "配信できませんでした。",
    "> quoted",
];
const HEADERS: [&str; 14] = [
    "From: MAILER-DAEMON@mx1.birch.example (Mail Delivery System)\n",
    "Subject: Undelivered Mail Returned to Sender\n",
    "Return-Path: <>\n",
    "Auto-Submitted: auto-replied\n",
    "X-Failed-Recipients: u@oak.example,\n v@elm.example\n",
    "Subject: =?utf-8?q?=E2=80=AEevil?= =?iso-2022-jp?b?GyRCJCIbKEI=?=\n",
    "Date: Tue, 12 May 2026 10:20:04 +0200\n",
    "Received: from a.example (b.example [192.0.2.7]) by c.example with ESMTPS id 4; \
     Mon, 4 May 2026 06:57:12 +0000 (UTC)\n",
    "Subject: Delayed\n",
    "To: Marta <marta@birch.example>\n",
    "Message-ID: <1@birch.example>\n",
    "X-Loop\n",
    "List-Id: <l.birch.example>\n",
    "Precedence: bulk\n",
];
const TYPES: [&str; 12] = [
    "text/plain",
    "text/plain; charset=utf-8",
    "text/html; charset=\"iso-8859-2\"",
    "message/rfc822",
    "message/delivery-status",
    "message/global-delivery-status",
    "text/rfc822-headers",
    "message/feedback-report",
    "multipart/digest; boundary=b",
    "text/plain; charset=utf-16",
    "text/plain; charset=iso-2022-jp; format=flowed; delsp=yes",
    "application/octet-stream; name*0=a; name*1=b",
];

/// Levels of parts that are made inside each other.
const DEPTH: usize = 3;
/// Bytes beyond which nothing is added.
const LONG: usize = 4_000;

impl Made {
    fn new(choices: &mut Choices<'_>) -> Self {
        let mut made = match choices.below(5) {
            0 | 1 => Self::standard(choices),
            2 => Self { raw: frame(choices).into_bytes(), named: None },
            3 => Self { raw: notice(choices).into_bytes(), named: None },
            _ => Self { raw: tree(choices, DEPTH), named: None },
        };
        match choices.below(12) {
            0..=4 => {}
            5 | 6 => made.raw = invariants::with_line_ends(&made.raw, b"\r\n"),
            7 => made.raw = invariants::with_line_ends(&made.raw, b"\r"),
            8 => {
                let lead = "Subject: Fwd: look\nContent-Type: message/rfc822\n\n".as_bytes();
                made = Self { raw: [lead, &made.raw].concat(), named: None };
            }
            9 => made = Self { raw: coded(&made.raw), named: None },
            10 => {
                // Strange bytes anywhere.
                let at = choices.number() % (made.raw.len() + 1);
                made.raw.splice(at..at, choices.bytes(60).iter().copied());
                made.named = None;
            }
            _ => {
                let end = choices.number() % (made.raw.len() + 1);
                made.raw.truncate(end);
                made.named = None;
            }
        }
        made
    }

    /// A report as RFC 3464 has it.
    fn standard(choices: &mut Choices<'_>) -> Self {
        let (fields, named) = fields(choices);
        let media = choices.of(&["delivery-status", "global-delivery-status"]);
        let words = choices.of(&["Your message could not be delivered.", "", "Nie dostarczono."]);
        let boundary = choices.of(&["b", "=_part", "a b", "'()+_,-./:=?"]);
        let (head, returned) = match choices.below(3) {
            0 => ("text/rfc822-headers", "From: m@birch.example\nSubject: Your order\n"),
            1 => ("message/rfc822", "From: m@birch.example\nSubject: Your order\n\nThanks.\n"),
            _ => ("message/rfc822", ""),
        };
        let raw = format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx1.birch.example\nTo: m@birch.example\n\
             Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type={media}; boundary=\"{boundary}\"\n\n\
             --{boundary}\n\n{words}\n--{boundary}\nContent-Type: message/{media}\n\n{fields}\n\
             --{boundary}\nContent-Type: {head}\n\n{returned}\n--{boundary}--\n"
        );
        Self { raw: raw.into_bytes(), named: Some(named) }
    }
}

/// The fields of a report and the recipients in them.
fn fields(choices: &mut Choices<'_>) -> (String, Vec<Named>) {
    let mut text = String::new();
    field(&mut text, choices, "Reporting-MTA", "dns; mx1.birch.example");
    if choices.once_in(2) {
        field(&mut text, choices, "Arrival-Date", "Tue, 12 May 2026 10:20:01 +0200");
    }
    if choices.once_in(4) {
        field(&mut text, choices, "Original-Envelope-Id", "job+2D7");
    }
    let action = choices.of(&["failed", "delayed", "Failed"]);
    let mut named = Vec::new();
    for number in 0..=choices.below(4) {
        text.push('\n');
        let address = format!("{}{number}@{}", choices.of(&LOCALS), choices.of(&DOMAINS));
        let class = if action == "delayed" { 4 } else { 5 };
        let detail = choices.of(&[(1, 1), (2, 2), (7, 1), (4, 7)]);
        named.push(Named { status: Status::new(class, detail.0, detail.1), address });
        recipient(&mut text, choices, &named[number], action);
    }
    (text, named)
}

/// The fields of one recipient. The addresses come first; the order of the others is free.
fn recipient(text: &mut String, choices: &mut Choices<'_>, named: &Named, action: &str) {
    let Named { address, status } = named;
    if choices.once_in(3) {
        field(text, choices, "Original-Recipient", &format!("rfc822;{address}"));
    }
    let kind = choices.of(&["rfc822; ", "rfc822;", "RFC822; ", "rfc822 ;"]);
    field(text, choices, "Final-Recipient", &format!("{kind}{address}"));
    let first = choices.below(4);
    for at in 0..4 {
        match (first + at) % 4 {
            0 => field(text, choices, "Action", action),
            1 => {
                let comment = choices.of(&["", " (no such user)", " (a (b) c)"]);
                field(text, choices, "Status", &format!("{status}{comment}"));
            }
            2 if choices.once_in(2) => {
                field(text, choices, "Remote-MTA", "dns; mx.oak.example");
            }
            3 if choices.once_in(2) => {
                let date = "Tue, 12 May 2026 10:20:03 +0200 (CEST)";
                field(text, choices, "Last-Attempt-Date", date);
            }
            _ => {}
        }
    }
    if choices.once_in(3) {
        let words = choices.of(&["no", "mailbox is not there", "x (y"]);
        field(text, choices, "Diagnostic-Code", &format!("smtp; {words}"));
    }
    if choices.once_in(4) {
        field(text, choices, "X-Note", "<other@elm.example> 4.7.0");
    }
}

/// One field in a form that the grammar allows.
fn field(text: &mut String, choices: &mut Choices<'_>, name: &str, value: &str) {
    let name = match choices.below(4) {
        0 | 1 => name.to_owned(),
        2 => name.to_ascii_lowercase(),
        _ => name.to_ascii_uppercase(),
    };
    let between = choices.of(&[" ", "", "\t", "\n ", "  "]);
    let after = choices.of(&["", "", " ", "\t"]);
    let _ = writeln!(text, "{name}:{between}{value}{after}");
}

/// An address, mostly a good one.
fn address(choices: &mut Choices<'_>) -> String {
    if choices.once_in(8) {
        return format!("{}@oak.example", String::from_utf8_lossy(choices.bytes(20)));
    }
    format!("{}@{}", choices.of(&LOCALS), choices.of(&DOMAINS))
}

/// What a server said, mostly as servers do.
fn answer(choices: &mut Choices<'_>) -> String {
    if choices.once_in(6) {
        return String::from_utf8_lossy(choices.bytes(60)).into_owned();
    }
    choices.of(&ANSWERS).to_owned()
}

/// A report of a mail system's.
fn frame(choices: &mut Choices<'_>) -> String {
    use Step::{Connect, Data, End, Helo, Mail, Rcpt};
    let frame = &FRAMES[choices.below(FRAMES.len())];
    let (host, recipient) = (choices.of(&HOSTS), address(choices));
    let step = choices.of(&[Connect, Helo, Mail, Rcpt, Data, End]);
    let mut said: Vec<String> = (0..=choices.below(3)).map(|_| answer(choices)).collect();
    for line in &mut said {
        // A frame takes answers apart at the third byte.
        if line.len() < 5 || !line.is_char_boundary(3) || !line.is_char_boundary(4) {
            *line = format!("550 {line}.");
        }
    }
    let lines = said.iter().map(String::as_str).collect();
    frame.report(&Answer { host, recipient: &recipient, step, lines })
}

/// Words for people: lines of many systems in any order, with addresses in every shape.
fn words(choices: &mut Choices<'_>) -> String {
    let mut text = String::new();
    for _ in 0..choices.below(16) {
        if text.len() > LONG {
            break;
        }
        let indent = choices.of(&["", "", "", "  ", "    ", "\t", "> "]);
        let line = match choices.below(10) {
            0..=3 => choices.of(&LINES).to_owned(),
            4 => format!("<{}>: {}", address(choices), answer(choices)),
            5 => address(choices),
            6 => answer(choices),
            7 => format!("{}: {}", address(choices), answer(choices)),
            8 => format!("<{}>\n    {}", address(choices), answer(choices)),
            _ => String::from_utf8_lossy(choices.bytes(60)).into_owned(),
        };
        let _ = writeln!(text, "{indent}{line}");
    }
    text
}

/// Header fields.
fn headers(choices: &mut Choices<'_>) -> String {
    let mut text = String::new();
    for _ in 0..choices.below(6) {
        text.push_str(choices.of(&HEADERS));
    }
    text
}

/// A notice without parts.
fn notice(choices: &mut Choices<'_>) -> String {
    format!("{}\n{}", headers(choices), words(choices))
}

/// A message of parts inside parts, as they should be or not.
fn tree(choices: &mut Choices<'_>, depth: usize) -> Vec<u8> {
    let mut raw = headers(choices).into_bytes();
    let boundary = ["outer", "b", "b2", "--"][depth.min(3)];
    if depth == 0 || choices.once_in(3) {
        leaf(choices, depth, &mut raw);
        return raw;
    }
    let kind = choices.of(&["report; report-type=delivery-status", "mixed", "alternative", "x"]);
    let head = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n");
    raw.extend_from_slice(head.as_bytes());
    for _ in 0..choices.below(5) {
        if raw.len() > LONG {
            break;
        }
        raw.extend_from_slice(format!("\n--{boundary}\n").as_bytes());
        if choices.once_in(4) {
            raw.extend_from_slice(&tree(choices, depth - 1));
        } else {
            leaf(choices, depth, &mut raw);
        }
    }
    if !choices.once_in(4) {
        raw.extend_from_slice(format!("\n--{boundary}--\n").as_bytes());
    }
    raw
}

/// A part without parts.
fn leaf(choices: &mut Choices<'_>, depth: usize, raw: &mut Vec<u8>) {
    let media = choices.of(&TYPES);
    raw.extend_from_slice(format!("Content-Type: {media}\n").as_bytes());
    let body = match choices.below(6) {
        0 => fields(choices).0.into_bytes(),
        1 => frame(choices).into_bytes(),
        2 if depth > 0 => tree(choices, depth - 1),
        3 => choices.bytes(200).to_vec(),
        _ => words(choices).into_bytes(),
    };
    match choices.below(6) {
        0 => {
            raw.extend_from_slice(b"Content-Transfer-Encoding: base64\n\n");
            raw.extend_from_slice(&base64_lines(&body));
        }
        1 => {
            raw.extend_from_slice(b"Content-Transfer-Encoding: quoted-printable\n\n");
            for &byte in &body {
                match byte {
                    b'\n' | b' '..=b'<' | b'>'..=b'~' => raw.push(byte),
                    _ => raw.extend_from_slice(format!("={byte:02X}").as_bytes()),
                }
            }
        }
        _ => {
            raw.push(b'\n');
            raw.extend_from_slice(&body);
        }
    }
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let coded = STANDARD.encode(bytes);
    coded.as_bytes().chunks(76).collect::<Vec<_>>().join(&b'\n')
}

/// The message in base64 inside a message.
fn coded(raw: &[u8]) -> Vec<u8> {
    let head = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
    [head.as_bytes(), &base64_lines(raw), b"\n"].concat()
}
