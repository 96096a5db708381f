//! What comes, in which order, and what comes later.

use deadletter::source::State;

use super::{plain, streamed};
use crate::imap_server::{Mailbox, Server, Turn, hang_up};
use crate::seen::Seen;

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
    let server = Server::new(Mailbox::of(3)).on(|talk, command| {
        match (talk.connection, command.is("EXAMINE")) {
            (1, true)
                if talk
                    .server
                    .logged("1 plain")
                    .iter()
                    .filter(|l| l.contains("EXAMINE"))
                    .count()
                    > 1 =>
            {
                hang_up()
            }
            _ => Ok(Turn::Yours),
        }
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
