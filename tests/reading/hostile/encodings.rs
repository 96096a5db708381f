//! Bytes that are not what they say, or not what mail is made of.

use super::bombs::told;
use super::{FAILED, look, only_the_outer_one_failed, report_with};

const WORDS: &str = "This is the mail system at host birch.example.\n\n<ann@oak.example>: host mx.oak.example[192.0.2.7] \
                     said: 550 5.1.1 No such user\n";

#[test]
fn charset_labels_known_lying_and_unheard_of() {
    let long = "x".repeat(300);
    for label in [
        "uft-8",
        "unicode-1-1-utf-7",
        "IBM1390",
        "ISO-2022-CN-EXT",
        "ISO-2022-JP",
        "hz-gb-2312",
        "utf-7",
        "\"\"",
        "=?utf-8?q?x?=",
        "..",
        &long,
    ] {
        let mail = format!(
            "From: MAILER-DAEMON@birch.example\nSubject: Undelivered Mail\nContent-Type: text/plain; \
             charset={label}\n\n{WORDS}"
        );
        assert_eq!(look(mail.as_bytes()).recipients(), [FAILED], "{label}");
        let bytes: Vec<u8> = (0..=255).collect();
        let part =
            [format!("Content-Type: text/plain; charset={label}\n\n").as_bytes(), &bytes].concat();
        only_the_outer_one_failed(&look(&report_with(&part)));
    }
}

#[test]
fn nuls_and_every_line_end() {
    let report = report_with(b"Content-Type: text/rfc822-headers\n\nSubject: x\n");
    let text = String::from_utf8(report).expect("ASCII");
    for ends in ["\r\n", "\r", "\n", "\r\r\n"] {
        only_the_outer_one_failed(&look(text.replace('\n', ends).as_bytes()));
    }
    let mixed: String = text
        .lines()
        .zip(["\n", "\r\n", "\r"].into_iter().cycle())
        .map(|(l, e)| l.to_owned() + e)
        .collect();
    only_the_outer_one_failed(&look(mixed.as_bytes()));
    only_the_outer_one_failed(&look(
        text.replace("No such", "No\0such").replace("Sender", "\0Sender").as_bytes(),
    ));
}

#[test]
fn boundaries_that_never_end_or_hold_what_they_may_not() {
    let report =
        String::from_utf8(report_with(b"Content-Type: text/rfc822-headers\n\nSubject: x\n"))
            .expect("ASCII");
    only_the_outer_one_failed(&look(report.replace("--outer--", "").as_bytes()));
    for boundary in ["a = b", "=_=", "?=(x)", "a'b+c_d,e-f/g:h", " outer"] {
        only_the_outer_one_failed(&look(report.replace("outer", boundary).as_bytes()));
    }
    look(report.replace("\"outer\"", "\"\"").as_bytes());
    look(report.replace("--outer", "--").replace("\"outer\"", "\"\"").as_bytes());
}

#[test]
fn an_archive_is_never_inflated() {
    let claims_4_gib = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &[0; 64], &[0xff; 4]].concat();
    let part =
        [b"Content-Type: application/gzip; name=x.gz\n\n".as_slice(), &claims_4_gib].concat();
    only_the_outer_one_failed(&look(&report_with(&part)));
    let dmarc =
        b"Content-Type: application/gzip; name=\"a.example!b.example!1!2.xml.gz\"\n\n".as_slice();
    let seen = look(&[b"From: x@a.example\n".as_slice(), dmarc, &claims_4_gib].concat());
    assert_eq!(seen.bounce.kind.slug(), "dmarc_report");
}

#[test]
fn broken_transfer_codings_keep_what_can_be_read() {
    for (coding, text) in [
        ("quoted-printable", WORDS.replace('.', "=2E").replace("Mail", "=Mail=")),
        ("quoted-printable", WORDS.replace("said", "s=\naid") + "=ZZ==\n="),
        ("base64", WORDS.to_owned()),
        ("x-uuencode", WORDS.to_owned()),
    ] {
        let mail = format!(
            "From: MAILER-DAEMON@birch.example\nSubject: Undelivered Mail\nContent-Transfer-Encoding: {coding}\n\n{text}"
        );
        assert_eq!(look(mail.as_bytes()).recipients(), [FAILED], "{coding} {text}");
    }
}

#[test]
fn the_same_words_under_any_line_end_inside_a_coding() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    for ends in ["\n", "\r\n", "\r"] {
        let coded = STANDARD.encode(
            format!("Subject: inner\n x\nMessage-ID: <1@x>\n\n{WORDS}").replace('\n', ends),
        );
        let part =
            format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{coded}");
        let seen = look(&report_with(part.as_bytes()));
        only_the_outer_one_failed(&seen);
        let original = seen.bounce.original.as_ref().expect("a returned message");
        assert_eq!(original.subject.as_deref(), Some("inner x"));
        let mail = format!(
            "Content-Transfer-Encoding: base64\n\n{}",
            STANDARD.encode(WORDS.replace('\n', ends))
        );
        let head = "From: MAILER-DAEMON@birch.example\nSubject: Undelivered Mail\n";
        assert_eq!(look((head.to_owned() + &mail).as_bytes()).recipients(), [FAILED]);
    }
    assert_eq!(look(&told(WORDS)).recipients(), [FAILED]);
}
