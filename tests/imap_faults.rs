//! The IMAP source against a server that misbehaves: what a hostile, broken or crowded server may do, and what must
//! come of it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where something is not what it must be")]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/imap_server.rs"]
mod imap_server;
#[path = "support/seen.rs"]
mod seen;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use certificates::{Authority, HERE};
use deadletter::config::Tls;
use deadletter::source::imap::{Error as ImapError, Imap, Limits, Secret, check_within};
use deadletter::source::{Error, MessageId, Source, State};
use imap_server::{Command, Encrypt, Mailbox, Server, Talk, Turn, hang_up};
use seen::{CANARY, Seen, account, imap, limits};

/// A source that reads from this server without TLS.
fn plain(server: &Server) -> Imap {
    imap(account(server.start(), Tls::None, None))
}

/// Limits for servers that fall silent.
fn hasty() -> Limits {
    Limits { read: Duration::from_millis(300), ..limits() }
}

fn streamed(server: &Server) -> Seen {
    let mut seen = Seen::default();
    seen.stream(&mut plain(server)).expect("a stream to its end");
    seen
}

fn refused(source: &mut dyn Source) -> (ImapError, Seen) {
    let mut seen = Seen::default();
    match seen.stream(source) {
        Err(Error::Imap(error)) => (error, seen),
        other => panic!("{other:?}"),
    }
}

/// Hands FETCH commands for messages to a test; `n` counts them over all connections.
fn on_fetch(
    server: Server,
    answer: impl Fn(&mut Talk, &Command, u32) -> io::Result<Turn> + Send + Sync + 'static,
) -> Server {
    let count = AtomicU32::new(0);
    server.on(move |talk, command| {
        if command.fetches_messages() {
            answer(talk, command, count.fetch_add(1, Ordering::SeqCst))
        } else {
            Ok(Turn::Yours)
        }
    })
}

fn nobody_logged_in(server: &Server) {
    for line in server.log() {
        assert!(!line.contains("LOGIN") && !line.contains("AUTHENTICATE") && !line.contains(CANARY), "{line}");
    }
}

// ---- what must come, and in which order

#[test]
fn the_newest_come_first_in_few_commands() {
    let server = Server::new(Mailbox::of(2_500));
    let seen = streamed(&server);
    let expected: Vec<u32> = (2_301..=2_500).chain(301..=2_300).chain(1..=300).collect();
    assert_eq!(seen.uids, expected);
    assert_eq!(server.logged("BODY.PEEK").len(), 3);
    assert_eq!(server.logged("EXAMINE").len(), 1);
    let (bytes, whole) = &seen.messages[&7];
    assert_eq!((bytes.as_slice(), *whole), (&b"Subject: message 7\r\n\r\nhello 7\r\n"[..], true));
    assert_eq!(seen.states.first(), Some(&State::Connecting));
    assert_eq!(seen.states.last(), Some(&State::Idle("no TLS".into())));
    assert!(seen.states.contains(&State::Fetching { done: 200, total: 2_500 }));
    assert!(seen.notices.is_empty());
}

#[test]
fn long_messages_are_cut() {
    let mut mailbox = Mailbox::of(2);
    mailbox.messages[1].1 = vec![b'x'; 200_000];
    let seen = streamed(&Server::new(mailbox));
    assert_eq!(seen.messages[&2], (vec![b'x'; 65_536], false));
    assert!(seen.messages[&1].1);
}

#[test]
fn empty_mailboxes_and_gaps_are_fine() {
    let empty = Mailbox { validity: 1, next: 4_000_000_000, messages: Vec::new() };
    let server = Server::new(empty);
    assert!(streamed(&server).uids.is_empty());
    assert!(server.logged("FETCH").is_empty());
    let mut gaps = Mailbox::of(0);
    gaps.messages = [5, 90_000, 4_000_000_000].map(|uid| (uid, b"x".to_vec())).to_vec();
    gaps.next = 4_000_000_001;
    assert_eq!(streamed(&Server::new(gaps)).uids, [5, 90_000, 4_000_000_000]);
}

#[test]
fn a_second_stream_brings_what_is_new() {
    let server = Server::new(Mailbox::of(3));
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    seen.stream(&mut source).expect("nothing new");
    {
        let mut mailbox = server.mailbox.lock().expect("the mailbox");
        mailbox.messages.push((9, b"new".to_vec()));
        mailbox.next = 10;
    }
    seen.stream(&mut source).expect("one new");
    assert_eq!(seen.uids, [1, 2, 3, 9]);
    assert_eq!(seen.resets, 0);
    assert_eq!(server.logged("LOGIN").len(), 1, "one connection serves all");
    assert_eq!(server.logged("BODY.PEEK").len(), 2);
}

#[test]
fn a_connection_gone_stale_between_streams_is_replaced_at_once() {
    let server = Server::new(Mailbox::of(3)).on(|talk, command| match (talk.connection, command.is("EXAMINE")) {
        (1, true) if talk.server.logged("1 plain").iter().filter(|l| l.contains("EXAMINE")).count() > 1 => hang_up(),
        _ => Ok(Turn::Yours),
    });
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    seen.stream(&mut source).expect("second");
    assert_eq!((seen.waits(), seen.uids.len(), server.logged("LOGIN").len()), (0, 3, 2));
}

#[test]
fn a_sink_that_has_enough_stops_the_stream_and_it_can_go_on() {
    let server = Server::new(Mailbox::of(500));
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream_until(&mut source, |s| s.uids.len() == 250).expect("stopped");
    assert_eq!(seen.uids.len(), 250);
    seen.stream(&mut source).expect("the rest");
    assert_eq!(seen.uids.len(), 500);
    assert_eq!(seen.sorted(), (1..=500).collect::<Vec<_>>());
}

// ---- legal noise and small lies

#[test]
fn noise_between_messages_loses_nothing() {
    let server = on_fetch(Server::new(Mailbox::of(4)), |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            talk.say("* OK Searched 59% of the mailbox, ETA 0:01 {7}")?;
            talk.say("* NO Disk almost full")?;
            talk.say("* BAD whatever")?;
            talk.say("* CAPABILITY IMAP4rev1 IDLE")?;
            talk.say("* ENABLED QRESYNC")?;
            talk.say("* VANISHED 1:4294967295")?;
            talk.send(b"* LIST () \"/\" {3}\r\na)b\r\n")?;
            talk.say(&format!("* {number} FETCH (FLAGS (\\Seen) UID {uid})"))?;
            talk.say("* 1 FETCH (FLAGS (\\Flagged))")?;
            talk.say("* 9 EXISTS")?;
            talk.message(number, 0, b"UID 0")?;
            talk.message(number, 4_000, b"nobody asked")?;
            talk.say(&format!("* {number} FETCH (BODY[]<0> {{1}}\r\nx)"))?;
            talk.message(number, uid, &bytes)?;
            talk.message(number, uid, b"again")?;
        }
        talk.send(b"* OK \xff\xfe caf\xc3\xa9 \0 [\r\n")?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [1, 2, 3, 4]);
    assert!(seen.messages[&2].0.starts_with(b"Subject: message 2"));
    assert_eq!((seen.waits(), seen.notices.len()), (0, 0));
}

#[test]
fn bodies_may_be_missing_empty_quoted_or_in_any_order() {
    let server = on_fetch(Server::new(Mailbox::of(5)), |talk, command, _| {
        talk.say("* 4 FETCH (BODY[]<0> {3}\r\nabc UID 4 RFC822.SIZE 7 FLAGS (\\Seen \"odd )\"))")?;
        talk.say("* 3 FETCH (UID 3 BODY[]<0> \"quoted \\\"text\\\"\")")?;
        talk.say("* 2 FETCH (UID 2 BODY[]<0> {0}\r\n)")?;
        talk.say("* 1 FETCH (UID 1 BODY[]<0> NIL)")?;
        talk.say("* 2 EXPUNGE")?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [4, 3, 2]);
    assert_eq!(seen.messages[&3].0, b"quoted \"text\"");
    assert_eq!(seen.messages[&4].0, b"abc");
    assert_eq!(seen.messages[&2], (Vec::new(), true));
}

#[test]
fn examine_survives_eight_bits_and_warnings() {
    let server = Server::new(Mailbox::of(2)).on(|talk, command| {
        if command.is("EXAMINE") {
            talk.send(
                b"* OK [NOTE] caf\xe9 \0\r\n* NO Disk almost full\r\n* BAD hm\r\n* FLAGS (\\Seen gr\xc3\xbcn)\r\n",
            )?;
            talk.send(
                b"* CAPABILITY IMAP4rev1\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n* 1 FETCH (FLAGS (\\Seen))\r\n",
            )?;
            talk.send(b"* OK [HIGHESTMODSEQ 12345678901234567890] x\r\n* OK [MAILBOXID (abc)] Ok\r\n")?;
        }
        Ok(Turn::Yours)
    });
    assert_eq!(streamed(&server).uids, [1, 2]);
}

#[test]
fn a_server_without_uidnext_is_asked_for_its_last_uid() {
    let server = Server::new(Mailbox::of(300)).on(|talk, command| {
        if command.is("EXAMINE") {
            talk.say("* 300 EXISTS\r\n* OK [UIDVALIDITY 4] ok")?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let seen = streamed(&server);
    assert_eq!((seen.uids.len(), seen.uids[0], seen.validities[0]), (300, 101, 4));
}

#[test]
fn alerts_are_shown_once_and_made_safe() {
    let server =
        Server::new(Mailbox::of(1)).greeting("* OK [ALERT] \x1b]0;owned\x07Back soon\x1b[2J").on(|talk, command| {
            if command.is("EXAMINE") {
                talk.say("* OK [ALERT] \u{1b}]0;owned\u{7}Back soon\u{1b}[2J")?;
            }
            Ok(Turn::Yours)
        });
    let seen = streamed(&server);
    assert_eq!(seen.notices.len(), 1, "{:?}", seen.notices);
    assert!(seen.notices[0].ends_with("says: \\x1b]0;owned\\x07Back soon\\x1b[2J"), "{:?}", seen.notices);
}

// ---- connections that break

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
    assert_eq!(seen.uids, (1..=10).collect::<Vec<_>>());
    assert_eq!(seen.waits(), 1);
    let asked = server.logged("BODY.PEEK");
    assert!(asked[1].contains("UID FETCH 7:10 "), "{asked:?}");
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
                talk.say("* 4 FETCH (UID 4 INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" BODY[]<0> NIL)")?;
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
    assert!(seen.notices[0].contains("UID 2 in INBOX is left out") && seen.notices[0].contains("FETCH failed"));
    assert!(seen.notices[1].contains("UID 4 in INBOX is left out: the server sent it without its text"));
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
        ("nested deeper than 100", |talk, _| talk.say(&format!("* 1 FETCH (BODYSTRUCTURE {})", "(".repeat(200_000)))),
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
fn more_messages_than_the_mailbox_holds_are_not_taken() {
    let mut mailbox = Mailbox::of(2);
    mailbox.next = u32::MAX;
    let server = on_fetch(Server::new(mailbox), |talk, _, _| {
        (1..u32::MAX).try_for_each(|uid| talk.message(uid, uid, b"x"))?;
        Ok(Turn::Mine)
    });
    let mut seen = Seen::default();
    seen.stream_until(&mut plain(&server), |s| s.waits() > 0).expect("stopped");
    assert_eq!(seen.uids, [1, 2]);
    assert!(format!("{:?}", seen.states).contains("more messages than the mailbox holds"));
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
            let mut there = std::net::TcpStream::connect(("127.0.0.1", good)).expect("the good server");
            let (mut from, mut to) = (tcp.try_clone().expect("a clone"), there.try_clone().expect("a clone"));
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
    assert_eq!(seen.validities[4..], [78, 78, 78, 78]);
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
    assert!(seen.notices[0].contains("UID 37") && seen.notices[0].contains("SERVERBUG"), "{:?}", seen.notices);
}

#[test]
fn a_message_that_makes_the_server_drop_everything_is_found_and_left_out() {
    // What a server does that dies of one message before it has sent anything.
    let server = on_fetch(Server::new(Mailbox::of(300)), |talk, command, _| {
        if talk.asked(command).iter().any(|(_, uid, _)| *uid == 250) { hang_up() } else { Ok(Turn::Yours) }
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
    assert!(matches!(error, ImapError::Refused { .. }) && error.to_string().contains("NOPERM"), "{error}");
    assert!(server.logged("BODY.PEEK").len() < 80);
}

// ---- logging in

#[test]
fn strange_greetings_end_it() {
    for greeting in ["220 mx1 ESMTP", "HTTP/1.1 400 Bad Request", "* PREAUTH welcome", "* NO", "\u{1b}[2J", "+OK pop3"]
    {
        let server = Server::new(Mailbox::of(1)).greeting(greeting);
        let (error, _) = refused(&mut plain(&server));
        assert!(matches!(error, ImapError::Greeting { .. }), "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
        nobody_logged_in(&server);
    }
}

#[test]
fn a_refused_login_names_what_to_check_and_no_secret() {
    let server = Server::new(Mailbox::of(1)).on(|talk, command| {
        if command.is("LOGIN") {
            talk.say(&format!("{} NO [AUTHENTICATIONFAILED] Wrong: {}", command.tag, command.line))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let (error, seen) = refused(&mut plain(&server));
    let text = error.to_string();
    assert!(text.contains("login as postmaster refused") && text.contains("AUTHENTICATIONFAILED"), "{text}");
    assert!(text.contains("check user and password_command of account lab"), "{text}");
    assert!(!format!("{text} {error:?} {seen:?}").contains(CANARY));
    assert_eq!(server.logged("LOGIN").len(), 1, "a refused login is not tried again");
}

#[test]
fn a_login_that_cannot_be_served_now_is_tried_again() {
    for said in [
        "[UNAVAILABLE] Temporary failure",
        "[LIMIT] Maximum number of connections",
        "[ALERT] Too many simultaneous connections",
    ] {
        let server = Server::new(Mailbox::of(1)).on(move |talk, command| {
            if command.is("LOGIN") && talk.connection == 1 {
                talk.say(&format!("{} NO {said}", command.tag))?;
                return Ok(Turn::Mine);
            }
            Ok(Turn::Yours)
        });
        let seen = streamed(&server);
        assert_eq!((seen.uids.len(), seen.waits()), (1, 1), "{said}");
    }
}

#[test]
fn passwords_that_are_no_ascii_go_by_authenticate() {
    let secret = Secret::password("zażółć \"gęślą\"");
    let server = Server::new(Mailbox::of(1));
    let mut source = Imap::new(account(server.start(), Tls::None, None), secret, 0).within(limits());
    Seen::default().stream(&mut source).expect("a stream");
    assert!(server.logged("LOGIN").is_empty());
    assert!(
        server.logged("AUTHENTICATE PLAIN").len() == 1
            && server.log().iter().any(|l| l.contains("AHBvc3RtYXN0ZXIAemHF"))
    );

    let server = Server::new(Mailbox::of(1)).capability("IMAP4rev1 LOGINDISABLED");
    let (error, _) = refused(&mut plain(&server));
    assert!(matches!(error, ImapError::Method { .. }), "{error}");
    nobody_logged_in(&server);
}

#[test]
fn an_expired_token_is_renewed_once() {
    let server = Server::new(Mailbox::of(2)).on(|talk, command| {
        if !command.is("AUTHENTICATE XOAUTH2") {
            return Ok(Turn::Yours);
        }
        talk.say("+ ")?;
        // user=postmaster^Aauth=Bearer stale^A^A
        if talk.line()? != "dXNlcj1wb3N0bWFzdGVyAWF1dGg9QmVhcmVyIHN0YWxlAQE=" {
            talk.say(&format!("{} OK welcome", command.tag))?;
            return Ok(Turn::Mine);
        }
        talk.say("+ eyJzdGF0dXMiOiI0MDEifQ==")?;
        assert_eq!(talk.line()?, "", "an empty line answers the error challenge");
        talk.say(&format!("{} NO [AUTHENTICATIONFAILED] Invalid credentials", command.tag))?;
        Ok(Turn::Mine)
    });
    let mut account = account(server.start(), Tls::None, None);
    account.token_command = ["printf", "fresh"].map(str::to_owned).to_vec();
    let mut seen = Seen::default();
    seen.stream(&mut Imap::new(account.clone(), Secret::token("stale"), 0).within(limits())).expect("a stream");
    assert_eq!((seen.uids.len(), server.logged("AUTHENTICATE").len()), (2, 2));

    account.token_command = ["printf", "stale"].map(str::to_owned).to_vec();
    let (error, _) = refused(&mut Imap::new(account, Secret::token("stale"), 0).within(limits()));
    assert!(error.to_string().contains("token_command"), "{error}");
}

#[test]
fn a_missing_mailbox_ends_it() {
    let server = Server::new(Mailbox::of(1)).on(|talk, command| {
        if command.is("EXAMINE") {
            talk.say(&format!("{} NO [NONEXISTENT] Mailbox doesn't exist: Odbicia", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let mut account = account(server.start(), Tls::None, None);
    account.mailbox = "Zwróć \"&\"".to_owned();
    let (error, _) = refused(&mut imap(account));
    assert!(matches!(error, ImapError::Mailbox { .. }) && error.to_string().contains("NONEXISTENT"), "{error}");
    assert!(server.logged("EXAMINE")[0].ends_with("EXAMINE \"Zwr&APMBBw- \\\"&-\\\"\""));
}

#[test]
fn without_tls_no_other_machine_is_called() {
    let mut account = account(1, Tls::None, None);
    account.host = "192.0.2.7".to_owned();
    let (error, _) = refused(&mut imap(account));
    assert!(matches!(error, ImapError::Unencrypted { .. }), "{error}");
}

// ---- TLS

#[test]
fn messages_come_through_tls() {
    let authority = Authority::new();
    let identity = authority.good().identity();
    for (tls, encrypt) in
        [(Tls::Implicit, Encrypt::AtOnce(identity.clone())), (Tls::Starttls, Encrypt::WhenAsked(identity.clone()))]
    {
        let server = Server::new(Mailbox::of(300)).capability("IMAP4rev1 STARTTLS AUTH=PLAIN").encrypt(encrypt);
        let mut source = imap(account(server.start(), tls, Some(&authority.file())));
        let mut seen = Seen::default();
        seen.stream(&mut source).expect("a stream");
        assert_eq!(seen.uids.len(), 300);
        assert_eq!(seen.states.last(), Some(&State::Idle("TLS 1.2".into())));
        assert!(server.logged(CANARY).iter().all(|l| l.starts_with("1 tls ")), "{:?}", server.log());
        assert_eq!(server.logged(CANARY).len(), 1);
    }
}

#[test]
fn capabilities_from_before_tls_do_not_count() {
    let authority = Authority::new();
    let encrypt = Encrypt::WhenAsked(authority.good().identity());
    let server = Server::new(Mailbox::of(1)).encrypt(encrypt).on(|talk, command| {
        if command.is("CAPABILITY") && talk.server.logged("CAPABILITY").len() > 1 {
            talk.say("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN")?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let server = server.capability("IMAP4rev1 STARTTLS");
    let mut source = imap(account(server.start(), Tls::Starttls, Some(&authority.file())));
    Seen::default().stream(&mut source).expect("a stream");
    assert_eq!(
        (server.logged("LOGIN ").len(), server.logged("tls a2 AUTHENTICATE PLAIN").len()),
        (0, 1),
        "{:?}",
        server.log()
    );
}

#[test]
fn starttls_that_was_tampered_with_ends_before_the_password() {
    type Fault = fn(&mut Talk, &Command) -> io::Result<Turn>;
    let faults: [(&str, &str, Fault); 8] = [
        ("does not offer STARTTLS", "IMAP4rev1 AUTH=PLAIN", |_, _| Ok(Turn::Yours)),
        ("refuses STARTTLS (not today)", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("{} NO not today", c.tag)).map(|()| Turn::Mine)
        }),
        ("refuses STARTTLS (what?)", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("{} BAD what?", c.tag)).map(|()| Turn::Mine)
        }),
        ("sent more after it had agreed", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.send(format!("{} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK\r\n", c.tag).as_bytes())?;
            talk.fall_silent()
        }),
        ("sent more after it had agreed", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.send(format!("{} OK go\r\n* ", c.tag).as_bytes())?;
            talk.fall_silent()
        }),
        ("answered STARTTLS with * PREAUTH", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("* PREAUTH in\r\n{} OK go", c.tag))?;
            talk.fall_silent()
        }),
        ("answered STARTTLS with * BYE", "IMAP4rev1 STARTTLS", |talk, _| talk.say("* BYE no").and_then(|()| hang_up())),
        ("answered STARTTLS with a1 OK", "IMAP4rev1 STARTTLS", |talk, _| {
            talk.say("a1 OK").and_then(|()| talk.fall_silent())
        }),
    ];
    for (expected, capability, fault) in faults {
        let server = Server::new(Mailbox::of(1))
            .on(move |talk, c| if c.is("STARTTLS") { fault(talk, c) } else { Ok(Turn::Yours) })
            .capability(capability);
        let (error, _) = refused(&mut imap(account(server.start(), Tls::Starttls, None)));
        assert!(matches!(error, ImapError::Starttls { .. }), "{expected}: {error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().contains("no password was sent"), "{error}");
        nobody_logged_in(&server);
    }
}

#[test]
fn preauth_before_starttls_is_refused() {
    let server = Server::new(Mailbox::of(1)).greeting("* PREAUTH [CAPABILITY IMAP4rev1] you are in");
    let (error, _) = refused(&mut imap(account(server.start(), Tls::Starttls, None)));
    assert!(matches!(error, ImapError::Greeting { .. }), "{error}");
    assert!(server.log().is_empty(), "{:?}", server.log());
}

#[test]
fn certificates_that_are_not_right_are_refused_with_their_names() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        (
            authority.issue("old", HERE, "20200101000000Z", "20200201000000Z"),
            "expired",
            "valid from 2020-01-01 to 2020-02-01",
        ),
        (authority.issue("young", HERE, "20900101000000Z", "20910101000000Z"), "not yet valid", "compare the clocks"),
        (
            authority.issue(
                "elsewhere",
                "DNS:mail.example.net,DNS:imap.example.net",
                "20200101000000Z",
                "20991231000000Z",
            ),
            "mismatch",
            "it is for mail.example.net, imap.example.net; issued by Test Authority",
        ),
        (
            authority.self_signed("self", "/CN=localhost", "subjectAltName=DNS:localhost"),
            "self",
            "set ca_file of account lab",
        ),
        (other.good(), "issuer certificate", "it is for localhost, 127.0.0.1"),
    ];
    for (issued, reason, shown) in cases {
        for (tls, encrypt) in [
            (Tls::Implicit, Encrypt::AtOnce(issued.identity())),
            (Tls::Starttls, Encrypt::WhenAsked(issued.identity())),
        ] {
            let server = Server::new(Mailbox::of(1)).capability("IMAP4rev1 STARTTLS").encrypt(encrypt);
            let (error, _) = refused(&mut imap(account(server.start(), tls, Some(&authority.file()))));
            let text = error.to_string();
            assert!(matches!(error, ImapError::Certificate { .. }), "{text}");
            assert!(text.contains(reason) && text.contains(shown), "{text}");
            nobody_logged_in(&server);
            assert!(server.logged(" tls ").is_empty(), "nothing is said: {:?}", server.log());
        }
    }
}

#[test]
fn a_certificate_that_changes_on_reconnect_ends_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::new(Mailbox::of(3)).encrypt(Encrypt::AtOnce(authority.good().identity()));
    let impostor = Server::new(Mailbox::of(3)).encrypt(Encrypt::AtOnce(other.good().identity()));
    let (here, there) = (server.start(), impostor.start());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for (n, mut tcp) in listener.incoming().flatten().enumerate() {
            let mut to =
                std::net::TcpStream::connect(("127.0.0.1", if n == 0 { here } else { there })).expect("a server");
            let (mut back_from, mut back_to) = (to.try_clone().expect("a clone"), tcp.try_clone().expect("a clone"));
            std::thread::spawn(move || {
                let _ = io::copy(&mut back_from, &mut back_to);
                let _ = back_to.shutdown(std::net::Shutdown::Both);
            });
            std::thread::spawn(move || io::copy(&mut tcp, &mut to));
        }
    });
    let mut source = imap(account(port, Tls::Implicit, Some(&authority.file())));
    let mut seen = Seen::default();
    seen.stream_until(&mut source, |s| !s.uids.is_empty()).expect("the first connection is good");
    let (error, _) = refused(&mut source);
    assert!(matches!(error, ImapError::Certificate { .. }), "{error}");
    nobody_logged_in(&impostor);
}

#[test]
fn tls_where_there_is_none_is_said() {
    let server = Server::new(Mailbox::of(1));
    let (error, _) = refused(&mut imap(account(server.start(), Tls::Implicit, None)));
    assert!(matches!(error, ImapError::Tls { .. }) && error.to_string().contains("check port and tls"), "{error}");
    let mut broken = account(server.start(), Tls::Implicit, None);
    broken.ca_file = Some("/nonexistent/ca.pem".into());
    let (error, _) = refused(&mut imap(broken));
    assert!(matches!(error, ImapError::CaFile { .. }) && error.to_string().contains("/nonexistent/ca.pem"), "{error}");
}

// ---- being called off

/// Cancels when the server logs `word`, and measures how long the stream takes to return.
fn cancelled_at(server: &Server, source: &mut Imap, word: &'static str) -> Duration {
    let canceller = source.canceller();
    let seen_by = server.clone();
    let watcher = std::thread::spawn(move || {
        while seen_by.logged(word).is_empty() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        std::thread::park_timeout(Duration::from_millis(20));
        canceller.cancel();
        Instant::now()
    });
    let result = Seen::default().stream(source);
    let ended = Instant::now();
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    ended.saturating_duration_since(watcher.join().expect("the watcher"))
}

#[test]
fn a_stream_ends_at_once_when_it_is_called_off() {
    let patient = Limits { second: Duration::from_secs(10), ..limits() };
    for word in ["LOGIN", "EXAMINE", "FETCH"] {
        let server = Server::new(Mailbox::of(3)).on(move |talk, c| {
            if talk.connection == 1 && c.line.contains(word) { talk.fall_silent() } else { Ok(Turn::Yours) }
        });
        let mut source = plain(&server).within(patient);
        assert!(cancelled_at(&server, &mut source, word) < Duration::from_secs(1), "{word}");
        let mut seen = Seen::default();
        seen.stream(&mut source).expect("it can go on afterwards");
        assert_eq!(seen.uids, [1, 2, 3]);
    }
}

#[test]
fn waiting_for_the_next_attempt_ends_at_once_too() {
    let patient = Limits { second: Duration::from_secs(10), ..limits() };
    let server = Server::new(Mailbox::of(3)).on(|_, c| if c.is("EXAMINE") { hang_up() } else { Ok(Turn::Yours) });
    let mut source = plain(&server).within(patient);
    assert!(cancelled_at(&server, &mut source, "EXAMINE") < Duration::from_secs(1));
}

#[test]
fn a_cancel_before_the_start_is_not_lost() {
    let server = Server::new(Mailbox::of(3));
    let mut source = plain(&server);
    source.canceller().cancel();
    assert!(matches!(Seen::default().stream(&mut source), Err(Error::Cancelled)));
    assert!(Seen::default().stream(&mut source).is_ok());
}

// ---- single messages

fn id(validity: u32, uid: u32) -> MessageId {
    MessageId { mailbox: 3, validity, uid }
}

#[test]
fn single_messages_come_whole_while_the_mailbox_streams() {
    let mut mailbox = Mailbox::of(300);
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    mailbox.messages[2].1.clone_from(&large);
    let server = Server::new(mailbox);
    let mut source = plain(&server);
    let mut reader = source.reader();
    let mut read = None;
    let mut seen = Seen::default();
    source
        .stream(&mut |event: deadletter::source::Event<'_>| {
            if let deadletter::source::Event::Message(m) = event {
                seen.uids.push(m.id.uid);
                if m.id.uid == 150 {
                    read = Some(reader.whole(id(77, 3)));
                }
            }
            std::ops::ControlFlow::Continue(())
        })
        .expect("a stream");
    assert_eq!(seen.uids.len(), 300);
    assert_eq!(read.expect("asked").expect("a message"), large);
    assert!(matches!(reader.whole(id(77, 4_000)), Err(Error::Gone)));
    assert!(matches!(reader.whole(id(76, 3)), Err(Error::Gone)));
    assert_eq!(reader.whole(id(77, 1)).expect("still there").len(), 31);
    assert_eq!(server.logged("LOGIN").len(), 2, "one connection each");
}

#[test]
fn a_reader_reconnects_when_its_connection_has_gone_stale() {
    let server = Server::new(Mailbox::of(3));
    let cut = on_fetch(server.clone(), |talk, _, _| {
        let earlier = talk.server.logged(&format!("{} plain", talk.connection));
        if earlier.iter().filter(|l| l.contains("BODY.PEEK")).count() > 1 { hang_up() } else { Ok(Turn::Yours) }
    });
    let mut reader = plain(&cut).reader();
    for uid in [1, 2, 3] {
        assert!(reader.whole(id(77, uid)).is_ok());
    }
    assert_eq!(server.logged("LOGIN").len(), 3);
}

#[test]
fn a_message_that_came_later_is_found() {
    let server = Server::new(Mailbox::of(1));
    let mut reader = plain(&server).reader();
    assert!(reader.whole(id(77, 1)).is_ok());
    server.mailbox.lock().expect("the mailbox").messages.push((5, b"late".to_vec()));
    assert_eq!(reader.whole(id(77, 5)).expect("a message"), b"late");
    server.mailbox.lock().expect("the mailbox").validity = 78;
    assert!(matches!(reader.whole(id(78, 5)), Ok(late) if late == b"late"));
}

#[test]
fn a_reader_says_what_is_wrong_and_can_be_called_off() {
    let silent = on_fetch(Server::new(Mailbox::of(1)), |talk, _, _| talk.fall_silent());
    let mut reader = plain(&silent).within(hasty()).reader();
    assert!(matches!(reader.whole(id(77, 1)), Err(Error::Imap(ImapError::Silent { .. }))));

    let mut reader = plain(&silent).reader();
    let canceller = reader.canceller();
    let timer = std::thread::spawn(move || {
        std::thread::park_timeout(Duration::from_millis(200));
        canceller.cancel();
    });
    let started = Instant::now();
    assert!(matches!(reader.whole(id(77, 1)), Err(Error::Cancelled)));
    assert!(started.elapsed() < Duration::from_secs(2));
    timer.join().expect("the timer");
}

// ---- deadletter check

#[test]
fn a_check_tells_each_step() {
    let authority = Authority::new();
    let server = Server::new(Mailbox::of(4)).encrypt(Encrypt::AtOnce(authority.good().identity()));
    let account = account(server.start(), Tls::Implicit, Some(&authority.file()));
    let report = check_within(&account, &Secret::password(CANARY), limits());
    assert!(report.is_good(), "{report}");
    let names: Vec<&str> = report.steps.iter().map(|s| s.name).collect();
    assert_eq!(names, ["connection", "encryption", "certificate", "login", "capabilities", "folders", "mailbox"]);
    assert_eq!(report.folders, ["INBOX", "Zwróć", "a (b)", "back\\slash \"quoted\"", "r?w"]);
    assert_eq!(report.messages, Some(4));
    let text = report.to_string();
    assert!(text.contains("TLS 1.2") && text.contains("issued by Test Authority"), "{text}");
    assert!(!text.contains(CANARY));
    assert_eq!(server.logged("LOGOUT").len(), 1);
}

#[test]
fn a_check_stops_where_it_fails() {
    let server = Server::new(Mailbox::of(4)).on(|talk, command| {
        if command.is("LOGIN") {
            talk.say(&format!("{} NO [AUTHENTICATIONFAILED] no", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let report = check_within(&account(server.start(), Tls::None, None), &Secret::password(CANARY), limits());
    assert!(!report.is_good());
    let last = report.steps.last().expect("a step");
    assert_eq!(last.name, "login");
    assert!(report.to_string().contains("failed  login         login as postmaster refused"), "{report}");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let report = check_within(&account(nobody, Tls::None, None), &Secret::password(CANARY), limits());
    assert_eq!(report.steps.len(), 1);
    assert!(report.to_string().contains("failed  connection    cannot connect to localhost:"), "{report}");
}
