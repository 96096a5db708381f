//! Being called off, at once.

use std::time::{Duration, Instant};

use deadletter::source::imap::{Imap, Limits};
use deadletter::source::{Error, Source};

use super::plain;
use crate::imap_server::{Mailbox, Server, Turn, hang_up};
use crate::seen::{Seen, limits};

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
            if talk.connection == 1 && c.line.contains(word) {
                talk.fall_silent()
            } else {
                Ok(Turn::Yours)
            }
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
    let server = Server::new(Mailbox::of(3))
        .on(|_, c| if c.is("EXAMINE") { hang_up() } else { Ok(Turn::Yours) });
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
