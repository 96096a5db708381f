//! Characters that a terminal obeys, that reorder a line, that hide: in every field a stranger
//! fills.

use super::{look, report_with};

/// What must never come out as it went in.
const EVIL: [&str; 16] = [
    "\u{1b}[2J\u{1b}[31m",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}]52;c;ZXZpbA==\u{1b}\\",
    "\u{1b}]52;c;never ends",
    "\u{1b}]8;;https://elm.example\u{1b}\\here\u{1b}]8;;\u{1b}\\",
    "\u{1b}[6n\u{1b}[c\u{1b}P$qm\u{1b}\\",
    "\u{1b}Ptmux;\u{1b}\u{1b}]0;x\u{7}\u{1b}\\",
    "\u{9b}31m\u{9d}0;x\u{9c}\u{90}q",
    "OK\u{8}\u{8}\u{b}\u{c}\u{7f}\u{0}",
    "\u{202e}elpmaxe\u{2066}\u{2069}\u{200f}",
    "\u{200b}\u{200d}\u{ad}\u{feff}\u{2060}",
    "\u{e0041}\u{e007f}\u{e0001}",
    "\u{2028}\u{2029}\u{85}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{f0000}\u{10ffff}\u{fff9}x\u{fffb}",
    "\u{115f}\u{3164}\u{ffa0}\u{180e}",
];

/// A report with these characters in every field that the program shows.
fn filled(evil: &str) -> String {
    format!(
        "From: {evil} <MAILER-DAEMON@birch.example>\nTo: <post{evil}master@birch.example>\nSubject: Undelivered \
         {evil}\nMessage-ID: <{evil}@x>\nX-{evil}: x\nContent-Language: {evil}\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=b\n\n--b\n\nThis is the mail system at host \
         relay1{evil}.birch.example.\n\n<ann{evil}@oak.example>: host mx{evil}.oak.example[192.0.2.7] said: 550 5.1.1 \
         {evil} No such user\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; \
         relay1{evil}.birch.example\nX-Odd: {evil}\n\nFinal-Recipient: rfc822; ann@oak{evil}.example\nOriginal-Recipient: \
         rfc822;bob{evil}@oak.example\nAction: failed\nStatus: 5.1.1 ({evil})\nRemote-MTA: dns; \
         mx.oak{evil}.example\nDiagnostic-Code: smtp; 550 5.1.1 {evil} No such user\n\n--b\nContent-Type: \
         message/rfc822\n\nReceived: from h{evil}.example (x{evil}.example [192.0.2.9]) by relay1{evil}.example with \
         ESMTP{evil} id {evil}Q;\n Mon, 4 May 2026 06:57:12 +0000\nReceived-SPF: {evil}\nDKIM-Signature: d={evil}.example; \
         s={evil}\nFrom: {evil}\nTo: {evil}@oak.example\nSubject: {evil}\nMessage-ID: <{evil}>\n\n{evil}\n--b--\n"
    )
}

#[test]
fn nothing_a_terminal_obeys_comes_out() {
    for evil in EVIL {
        let seen = look(filled(evil).as_bytes());
        assert_eq!(seen.recipients().len(), 1, "{evil:?}");
        assert_eq!(seen.diagnosis.verdicts[0].reason.slug(), "user_unknown", "{evil:?}");
    }
}

#[test]
fn nothing_a_terminal_obeys_comes_out_of_encoded_words_and_eight_bit_text() {
    for evil in EVIL {
        let coded: String = evil.bytes().map(|b| format!("={b:02X}")).collect();
        look(filled(&format!("=?utf-8?q?{coded}?=")).as_bytes());
    }
    let raw: Vec<u8> = filled("EVIL").replace("EVIL", "\u{fffd}").into_bytes();
    let raw = raw
        .split(|b| *b == 0xef)
        .flat_map(|piece| [piece.strip_prefix(b"\xbf\xbd").unwrap_or(piece), b"\x9b31m\x90"]);
    look(&raw.collect::<Vec<_>>().concat());
}

#[test]
fn what_was_there_stays_visible() {
    let seen = look(filled("\u{1b}[2J").as_bytes());
    let subject = seen.bounce.subject.as_deref().unwrap_or("");
    assert_eq!(subject, "Undelivered \\x1b[2J");
    let seen = look(filled("\u{202e}").as_bytes());
    assert!(seen.recipients()[0].contains("\\u{202e}"), "{:?}", seen.recipients());
}

#[test]
fn ten_thousand_marks_on_one_letter_and_a_megabyte_of_joined_faces() {
    let marks = "e".to_owned() + &"\u{301}".repeat(10_000);
    let faces = "\u{1f468}\u{200d}".repeat(150_000);
    for pile in [marks, faces] {
        let seen = look(&report_with(
            format!("Content-Type: message/rfc822\n\nSubject: {pile}\n\n{pile}\n").as_bytes(),
        ));
        assert_eq!(seen.recipients(), [super::FAILED]);
    }
}
