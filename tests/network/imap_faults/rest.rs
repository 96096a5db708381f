//! A connection that is left alone: the server is asked whether it is still there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadletter::source::imap::Limits;
use deadletter::source::{Source, State};

use super::plain;
use crate::imap_server::{Mailbox, Server, Turn, hang_up};
use crate::seen::{Seen, limits};

#[test]
fn a_server_that_is_there_is_heard() {
    let server = Server::new(Mailbox::of(2)).on(|talk, command| {
        if command.is("NOOP") {
            talk.say("* 2 EXISTS\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))")?;
        }
        Ok(Turn::Yours)
    });
    let mut source = plain(&server);
    assert_eq!(source.rest(), None, "there is no connection yet");
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("a stream");
    assert_eq!(source.rest(), Some(limits().rest));
    for _ in 0..3 {
        assert_eq!(source.look(), Some(State::Idle("no TLS".into())));
    }
    assert_eq!((server.logged("NOOP").len(), server.logged("LOGIN").len()), (3, 1));
    seen.stream(&mut source).expect("nothing new");
    assert_eq!(seen.uids, [1, 2]);
}

#[test]
fn a_server_that_is_gone_is_noticed_and_called_again() {
    for silent in [false, true] {
        let server = Server::new(Mailbox::of(2)).on(move |talk, command| {
            match (command.is("NOOP") && talk.connection == 1, silent) {
                (true, true) => talk.fall_silent(),
                (true, false) => hang_up(),
                _ => Ok(Turn::Yours),
            }
        });
        let limits = Limits { pulse: Duration::from_millis(300), ..limits() };
        let mut source = plain(&server).within(limits);
        let mut seen = Seen::default();
        seen.stream(&mut source).expect("a stream");
        let start = Instant::now();
        assert_eq!(source.look(), None);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert_eq!(source.rest(), None);
        seen.states.clear();
        seen.stream(&mut source).expect("another connection");
        let reason = if silent { "fell silent" } else { "the server closed it" };
        assert!(
            matches!(&seen.states[0], State::Waiting { why, .. } if why.contains(reason)),
            "{:?}",
            seen.states
        );
        assert_eq!(seen.states.last(), Some(&State::Idle("no TLS".into())));
        assert_eq!((seen.uids.len(), seen.notices.len()), (2, 0));
    }
}

#[test]
fn what_comes_and_goes_is_told_without_a_question() {
    let server = Server::new(Mailbox::of(2)).capability("IMAP4rev1 AUTH=PLAIN IDLE");
    let mailbox = Arc::clone(&server.mailbox);
    let server = server.on(move |talk, command| {
        if command.is("IDLE") {
            talk.say("+ idling")?;
            let mut mailbox = mailbox.lock().expect("the mailbox");
            if mailbox.next == 3 {
                *mailbox = Mailbox::of(3);
                talk.say("* 3 EXISTS")?;
            } else if mailbox.messages.len() == 3 {
                mailbox.messages.remove(0);
                talk.say("* 1 EXPUNGE")?;
            }
            drop(mailbox);
            talk.line()?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("a stream");
    for expected in [vec![1, 2, 3], vec![2, 3]] {
        source.news().recv_timeout(Duration::from_secs(10)).expect("news");
        assert_eq!(source.look(), None);
        seen.stream(&mut source).expect("a stream");
        assert_eq!(seen.sorted(), expected);
    }
    assert!(source.news().recv_timeout(Duration::from_millis(200)).is_err(), "nothing comes");
    assert_eq!(source.look(), Some(State::Idle("no TLS".into())));
    assert_eq!((server.logged("LOGIN").len(), seen.resets, seen.notices.len()), (1, 0, 0));
}

#[test]
fn a_server_that_tells_of_nothing_is_not_always_listened_to() {
    let server = Server::new(Mailbox::of(2)).capability("IMAP4rev1 AUTH=PLAIN IDLE");
    let server = server.on(move |talk, command| {
        if command.is("IDLE") {
            talk.say("+ idling\r\n* 7 EXISTS")?;
            talk.line()?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("a stream");
    source.news().recv_timeout(Duration::from_secs(10)).expect("news");
    assert_eq!(source.look(), None);
    seen.stream(&mut source).expect("a stream");
    assert!(source.news().recv_timeout(Duration::from_millis(300)).is_err(), "it lied");
    assert_eq!((seen.sorted(), server.logged("IDLE").len()), (vec![1, 2], 1));
}
