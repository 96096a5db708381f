//! What the program may write to a terminal: its own few sequences and text, and nothing else.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

/// Modes it switches: alternate screen, bracketed paste, cursor, synchronized output. Then moving
/// the cursor, erasing, pens. Then text.
const OWN: &str = r"^(?:\x1b\[\?(?:1049|2004|25|2026)[hl]|\x1b\[(?:\d+(?:;\d+)?)?H|\x1b\[\d+C|\x1b\[K|\x1b\[2J|\x1b\[[\d;]*m|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{DI}\p{NChar}\u{2800}])";
/// What is no text: control, format and private characters, separators of lines, what Unicode calls
/// ignorable by default or no character, the blank of Braille.
const UNFIT: &str = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{DI}\p{NChar}\u{2800}]";
/// More marks on a letter than any script has, or marks without a letter.
const PILE: &str = r"\p{Mn}{9}|^\p{Mn}";

static ONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(OWN).expect("a pattern"));

static BAD: LazyLock<Regex> = LazyLock::new(|| Regex::new(UNFIT).expect("a pattern"));
static PILES: LazyLock<Regex> = LazyLock::new(|| Regex::new(PILE).expect("a pattern"));

/// Holds that a line is text and nothing else.
pub(crate) fn harmless(line: &str) {
    if line.is_ascii() && line.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return;
    }
    for pattern in [&BAD, &PILES] {
        let found = pattern.find(line).map(|found| found.as_str().escape_unicode().to_string());
        assert_eq!(found, None, "in {line:.300}");
    }
}

/// True for a character that is no text.
pub(crate) fn is_unfit(c: char) -> bool {
    BAD.is_match(c.encode_utf8(&mut [0; 4]))
}

/// A text as it must be shown: what a terminal obeys or hides, by its number.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if matches!(c, '\t' | '\n' | '\r') {
            shown.push(' ');
        } else if c.is_control() {
            let _ = write!(shown, "\\x{:02x}", c as u32);
        } else if is_unfit(c) {
            let _ = write!(shown, "\\u{{{:x}}}", c as u32);
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The first thing in a stream of bytes that is not the program's own, and what follows.
pub(crate) fn foreign(bytes: &[u8]) -> Option<String> {
    let mut rest = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(format!("no UTF-8: {error}")),
    };
    while !rest.is_empty() {
        match ONE.find(rest) {
            Some(own) => rest = &rest[own.end()..],
            None => {
                return Some(rest.chars().take(60).collect::<String>().escape_debug().to_string());
            }
        }
    }
    None
}

#[test]
fn what_is_foreign_is_found() {
    assert_eq!(
        foreign(
            "\x1b[?1049h\x1b[2J\x1b[3;7H\x1b[1;35mtext │ 日本\x1b[m\x1b[K\x1b[?2026l".as_bytes()
        ),
        None
    );
    for bad in [
        "\x1b]52;c;eA==\x07",
        "\x1b[6n",
        "\x1b[31;1H\x1b[c",
        "\x1bPq\x1b\\",
        "\x1bc",
        "a\rb",
        "a\nb",
        "\x08",
        "\u{9b}31m",
        "\u{202e}x",
        "\u{200b}",
        "\x1b[?1000h",
        "\x1b[2J\x1b",
        "\x1b]0;title\x07",
        "\u{2028}",
        "\u{fe0f}",
        "\u{3164}",
        "\u{e0041}",
        "\u{e000}",
    ] {
        assert!(foreign(bad.as_bytes()).is_some(), "{bad:?}");
    }
    assert!(foreign(b"a\x9bb").is_some());
}
