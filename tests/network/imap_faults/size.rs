//! Servers that say a mailbox is larger than it is, or send more than it holds.

use std::time::Duration;

use deadletter::source::State;
use deadletter::source::imap::{Error as ImapError, Limits};

use super::{on_fetch, plain, refused};
use crate::imap_server::{Mailbox, Server, Talk, Turn};
use crate::seen::{Seen, limits};

/// A server that says it holds as many messages as there can be.
fn giant(
    answer: impl Fn(&mut Talk, &crate::imap_server::Command) -> std::io::Result<Turn>
    + Send
    + Sync
    + 'static,
) -> Server {
    let mut mailbox = Mailbox::of(3);
    mailbox.next = u32::MAX;
    Server::new(mailbox).on(move |talk, command| {
        if command.is("EXAMINE") {
            talk.say(
                "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 4294967295] n",
            )?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        if command.fetches_messages() { answer(talk, command) } else { Ok(Turn::Yours) }
    })
}

#[test]
fn more_messages_than_the_mailbox_holds_are_not_taken() {
    let mut mailbox = Mailbox::of(2);
    mailbox.next = u32::MAX;
    let server = on_fetch(Server::new(mailbox), |talk, _, _| {
        (1..u32::MAX).try_for_each(|uid| talk.message(uid, uid, b"x"))?;
        Ok(Turn::Mine)
    });
    let (error, seen) = refused(&mut plain(&server));
    assert_eq!(seen.uids, [1, 2]);
    assert!(matches!(error, ImapError::Excess { held: 2, .. }), "{error}");
    assert_eq!(server.logged("LOGIN").len(), 1, "it is not tried again");
}

#[test]
fn of_a_mailbox_without_an_end_the_newest_messages_are_read() {
    let server = giant(|talk, _| {
        (1..u32::MAX).try_for_each(|uid| talk.message(uid, uid, b"x"))?;
        Ok(Turn::Mine)
    });
    let mut source = plain(&server).within(Limits { messages: 50, ..limits() });
    let (error, seen) = refused(&mut source);
    assert_eq!(seen.uids.len(), 50);
    assert!(matches!(error, ImapError::Full { held: u32::MAX, read: 50, .. }), "{error}");
    let Some(State::Fetching { total, .. }) = seen.states.get(1) else {
        panic!("{:?}", seen.states)
    };
    assert_eq!(*total, 50);
    // Asking again reads no more.
    let (_, seen) = refused(&mut source);
    assert!(seen.uids.is_empty());
}

#[test]
fn messages_that_are_not_there_are_not_waited_for() {
    let server = giant(|_, _| Ok(Turn::Yours));
    let mut seen = Seen::default();
    seen.stream(&mut plain(&server)).expect("a stream to its end");
    assert_eq!(seen.sorted(), [1, 2, 3]);
    assert!(seen.notices[0].contains("of the 4,294,967,295 in INBOX"), "{:?}", seen.notices);
}

#[test]
fn messages_that_nobody_asked_for_have_an_end() {
    for uid in [1, 4_000] {
        let server = on_fetch(Server::new(Mailbox::of(3)), move |talk, _, _| {
            loop {
                talk.message(1, uid, &[b'x'; 1_000])?;
            }
        });
        let (error, seen) =
            refused(&mut plain(&server).within(Limits { response: 100_000, ..limits() }));
        assert!(error.to_string().contains("more and more, but no messages"), "{error}");
        assert!(seen.uids.len() <= 1, "{:?}", seen.uids);
    }
}

#[test]
fn a_mailbox_that_says_nothing_of_its_size_is_not_called_empty() {
    for exists in ["", "* 4294967296 EXISTS\r\n", "* -1 EXISTS\r\n", "* x EXISTS\r\n"] {
        let server = Server::new(Mailbox::of(3)).on(move |talk, command| {
            if command.is("EXAMINE") {
                talk.send(exists.as_bytes())?;
                talk.say("* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 4] n")?;
                talk.say(&format!("{} OK done", command.tag))?;
                return Ok(Turn::Mine);
            }
            Ok(Turn::Yours)
        });
        let (error, _) = refused(&mut plain(&server));
        assert!(error.to_string().contains("does not say how many messages"), "{error}");
    }
}

#[test]
fn messages_that_come_again_after_a_break_are_patiently_passed_over() {
    // In descending order it is not known what lies between, so all of it is asked for again.
    let server = on_fetch(Server::new(Mailbox::of(150)), |talk, command, n| {
        for (number, uid, bytes) in talk.asked(command).into_iter().rev() {
            if n == 0 && uid == 20 {
                return crate::imap_server::hang_up();
            }
            if n == 1 && uid > 20 {
                std::thread::park_timeout(Duration::from_millis(10));
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let limits = Limits { patience: Duration::from_millis(600), ..limits() };
    let mut seen = Seen::default();
    seen.stream(&mut plain(&server).within(limits)).expect("a stream to its end");
    assert_eq!((seen.uids.len(), seen.waits()), (150, 1));
}
