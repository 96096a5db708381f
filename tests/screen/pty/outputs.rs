//! What is printed on a terminal without the screen, and what a server says: neither is obeyed.

use std::ffi::OsString;
use std::time::Duration;

use tempfile::TempDir;

use super::hostile::{is_clean, mailbox};
use crate::imap_server::{Command, Mailbox, Server, Talk, Turn};
use crate::inputs::controls::everything;
use crate::inputs::grammar::foreign;
use crate::terminal::{Launch, Terminal, rows};

/// An account on this machine.
fn account(port: u16) -> String {
    format!(
        "[[account]]\nname = \"lab\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"postmaster\"\n\
         password_command = [\"printf\", \"secret\"]\n"
    )
}

/// Waits for the end; only text, line ends and pens were printed, and these words.
fn prints(mut terminal: Terminal, code: u32, word: &str) {
    assert_eq!(terminal.ends(), code, "{}", terminal.text());
    let lines: Vec<&[u8]> = terminal.bytes.split(|byte| *byte == b'\n').collect();
    for line in &lines {
        assert_eq!(foreign(line.strip_suffix(b"\r").unwrap_or(line)), None);
    }
    let all = String::from_utf8_lossy(&terminal.bytes).into_owned();
    assert!(all.contains(word), "no {word:?} in {all}");
}

#[test]
fn what_is_explained_on_a_terminal_is_text() {
    let folder = TempDir::new().expect("a folder");
    let path = mailbox(&folder);
    for (format, word) in
        [("text", "\\x1b]52;c;"), ("json", "\\\\x1b]52;c;"), ("jsonl", "\\\\u{202e}")]
    {
        let arguments: [OsString; 4] =
            ["explain".into(), "--format".into(), format.into(), path.clone().into()];
        prints(Launch::new(&arguments).start(), 0, word);
    }
}

#[test]
fn complaints_about_a_file_are_text() {
    for command in ["explain", "screen"] {
        let missing = format!("./missing {}", everything().replace('/', ""));
        let arguments: &[&str] =
            if command == "screen" { &[&missing] } else { &[command, &missing] };
        prints(Launch::new(arguments).start(), 1, "\\x1b]0;pwned");
    }
}

/// A server that says evil things, however it is asked; `refusing`: it lets nobody in.
fn evil(refusing: bool) -> Server {
    let all = everything();
    let on = move |talk: &mut Talk, command: &Command| {
        talk.say(&format!("* OK [ALERT] {all}"))?;
        if refusing && (command.is("LOGIN") || command.is("AUTHENTICATE")) {
            talk.say(&format!("{} NO [AUTHENTICATIONFAILED] {all}", command.tag))?;
            return Ok(Turn::Mine);
        }
        if command.is("LIST") {
            talk.send(format!("* LIST () \"/\" {{{}}}\r\n{all}\r\n", all.len()).as_bytes())?;
        }
        Ok(Turn::Yours)
    };
    Server::new(Mailbox::of(1)).greeting(&format!("* OK [ALERT] {}", everything())).on(on)
}

#[test]
fn a_check_of_an_evil_server_is_text() {
    for (refusing, code) in [(false, 0), (true, 1)] {
        let port = evil(refusing).start();
        let terminal = Launch::configured(&account(port)).argument("check").start();
        prints(terminal, code, "\\x1b]52;c;");
    }
}

#[test]
fn the_screen_shows_what_an_evil_server_says_and_does_not_obey() {
    for (refusing, then) in [(false, "online"), (true, "offline")] {
        let mut terminal = Launch::configured(&account(evil(refusing).start())).start();
        terminal.until("what the server said", |screen| rows(screen)[39].contains("\\x1b[2J"));
        // It says so with every answer, so one key may not be enough.
        for _ in 0..100 {
            terminal.send("x");
            terminal.bytes_within(Duration::from_millis(100));
            if rows(terminal.screen())[39].contains(then) {
                break;
            }
        }
        terminal.until(then, |screen| rows(screen)[39].contains(then));
        terminal.send("!");
        terminal.shows("Messages");
        terminal.shows("\\x1b]52;c;");
        terminal.send("G");
        terminal.send("h");
        terminal.hides("Messages");
        is_clean(&terminal);
        terminal.send("q");
        assert_eq!(terminal.ends(), 0);
    }
}
