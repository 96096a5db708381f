//! Passwords and tokens: where they come from, and that they are never shown.

use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, never};
use rustix::process::{Pid, Signal, kill_process};

use crate::config::Account;
use crate::mail::SafeText;

use super::error::Error;
use super::prompt;
use super::response::trim_end;

/// How long a program may take to print a secret.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a program's standard error is kept, in bytes.
const COMPLAINT: usize = 2_000;
/// The longest secret, in bytes.
const LONGEST: u64 = 64 << 10;

/// How a secret is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A password, for LOGIN or AUTHENTICATE PLAIN.
    Password,
    /// An OAuth 2.0 access token, for AUTHENTICATE XOAUTH2.
    Token,
}

impl Kind {
    /// The key of the configuration that gives secrets of this kind.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Password => "password_command",
            Self::Token => "token_command",
        }
    }
}

/// A password or token. It is overwritten when dropped and never printed.
#[derive(Clone)]
pub struct Secret {
    kind: Kind,
    text: String,
}

impl Secret {
    /// A password.
    pub fn password(text: impl Into<String>) -> Self {
        Self { kind: Kind::Password, text: text.into() }
    }

    /// An OAuth 2.0 access token.
    pub fn token(text: impl Into<String>) -> Self {
        Self { kind: Kind::Token, text: text.into() }
    }

    /// How it is used.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The secret itself.
    pub(super) fn expose(&self) -> &str {
        &self.text
    }

    /// The text without the secret in it, for servers that repeat what they were sent.
    pub(super) fn redact(&self, text: &SafeText) -> SafeText {
        if self.text.is_empty() || !text.contains(&self.text) {
            return text.clone();
        }
        SafeText::new(&text.replace(&self.text, "…"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.kind)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.fill(0);
        // Keeps the compiler from leaving out a write that nobody reads.
        std::hint::black_box(&bytes);
    }
}

/// The secret of an account: from `token_command`, from `password_command`, or typed at a prompt.
/// To be called before the screen starts; programs share the terminal, so that they can ask for a
/// passphrase.
///
/// # Errors
/// When the program fails, or there is none and no terminal to ask at.
pub fn obtain(account: &Account) -> Result<Secret, Error> {
    let shown = std::io::stderr().is_terminal();
    match run_configured(account, Stdio::inherit, shown)? {
        Some(secret) => Ok(secret),
        None => prompt::ask(account).map(Secret::password),
    }
}

/// The secret once more from its program, without a terminal: tokens expire while the screen is up.
/// None when the account has no program.
///
/// # Errors
/// When the program fails.
pub(super) fn renew(account: &Account) -> Result<Option<Secret>, Error> {
    run_configured(account, Stdio::null, false)
}

fn run_configured(
    account: &Account,
    stdin: fn() -> Stdio,
    shown: bool,
) -> Result<Option<Secret>, Error> {
    let (kind, argv) = match (account.token_command.as_slice(), account.password_command.as_slice())
    {
        ([], []) => return Ok(None),
        ([], argv) => (Kind::Password, argv),
        (argv, _) => (Kind::Token, argv),
    };
    let text = first_line(argv, stdin(), shown, PATIENCE).map_err(|reason| Error::Command {
        account: SafeText::new(&account.name),
        key: kind.key(),
        program: SafeText::new(&argv[0]),
        reason,
    })?;
    Ok(Some(Secret { kind, text }))
}

/// Runs a program, without a shell, and returns the first line of its output without the line end.
/// What it writes to standard error is passed on when `shown`, and is part of the reason when it
/// fails.
fn first_line(
    argv: &[String],
    stdin: Stdio,
    shown: bool,
    patience: Duration,
) -> Result<String, SafeText> {
    let say = |e: &dyn ToString| SafeText::new(&e.to_string());
    let [program, arguments @ ..] = argv else { return Err("no program is named".into()) };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| say(&e))?;
    let output = child.stdout.take().map_or_else(never, read_line);
    let complaint = child.stderr.take().map_or_else(never, |e| read_complaint(e, shown));
    let pid = Pid::from_child(&child);
    let Ok(ended) = wait(child).recv_timeout(patience) else {
        let _ = kill_process(pid, Signal::KILL);
        return Err(say(&format!("no end after {} s", patience.as_secs())));
    };
    let status = ended.map_err(|e| say(&e))?;
    // A program that it left behind may hold its pipes open; what matters was written before it
    // ended.
    let soon = Instant::now() + Duration::from_secs(1);
    if !status.success() {
        let complaint = complaint.recv_deadline(soon).unwrap_or_default();
        return Err(say(
            &format!("{status}: {}", SafeText::from_bytes(&complaint)).trim_end_matches(": ")
        ));
    }
    let mut line = output.recv_deadline(soon).unwrap_or_default();
    line.truncate(trim_end(&line).len());
    String::from_utf8(line)
        .ok()
        .filter(|l| !l.is_empty())
        .ok_or_else(|| "it printed no text on its first line".into())
}

fn wait(mut child: Child) -> Receiver<std::io::Result<ExitStatus>> {
    in_background(move || child.wait())
}

fn read_line(from: ChildStdout) -> Receiver<Vec<u8>> {
    let (done, result) = bounded(1);
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        let _ = from.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let _ = done.send(line);
        // The rest is read too: a program whose output nobody reads would be killed for it.
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
    result
}

fn read_complaint(mut from: ChildStderr, shown: bool) -> Receiver<Vec<u8>> {
    in_background(move || {
        let (mut kept, mut piece) = (Vec::new(), [0; 1024]);
        while let Ok(read @ 1..) = from.read(&mut piece) {
            if shown {
                let _ = std::io::stderr().write_all(&piece[..read]);
            }
            let room = COMPLAINT - kept.len();
            kept.extend_from_slice(&piece[..read.min(room)]);
        }
        kept
    })
}

fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, result) = bounded(1);
    std::thread::spawn(move || done.send(work()));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<String, SafeText> {
        let argv = ["sh", "-c", script].map(str::to_owned);
        first_line(&argv, Stdio::null(), false, Duration::from_secs(10))
    }

    fn account(lines: &str) -> Account {
        toml::from_str(&format!("name = \"lab\"\nhost = \"h\"\nuser = \"me\"\n{lines}")).unwrap()
    }

    #[test]
    fn the_first_line_is_the_secret() {
        assert_eq!(run("printf 'one two \\r\\nthree'").unwrap(), "one two ");
        assert_eq!(run("printf secret").unwrap(), "secret");
        assert_eq!(run("echo secret; yes | head -c 300000").unwrap(), "secret");
        assert_eq!(run("echo secret; sleep 20 &").unwrap(), "secret");
    }

    #[test]
    fn failures_say_what_the_program_said() {
        assert_eq!(
            run("echo 'gpg: \u{1b}[1mno key' >&2; exit 2").unwrap_err(),
            "exit status: 2: gpg: \\x1b[1mno key"
        );
        assert_eq!(run("exit 3").unwrap_err(), "exit status: 3");
        assert_eq!(run("echo; echo secret").unwrap_err(), "it printed no text on its first line");
        assert!(first_line(&["/nonexistent/x".into()], Stdio::null(), false, PATIENCE).is_err());
        let slow = ["sleep".to_owned(), "20".to_owned()];
        let reason =
            first_line(&slow, Stdio::null(), false, Duration::from_millis(50)).unwrap_err();
        assert_eq!(reason, "no end after 0 s");
    }

    #[test]
    fn no_shell_is_involved() {
        let secret =
            renew(&account("password_command = [\"printf\", \"%s\", \"$HOME; `id` \\\"\"]"))
                .unwrap()
                .unwrap();
        assert_eq!((secret.expose(), secret.kind()), ("$HOME; `id` \"", Kind::Password));
        let token = renew(&account(
            "token_command = [\"echo\", \"t\"]\npassword_command = [\"echo\", \"p\"]",
        ))
        .unwrap();
        assert_eq!(
            token.map(|t| (t.kind(), t.expose().to_owned())),
            Some((Kind::Token, "t".to_owned()))
        );
        assert!(renew(&account("")).unwrap().is_none());
        let error = renew(&account("password_command = [\"false\"]")).unwrap_err().to_string();
        assert!(
            error.starts_with("password_command of account lab failed: false: exit status: 1;"),
            "{error}"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = Secret::password("canary");
        assert_eq!(format!("{secret:?}"), "Secret(Password)");
        assert_eq!(secret.redact(&"LOGIN me canary failed".into()), "LOGIN me … failed");
        assert_eq!(Secret::token("").redact(&"no".into()), "no");
    }
}
