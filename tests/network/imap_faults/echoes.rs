//! Servers that repeat the password: wherever they say it and however they write it, nobody reads
//! it.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use deadletter::config::Tls;
use deadletter::credentials::Secret;
use deadletter::source::Error;
use deadletter::source::imap::{Imap, check_within};

use crate::certificates::Authority;
use crate::imap_server::{Command, Encrypt, Mailbox, Server, Talk, Turn, hang_up};
use crate::seen::{CANARY, Seen, account, imap, limits};

/// A password that is written differently in quotes.
const PASSWORD: &str = "Canary\"\\1b7e-x";

/// Every byte as two hexadecimal digits behind `mark`.
fn digits(mark: &str) -> String {
    let pairs: Vec<String> = PASSWORD.bytes().map(|byte| format!("{mark}{byte:02x}")).collect();
    pairs.concat()
}

/// The ways in which a server may write it on one line.
fn echoes() -> Vec<String> {
    let quoted = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
    let mut echoes = vec![
        PASSWORD.to_owned(),
        format!("LOGIN \"postmaster\" \"{quoted}\""),
        format!("LOGIN postmaster {{{}}} {PASSWORD}", PASSWORD.len()),
        PASSWORD.to_uppercase(),
        PASSWORD.to_lowercase(),
        digits(""),
        digits("%").to_uppercase(),
        format!("Canary\"\\1b7{}", "-"),
        // Where a long text is cut, a part of it is left.
        format!("{}{PASSWORD}", "z".repeat(494)),
    ];
    for before in ["", "\0postmaster\0", "user=postmaster\x01auth=Bearer "] {
        let whole = STANDARD.encode(format!("{before}{PASSWORD}"));
        echoes.push(whole[whole.len() - 14..].to_owned());
        echoes.push(whole[..whole.len() - 4].to_owned());
        echoes.push(whole);
    }
    echoes
}

/// Panics when a text holds a telling part of the password.
fn is_silent(what: &str, text: &str) {
    let plain = text.replace('\\', "").to_lowercase();
    for part in ["canar", "anary", "1b7e-", "43616e617279", "%43%61"] {
        assert!(!plain.contains(part), "{what} tells {part}: {text}");
    }
    for before in ["", "x", "xx"] {
        let digits = STANDARD.encode(format!("{before}{PASSWORD}"));
        for at in 4..digits.len().saturating_sub(12) {
            let part = &digits[at..at + 8];
            assert!(!text.contains(part), "{what} tells {part}: {text}");
        }
    }
}

type Place = fn(&mut Talk, &Command, &str) -> io::Result<Turn>;

/// Says something instead of the answer to a command.
fn instead(talk: &mut Talk, said: &str) -> io::Result<Turn> {
    talk.say(said).map(|()| Turn::Mine)
}

fn goodbye(talk: &mut Talk, echo: &str) -> io::Result<Turn> {
    talk.say(&format!("* BYE {echo}"))?;
    hang_up()
}

/// Everywhere a server can say something. The commands are those that reach it.
const PLACES: [(&str, &str, Place); 19] = [
    ("LOGIN NO", "LOGIN", |t, c, e| {
        instead(t, &format!("{} NO [AUTHENTICATIONFAILED] {e}", c.tag))
    }),
    ("LOGIN NO code", "LOGIN", |t, c, e| instead(t, &format!("{} NO [{e}] no", c.tag))),
    ("LOGIN BAD", "LOGIN", |t, c, e| instead(t, &format!("{} BAD {e}", c.tag))),
    ("LOGIN BYE", "LOGIN", |t, _, e| goodbye(t, e)),
    ("LOGIN busy", "LOGIN", |t, c, e| instead(t, &format!("{} NO [UNAVAILABLE] {e}", c.tag))),
    ("LOGIN garbage", "LOGIN", |t, _, e| instead(t, e)),
    ("ALERT", "LOGIN", |t, _, e| t.say(&format!("* OK [ALERT] {e}")).map(|()| Turn::Yours)),
    ("NO ALERT", "LOGIN", |t, _, e| t.say(&format!("* NO [ALERT] {e}")).map(|()| Turn::Yours)),
    ("OK ALERT", "LOGIN", |t, c, e| instead(t, &format!("{} OK [ALERT] {e}", c.tag))),
    ("EXAMINE NO", "EXAMINE", |t, c, e| instead(t, &format!("{} NO {e}", c.tag))),
    ("EXAMINE BAD", "EXAMINE", |t, c, e| instead(t, &format!("{} BAD {e}", c.tag))),
    ("EXAMINE BYE", "EXAMINE", |t, _, e| goodbye(t, e)),
    ("EXAMINE garbage", "EXAMINE", |t, _, e| instead(t, e)),
    ("FETCH NO", "UID FETCH", |t, c, e| instead(t, &format!("{} NO {e}", c.tag))),
    ("FETCH BAD", "UID FETCH", |t, c, e| instead(t, &format!("{} BAD {e}", c.tag))),
    ("FETCH BYE", "UID FETCH", |t, _, e| goodbye(t, e)),
    ("FETCH garbage", "UID FETCH", |t, _, e| instead(t, e)),
    ("CAPABILITY", "CAPABILITY", |t, c, e| {
        t.say(&format!("* CAPABILITY IMAP4rev1 AUTH={e}"))?;
        instead(t, &format!("{} OK {e}", c.tag))
    }),
    ("LIST", "LIST", |t, c, e| {
        let name = e.replace('\\', "\\\\").replace('"', "\\\"");
        t.say(&format!("* LIST () \"/\" \"{name}\""))?;
        instead(t, &format!("{} NO {e}", c.tag))
    }),
];

/// All that a person may read of a mailbox on this server, from the screen and from `check`.
fn told(server: &Server) -> String {
    let account = account(server.start(), Tls::None, None);
    let secret = Secret::password(PASSWORD);
    let mut source = Imap::new(account.clone(), secret.clone()).within(limits());
    let mut seen = Seen::default();
    let end = seen.stream_until(&mut source, |seen| seen.waits() > 0);
    let mut text = format!("{end:?} {seen:?}");
    if let Err(error @ (Error::Imap(_) | Error::Gone)) = end {
        text.push_str(&error.to_string());
    }
    let report = check_within(&account, &secret, limits());
    format!("{text} {report} {report:?}")
}

#[test]
fn wherever_a_server_repeats_the_password_nobody_reads_it() {
    for echo in echoes() {
        for (name, command, place) in PLACES {
            let said = echo.clone();
            let server = Server::new(Mailbox::of(2)).on(move |talk, c| {
                if c.is(command) { place(talk, c, &said) } else { Ok(Turn::Yours) }
            });
            is_silent(&format!("{name} {echo}"), &told(&server));
        }
    }
}

#[test]
fn nor_in_a_greeting_or_before_tls() {
    for echo in echoes() {
        for begin in ["* OK [ALERT] ", "* BYE ", "* NO ", "* PREAUTH ", "220 ", "* OK [CAPABILITY "]
        {
            let server = Server::new(Mailbox::of(2)).greeting(&format!("{begin}{echo}"));
            is_silent(&format!("{begin}{echo}"), &told(&server));
        }
        let said = echo.clone();
        let server =
            Server::new(Mailbox::of(2)).capability("IMAP4rev1 STARTTLS").on(move |talk, c| {
                let no = format!("{} NO {said}", c.tag);
                if c.is("STARTTLS") { instead(talk, &no) } else { Ok(Turn::Yours) }
            });
        let account = account(server.start(), Tls::Starttls, None);
        let report = check_within(&account, &Secret::password(PASSWORD), limits());
        is_silent("STARTTLS", &format!("{report} {report:?}"));
    }
}

/// Where passwords go by AUTHENTICATE, servers repeat its base64.
#[test]
fn nor_what_was_sent_to_authenticate() {
    for begin in ["NO ", "NO [AUTHENTICATIONFAILED] cannot decode ", "BAD "] {
        let server = Server::new(Mailbox::of(2))
            .capability("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
            .on(move |talk, command| {
                if !command.is("AUTHENTICATE") {
                    return Ok(Turn::Yours);
                }
                talk.say("+ ")?;
                let sent = talk.line()?;
                talk.say(&format!("* OK [ALERT] {sent}"))?;
                instead(talk, &format!("{} {begin}{sent}", command.tag))
            });
        is_silent(begin, &told(&server));
    }
}

/// A server that has heard the password once may show it in its next certificate.
#[test]
fn nor_in_a_certificate() {
    let authority = Authority::new();
    let names = format!("subjectAltName=DNS:{CANARY}.birch.example");
    let issued = authority.issue_as("echo", &format!("/CN={CANARY}"), &names);
    let server = Server::new(Mailbox::of(1)).encrypt(Encrypt::AtOnce(issued.identity()));
    let account = account(server.start(), Tls::Implicit, Some(&authority.file()));
    let mut seen = Seen::default();
    let error = seen.stream(&mut imap(account.clone())).expect_err("it is for another host");
    let report = check_within(&account, &Secret::password(CANARY), limits());
    let text = format!("{error} {error:?} {seen:?} {report} {report:?}");
    assert!(text.contains("refused") && !text.contains(CANARY), "{text}");
}
