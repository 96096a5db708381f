//! The IMAP source against a real Dovecot over TLS. Left out where Dovecot is not installed, unless
//! `DEADLETTER_REQUIRE=all` is set.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use crate::dovecot::Dovecot;
use crate::seen::{Seen, account, limits};
use deadletter::config::{Account, Tls};
use deadletter::credentials::Secret;
use deadletter::source::imap::{Error as ImapError, Imap, check};
use deadletter::source::{Error, Place, Source, State};

fn bounce(n: u32) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nSubject: bounce {n}\r\n\r\nYour message {n} came back.\r\n"
    )
}

/// So many bounces in a Maildir, the oldest first.
fn bounces(count: u32) -> impl FnOnce(&Path) {
    move |maildir| {
        for n in 1..=count {
            fs::write(maildir.join(format!("new/{:010}.M{n}.test", 1_700_000_000 + n)), bounce(n))
                .expect("a file");
        }
    }
}

fn here(dovecot: &Dovecot, tls: Tls) -> Account {
    let port = if tls == Tls::Implicit { dovecot.imaps } else { dovecot.imap };
    Account { user: "tester".to_owned(), ..account(port, tls, Some(&dovecot.trust())) }
}

fn source(account: Account) -> Imap {
    Imap::new(account, Secret::password("secret")).within(limits())
}

#[test]
fn a_mailbox_is_streamed_newest_first_and_left_as_it_was() {
    let Some(dovecot) = Dovecot::start(bounces(2_500)) else { return };
    for tls in [Tls::Implicit, Tls::Starttls, Tls::None] {
        let mut seen = Seen::default();
        seen.stream(&mut source(here(&dovecot, tls))).expect("a stream");
        let expected: Vec<u32> = (2_301..=2_500).chain(301..=2_300).chain(1..=300).collect();
        assert_eq!(seen.uids, expected);
        assert_eq!(seen.messages[&17], (bounce(17).into_bytes(), true));
        let idle = if tls == Tls::None { "no TLS" } else { "TLS 1.3" };
        assert_eq!(seen.states.last(), Some(&State::Idle(idle.into())));
        assert_eq!((seen.waits(), seen.notices.len()), (0, 0));
    }
    let mut session = imap::ClientBuilder::new("127.0.0.1", dovecot.imap)
        .mode(imap::ConnectionMode::Plaintext)
        .connect()
        .expect("a connection")
        .login("tester", "secret")
        .map_err(|(e, _)| e)
        .expect("a login");
    session.examine("INBOX").expect("the mailbox");
    assert!(
        session.uid_search("SEEN").expect("a search").is_empty(),
        "reading marks nothing as read"
    );
}

#[test]
fn new_mail_comes_with_the_next_stream() {
    let Some(dovecot) = Dovecot::start(bounces(3)) else { return };
    let mut source = source(here(&dovecot, Tls::Implicit));
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    seen.stream(&mut source).expect("nothing new");
    dovecot.doveadm(&["save", "-u", "tester"], &bounce(4));
    seen.stream(&mut source).expect("one more");
    assert_eq!(seen.uids, [1, 2, 3, 4]);
    assert_eq!((seen.resets, dovecot.log().matches("Login: user=<tester>").count()), (0, 1));
}

#[test]
fn single_messages_come_whole() {
    let long = format!("Subject: long\r\n\r\n{}", "0123456789abcdef\r\n".repeat(100_000));
    let stored = long.clone();
    let Some(dovecot) = Dovecot::start(move |maildir| {
        bounces(1)(maildir);
        fs::write(maildir.join("new/1800000000.M2.test"), stored).expect("a file");
    }) else {
        return;
    };
    let mut source = source(here(&dovecot, Tls::Implicit));
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("a stream");
    assert_eq!(
        (seen.messages[&2].0.len(), seen.messages[&2].1, seen.messages[&1].1),
        (65_536, false, true)
    );
    let id = Place { validity: seen.validities[0], uid: 2 };
    let mut reader = source.reader();
    assert!(reader.whole(id).expect("the message") == long.as_bytes());
    assert!(
        reader.beginning(id).expect("its beginning") == (long.as_bytes()[..65_536].to_vec(), false)
    );
    assert!(reader.beginning(Place { uid: 1, ..id }).expect("a short one").1);
    assert!(matches!(reader.whole(Place { uid: 9, ..id }), Err(Error::Gone)));
    assert!(matches!(reader.whole(Place { validity: 1, ..id }), Err(Error::Gone)));
}

#[test]
fn a_mailbox_made_anew_resets_what_is_known() {
    let Some(dovecot) = Dovecot::start(bounces(0)) else { return };
    let folder = "Odbicia/Zwróć & co";
    let fill = |count: u32| {
        dovecot.doveadm(&["mailbox", "create", "-u", "tester", folder], "");
        (1..=count)
            .for_each(|n| dovecot.doveadm(&["save", "-u", "tester", "-m", folder], &bounce(n)));
    };
    fill(2);
    let mut source =
        source(Account { mailbox: folder.to_owned(), ..here(&dovecot, Tls::Implicit) });
    let mut seen = Seen::default();
    seen.stream(&mut source).expect("first");
    dovecot.doveadm(&["mailbox", "delete", "-u", "tester", folder], "");
    // UIDVALIDITY counts seconds.
    std::thread::park_timeout(std::time::Duration::from_millis(1_100));
    fill(1);
    seen.stream(&mut source).expect("second");
    assert_eq!((seen.uids.as_slice(), seen.resets), (&[1, 2, 1][..], 1));
    assert_ne!(seen.validities[0], seen.validities[2]);
}

#[test]
fn a_server_that_throws_us_out_in_the_middle_loses_nothing() {
    // More than fits into the buffers on the way.
    let padding = "0123456789abcdef\r\n".repeat(2_000);
    let Some(dovecot) = Dovecot::start(|maildir| {
        for n in 1..=1_000 {
            let path = maildir.join(format!("new/{}.M{n}.test", 1_700_000_000 + n));
            fs::write(path, bounce(n) + &padding).expect("a file");
        }
    }) else {
        return;
    };
    let mut seen = Seen::default();
    let kicked = Cell::new(false);
    seen.stream_until(&mut source(here(&dovecot, Tls::Implicit)), |s| {
        if s.uids.len() == 300 && !kicked.replace(true) {
            dovecot.doveadm(&["kick", "tester"], "");
        }
        false
    })
    .expect("a stream");
    assert_eq!(seen.uids.len(), 1_000);
    assert_eq!(seen.sorted(), (1..=1_000).collect::<Vec<_>>());
    assert_eq!((seen.waits(), dovecot.log().matches("Login: user=<tester>").count()), (1, 2));
}

#[test]
fn a_message_of_a_wrong_size_does_not_keep_the_others_back() {
    let Some(dovecot) = Dovecot::start(|maildir| {
        bounces(5)(maildir);
        fs::rename(
            maildir.join("new/1700000003.M3.test"),
            maildir.join("new/1700000003.M3.test,S=9000"),
        )
        .expect("a name");
    }) else {
        return;
    };
    let mut seen = Seen::default();
    seen.stream(&mut source(here(&dovecot, Tls::Implicit))).expect("a stream");
    let others: Vec<u32> = seen.sorted().into_iter().filter(|&uid| uid != 3).collect();
    assert_eq!(others, [1, 2, 4, 5]);
    assert!(seen.uids.contains(&3) || seen.notices.len() == 1, "{seen:?}");
}

#[test]
fn refusals_say_what_dovecot_said() {
    let Some(dovecot) = Dovecot::start(bounces(1)) else { return };
    let wrong = Imap::new(here(&dovecot, Tls::Implicit), Secret::password("wrong"));
    let missing =
        source(Account { mailbox: "Missing".to_owned(), ..here(&dovecot, Tls::Implicit) });
    let untrusted = source(Account { ca_file: None, ..here(&dovecot, Tls::Implicit) });
    for (mut source, expected) in [
        (
            wrong,
            "(AUTHENTICATIONFAILED: Authentication failed.); check user and password_command of account lab",
        ),
        (missing, "cannot open Missing on localhost:"),
        (untrusted, "it is for localhost, 127.0.0.1; issued by Test Authority"),
    ] {
        match Seen::default().stream(&mut source) {
            Err(Error::Imap(error)) => assert!(error.to_string().contains(expected), "{error}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_check_finds_everything_in_order() {
    let Some(dovecot) = Dovecot::start(bounces(7)) else { return };
    dovecot.doveadm(&["mailbox", "create", "-u", "tester", "Zwróć/już"], "");
    let report = check(&here(&dovecot, Tls::Starttls), &Secret::password("secret"));
    assert!(report.is_good(), "{report}");
    assert_eq!(report.messages, Some(7));
    assert!(report.folders.iter().any(|f| f == "Zwróć/już"), "{:?}", report.folders);
    assert!(report.capabilities.iter().any(|c| c == "UIDPLUS"));
    assert!(report.to_string().contains("TLS 1.3"), "{report}");
    let report = check(
        &Account { mailbox: "Missing".to_owned(), ..here(&dovecot, Tls::Implicit) },
        &Secret::password("secret"),
    );
    let failed = report.steps.iter().find_map(|s| s.outcome.as_ref().err());
    assert!(matches!(failed, Some(ImapError::Mailbox { .. })), "{report}");
}
