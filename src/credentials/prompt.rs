//! Asking for a password at the terminal, without showing it.

use std::io::{self, IsTerminal, Write};
use std::os::fd::BorrowedFd;

use rustix::stdio;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use zeroize::Zeroizing;

use crate::config::Account;
use crate::mail::SafeText;

use super::error::Error;

/// The longest password that can be typed, in bytes.
const LONGEST: usize = 4096;

/// Asks for the password of an account; only where standard input and standard error are a
/// terminal.
///
/// # Errors
/// When there is no terminal, or the answer is Ctrl-C, Ctrl-D or nothing.
pub(super) fn ask(account: &Account) -> Result<Zeroizing<String>, Error> {
    let name = SafeText::new(&account.name);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::NoSecret { account: name });
    }
    let question = SafeText::new(&format!(
        "Password for {} at {} (account {}):",
        account.user, account.host, account.name
    ));
    let typed = type_after(&format!("{question} "));
    let ended = say("\n");
    match (typed, ended) {
        (Ok(Some(password)), Ok(())) if !password.is_empty() => Ok(password),
        _ => Err(Error::NotTyped { account: name }),
    }
}

/// Asks a question and reads the answer; none when it was given up.
fn type_after(question: &str) -> io::Result<Option<Zeroizing<String>>> {
    say(question)?;
    let _quiet = Quiet::begin(stdio::stdin())?;
    read(&mut || next_byte(stdio::stdin()))
}

fn say(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

fn next_byte(terminal: BorrowedFd<'_>) -> io::Result<Option<u8>> {
    let mut byte = [0];
    let read = rustix::io::read(terminal, &mut byte)?;
    Ok(if read == 1 { Some(byte[0]) } else { None })
}

/// A terminal that shows nothing and sends no signals, until this is dropped: a signal at the
/// prompt would leave the shell without echo.
struct Quiet<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes -=
            LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Reads up to Enter; Backspace and Ctrl-U correct, Ctrl-C and Ctrl-D give up.
fn read(next: &mut dyn FnMut() -> io::Result<Option<u8>>) -> io::Result<Option<Zeroizing<String>>> {
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST));
    loop {
        match next()? {
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
        read(&mut || Ok(keys.next())).unwrap()
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
    fn without_a_terminal_nobody_is_asked() {
        let account = toml::from_str("name = \"lab\"\nhost = \"h\"\nuser = \"me\"").unwrap();
        if !io::stdin().is_terminal() {
            assert_eq!(ask(&account), Err(Error::NoSecret { account: "lab".into() }));
        }
    }
}
