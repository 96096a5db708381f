//! The terminal's clipboard by OSC 52: it works through SSH, where the machine's own clipboard
//! would be the wrong one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most base64 that terminals take, in bytes.
const MOST: usize = 74_994;
/// What GNU screen passes through in one piece, in bytes.
const SCREEN_CHUNK: usize = 250;

/// Where the sequence has to get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Through {
    Terminal,
    Tmux,
    Screen,
}

/// The bytes that put a text on the clipboard. Control characters other than line feeds and tabs
/// are left out, and no line feed stands at the end: a pasted text runs nothing.
///
/// # Errors
/// When the text is too long for terminals.
pub(super) fn encode(text: &str) -> Result<Vec<u8>, String> {
    let through = if is_set("TMUX") {
        Through::Tmux
    } else if is_set("STY") {
        Through::Screen
    } else {
        Through::Terminal
    };
    sequence(text, through)
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn sequence(text: &str, through: Through) -> Result<Vec<u8>, String> {
    let mut clean = text.trim_end().to_owned();
    clean.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let coded = STANDARD.encode(clean);
    if coded.len() > MOST {
        return Err(format!(
            "too long for the clipboard: {} bytes; press y s and select it by hand",
            text.len()
        ));
    }
    let plain = format!("\x1b]52;c;{coded}\x07");
    let sequence = match through {
        Through::Terminal => plain,
        // tmux takes the plain one when `set-clipboard` is on, the wrapped one when
        // `allow-passthrough` is.
        Through::Tmux => format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Through::Screen => {
            let mut wrapped = String::new();
            for piece in plain.as_bytes().chunks(SCREEN_CHUNK) {
                wrapped.push_str("\x1bP");
                wrapped.push_str(&String::from_utf8_lossy(piece));
                wrapped.push_str("\x1b\\");
            }
            wrapped
        }
    };
    Ok(sequence.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, through: Through) -> String {
        String::from_utf8(sequence(text, through).expect("short")).expect("ASCII")
    }

    #[test]
    fn nothing_but_the_text_gets_through() {
        assert_eq!(
            text("a\u{1b}]52;c;x\u{7}b\n", Through::Terminal),
            format!("\x1b]52;c;{}\x07", STANDARD.encode("a]52;c;xb"))
        );
        assert!(text("x", Through::Tmux).contains("\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"));
        let long = text(&"x".repeat(1000), Through::Screen);
        assert!(long.starts_with("\x1bP\x1b]52;c;") && long.matches("\x1bP").count() == 6);
        assert!(
            sequence(&"x".repeat(60_000), Through::Terminal)
                .is_err_and(|e| e.contains("60000 bytes"))
        );
    }
}
