//! What is handed over as a message is that message: whatever a server says, no bytes of one
//! response get under the UID of another.

use std::io;

use deadletter::source::{Error, Place, Source};

use super::{on_fetch, plain, streamed};
use crate::imap_server::{Command, Mailbox, Server, Talk, Turn};
use crate::seen::Seen;

/// The text of the message with this UID in the mailbox of a [`Server`].
fn text(uid: u32) -> Vec<u8> {
    Mailbox::of(uid).messages.pop().expect("a message").1
}

/// Nothing was handed over that is not what its UID means.
fn is_true(seen: &Seen, said: &str) {
    for (uid, (bytes, _)) in &seen.messages {
        assert_eq!(*bytes, text(*uid), "UID {uid} after {said:?}");
    }
}

/// A server of three messages that says something else for the second one, ahead of its text.
fn with_second(said: &'static str) -> Server {
    on_fetch(Server::new(Mailbox::of(3)), move |talk, command, _| {
        answer(talk, command, said)?;
        Ok(Turn::Mine)
    })
}

fn answer(talk: &mut Talk, command: &Command, said: &str) -> io::Result<()> {
    for (number, uid, bytes) in talk.asked(command) {
        if uid == 2 {
            talk.say(said)?;
            talk.send(&bytes)?;
            talk.say(")")?;
        } else {
            talk.message(number, uid, &bytes)?;
        }
    }
    talk.say(&format!("{} OK done", command.tag))
}

#[test]
fn a_text_without_a_proper_length_is_never_another_text() {
    for said in [
        "* 2 FETCH (UID 2 BODY[]<0> {-1}",
        "* 2 FETCH (UID 2 BODY[]<0> {}",
        "* 2 FETCH (UID 2 BODY[]<0> {x}",
        "* 2 FETCH (UID 2 BODY[]<0> ~{-3}",
        "* 2 FETCH (UID 2 BODY[]<0> ~{}",
        "* 2 FETCH (UID 2 BODY[]<0> {31+}",
        "* 2 FETCH (UID 2 BODY[]<0> { 31}",
        "* 2 FETCH (UID 2 BODY[]<0> {31 }",
        "* 2 FETCH (UID 2 BODY[]<0> {31}x",
        "* 2 FETCH (UID 2 BODY[]<0> {0x1f}",
        "* 2 FETCH (UID 2 BODY[]<0> {4294967295}",
        "* 2 FETCH (UID 2 BODY[]<0> {18446744073709551616}",
        "* 2 FETCH (UID 2 BODY[]<0>",
        "* 2 FETCH (UID 2 BODY[]<0> text",
        "* 2 FETCH (UID 2 BODY[]<0> (\"text\")",
        "* 2 FETCH (UID 2 BODY[]<0> \"text",
        "* 2 FETCH (UID 2 BODY[]<0> \"text {31}",
        "* 2 FETCH (UID 2 BODY[]<0> x{31}",
        "* 2 FETCH (UID 2 BODY[]<7> {31}",
        "* 2 FETCH (UID 2 BODY[]<0> \"one\" BODY[]<0> {31}",
        "* 2 FETCH (UID 2 BODY[]<0> NIL BODY[] {31}",
        "* 2 FETCH (UID 2 UID 3 BODY[]<0> {31}",
        "* 2 FETCH (UID 2 UID 2 BODY[]<0> {31}",
    ] {
        let seen = streamed(&with_second(said));
        is_true(&seen, said);
        assert_eq!(seen.sorted(), [1, 3], "{said}");
        assert_eq!(seen.notices.len(), 1, "{said}: {:?}", seen.notices);
        assert!(seen.notices[0].contains("UID 2 in INBOX is left out"), "{:?}", seen.notices);
    }
}

#[test]
fn lengths_and_uids_in_wrong_places_name_no_other_message() {
    for said in [
        "* {31}",
        "* 2 {31}",
        "* 2 FETCH {31}",
        "* 2 FETCH ({31}",
        "* 2 FETCH (UID {31}",
        "* 2 FETCH (UID \"2\" BODY[]<0> {31}",
        "* 2 FETCH (UID (2) BODY[]<0> {31}",
        "* 2 FETCH UID 2 BODY[]<0> {31}",
        "* 2 FETCH (BODY[]<0> {31}",
        "* 2 FETCH (UID 0 BODY[]<0> {31}",
        "* 2 FETCH (UID -2 BODY[]<0> {31}",
        "* 2 FETCH (UID 4294967298 BODY[]<0> {31}",
        "* 2 FETCH (UID 99 BODY[]<0> {31}",
        "* 2 FETCH (UID 3) BODY[]<0> {31}",
    ] {
        let server = with_second(said);
        let mut seen = Seen::default();
        // Some are noise, some are violations, after which it is not worth going on.
        let _ = seen.stream(&mut plain(&server));
        is_true(&seen, said);
        assert!(!seen.uids.contains(&2) && !seen.uids.contains(&99), "{said}: {:?}", seen.uids);
        assert!(!seen.notices.is_empty() || !seen.states.is_empty(), "{said}");
    }
}

#[test]
fn what_is_legal_is_taken_for_what_it_is() {
    let server = on_fetch(Server::new(Mailbox::of(3)), |talk, command, _| {
        let [one, two, three] = [1, 2, 3].map(text);
        talk.say(&format!("* 1 FETCH (BODY[]<0> {{{}}}", one.len()))?;
        talk.send(&one)?;
        talk.say(" UID 1)")?;
        talk.say(&format!("* 2 FETCH (FLAGS (\\Seen $A) UID 2 BODY[] ~{{{}}}", two.len()))?;
        talk.send(&two)?;
        talk.say(")")?;
        talk.say(&format!("* 3 FETCH (X-THING {{3}}\r\n))( UID 3 BODY[] {{{}}}", three.len()))?;
        talk.send(&three)?;
        talk.say(" MODSEQ (3) )")?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!((seen.uids.as_slice(), seen.notices.len()), (&[1, 2, 3][..], 0));
    is_true(&seen, "what is legal");
}

#[test]
fn a_message_that_is_opened_is_the_one_that_was_asked_for() {
    let open = |server: &Server| plain(server).reader().whole(Place { validity: 77, uid: 2 });
    let server = on_fetch(Server::new(Mailbox::of(3)), |talk, command, _| {
        talk.message(1, 1, &text(1))?;
        talk.message(2, 2, &text(2))?;
        talk.message(3, 3, &text(3))?;
        talk.message(2, 2, b"again")?;
        talk.say("* 2 FETCH (UID 2 FLAGS (\\Seen))")?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    assert_eq!(open(&server).expect("a message"), text(2));
    let other = on_fetch(Server::new(Mailbox::of(3)), |talk, command, _| {
        talk.message(3, 3, &text(3))?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    assert!(matches!(open(&other), Err(Error::Gone)));
    let bare = on_fetch(Server::new(Mailbox::of(3)), |talk, command, _| {
        talk.message(3, 3, &text(3))?;
        talk.say("* 2 FETCH (UID 2 BODY[]<0> NIL)")?;
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let error = open(&bare).expect_err("no text").to_string();
    assert!(error.contains("without its text"), "{error}");
    let error = open(&with_second("* 2 FETCH (UID 2 BODY[]<0> {-1}")).expect_err("a violation");
    assert!(error.to_string().contains("the server sent a literal of no length"), "{error}");
}

#[test]
fn a_mailbox_that_is_replaced_meanwhile_hands_nothing_over() {
    let server = on_fetch(Server::new(Mailbox::of(3)), |talk, command, _| {
        talk.server.mailbox.lock().expect("the mailbox").validity = 78;
        talk.say("* OK [UIDVALIDITY 78] replaced")?;
        for (number, uid, _) in talk.asked(command) {
            talk.message(number, uid, b"another message")?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let opened = plain(&server).reader().whole(Place { validity: 77, uid: 2 });
    assert!(opened.is_err(), "{opened:?}");
    server.mailbox.lock().expect("the mailbox").validity = 77;
    let mut seen = Seen::default();
    let mut source = plain(&server);
    seen.stream(&mut source).expect("the other mailbox");
    assert_eq!((seen.resets, seen.validities.as_slice()), (1, &[78, 78, 78][..]));
}
