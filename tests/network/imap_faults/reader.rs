//! Single messages, beside the stream.

use std::time::{Duration, Instant};

use deadletter::source::imap::Error as ImapError;
use deadletter::source::{Error, Place, Source};

use super::{hasty, on_fetch, plain};
use crate::imap_server::{Mailbox, Server, Turn, hang_up};
use crate::seen::Seen;

fn id(validity: u32, uid: u32) -> Place {
    Place { validity, uid }
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
                seen.uids.push(m.place.uid);
                if m.place.uid == 150 {
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
        if earlier.iter().filter(|l| l.contains("BODY.PEEK")).count() > 1 {
            hang_up()
        } else {
            Ok(Turn::Yours)
        }
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
