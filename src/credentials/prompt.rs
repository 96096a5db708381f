//! Asking for a password at the terminal, without showing it.

use std::io::{self, IsTerminal, Write};

use rustix::stdio::stdin;
use zeroize::Zeroizing;

use crate::config::Account;
use crate::mail::SafeText;
use crate::tty::{self, Tty, Usage};

use super::error::Error;

/// The longest password that can be typed, in bytes.
const LONGEST: usize = 4096;

/// Asks for the password of an account; only where standard input and standard error are a
/// terminal. Ctrl-C ends the program and Ctrl-Z stops it, as in a shell.
///
/// # Errors
/// When there is no terminal, or the answer is Ctrl-D or nothing.
pub(super) fn ask(account: &Account) -> Result<Zeroizing<String>, Error> {
    let name = SafeText::new(&account.name);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::NoSecret { account: name });
    }
    let question = SafeText::new(&format!(
        "Password for {} at {} (account {}):",
        account.user, account.host, account.name
    ));
    match type_after(&format!("{question} ")) {
        Ok(Some(password)) if !password.is_empty() => Ok(password),
        _ => Err(Error::NotTyped { account: name }),
    }
}

/// Asks a question and reads the answer; none when it was given up.
fn type_after(question: &str) -> io::Result<Option<Zeroizing<String>>> {
    let tty = tty::open()?;
    tty.enter(Usage::Prompt, question)?;
    let typed = say(question).and_then(|()| read(&mut || next_byte(tty)));
    tty.leave()?;
    say("\n")?;
    typed
}

fn say(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

/// What comes next from the terminal.
#[derive(Clone, Copy, Debug)]
struct Keystroke {
    /// The byte; none at the end.
    byte: Option<u8>,
    /// How often the question was asked anew by then.
    asked_again: usize,
}

fn next_byte(tty: &Tty) -> io::Result<Keystroke> {
    let mut byte = [0];
    // A signal that is somebody else's ends no question.
    let read = rustix::io::retry_on_intr(|| rustix::io::read(stdin(), &mut byte))?;
    let byte = if read == 1 { Some(byte[0]) } else { None };
    Ok(Keystroke { byte, asked_again: tty.calls().times_asked_again() })
}

/// Reads up to Enter; Backspace and Ctrl-U correct, Ctrl-D gives up. What was typed before the
/// question was asked anew is forgotten.
fn read(next: &mut dyn FnMut() -> io::Result<Keystroke>) -> io::Result<Option<Zeroizing<String>>> {
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut asked_again = None;
    loop {
        let next = next()?;
        if asked_again.replace(next.asked_again) != Some(next.asked_again) {
            typed.clear();
        }
        match next.byte {
            Some(b'\r' | b'\n') => break,
            None | Some(3 | 4) => return Ok(None),
            Some(8 | 127) => {
                // One character back: its last bytes, which continue it, and its first.
                while let Some(0x80..0xc0) = typed.pop() {}
            }
            Some(21) => typed.clear(),
            Some(byte) if typed.len() < LONGEST => typed.push(byte),
            Some(_) => {}
        }
    }
    match std::str::from_utf8(&typed) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> Option<Zeroizing<String>> {
        let mut keys = keys.iter().copied();
        read(&mut || Ok(Keystroke { byte: keys.next(), asked_again: 0 })).unwrap()
    }

    #[test]
    fn keys_make_a_password() {
        assert_eq!(typed(b"secret\rrest").unwrap().as_str(), "secret");
        assert_eq!(typed("wrong\u{15}zł\u{7f}o\n".as_bytes()).unwrap().as_str(), "zo");
        assert_eq!(typed(b"\x7f\n").unwrap().as_str(), "");
        for given_up in [&b"se\x03cret\n"[..], b"\x04", b"no end", b"\xff\n"] {
            assert_eq!(typed(given_up), None);
        }
    }

    #[test]
    fn what_was_typed_before_the_question_came_again_is_forgotten() {
        let mut keys = b"old".iter().map(|b| (*b, 0)).chain(b"new\n".iter().map(|b| (*b, 1)));
        let mut next = || {
            let (byte, asked_again) = keys.next().unwrap();
            Ok(Keystroke { byte: Some(byte), asked_again })
        };
        assert_eq!(read(&mut next).unwrap().unwrap().as_str(), "new");
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        let account = toml::from_str("name = \"lab\"\nhost = \"h\"\nuser = \"me\"").unwrap();
        if !io::stdin().is_terminal() {
            assert_eq!(ask(&account), Err(Error::NoSecret { account: "lab".into() }));
        }
    }
}
