//! A server that is out of order for a while: no message may be lost for it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use deadletter::source::State;

use super::{on_fetch, plain, streamed};
use crate::imap_server::{Command, Mailbox, Server, Talk, Turn, hang_up};
use crate::seen::Seen;

/// What a server does that is out of order.
type Outage = fn(&mut Talk, &Command) -> io::Result<Turn>;

fn refuse(talk: &mut Talk, command: &Command) -> io::Result<Turn> {
    talk.say(&format!("{} NO [SERVERBUG] Internal error", command.tag))?;
    Ok(Turn::Mine)
}

fn hang(_: &mut Talk, _: &Command) -> io::Result<Turn> {
    hang_up()
}

/// Breaks off in the middle of the first message that was asked for.
fn cut(talk: &mut Talk, command: &Command) -> io::Result<Turn> {
    if let Some((number, uid, _)) = talk.asked(command).first() {
        talk.send(format!("* {number} FETCH (UID {uid} BODY[]<0> {{500}}\r\nhalf").as_bytes())?;
    }
    hang_up()
}

fn garble(talk: &mut Talk, command: &Command) -> io::Result<Turn> {
    if let Some((number, uid, _)) = talk.asked(command).first() {
        talk.say(&format!("* {number} FETCH (UID {uid} BODY[]<0> {{-1}}"))?;
    }
    Ok(Turn::Mine)
}

#[test]
fn an_outage_costs_no_message() {
    let outages: [(&str, Outage); 4] =
        [("refuse", refuse), ("hang", hang), ("cut", cut), ("garble", garble)];
    for (name, outage) in outages {
        for (from, to) in [(0, 2), (1, 9), (2, 30)] {
            if name == "garble" && to > 3 {
                // A server that keeps breaking the protocol is given up.
                continue;
            }
            let server = on_fetch(Server::new(Mailbox::of(2_300)), move |talk, command, n| {
                if (from..to).contains(&n) { outage(talk, command) } else { Ok(Turn::Yours) }
            });
            let seen = streamed(&server);
            assert_eq!(seen.sorted(), (1..=2_300).collect::<Vec<_>>(), "{name} {from}");
            assert!(seen.notices.is_empty(), "{name} {from}: {:?}", seen.notices);
        }
    }
}

#[test]
fn an_outage_while_a_bad_message_is_looked_for_blames_no_other() {
    let server = on_fetch(Server::new(Mailbox::of(500)), |talk, command, n| {
        let asked = talk.asked(command);
        if (9..25).contains(&n) || asked.iter().any(|(_, uid, _)| *uid == 123) {
            return refuse(talk, command);
        }
        Ok(Turn::Yours)
    });
    let seen = streamed(&server);
    assert_eq!(seen.sorted(), (1..=500).filter(|&uid| uid != 123).collect::<Vec<_>>());
    assert_eq!(seen.notices.len(), 1);
    assert!(seen.notices[0].contains("UID 123 in INBOX is left out"), "{:?}", seen.notices);
}

#[test]
fn a_message_that_is_left_out_is_asked_for_again_with_the_next_look() {
    let is_mended = Arc::new(AtomicBool::new(false));
    let mended = Arc::clone(&is_mended);
    let server = on_fetch(Server::new(Mailbox::of(10)), move |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            if uid == 7 && !mended.load(Ordering::SeqCst) {
                return refuse(talk, command);
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let mut source = plain(&server);
    let mut seen = Seen::default();
    for _ in 0..2 {
        seen.stream(&mut source).expect("all but one");
        assert_eq!((seen.uids.len(), seen.notices.len()), (9, 1), "{:?}", seen.notices);
    }
    is_mended.store(true, Ordering::SeqCst);
    seen.stream(&mut source).expect("the last one");
    assert_eq!(seen.sorted(), (1..=10).collect::<Vec<_>>());
}

#[test]
fn messages_that_do_not_come_are_told_and_asked_for_again() {
    let asked = AtomicU32::new(0);
    let server = on_fetch(Server::new(Mailbox::of(5)), move |talk, command, _| {
        let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        for (number, uid, bytes) in talk.asked(command) {
            if !(first && (uid == 2 || uid == 5)) {
                talk.message(number, uid, &bytes)?;
            }
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("some of them");
    assert_eq!(seen.uids, [1, 3, 4]);
    assert!(seen.notices[0].starts_with("2 messages of the 5 in INBOX on "), "{:?}", seen.notices);
    assert!(seen.notices[0].ends_with("did not come; r asks for them again"), "{:?}", seen.notices);
    seen.stream(&mut source).expect("the others");
    assert_eq!((seen.sorted(), seen.notices.len()), ((1..=5).collect(), 1));
    seen.stream(&mut source).expect("nothing new");
    assert_eq!(server.logged("BODY.PEEK").len(), 3);
}

#[test]
fn messages_that_others_remove_meanwhile_are_not_missed() {
    let server = on_fetch(Server::new(Mailbox::of(5)), |talk, command, _| {
        talk.say("* 2 EXPUNGE")?;
        for (number, uid, bytes) in talk.asked(command) {
            if uid != 2 {
                talk.message(number, uid, &bytes)?;
            }
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!((seen.uids.as_slice(), seen.notices.len()), (&[1, 3, 4, 5][..], 0));
}

#[test]
fn a_mailbox_that_is_empty_for_a_moment_is_read_afterwards() {
    let server = Server::new(Mailbox::of(5));
    let kept = std::mem::take(&mut server.mailbox.lock().expect("the mailbox").messages);
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("nothing");
    assert_eq!(seen.states.last(), Some(&State::Idle("no TLS".into())));
    server.mailbox.lock().expect("the mailbox").messages = kept;
    seen.stream(&mut source).expect("all");
    assert_eq!(seen.uids, [1, 2, 3, 4, 5]);
}
