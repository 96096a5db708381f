//! `deadletter init`: asks for an account, tries it, shows the file, and writes it when told to.

use std::io::{self, BufRead, Read, Write};
use std::path::{Path, PathBuf};

use crate::config::{Account, Paths, StateFolders, Tls, render};
use crate::diagnosis::Ours;
use crate::mail::{SafeText, address};

use super::check;
use super::error::{Error, shown};
use super::exit::{FAILED, GOOD};
use super::new_file;

/// The longest answer, in bytes.
const LONGEST: usize = 4096;

pub(super) fn run(named: Option<&Path>) -> Result<u8, Error> {
    let path = target(named)?;
    let mut talk = Talk { input: io::stdin().lock(), out: io::stdout().lock() };
    talk.say("This sets up an IMAP account. An empty answer takes the value in [brackets].\n")?;
    let account = account(&mut talk)?;
    let ours = ours(&mut talk, &account)?;
    talk.say("\n")?;
    drop(talk);
    // The password is asked for here, and the steps are told as they are done.
    let good = check::one(&account)?;
    let mut talk = Talk { input: io::stdin().lock(), out: io::stdout().lock() };
    if !good
        && !talk.yes("\nSomething is wrong with this account. Write it all the same?", false)?
    {
        return Err(stopped());
    }
    let text = render(&account, &ours);
    talk.say(&format!("\n{}:\n\n{text}\n", shown(&path)))?;
    if !talk.yes("Write this file?", true)? {
        return Err(stopped());
    }
    new_file::write(&path, &text)
        .map_err(|e| failed(&format!("cannot write {}: {e}", shown(&path))))?;
    talk.say(&format!("Written. `deadletter` opens {}.\n", SafeText::new(&account.mailbox)))?;
    Ok(if good { GOOD } else { FAILED })
}

fn stopped() -> Error {
    failed("stopped")
}

fn failed(why: &str) -> Error {
    Error::Init(SafeText::new(why))
}

/// The file to write: the one named, or the user's own. An existing one is never overwritten.
fn target(named: Option<&Path>) -> Result<PathBuf, Error> {
    let own = || Paths::find().map(|paths| paths.config_file());
    let path = named.map(Path::to_path_buf).or_else(own);
    let path = path.ok_or_else(|| failed("there is no home folder; name a file with --config"))?;
    // A link that leads nowhere is there too.
    if path.symlink_metadata().is_ok() {
        return Err(failed(&format!(
            "{} exists already; edit it, or name another file with --config",
            shown(&path)
        )));
    }
    Ok(path)
}

fn account(talk: &mut Talk<'_>) -> Result<Account, Error> {
    let host = talk.ask("IMAP server", "")?;
    let tls = match talk
        .ask("Encryption: implicit, starttls, or none (this machine only)", "implicit")?
        .as_str()
    {
        "starttls" => Tls::Starttls,
        "none" => Tls::None,
        _ => Tls::Implicit,
    };
    let usual = if tls == Tls::Implicit { "993" } else { "143" };
    let port = talk.ask("Port", usual)?;
    let port = port.parse().map_err(|_| failed(&format!("\"{port}\" is no port")))?;
    let user = talk.ask("Login name", "")?;
    let command = talk
        .optional("Program that prints the password, with its arguments (empty: ask each time)")?;
    let password_command =
        shlex::split(&command).ok_or_else(|| failed("the quotes in that command do not match"))?;
    let ca_file =
        talk.optional("PEM file of a private certificate authority (empty: the system's)")?;
    Ok(Account {
        name: "postmaster".to_owned(),
        host,
        port: Some(port),
        tls,
        ca_file: (!ca_file.is_empty()).then(|| PathBuf::from(ca_file)),
        tls_fingerprint: None,
        tunnel: Vec::new(),
        user,
        password_command,
        token_command: Vec::new(),
        mailbox: talk.ask("Mailbox", "INBOX")?,
        trash: None,
        state_folders: StateFolders::default(),
        mailboxes: Vec::new(),
        poll: None,
    })
}

/// Who we are: the domains at least; the rest can be added to the file.
fn ours(talk: &mut Talk<'_>, account: &Account) -> Result<Ours, Error> {
    let guess = match address::domain(&account.user) {
        domain if domain.is_empty() => {
            crate::diagnosis::hosts::registrable(&account.host).unwrap_or_default().to_owned()
        }
        domain => domain,
    };
    let domains = talk.ask("Domains you send and receive mail for", &guess)?;
    let networks = talk
        .optional("Addresses you send from: 192.0.2.25 or 192.0.2.0/26 (empty: add them later)")?;
    let nets =
        networks.split([' ', ',']).filter(|n| !n.is_empty()).map(|n| n.to_owned().try_into());
    Ok(Ours {
        domains: domains.split([' ', ',']).filter(|d| !d.is_empty()).map(str::to_owned).collect(),
        ips: nets.collect::<Result<_, String>>().map_err(|e| failed(&e))?,
        ..Ours::default()
    })
}

/// Questions on standard output, answers from standard input.
struct Talk<'a> {
    input: io::StdinLock<'a>,
    out: io::StdoutLock<'a>,
}

impl Talk<'_> {
    fn say(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }

    /// Asks until there is an answer; the end of the input stops everything.
    fn ask(&mut self, question: &str, usual: &str) -> Result<String, Error> {
        loop {
            let mut hint = String::new();
            if !usual.is_empty() {
                hint = format!(" [{}]", SafeText::new(usual));
            }
            let answer = self.answer(&format!("{question}{hint}: "))?;
            match (answer.is_empty(), usual.is_empty()) {
                (false, _) => return Ok(answer),
                (true, false) => return Ok(usual.to_owned()),
                (true, true) => self.say("This one is needed.\n")?,
            }
        }
    }

    fn optional(&mut self, question: &str) -> Result<String, Error> {
        self.answer(&format!("{question}: "))
    }

    fn yes(&mut self, question: &str, usual: bool) -> Result<bool, Error> {
        let hint = if usual { "[Y/n]" } else { "[y/N]" };
        let answer = self.answer(&format!("{question} {hint} "))?.to_lowercase();
        Ok(if answer.is_empty() { usual } else { answer.starts_with('y') })
    }

    fn answer(&mut self, prompt: &str) -> Result<String, Error> {
        self.say(prompt)?;
        let mut line = Vec::new();
        let most = LONGEST as u64 + 1;
        if self.input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            return Err(stopped());
        }
        let question = prompt.trim_end_matches([':', ' ']);
        if line.len() > LONGEST {
            let why = format!("the answer to \"{question}\" is longer than {LONGEST} bytes");
            return Err(failed(&why));
        }
        let Ok(answer) = std::str::from_utf8(&line) else {
            return Err(failed(&format!("the answer to \"{question}\" is no UTF-8")));
        };
        let answer = answer.trim();
        if answer.contains(char::is_control) {
            let why = format!("the answer to \"{question}\" holds a control character");
            return Err(failed(&why));
        }
        Ok(answer.to_owned())
    }
}
