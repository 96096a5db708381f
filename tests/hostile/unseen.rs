//! Characters that turn the order round, that nobody sees, that pile up.

use deadletter::mail::Limit;

use super::Input;
use super::controls::in_every_field;
use super::made::{FAILED, report_with, told};

const DIRECTION: [(&str, &str); 8] = [
    ("override to the left", "\u{202e}elpmaxe.kao\u{202c}"),
    ("override never ended", "\u{202e}elpmaxe"),
    ("override to the right, embeddings", "\u{202d}a\u{202a}b\u{202b}c"),
    ("isolates", "\u{2066}a\u{2067}b\u{2068}c\u{2069}"),
    ("marks", "a\u{200e}b\u{200f}c\u{61c}d"),
    ("old marks", "\u{206a}a\u{206b}b\u{206c}c\u{206d}d\u{206e}e\u{206f}"),
    ("separators of lines and paragraphs", "one\u{2028}two\u{2029}three"),
    ("a file that ends otherwise", "invoice\u{202e}fdp.exe"),
];

const HIDDEN: [(&str, &str); 25] = [
    ("zero-width space", "a\u{200b}b"),
    ("joiner and non-joiner between Latin letters", "a\u{200c}b\u{200d}c"),
    ("word joiner and invisible operators", "a\u{2060}b\u{2061}\u{2062}\u{2063}\u{2064}c"),
    ("byte order mark", "a\u{feff}b"),
    ("soft hyphen", "pay\u{ad}pal"),
    ("combining grapheme joiner", "a\u{34f}b"),
    ("fillers of Hangul", "a\u{115f}\u{1160}\u{3164}\u{ffa0}b"),
    ("inherent vowels of Khmer", "a\u{17b4}\u{17b5}b"),
    ("selectors of Mongolian beside Latin", "a\u{180b}\u{180c}\u{180d}\u{180e}\u{180f}b"),
    ("variation selectors behind letters", "a\u{fe00}b\u{fe0e}c\u{fe0f}d"),
    ("variation selector in front", "\u{fe0f}ab"),
    ("variation selectors of ideographs behind letters", "a\u{e0100}b\u{e01ef}c"),
    ("tags", "a\u{e0001}\u{e0065}\u{e0076}\u{e007f}b"),
    ("a text in tags", "ok\u{e0070}\u{e0061}\u{e0079}\u{e0020}\u{e006d}\u{e0065}"),
    ("interlinear annotation", "a\u{fff9}b\u{fffa}c\u{fffb}d"),
    ("musical formatting", "a\u{1d173}b\u{1d17a}c"),
    ("shorthand formatting", "a\u{1bca0}b\u{1bca3}c"),
    ("Egyptian formatting", "a\u{13430}b\u{1343f}c"),
    ("numbers that reach over others", "a\u{600}1\u{6dd}2\u{70f}b\u{8e2}c\u{110bd}d"),
    ("blank of Braille", "a\u{2800}b"),
    ("private characters", "a\u{e000}\u{f8ff}\u{e0b0}b"),
    ("private planes", "a\u{f0000}b\u{10fffd}c"),
    ("what is no character", "a\u{fdd0}b\u{ffff}c\u{10ffff}d"),
    ("selectors without end", "a\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}\u{fe0f}b"),
    ("joiners without end", "x\u{200d}\u{200d}\u{200d}\u{200d}\u{200d}\u{200d}\u{200d}y"),
];

/// What people write, and how it reads.
const HONEST: [(&str, &str, &str); 8] = [
    (
        "a picture and its style",
        "I \u{2764}\u{fe0f} mail \u{2600}\u{fe0f}",
        "I \u{2764} mail \u{2600}",
    ),
    (
        "a family",
        "the \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} Birch",
        "the \u{1f468}\u{1f469}\u{1f467} Birch",
    ),
    ("a key", "press 1\u{fe0f}\u{20e3} now", "press 1\u{20e3} now"),
    ("Japanese with its ideographs", "葛\u{e0100}飾区の会議", "葛飾区の会議"),
    ("Persian", "می\u{200c}خواهم بروم", "میخواهم بروم"),
    ("Hindi", "क\u{94d}\u{200d}ष और", "क\u{94d}ष और"),
    ("Khmer", "ការ\u{200b}ងារ", "ការងារ"),
    (
        "Vietnamese, decomposed",
        "Tie\u{302}\u{301}ng Vie\u{323}\u{302}t",
        "Tie\u{302}\u{301}ng Vie\u{323}\u{302}t",
    ),
];

/// In the subject, and in the text for people.
fn in_prose(name: impl Into<String>, text: String) -> Input {
    Input::report(name, move || {
        format!(
            "From: MAILER-DAEMON@birch.example\nSubject: Undelivered: {text}\nReturn-Path: <>\n\
             Content-Type: text/plain; charset=utf-8\n\n{text}\n\n<{FAILED}>: host mx.oak.example[192.0.2.7] said: 550 \
             5.1.1 No such user\n"
        )
        .into_bytes()
    })
}

pub(super) fn direction() -> Vec<Input> {
    let mut inputs: Vec<Input> =
        DIRECTION.iter().map(|&(name, evil)| in_every_field(name, evil)).collect();
    inputs.push(
        Input::report("a recipient turned round", || {
            told("<\u{202e}elpmaxe.kao@nna\u{202c}.example>: 550 5.1.1 No such user\n")
        })
        .to(&["\\u{202e}elpmaxe.kao@nna\\u{202c}.example"]),
    );
    inputs
        .push(in_prose("letters of Hebrew and Arabic without marks", "שלום مرحبا 123".to_owned()));
    inputs
}

pub(super) fn hidden() -> Vec<Input> {
    let mut inputs: Vec<Input> =
        HIDDEN.iter().map(|&(name, evil)| in_every_field(name, evil)).collect();
    for (name, text, reads) in HONEST {
        let input = in_prose(format!("{name} (honest)"), text.to_owned());
        inputs.push(input.shows(format!("Undelivered: {reads}")));
    }
    inputs
}

pub(super) fn piles() -> Vec<Input> {
    let returned = |pile: String| {
        move || {
            report_with(
                format!("Content-Type: message/rfc822\n\nSubject: {pile}\n\n{pile}\n").as_bytes(),
            )
        }
    };
    let marks = "\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}";
    vec![
        in_prose(
            "nine marks on every letter",
            "Zalgo".replace(char::is_alphabetic, &format!("o{marks}")),
        ),
        in_prose("marks without a letter", "\u{301} \u{20dd}x".to_owned())
            .shows("Undelivered: \\u{301} \\u{20dd}x"),
        in_prose(
            "marks around and through letters",
            "a\u{20dd}b\u{20e0}c\u{336}d\u{338}e".to_owned(),
        ),
        in_prose("vowels of Hangul without a consonant", "\u{1161}\u{1161}\u{11a8}x".to_owned())
            .shows("\\u{1161}\\u{1161}\\u{11a8}x"),
        in_prose("skins without end", format!("\u{1f44d}{}", "\u{1f3fd}".repeat(50))),
        in_prose("flags", "\u{1f1f5}\u{1f1f1}\u{1f1f3}\u{1f1f4}\u{1f1ee}".to_owned()),
        in_prose("one letter as wide as a line", "\u{fdfd}\u{12031}\u{a9c5}".to_owned()),
        in_prose("frames like those of the screen", "▌│━ 12/34 online │".to_owned()),
        Input::report(
            "10,000 marks on one letter",
            returned(format!("e{}", "\u{301}".repeat(10_000))),
        ),
        Input::report("a megabyte of joined faces", returned("\u{1f468}\u{200d}".repeat(150_000)))
            .limit(Limit::Header),
        Input::report("a megabyte of selectors", returned("\u{fe0f}".repeat(350_000)))
            .limit(Limit::Header),
    ]
}
