//! Connections that break and mailboxes that are replaced: what is asked for afterwards. Single faults
//! are held by the table of faults.

use super::{on_fetch, plain, streamed};
use crate::imap_server::{Mailbox, Server, Turn, hang_up};
use crate::seen::Seen;

#[test]
fn a_cut_in_the_middle_of_a_message_costs_nothing_but_that_message() {
    let server = on_fetch(Server::new(Mailbox::of(10)), |talk, command, n| {
        if n > 0 {
            return Ok(Turn::Yours);
        }
        for (number, uid, bytes) in talk.asked(command).into_iter().take(6) {
            talk.message(number, uid, &bytes)?;
        }
        talk.send(b"* 7 FETCH (UID 7 BODY[]<0> {4000}\r\nhalf of it")?;
        hang_up()
    });
    let seen = streamed(&server);
    assert_eq!(seen.uids, [1, 2, 3, 4, 5, 6, 8, 9, 10, 7]);
    assert_eq!((seen.waits(), seen.notices.len()), (1, 0));
    let asked = server.logged("BODY.PEEK");
    assert!(asked[1].contains("UID FETCH 8:10 "), "{asked:?}");
    assert!(asked[2].contains("UID FETCH 7 "), "{asked:?}");
}

#[test]
fn a_mailbox_that_was_replaced_is_read_anew() {
    let server = Server::new(Mailbox::of(4));
    let mut source = plain(&server);
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    {
        let mut mailbox = server.mailbox.lock().expect("the mailbox");
        *mailbox = Mailbox::of(2);
        mailbox.validity = 78;
    }
    seen.stream(&mut source).expect("second");
    assert_eq!(seen.resets, 1);
    assert_eq!(seen.uids, [1, 2, 3, 4, 1, 2]);
    assert_eq!(seen.validities, [77, 77, 77, 77, 78, 78]);
}

#[test]
fn one_message_that_the_server_cannot_send_is_found_and_left_out() {
    let server = on_fetch(Server::new(Mailbox::of(300)), |talk, command, _| {
        for (number, uid, bytes) in talk.asked(command) {
            if uid == 37 {
                talk.say(&format!("{} NO [SERVERBUG] Internal error", command.tag))?;
                return Ok(Turn::Mine);
            }
            talk.message(number, uid, &bytes)?;
        }
        talk.say(&format!("{} OK done", command.tag))?;
        Ok(Turn::Mine)
    });
    let seen = streamed(&server);
    assert_eq!(seen.sorted(), (1..=300).filter(|&uid| uid != 37).collect::<Vec<_>>());
    assert_eq!((seen.notices.len(), seen.waits()), (1, 0));
    assert!(
        seen.notices[0].contains("UID 37") && seen.notices[0].contains("SERVERBUG"),
        "{:?}",
        seen.notices
    );
}

#[test]
fn a_message_that_makes_the_server_drop_everything_is_found_and_left_out() {
    // What a server does that dies of one message before it has sent anything.
    let server = on_fetch(Server::new(Mailbox::of(300)), |talk, command, _| {
        if talk.asked(command).iter().any(|(_, uid, _)| *uid == 250) {
            hang_up()
        } else {
            Ok(Turn::Yours)
        }
    });
    let seen = streamed(&server);
    assert_eq!(seen.sorted(), (1..=300).filter(|&uid| uid != 250).collect::<Vec<_>>());
    assert_eq!(seen.notices.len(), 1);
    assert!(seen.notices[0].contains("UID 250"), "{:?}", seen.notices);
}
