//! Servers that send a byte from time to time: every wait has an end all the same.

use std::io::{self, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use deadletter::config::Tls;
use deadletter::credentials::Secret;
use deadletter::source::imap::{AccountCheck, Error as ImapError, Limits, check_within};
use deadletter::source::{Error, Place, Source, State};

use super::{on_fetch, plain};
use crate::imap_server::{Mailbox, Server, Talk, Turn};
use crate::seen::{CANARY, Seen, account, limits};

/// Long enough for every test, and much longer than each may take.
const LONG: Duration = Duration::from_secs(20);
/// What each may take.
const SHORT: Duration = Duration::from_secs(6);

/// Times that a server which drips soon passes.
fn impatient() -> Limits {
    let short = Duration::from_millis(400);
    Limits { patience: short, login: short, open: short, check: LONG, ..limits() }
}

/// Says something without an end, a byte now and then.
fn drip(talk: &mut Talk, said: &[u8]) -> io::Result<Turn> {
    for byte in said.iter().cycle() {
        talk.send(&[*byte])?;
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Ok(Turn::Mine)
}

/// A server that drips its answer to a command, on every connection or on the first.
fn dripping(word: &'static str, said: &'static [u8], always: bool) -> Server {
    Server::new(Mailbox::of(3)).on(move |talk, command| {
        if command.line.contains(word) && (always || talk.connection == 1) {
            return drip(talk, said);
        }
        Ok(Turn::Yours)
    })
}

/// What drips: whole lines, one line without an end, a literal.
const DRIPS: [&[u8]; 3] =
    [b"* OK Still here\r\n", b"* OK x", b"* LIST () \"/\" {60000}\r\nabcdefghijklmnopqrstuvwxyz"];

#[test]
fn a_stream_goes_on_behind_answers_that_drip() {
    for word in ["LOGIN", "EXAMINE", "FETCH"] {
        for said in DRIPS {
            let server = dripping(word, said, false);
            let start = Instant::now();
            let mut seen = Seen::default();
            seen.stream(&mut plain(&server).within(impatient())).expect("the next attempt");
            assert_eq!((seen.sorted(), seen.waits()), (vec![1, 2, 3], 1), "{word}");
            assert!(start.elapsed() < SHORT, "{word} took {:?}", start.elapsed());
            let states = format!("{:?}", seen.states);
            assert!(states.contains("gave up waiting for"), "{states}");
        }
    }
}

#[test]
fn messages_that_drip_are_not_waited_for() {
    let server = on_fetch(Server::new(Mailbox::of(3)), |talk, command, n| {
        if n == 0 {
            talk.message(1, 1, &talk.asked(command)[0].2)?;
            talk.send(b"* 2 FETCH (UID 2 BODY[]<0> {60000}\r\n")?;
            return drip(talk, b"x");
        }
        Ok(Turn::Yours)
    });
    let start = Instant::now();
    let mut seen = Seen::default();
    seen.stream(&mut plain(&server).within(impatient())).expect("the next attempt");
    assert_eq!((seen.sorted(), seen.notices.len()), (vec![1, 2, 3], 0));
    assert!(start.elapsed() < SHORT, "{:?}", start.elapsed());
}

#[test]
fn opening_a_message_that_drips_has_an_end() {
    for said in [&b"* OK Still here\r\n"[..], b"* 2 FETCH (UID 2 BODY[]<0> {60000}\r\nabcdefgh"] {
        let server = dripping("FETCH", said, true);
        let start = Instant::now();
        let opened =
            plain(&server).within(impatient()).reader().whole(Place { validity: 77, uid: 2 });
        assert!(matches!(opened, Err(Error::Imap(ImapError::Slow { .. }))), "{opened:?}");
        assert!(start.elapsed() < SHORT, "{:?}", start.elapsed());
    }
}

#[test]
fn a_long_message_that_comes_steadily_has_more_time() {
    let mut mailbox = Mailbox::of(1);
    mailbox.messages[0].1 = vec![b'x'; 2 << 20];
    let server = on_fetch(Server::new(mailbox), |talk, command, _| {
        let (_, uid, bytes) = talk.asked(command).remove(0);
        talk.send(format!("* 1 FETCH (UID {uid} BODY[]<0> {{{}}}\r\n", bytes.len()).as_bytes())?;
        for piece in bytes.chunks(256 << 10) {
            talk.send(piece)?;
            std::thread::park_timeout(Duration::from_millis(150));
        }
        talk.say(&format!(")\r\n{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let limits = Limits { patience: Duration::from_millis(600), open: LONG, ..limits() };
    let opened = plain(&server).within(limits).reader().whole(Place { validity: 77, uid: 1 });
    assert_eq!(opened.expect("the message").len(), 2 << 20);
}

/// Checks an account at this port, which must not take long.
fn checked(port: u16, limits: Limits) -> AccountCheck {
    let start = Instant::now();
    let report = check_within(&account(port, Tls::None, None), &Secret::password(CANARY), limits);
    assert!(start.elapsed() < SHORT, "{:?}: {report}", start.elapsed());
    report
}

#[test]
fn every_step_of_a_check_has_an_end() {
    for (word, step) in [
        ("LOGIN", "login"),
        ("CAPABILITY", "capabilities"),
        ("LIST", "folders"),
        ("EXAMINE", "mailbox"),
    ] {
        for said in DRIPS {
            let server = dripping(word, said, true);
            let report = checked(server.start(), impatient());
            let failed = report.steps.iter().find(|step| step.outcome.is_err());
            let failed = failed.expect("a step that failed");
            assert_eq!(failed.name, step, "{report}");
            assert!(matches!(failed.outcome, Err(ImapError::Slow { .. })), "{report}");
        }
    }
}

#[test]
fn a_check_has_an_end_as_a_whole() {
    let patient = Limits { check: Duration::from_millis(600), ..limits() };
    for word in ["LOGIN", "LIST", "EXAMINE"] {
        let report = checked(dripping(word, DRIPS[0], true).start(), patient);
        assert!(!report.is_good(), "{report}");
        assert!(report.to_string().contains("gave up waiting for"), "{report}");
    }
    // A goodbye that drips costs nothing.
    let report = checked(dripping("LOGOUT", DRIPS[0], true).start(), impatient());
    assert!(report.is_good(), "{report}");
}

#[test]
fn a_greeting_that_drips_has_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut tcp in listener.incoming().flatten() {
            std::thread::spawn(move || {
                while tcp.write_all(b"*").is_ok() {
                    std::thread::park_timeout(Duration::from_millis(20));
                }
            });
        }
    });
    for tls in [Tls::None, Tls::Starttls] {
        let start = Instant::now();
        let report =
            check_within(&account(port, tls, None), &Secret::password(CANARY), impatient());
        assert!(start.elapsed() < SHORT, "{:?}", start.elapsed());
        assert!(report.to_string().contains("gave up waiting for"), "{report}");
    }
}

#[test]
fn a_goodbye_ends_the_waiting_at_once_with_its_words() {
    for word in ["LOGIN", "CAPABILITY", "LIST", "EXAMINE"] {
        let server = Server::new(Mailbox::of(3)).on(move |talk, command| {
            if command.line.contains(word) {
                talk.say("* BYE [UNAVAILABLE] Closed for stocktaking")?;
                return talk.fall_silent();
            }
            Ok(Turn::Yours)
        });
        let report = checked(server.start(), limits());
        assert!(report.to_string().contains("UNAVAILABLE: Closed for stocktaking"), "{report}");
    }
}

#[test]
fn a_goodbye_in_any_state_is_waited_out() {
    for word in ["LOGIN", "EXAMINE", "FETCH"] {
        let server = Server::new(Mailbox::of(2)).on(move |talk, command| {
            if talk.connection == 1 && command.line.contains(word) {
                talk.say("* BYE [INUSE] Somebody else is here")?;
                return talk.fall_silent();
            }
            Ok(Turn::Yours)
        });
        let start = Instant::now();
        let mut seen = Seen::default();
        seen.stream(&mut plain(&server)).expect("the next attempt");
        assert!(start.elapsed() < SHORT, "{word} took {:?}", start.elapsed());
        let why = seen.states.iter().find_map(|state| match state {
            State::Waiting { why, .. } => Some(why.to_string()),
            _ => None,
        });
        assert!(why.is_some_and(|why| why.contains("INUSE: Somebody else is here")), "{word}");
    }
}

#[test]
fn refusals_that_pass_are_waited_out_in_any_state() {
    for code in ["LIMIT", "UNAVAILABLE", "INUSE"] {
        for word in ["LOGIN", "EXAMINE", "FETCH"] {
            let server = Server::new(Mailbox::of(2)).on(move |talk, command| {
                if talk.connection == 1 && command.line.contains(word) {
                    talk.say(&format!("{} NO [{code}] Not now", command.tag))?;
                    return Ok(Turn::Mine);
                }
                Ok(Turn::Yours)
            });
            let mut seen = Seen::default();
            seen.stream(&mut plain(&server)).expect("the next attempt");
            assert_eq!((seen.uids.len(), seen.waits(), seen.notices.len()), (2, 1, 0), "{word}");
            assert!(format!("{:?}", seen.states).contains(&format!("{code}: Not now")), "{word}");
        }
    }
}
