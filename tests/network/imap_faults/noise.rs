//! Legal noise and small lies: nothing may be lost or shown for what it is not.

use super::{on_fetch, streamed};
use crate::imap_server::{Mailbox, Server, Turn};

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
    assert_eq!(seen.waits(), 0);
    assert_eq!(seen.notices.len(), 1, "{:?}", seen.notices);
    assert!(
        seen.notices[0].starts_with("8 messages of INBOX on localhost:")
            && seen.notices[0].ends_with("came without a UID and are left out"),
        "{:?}",
        seen.notices
    );
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
    let server = Server::new(Mailbox::of(1))
        .greeting("* OK [ALERT] \x1b]0;owned\x07Back soon\x1b[2J")
        .on(|talk, command| {
            if command.is("EXAMINE") {
                talk.say("* OK [ALERT] \u{1b}]0;owned\u{7}Back soon\u{1b}[2J")?;
            }
            Ok(Turn::Yours)
        });
    let seen = streamed(&server);
    assert_eq!(seen.notices.len(), 1, "{:?}", seen.notices);
    assert!(
        seen.notices[0].ends_with("says: \\x1b]0;owned\\x07Back soon\\x1b[2J"),
        "{:?}",
        seen.notices
    );
}
