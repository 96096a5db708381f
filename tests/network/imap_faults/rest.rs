//! A connection that is left alone: the server is asked whether it is still there.

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
            talk.say("* 3 EXISTS\r\n* 1 EXPUNGE\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))")?;
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
