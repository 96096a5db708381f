//! A server that can tell what has changed since an earlier visit (QRESYNC): it is believed while the
//! numbers agree, and never loses or invents a message.

use std::io;

use deadletter::source::{Source, SyncMark};

use super::plain;
use crate::imap_server::{Command, Mailbox, Server, Talk, Turn, hang_up};
use crate::seen::Seen;

/// What is there.
const THERE: [u32; 6] = [10, 20, 30, 40, 50, 60];
/// The state in which all was held.
const MARK: SyncMark = SyncMark { validity: 77, next: 51, modseq: 5 };

fn mailbox() -> Mailbox {
    let text = |uid: u32| format!("Subject: message {uid}\r\n\r\nhello {uid}\r\n").into_bytes();
    Mailbox { validity: 77, next: 61, messages: THERE.map(|uid| (uid, text(uid))).to_vec() }
}

/// A server that numbers what changes, and does this when it is asked what has changed.
fn server(
    tells: impl Fn(&mut Talk, &Command) -> io::Result<Turn> + Send + Sync + 'static,
) -> Server {
    let server = Server::new(mailbox()).capability("IMAP4rev1 AUTH=PLAIN ENABLE CONDSTORE QRESYNC");
    server.on(move |talk, command| {
        if command.is("ENABLE") {
            talk.say(&format!("* ENABLED QRESYNC\r\n{} OK enabled", command.tag))?;
            return Ok(Turn::Mine);
        }
        if command.is("EXAMINE") {
            talk.say("* OK [HIGHESTMODSEQ 9] highest")?;
        }
        if command.line.contains("(QRESYNC (77 5))") {
            return tells(talk, command);
        }
        Ok(Turn::Yours)
    })
}

/// A server that tells this, and then opens the mailbox as it should.
fn telling(line: &'static str) -> Server {
    server(move |talk, _| {
        if !line.is_empty() {
            talk.say(line)?;
        }
        Ok(Turn::Yours)
    })
}

/// Streams where these are held; what is held then, and whether all was compared.
fn resumed(server: &Server, held: &[u32]) -> (Seen, bool, Option<SyncMark>) {
    let mut source = plain(server);
    source.resume(77, held.to_vec());
    source.resume_from(MARK);
    let mut seen = Seen { uids: held.to_vec(), ..Seen::default() };
    seen.stream(&mut source).expect("a stream");
    let compared = !server.logged("FETCH 1:* (UID)").is_empty();
    (seen, compared, source.settled())
}

const HELD: [u32; 6] = [10, 20, 25, 30, 40, 50];

#[test]
fn what_has_changed_is_all_that_is_asked_for() {
    for told in [
        "* VANISHED (EARLIER) 25",
        "* VANISHED (EARLIER) 1:9,21:29,51:59",
        "* VANISHED (EARLIER) 29:25,11\r\n* 1 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (7))",
        "* vanished (earlier) 25,25,24:26",
    ] {
        let server = telling(told);
        let (seen, compared, settled) = resumed(&server, &HELD);
        assert_eq!((seen.sorted(), compared), (THERE.to_vec(), false), "{told}");
        assert_eq!((seen.messages.len(), seen.waits(), seen.notices.len()), (1, 0, 0), "{told}");
        assert_eq!(settled, Some(SyncMark { next: 61, modseq: 9, ..MARK }));
        assert_eq!(server.logged("ENABLE QRESYNC").len(), 1);
    }
}

#[test]
fn a_server_that_lies_costs_a_comparison_and_no_message() {
    for (told, held) in [
        // It says that messages are gone that are there.
        ("* VANISHED (EARLIER) 25,30", HELD.to_vec()),
        ("* VANISHED (EARLIER) 1:4294967295", HELD.to_vec()),
        // It keeps from us what is gone.
        ("", HELD.to_vec()),
        ("* VANISHED (EARLIER) 26", HELD.to_vec()),
        // All was not held after all.
        ("* VANISHED (EARLIER) 25", vec![10, 25, 30, 40, 50]),
        // What makes no sense is not believed.
        ("* VANISHED (EARLIER) 1:*", HELD.to_vec()),
        ("* VANISHED (EARLIER)", HELD.to_vec()),
        ("* VANISHED (EARLIER) 0,25", HELD.to_vec()),
    ] {
        let (seen, compared, _) = resumed(&telling(told), &held);
        assert_eq!((seen.sorted(), compared), (THERE.to_vec(), true), "{told}");
        assert_eq!((seen.waits(), seen.notices.len()), (0, 0), "{told}");
    }
}

#[test]
fn a_server_that_cannot_tell_is_compared_with() {
    let no = server(|talk, command| {
        talk.say(&format!("{} NO not now", command.tag))?;
        Ok(Turn::Mine)
    });
    let bad = server(|talk, command| {
        talk.say(&format!("{} BAD QRESYNC?", command.tag))?;
        Ok(Turn::Mine)
    });
    let closes = server(|_, _| hang_up());
    for (server, waits) in [(no, 0), (bad, 0), (closes, 1)] {
        let (seen, compared, settled) = resumed(&server, &HELD);
        assert_eq!((seen.sorted(), compared, seen.waits()), (THERE.to_vec(), true, waits));
        assert!(settled.is_some());
    }
    let without = Server::new(mailbox());
    let (seen, compared, settled) = resumed(&without, &HELD);
    assert_eq!((seen.sorted(), compared, settled), (THERE.to_vec(), true, None));
    assert!(without.logged("ENABLE").is_empty());
}

#[test]
fn another_mailbox_is_read_anew() {
    let server = telling("* VANISHED (EARLIER) 25");
    server.mailbox.lock().expect("the mailbox").validity = 78;
    let (seen, compared, settled) = resumed(&server, &HELD);
    assert_eq!((seen.resets, seen.messages.len(), compared), (1, 6, false));
    assert_eq!(settled.map(|mark| mark.validity), Some(78));
}
