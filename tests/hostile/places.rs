//! One place after the other where the words of a stranger are shown.

use super::Input;
use super::grammar::escaped;
use super::made::{FAILED, told};

/// What is put there: a clipboard and a mark of direction.
const EVIL: &str = "x\u{1b}]52;c;ZXZpbA==\u{7}\u{202e}y";

/// A report in which a name in braces stands for a place.
const REPORT: &str = "Return-Path: <{return_path}bounce@birch.example>\n\
    Received: from mx.oak.example ({hello} [192.0.2.1]) by birch.example with ESMTP id {queue};\n\
    \tMon, 4 May 2026 07:00:00 +0000 ({comment})\n\
    From: {author} <MAILER-DAEMON@birch.example>\nTo: {to} <postmaster@birch.example>\n\
    Date: Mon, 4 May 2026 07:00:00 +0000 ({zone})\nSubject: Undelivered {subject}\n\
    Message-ID: <{id}@birch.example>\nX-Odd: {header}\nContent-Language: {language}\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b; x=\"{parameter}\"\n\n\
    --b\nContent-Type: text/plain; charset=\"{charset}\"; name=\"{name}\"\n\
    Content-Description: {description}\n\n\
    This is the mail system at host relay1.birch.example.\n\n\
    {words}\n\n<ann@oak.example>: host mx.oak.example[192.0.2.7] said: 550 5.1.1 No such user\n\n\
    --b\nContent-Type: message/delivery-status\n\n\
    Reporting-MTA: dns; relay1.birch.example{reporter}\nX-Queue-ID: {logged}\n\
    Arrival-Date: Mon, 4 May 2026 06:00:00 +0000 ({arrival})\n\n\
    Original-Recipient: rfc822; {asked}ann@oak.example\nFinal-Recipient: rfc822; ann@oak.example\n\
    Action: failed {action}\nStatus: 5.1.1 ({status})\nRemote-MTA: dns; mx.oak.example {remote}\n\
    Diagnostic-Code: smtp; 550 5.1.1 No such user {diagnostic}\n\n\
    --b\nContent-Type: text/html; charset=utf-8\n\n<p>{html}</p><a href=\"{link}\">x</a>\n\n\
    --b\nContent-Type: application/octet-stream; name=\"{file}\"\n\
    Content-Disposition: attachment; filename=\"{attachment}\"\n\n{binary}\n\n\
    --b\nContent-Type: message/rfc822\n\n\
    Received: from {hop} by out.birch.example with ESMTP id 4711;\n\
    \tMon, 4 May 2026 06:57:12 +0000\nReceived-SPF: {spf}\nDKIM-Signature: d={signer}; s=x\n\
    List-Id: {list}\nFrom: {wrote} <bob@birch.example>\nTo: {sent} <ann@oak.example>\n\
    Subject: {original}\nMessage-ID: <{original_id}@birch.example>\n\n{returned}\n\n--b--\n";

/// The places.
const PLACES: [(&str, &str); 37] = [
    ("return_path", "Return-Path"),
    ("hello", "Received of the report: greeting"),
    ("queue", "Received of the report: id"),
    ("comment", "Received of the report: comment"),
    ("author", "From"),
    ("to", "To"),
    ("zone", "Date: comment"),
    ("subject", "Subject"),
    ("id", "Message-ID"),
    ("header", "a field nobody knows"),
    ("language", "Content-Language"),
    ("parameter", "a MIME parameter"),
    ("charset", "the label of a character set"),
    ("name", "the name of a part"),
    ("description", "Content-Description"),
    ("words", "text for people"),
    ("reporter", "Reporting-MTA"),
    ("logged", "X-Queue-ID"),
    ("arrival", "Arrival-Date: comment"),
    ("asked", "Original-Recipient"),
    ("action", "Action"),
    ("status", "Status: comment"),
    ("remote", "Remote-MTA"),
    ("diagnostic", "Diagnostic-Code"),
    ("html", "HTML: text"),
    ("link", "HTML: target of a link"),
    ("file", "the name of a file in Content-Type"),
    ("attachment", "the name of a file in Content-Disposition"),
    ("binary", "a part that is no text"),
    ("hop", "Received of the returned message"),
    ("spf", "Received-SPF"),
    ("signer", "DKIM-Signature"),
    ("list", "List-Id"),
    ("wrote", "From of the returned message"),
    ("sent", "To of the returned message"),
    ("original", "Subject of the returned message"),
    ("returned", "text of the returned message"),
];

/// The report with it in one place.
fn at(place: &str) -> String {
    let mut report = REPORT.replace(&format!("{{{place}}}"), EVIL);
    for (other, _) in PLACES {
        report = report.replace(&format!("{{{other}}}"), "");
    }
    report.replace("{original_id}", "1")
}

pub(super) fn all() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (place, name) in PLACES {
        inputs.push(Input::report(name, move || at(place).into_bytes()).in_source(escaped(EVIL)));
    }
    let recipient = format!("{}{}@oak.example", EVIL, "ann");
    inputs.push(
        Input::report("Final-Recipient", || {
            at("")
                .replace(
                    "Final-Recipient: rfc822; ann",
                    &format!("Final-Recipient: rfc822; {EVIL}ann"),
                )
                .into_bytes()
        })
        .to(&[&escaped(&recipient)]),
    );
    inputs.push(
        Input::report("the only address, in text for people", || {
            told(&format!("<{EVIL}ann@oak.example>: 550 5.1.1 No such user\n"))
        })
        .to(&[&escaped(&recipient)]),
    );
    inputs.push(Input::report("the line that begins a message of an mbox", || {
        format!("From {EVIL} Mon May  4 07:00:00 2026\n{}", at("")).into_bytes()
    }));
    inputs.push(
        Input::report("X-Failed-Recipients", || {
            format!("From: MAILER-DAEMON@birch.example\nX-Failed-Recipients: {FAILED}, {EVIL}\n\n550 5.1.1 No such user\n")
                .into_bytes()
        }),
    );
    inputs
}
