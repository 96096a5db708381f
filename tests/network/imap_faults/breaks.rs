//! Connections that break, fall silent or break the protocol.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use deadletter::config::Tls;
use deadletter::source::State;
use deadletter::source::imap::{Error as ImapError, Limits};

use super::{hasty, on_fetch, plain, refused, streamed};
use crate::imap_server::{Command, Mailbox, Server, Talk, Turn, hang_up};
use crate::seen::{Seen, account, imap, limits};

#[test]
fn a_cut_in_the_middle_of_a_message_costs_nothing_but_that_message() {
    let server = on_fetch(Server::new(Mailbox::of(10)), |talk, command, n| {
        if n > 0 {
            return Ok(Turn::Yours);
        }
        for (number, uid, bytes) in talk.asked(command).into_iter().take(6) {
            talk.message(number, uid, &bytes)?;
        }
        talk.send(b"* 7 FETCH (UID 7 BODY[]<0> {4000}\r\nhalf of it")?;
        hang_up()
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [1, 2, 3, 4, 5, 6, 8, 9, 10, 7]);
    assert_eq!((seen.waits(), seen.notices.len()), (1, 0));
    let asked = server.logged("BODY.PEEK");
    assert!(asked[1].contains("UID FETCH 8:10 "), "{asked:?}");
    assert!(asked[2].contains("UID FETCH 7 "), "{asked:?}");
}

#[test]
fn a_message_that_always_breaks_the_connection_is_left_out() {
    let server = on_fetch(Server::new(Mailbox::of(10)), |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            if uid == 7 {
                talk.send(b"* 7 FETCH (UID 7 BODY[]<0> {4000}\r\nhalf of it")?;
                return hang_up();
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [1, 2, 3, 4, 5, 6, 8, 9, 10]);
    assert_eq!(seen.notices.len(), 1);
    assert!(seen.notices[0].contains("UID 7 in INBOX is left out"), "{:?}", seen.notices);
}

#[test]
fn messages_that_come_without_their_text_are_told() {
    // Dovecot sends this for a message whose file is shorter than its name says, and hangs up.
    let server = on_fetch(Server::new(Mailbox::of(5)), |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            if uid == 2 {
                talk.say("* 2 FETCH (UID 2 INTERNALDATE \"17-Jul-2026 02:44:25 +0200\")")?;
                talk.say("* BYE FETCH failed: Internal error occurred.")?;
                return hang_up();
            }
            if uid == 4 {
                talk.say(
                    "* 4 FETCH (UID 4 INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" BODY[]<0> NIL)",
                )?;
                continue;
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [1, 3, 5]);
    assert_eq!((seen.notices.len(), seen.waits()), (2, 3));
    assert!(
        seen.notices[0].contains("UID 4 in INBOX is left out: the server sent it without its text")
    );
    assert!(
        seen.notices[1].contains("UID 2 in INBOX is left out")
            && seen.notices[1].contains("FETCH failed")
    );
}

#[test]
fn gigantic_literals_are_refused_before_they_are_read() {
    for size in ["4294967295", "99999999999999999999", "67108865"] {
        let server = on_fetch(Server::new(Mailbox::of(3)), move |talk, command, _| {
            for (number, uid, bytes) in talk.asked(command) {
                if uid == 2 {
                    talk.say(&format!("* 2 FETCH (UID 2 BODY[]<0> {{{size}}}"))?;
                    return talk.fall_silent();
                }
                talk.message(number, uid, &bytes)?;
            }
            talk.say(&format!("{} OK done", command.tag))?;
            Ok(Turn::Mine)
        });
        let started = Instant::now();
        let seen = streamed(&server);
        assert_eq!(seen.uids, [1, 3], "{size}");
        assert!(seen.notices[0].contains("UID 2"), "{:?}", seen.notices);
        assert!(started.elapsed() < limits().read, "it did not wait for the bytes");
    }
}

#[test]
fn a_server_that_keeps_breaking_the_protocol_is_given_up() {
    type Fault = fn(&mut Talk, &Command) -> io::Result<()>;
    let faults: [(&str, Fault); 5] = [
        ("a line longer than", |talk, _| (0..40).try_for_each(|_| talk.send(&vec![b'x'; 65_536]))),
        ("a command that was not given", |talk, _| talk.say("d99 OK done")),
        ("no IMAP response", |talk, _| talk.send(b"\x16\x03\x01\x02\x00garbage\r\n")),
        ("nested deeper than 100", |talk, _| {
            talk.say(&format!("* 1 FETCH (BODYSTRUCTURE {})", "(".repeat(200_000)))
        }),
        ("too long for where it stands", |talk, _| talk.say("* 1 FETCH (X-THING {3000000}")),
    ];
    for (expected, fault) in faults {
        let server = on_fetch(Server::new(Mailbox::of(1)), move |talk, command, _| {
            fault(talk, command)?;
            talk.fall_silent()
        });
        let (error, seen) = refused(&mut plain(&server));
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(error, ImapError::Protocol { .. }), "{error}");
        assert_eq!(seen.states.last(), Some(&State::Stopped(error.to_string().as_str().into())));
        let attempts = server.logged("LOGIN").len();
        assert!((3..=4).contains(&attempts), "{attempts} attempts: {expected}");
    }
}

#[test]
fn answers_without_an_end_are_cut_off() {
    let limits = Limits { answer: 100_000, response: 100_000, ..limits() };
    for command in ["LOGIN", "EXAMINE", "FETCH"] {
        let server = Server::new(Mailbox::of(1)).on(move |talk, c| {
            if c.line.contains(command) {
                (0..20_000).try_for_each(|_| talk.say("* OK Still here"))?;
                return talk.fall_silent();
            }
            Ok(Turn::Yours)
        });
        let (error, _) = refused(&mut plain(&server).within(limits));
        assert!(matches!(error, ImapError::Protocol { .. }), "{command}: {error}");
    }
}

#[test]
fn silence_ends_the_attempt_and_not_the_work() {
    let server = on_fetch(Server::new(Mailbox::of(4)), |talk, command, n| {
        let asked = talk.asked(command);
        talk.message(asked[0].0, asked[0].1, &asked[0].2)?;
        if n == 0 { talk.fall_silent() } else { Ok(Turn::Yours) }
    });
    let mut seen = Seen::default();
    seen.stream(&mut plain(&server).within(hasty())).expect("a stream to its end");
    assert_eq!(seen.uids, [1, 2, 3, 4]);
    let waiting = seen.states.iter().find_map(|s| match s {
        State::Waiting { why, .. } => Some(why.to_string()),
        _ => None,
    });
    assert!(waiting.is_some_and(|why| why.contains("fell silent")), "{:?}", seen.states);
}

#[test]
fn a_login_that_drips_has_a_deadline() {
    let server = Server::new(Mailbox::of(1)).on(|talk, command| {
        if command.is("LOGIN") && talk.connection == 1 {
            for _ in 0..200 {
                talk.send(b"*")?;
                std::thread::park_timeout(Duration::from_millis(50));
            }
        }
        Ok(Turn::Yours)
    });
    let started = Instant::now();
    let mut seen = Seen::default();
    let limits = Limits { login: Duration::from_millis(500), ..limits() };
    seen.stream(&mut plain(&server).within(limits)).expect("the second attempt");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(seen.waits(), 1);
}

#[test]
fn goodbyes_are_waited_out() {
    for command in ["greeting", "LOGIN", "EXAMINE", "FETCH"] {
        let server = Server::new(Mailbox::of(2)).on(move |talk, c| {
            if talk.connection == 1 && (c.line.contains(command) || command == "greeting") {
                talk.say("* BYE [UNAVAILABLE] Restarting")?;
                return hang_up();
            }
            Ok(Turn::Yours)
        });
        let seen = streamed(&server);
        assert_eq!((seen.uids.len(), seen.waits()), (2, 1), "{command}");
        let why = format!("{:?}", seen.states);
        assert!(why.contains("UNAVAILABLE: Restarting"), "{why}");
    }
}

#[test]
fn a_greeting_that_turns_us_away_is_waited_out() {
    let greetings = AtomicU32::new(0);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let busy = listener.local_addr().expect("an address").port();
    let good = Arc::new(Server::new(Mailbox::of(2))).start();
    std::thread::spawn(move || {
        for mut tcp in listener.incoming().flatten() {
            use std::io::{Read, Write};
            if greetings.fetch_add(1, Ordering::SeqCst) < 2 {
                let _ = tcp.write_all(b"* BYE [UNAVAILABLE] Too many connections\r\n");
                continue;
            }
            let mut there =
                std::net::TcpStream::connect(("127.0.0.1", good)).expect("the good server");
            let (mut from, mut to) =
                (tcp.try_clone().expect("a clone"), there.try_clone().expect("a clone"));
            std::thread::spawn(move || io::copy(&mut from, &mut to));
            let mut piece = [0; 1024];
            while let Ok(n @ 1..) = there.read(&mut piece) {
                let _ = tcp.write_all(&piece[..n]);
            }
        }
    });
    let mut seen = Seen::default();
    seen.stream(&mut imap(account(busy, Tls::None, None))).expect("the third attempt");
    assert_eq!((seen.uids.len(), seen.waits()), (2, 2));
    assert!(format!("{:?}", seen.states).contains("Too many connections"));
}

#[test]
fn a_mailbox_that_was_replaced_is_read_anew() {
    let server = Server::new(Mailbox::of(4));
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    {
        let mut mailbox = server.mailbox.lock().expect("the mailbox");
        *mailbox = Mailbox::of(2);
        mailbox.validity = 78;
    }
    seen.stream(&mut source).expect("second");
    assert_eq!(seen.resets, 1);
    assert_eq!(seen.uids, [1, 2, 3, 4, 1, 2]);
    assert_eq!(seen.validities, [77, 77, 77, 77, 78, 78]);
}

#[test]
fn a_mailbox_replaced_while_we_read_is_noticed() {
    let server = on_fetch(Server::new(Mailbox::of(4)), |talk, _, n| {
        if n == 0 {
            talk.server.mailbox.lock().expect("the mailbox").validity = 78;
            talk.say("* OK [UIDVALIDITY 78] replaced")?;
        }
        Ok(Turn::Yours)
    });
    let seen = streamed(&server);
    assert_eq!(seen.resets, 1);
    assert_eq!(seen.validities, [78, 78, 78, 78]);
}

#[test]
fn one_message_that_the_server_cannot_send_is_found_and_left_out() {
    let server = on_fetch(Server::new(Mailbox::of(300)), |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            if uid == 37 {
                talk.say(&format!("{} NO [SERVERBUG] Internal error", command.tag))?;
                return Ok(Turn::Mine);
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.sorted(), (1..=300).filter(|&uid| uid != 37).collect::<Vec<_>>());
    assert_eq!((seen.notices.len(), seen.waits()), (1, 0));
    assert!(
        seen.notices[0].contains("UID 37") && seen.notices[0].contains("SERVERBUG"),
        "{:?}",
        seen.notices
    );
}

#[test]
fn a_message_that_makes_the_server_drop_everything_is_found_and_left_out() {
    // What a server does that dies of one message before it has sent anything.
    let server = on_fetch(Server::new(Mailbox::of(300)), |talk, command, _| {
        if talk.asked(command).iter().any(|(_, uid, _)| *uid == 250) {
            hang_up()
        } else {
            Ok(Turn::Yours)
        }
    });
    let seen = streamed(&server);
    assert_eq!(seen.sorted(), (1..=300).filter(|&uid| uid != 250).collect::<Vec<_>>());
    assert_eq!(seen.notices.len(), 1);
    assert!(seen.notices[0].contains("UID 250"), "{:?}", seen.notices);
}

#[test]
fn a_refusal_that_passes_is_waited_out_and_nothing_is_left_out() {
    let server = on_fetch(Server::new(Mailbox::of(5)), |talk, command, n| {
        if n < 4 {
            talk.say(&format!("{} NO [UNAVAILABLE] Try again later", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let seen = streamed(&server);
    assert_eq!((seen.uids.len(), seen.notices.len(), seen.waits()), (5, 0, 4));
}

#[test]
fn a_server_that_refuses_every_message_is_given_up() {
    let server = on_fetch(Server::new(Mailbox::of(100_000)), |talk, command, _| {
        talk.say(&format!("{} NO [NOPERM] Not for you", command.tag))?;
        Ok(Turn::Mine)
    });
    let (error, _) = refused(&mut plain(&server));
    assert!(
        matches!(error, ImapError::Refused { .. }) && error.to_string().contains("NOPERM"),
        "{error}"
    );
    assert!(server.logged("BODY.PEEK").len() < 80);
}
