//! What a terminal obeys.

use super::Input;
use super::grammar::escaped;
use super::made::{coded, filled, told};

/// Sequences that move, erase, switch modes.
const SEQUENCES: [(&str, &str); 26] = [
    ("clears the screen, turns red", "\u{1b}[2J\u{1b}[31m"),
    ("goes home and erases", "\u{1b}[H\u{1b}[K"),
    ("writes over the status line", "\u{1b}[999;1Hall is well\u{1b}[K"),
    ("saves and restores the cursor", "\u{1b}7\u{1b}8\u{1b}[s\u{1b}[u"),
    ("hides the cursor", "\u{1b}[?25l"),
    ("reports the mouse", "\u{1b}[?1000h\u{1b}[?1003h\u{1b}[?1006h"),
    ("reports the focus", "\u{1b}[?1004h"),
    ("switches bracketed paste off", "\u{1b}[?2004l"),
    ("ends a bracketed paste", "\u{1b}[201~"),
    ("leaves the alternate screen", "\u{1b}[?1049l"),
    ("resets the terminal", "\u{1b}c"),
    ("resets it softly", "\u{1b}[!p"),
    ("scrolls in a region of its own", "\u{1b}[1;3r\u{1b}M\u{1b}D"),
    ("inserts and deletes lines", "\u{1b}[99L\u{1b}[99M\u{1b}[99@\u{1b}[99P"),
    ("prints the screen", "\u{1b}[5i\u{1b}[4i"),
    ("moves and shrinks the window", "\u{1b}[3;0;0t\u{1b}[8;1;1t"),
    ("conceals what follows", "\u{1b}[8mhidden\u{1b}[28m"),
    ("draws lines instead of letters", "\u{1b}(0\u{1b})0\u{e}\u{f}"),
    ("fills the screen, doubles the height", "\u{1b}#8\u{1b}#3"),
    ("asks for other keys (kitty)", "\u{1b}[>31u\u{1b}[=31;1u"),
    ("asks for other keys (xterm)", "\u{1b}[>4;2m\u{1b}[?66h\u{1b}="),
    ("begins an update that never ends", "\u{1b}[?2026h"),
    ("leaves UTF-8", "\u{1b}%@"),
    ("sets the palette of a console", "\u{1b}]P0ff0000\u{1b}]R"),
    ("repeats a character without end", "A\u{1b}[99999999b"),
    ("has a number too long for any terminal", "\u{1b}[99999999999999999999999999;1m"),
];

/// OSC, DCS, APC, PM, SOS.
const STRINGS: [(&str, &str); 34] = [
    ("clipboard (OSC 52, ended by BEL)", "\u{1b}]52;c;ZXZpbA==\u{7}"),
    ("title (OSC 0, ended by BEL)", "\u{1b}]0;pwned\u{7}"),
    ("title (OSC 2, ended by ST)", "\u{1b}]2;pwned\u{1b}\\"),
    ("icon (OSC 1)", "\u{1b}]1;pwned\u{7}"),
    ("palette (OSC 4)", "\u{1b}]4;1;rgb:00/00/00\u{7}"),
    ("folder (OSC 7)", "\u{1b}]7;file:///etc\u{7}"),
    ("link (OSC 8)", "\u{1b}]8;;https://elm.example\u{1b}\\here\u{1b}]8;;\u{1b}\\"),
    ("link that hides a clipboard", "\u{1b}]8;;x\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}\\y\u{1b}]8;;\u{7}"),
    ("notification (OSC 9)", "\u{1b}]9;pwned\u{7}"),
    ("progress (OSC 9;4)", "\u{1b}]9;4;1;50\u{7}"),
    ("colours (OSC 10, 11, 12)", "\u{1b}]10;#000\u{7}\u{1b}]11;#000\u{7}\u{1b}]12;#000\u{7}"),
    ("font (OSC 50)", "\u{1b}]50;fixed\u{7}"),
    ("clipboard (OSC 52, ended by ST)", "\u{1b}]52;c;ZXZpbA==\u{1b}\\"),
    ("clipboard (OSC 52, never ended)", "\u{1b}]52;c;ZXZpbA=="),
    ("clipboard (OSC 52, read)", "\u{1b}]52;c;?\u{7}"),
    ("notification (kitty, OSC 99)", "\u{1b}]99;i=1:d=0;pwned\u{1b}\\"),
    ("palette reset (OSC 104)", "\u{1b}]104\u{7}"),
    ("prompt marks (OSC 133)", "\u{1b}]133;A\u{7}\u{1b}]133;C\u{7}"),
    ("prompt marks (OSC 633)", "\u{1b}]633;E;id\u{7}"),
    ("notification (OSC 777)", "\u{1b}]777;notify;pwned;x\u{7}"),
    ("file (iTerm2, OSC 1337)", "\u{1b}]1337;File=name=eA==;inline=0:AAAA\u{7}"),
    ("mark and badge (OSC 1337)", "\u{1b}]1337;SetMark\u{7}\u{1b}]1337;SetBadgeFormat=eA==\u{7}"),
    ("picture (sixel)", "\u{1b}Pq#0;2;0;0;0#0~~@@vv\u{1b}\\"),
    ("picture (kitty)", "\u{1b}_Ga=T,f=24,s=1,v=1;AAAA\u{1b}\\"),
    ("picture (ReGIS)", "\u{1b}P0pS(E)\u{1b}\\"),
    ("passed through tmux", "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}\\"),
    ("passed through screen", "\u{1b}P\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}\\"),
    ("title (screen, tmux)", "\u{1b}kpwned\u{1b}\\"),
    ("keys of the user (DECUDK)", "\u{1b}P0;1|17/69640a\u{1b}\\"),
    ("letters of a font (DECDLD)", "\u{1b}P1;1;1{ @~~~~\u{1b}\\"),
    ("application command (APC)", "\u{1b}_pwned\u{1b}\\"),
    ("privacy message (PM)", "\u{1b}^pwned\u{1b}\\"),
    ("start of string (SOS)", "\u{1b}Xpwned\u{1b}\\"),
    ("program to run (Emacs)", "\u{1b}AnSiTu root\u{1b}AnSiTc /etc"),
];

/// What a terminal answers.
const QUESTIONS: [(&str, &str); 13] = [
    ("status and cursor (DSR)", "\u{1b}[5n\u{1b}[6n\u{1b}[?6n"),
    ("device (DA 1, 2, 3)", "\u{1b}[c\u{1b}[>c\u{1b}[=c"),
    ("device, the old way (DECID)", "\u{1b}Z"),
    ("answerback (ENQ)", "\u{5}\u{5}"),
    ("mode (DECRQM)", "\u{1b}[?2026$p"),
    ("setting (DECRQSS)", "\u{1b}P$qm\u{1b}\\"),
    ("capability (XTGETTCAP)", "\u{1b}P+q544e\u{1b}\\"),
    ("version (XTVERSION)", "\u{1b}[>q"),
    ("keyboard (kitty)", "\u{1b}[?u"),
    ("title and size of the window", "\u{1b}[21t\u{1b}[18t\u{1b}[14t"),
    ("colours", "\u{1b}]11;?\u{7}\u{1b}]4;1;?\u{7}"),
    ("parameters (DECREQTPARM)", "\u{1b}[x"),
    ("checksum of the screen (DECRQCRA)", "\u{1b}[1;1;1;1;99;99*y"),
];

/// Controls of one character.
const CONTROLS: [(&str, &str); 17] = [
    ("backspaces over a word", "OK\u{8}\u{8}FAILED"),
    ("bells", "\u{7}\u{7}\u{7}"),
    ("vertical tab and form feed", "OK\u{b}FAILED\u{c}x"),
    ("delete", "OK\u{7f}\u{7f}FAILED"),
    ("shifts", "\u{e}lqk\u{f}"),
    ("cancel and substitute", "\u{18}\u{1a}x"),
    ("separators of files and records", "\u{1c}\u{1d}\u{1e}\u{1f}x"),
    ("escape at the very end", "x\u{1b}"),
    ("CSI in eight bits", "\u{9b}31m"),
    ("OSC 52 in eight bits", "\u{9d}52;c;ZXZpbA==\u{9c}"),
    ("DCS in eight bits", "\u{90}q\u{9c}"),
    ("APC in eight bits", "\u{9f}Ga=T;AAAA\u{9c}"),
    ("PM in eight bits", "\u{9e}x\u{9c}"),
    ("SOS in eight bits", "\u{98}x\u{9c}"),
    ("next line", "one\u{85}two"),
    ("index and reverse index", "\u{84}\u{8d}x"),
    ("single shifts and device control", "\u{8e}\u{8f}\u{91}\u{92}x"),
];

/// Line ends and tabs, which only an encoding brings into a field.
const LINE_ENDS: [(&str, &str); 4] = [
    ("carriage return", "OK\rFAILED"),
    ("line feed and a field", "x\nBcc: eve@elm.example"),
    ("empty lines and a body", "x\r\n\r\n550 5.7.1 forged"),
    ("tabs", "a\t\t\tb"),
];

/// Each sequence in every field, as it is and encoded.
fn both(list: &[(&'static str, &'static str)]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for &(name, evil) in list {
        inputs.push(in_every_field(name, evil));
        inputs.push(encoded(name, evil));
    }
    inputs
}

/// A report with it in every field.
pub(super) fn in_every_field(name: &str, evil: &'static str) -> Input {
    let mut input = Input::report(name, move || filled(evil).into_bytes())
        .shows(format!("Undelivered {}", escaped(evil)));
    // It stands in the address as well.
    input.told.recipients.clear();
    input
}

/// A message whose subject and text are encoded.
fn encoded(name: &str, evil: &'static str) -> Input {
    Input::report(format!("{name}; encoded"), move || coded(evil).into_bytes())
        .shows(format!("Undelivered {}", escaped(evil)))
}

pub(super) fn sequences() -> Vec<Input> {
    both(&SEQUENCES)
}

pub(super) fn strings() -> Vec<Input> {
    both(&STRINGS)
}

pub(super) fn questions() -> Vec<Input> {
    both(&QUESTIONS)
}

pub(super) fn bytes() -> Vec<Input> {
    let mut inputs = both(&CONTROLS);
    inputs.extend(LINE_ENDS.iter().map(|&(name, evil)| encoded(name, evil)));
    for charset in ["iso-8859-1", "iso-8859-2", "windows-1250", "us-ascii", "koi8-r", "x-unknown"] {
        let make = move || {
            let mail = filled("EVIL").replace("charset=utf-8", &format!("charset={charset}"));
            replaced(mail.as_bytes(), b"EVIL", b"\x9b31m\x9d0;x\x9c\x90q\x9c")
        };
        let mut input = Input::report(format!("eight-bit controls as bytes of {charset}"), make);
        input.told.recipients.clear();
        inputs.push(input);
    }
    inputs.push(Input::report("bytes that are no UTF-8, in text for people", || {
        let text =
            "<ann@oak.example>: host mx.oak.example[192.0.2.7] said: 550 5.1.1 EVIL unknown\n";
        replaced(&told(text), b"EVIL", b"\xff\xfe\x9b2J\xc0\x9b\xed\xa0\x80")
    }));
    inputs
}

/// Bytes with others put in the place of a mark.
fn replaced(bytes: &[u8], mark: &[u8], with: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, mark) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(with);
        rest = &rest[at + mark.len()..];
    }
    [out, rest.to_vec()].concat()
}

/// All of it behind each other, for what is no message: names of files, words of a server.
pub(crate) fn everything() -> String {
    let lists = [&SEQUENCES[..], &STRINGS, &QUESTIONS, &CONTROLS];
    let all: Vec<&str> = lists.iter().flat_map(|list| list.iter().map(|(_, evil)| *evil)).collect();
    all.join(" ")
}
