//! What the program may write to a terminal: its own few sequences and text, and nothing else.

use std::sync::LazyLock;

use regex::Regex;

/// Modes it switches: alternate screen, bracketed paste, cursor, synchronized output. Then moving
/// the cursor, erasing, pens. Then text without control and format characters.
const OWN: &str = r"^(?:\x1b\[\?(?:1049|2004|25|2026)[hl]|\x1b\[(?:\d+(?:;\d+)?)?H|\x1b\[\d+C|\x1b\[K|\x1b\[2J|\x1b\[[\d;]*m|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}])";

static ONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(OWN).expect("a pattern"));

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
    ] {
        assert!(foreign(bad.as_bytes()).is_some(), "{bad:?}");
    }
    assert!(foreign(b"a\x9bb").is_some());
}
