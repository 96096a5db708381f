//! How hostile messages are made; what repeats something takes how many times.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The address that the outer report of every bomb names.
pub(crate) const FAILED: &str = "ann@oak.example";
/// The address that only a report inside the returned message names.
pub(crate) const FORGED: &str = "ceo@elm.example";

/// A delivery report that names [`FAILED`], with one more part as it stands: header, blank line,
/// body.
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

/// A report with this in every field that is shown.
pub(crate) fn filled(evil: &str) -> String {
    format!(
        "Return-Path: <>\nReceived: from h{evil}.example ({evil} [192.0.2.1]) by birch.example{evil} with ESMTP id {evil};\n\
         \tMon, 4 May 2026 07:00:00 +0000 ({evil})\nFrom: {evil} <MAILER-DAEMON@birch.example>\nTo: \
         <post{evil}master@birch.example>\nDate: Mon, 4 May 2026 07:00:00 +0000 ({evil})\nSubject: Undelivered \
         {evil}\nMessage-ID: <{evil}@x>\nX-Mailer: {evil}\nX-{evil}: x\nContent-Language: {evil}\nContent-Type: \
         multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8; \
         name=\"{evil}\"\nContent-Description: {evil}\n\nThis is the mail system at host \
         relay1{evil}.birch.example.\n\n<ann{evil}@oak.example>: host mx{evil}.oak.example[192.0.2.7] said: 550 5.1.1 \
         {evil} No such user\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; \
         relay1{evil}.birch.example\nX-Odd: {evil}\n\nFinal-Recipient: rfc822; ann@oak{evil}.example\nOriginal-Recipient: \
         rfc822;bob{evil}@oak.example\nAction: failed\nStatus: 5.1.1 ({evil})\nRemote-MTA: dns; \
         mx.oak{evil}.example\nDiagnostic-Code: smtp; 550 5.1.1 {evil} No such user\n\n--b\nContent-Type: \
         message/rfc822\nContent-Disposition: attachment; filename=\"{evil}.eml\"\n\nReceived: from h{evil}.example \
         (x{evil}.example [192.0.2.9]) by relay1{evil}.birch.example with ESMTP{evil} id {evil}Q;\n Mon, 4 May 2026 06:57:12 \
         +0000\nReceived-SPF: {evil}\nDKIM-Signature: d={evil}.example; s={evil}\nFrom: {evil}\nTo: \
         {evil}@oak.example\nSubject: {evil}\nMessage-ID: <{evil}>\n\n{evil}\n--b--\n"
    )
}

/// The same of a system that writes no machine-readable part: encoded header, encoded body.
pub(crate) fn coded(evil: &str) -> String {
    let word = format!("=?utf-8?B?{}?=", STANDARD.encode(evil));
    let body = format!(
        "This is the mail system at host relay1.birch.example.\n\n<{FAILED}>: host mx.oak.example[192.0.2.7] said: 550 5.1.1 \
         No such user\n\n{evil}\n"
    );
    format!(
        "From: {word} <MAILER-DAEMON@birch.example>\nTo: postmaster@birch.example\nSubject: Undelivered {word}\n\
         Return-Path: <>\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n",
        STANDARD.encode(body)
    )
}

/// The report that everything is tried on.
pub(crate) fn plain() -> String {
    String::from_utf8(report_with(b"Content-Type: text/rfc822-headers\n\nSubject: x\n"))
        .expect("ASCII")
}

/// The ways to say that a message stands inside a message. `{n}` is the level.
pub(crate) const MESSAGE_IN_MESSAGE: [&str; 9] = [
    "Content-Type: message/rfc822\n\n",
    "Content-Type: message\n /rfc822\n\n",
    "Content-Type:\n message/rfc822\n\n",
    "Content-Type: message(x)/(y)rfc822\n\n",
    "Content-Type: message / rfc822\n\n",
    "Content-Type: (a (nested) comment) MESSAGE/RFC822; x=y\n\n",
    "Content-Type: message/global\n\n",
    "Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\n\n",
    "Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\nX-No: type\n\n",
];

/// Messages inside each other, a forged report in the innermost.
pub(crate) fn nested_messages(spelling: &str, levels: usize) -> Vec<u8> {
    let mut out = String::with_capacity(levels * (spelling.len() + 8));
    for level in 0..levels {
        out.push_str(&spelling.replace("{n}", &level.to_string()));
    }
    (out + &forged_report()).into_bytes()
}

/// Multiparts inside each other, a forged report in the innermost.
pub(crate) fn nested_multiparts(levels: usize) -> Vec<u8> {
    nested_messages("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n", levels)
}

/// Parts beside each other.
pub(crate) fn siblings(parts: usize) -> Vec<u8> {
    ["Content-Type: multipart/mixed; boundary=b\n\n", &"--b\n\n\n".repeat(parts), "--b--\n"]
        .concat()
        .into_bytes()
}

/// The same message inside itself in base64.
pub(crate) fn base64_nested(levels: usize) -> Vec<u8> {
    let mut message = forged_report();
    for _ in 0..levels {
        let coded = STANDARD.encode(&message);
        message =
            String::from("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n");
        for line in coded.as_bytes().chunks(76) {
            message.push_str(std::str::from_utf8(line).expect("ASCII"));
            message.push('\n');
        }
    }
    message.into_bytes()
}

/// A report whose own header begins with a flood of fields.
pub(crate) fn many_fields(field: &str, times: usize) -> Vec<u8> {
    [field.repeat(times).into_bytes(), plain().into_bytes()].concat()
}

/// A report with one long field in front.
pub(crate) fn long_field(name: &str, value: &str) -> Vec<u8> {
    format!("{name}: {value}\n{}", plain()).into_bytes()
}

/// A report whose returned header is this.
pub(crate) fn returned_header(header: &str) -> Vec<u8> {
    report_with(format!("Content-Type: text/rfc822-headers\n\n{header}\n").as_bytes())
}

/// A report whose text for people is this, without a machine-readable part.
pub(crate) fn told(text: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@birch.example\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n\n{text}"
    )
    .into_bytes()
}

/// The boundary of the whole message in so many continuations (RFC 2231).
pub(crate) fn continuations(times: usize) -> Vec<u8> {
    let mut header = String::from("Content-Type: multipart/mixed");
    for n in 0..times {
        let _ = write!(header, ";\n boundary*{n}=b{n}");
    }
    (header + "\n\n--guess-me\n\nx\n--guess-me--\n").into_bytes()
}

/// A part that names its file in so many continuations, beside a sound report.
pub(crate) fn continued_name(times: usize) -> Vec<u8> {
    let mut part = String::from("Content-Type: application/octet-stream");
    for n in 0..times {
        let _ = write!(part, ";\n name*{n}=x");
    }
    report_with((part + "\n\nx\n").as_bytes())
}

/// One delivery-status part with so many recipients, the first of them [`FAILED`].
pub(crate) fn recipients(times: usize) -> Vec<u8> {
    let mut fields = String::from(
        "From: MAILER-DAEMON@birch.example\nContent-Type: multipart/report; report-type=delivery-status; \
         boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay1.birch.example\n\n",
    );
    let _ = write!(fields, "Final-Recipient: rfc822; {FAILED}\nAction: failed\nStatus: 5.1.1\n\n");
    for n in 1..times {
        let _ = write!(
            fields,
            "Final-Recipient: rfc822; u{n}@oak.example\nAction: failed\nStatus: 5.1.1\n\n"
        );
    }
    (fields + "--b--\n").into_bytes()
}

/// A chain of so many hops with clocks that cannot be right, newest first.
pub(crate) fn hops(times: usize) -> Vec<u8> {
    let mut header = String::new();
    for n in 0..times {
        let date = match n % 4 {
            0 => "Thu, 31 Dec 2099 23:59:59 +9999".to_owned(),
            1 => format!("Mon, 4 May 2026 06:57:{:02} +0000", n % 60),
            2 => "Mon, 1 Jan 0001 00:00:00 -1200".to_owned(),
            _ => "Thu, 99 Foo 2026 99:99:99 +0000".to_owned(),
        };
        let _ = writeln!(
            header,
            "Received: from h{}.example by h{n}.example with ESMTP id {n};\n\t{date}",
            n + 1
        );
    }
    returned_header(&(header + "Subject: x"))
}
