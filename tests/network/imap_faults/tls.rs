//! TLS where there is none, and STARTTLS that somebody tampered with.

use std::io;

use deadletter::config::Tls;
use deadletter::source::State;
use deadletter::source::imap::Error as ImapError;

use super::{nobody_logged_in, refused};
use crate::certificates::Authority;
use crate::imap_server::{Command, Encrypt, Mailbox, Server, Talk, Turn, hang_up};
use crate::seen::{CANARY, Seen, account, imap};

#[test]
fn messages_come_through_tls() {
    let authority = Authority::new();
    let identity = authority.good().identity();
    for (tls, encrypt) in [
        (Tls::Implicit, Encrypt::AtOnce(identity.clone())),
        (Tls::Starttls, Encrypt::WhenAsked(identity.clone())),
    ] {
        let server = Server::new(Mailbox::of(300))
            .capability("IMAP4rev1 STARTTLS AUTH=PLAIN")
            .encrypt(encrypt);
        let mut source = imap(account(server.start(), tls, Some(&authority.file())));
        let mut seen = Seen::default();
        seen.stream(&mut source).expect("a stream");
        assert_eq!(seen.uids.len(), 300);
        assert_eq!(seen.states.last(), Some(&State::Idle("TLS 1.2".into())));
        assert!(
            server.logged(CANARY).iter().all(|l| l.starts_with("1 tls ")),
            "{:?}",
            server.log()
        );
        assert_eq!(server.logged(CANARY).len(), 1);
    }
}

#[test]
fn capabilities_from_before_tls_do_not_count() {
    let authority = Authority::new();
    let encrypt = Encrypt::WhenAsked(authority.good().identity());
    let server = Server::new(Mailbox::of(1)).encrypt(encrypt).on(|talk, command| {
        if command.is("CAPABILITY") && talk.server.logged("CAPABILITY").len() > 1 {
            talk.say("* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN")?;
            talk.say(&format!("{} OK done", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let server = server.capability("IMAP4rev1 STARTTLS");
    let mut source = imap(account(server.start(), Tls::Starttls, Some(&authority.file())));
    Seen::default().stream(&mut source).expect("a stream");
    assert_eq!(
        (server.logged("LOGIN ").len(), server.logged("tls a2 AUTHENTICATE PLAIN").len()),
        (0, 1),
        "{:?}",
        server.log()
    );
}

#[test]
fn starttls_that_was_tampered_with_ends_before_the_password() {
    type Fault = fn(&mut Talk, &Command) -> io::Result<Turn>;
    let faults: [(&str, &str, Fault); 8] = [
        ("does not offer STARTTLS", "IMAP4rev1 AUTH=PLAIN", |_, _| Ok(Turn::Yours)),
        ("refuses STARTTLS (not today)", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("{} NO not today", c.tag)).map(|()| Turn::Mine)
        }),
        ("refuses STARTTLS (what?)", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("{} BAD what?", c.tag)).map(|()| Turn::Mine)
        }),
        ("sent more after it had agreed", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.send(
                format!("{} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK\r\n", c.tag)
                    .as_bytes(),
            )?;
            talk.fall_silent()
        }),
        ("sent more after it had agreed", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.send(format!("{} OK go\r\n* ", c.tag).as_bytes())?;
            talk.fall_silent()
        }),
        ("answered STARTTLS with * PREAUTH", "IMAP4rev1 STARTTLS", |talk, c| {
            talk.say(&format!("* PREAUTH in\r\n{} OK go", c.tag))?;
            talk.fall_silent()
        }),
        ("answered STARTTLS with * BYE", "IMAP4rev1 STARTTLS", |talk, _| {
            talk.say("* BYE no").and_then(|()| hang_up())
        }),
        ("answered STARTTLS with a1 OK", "IMAP4rev1 STARTTLS", |talk, _| {
            talk.say("a1 OK").and_then(|()| talk.fall_silent())
        }),
    ];
    for (expected, capability, fault) in faults {
        let server = Server::new(Mailbox::of(1))
            .on(move |talk, c| if c.is("STARTTLS") { fault(talk, c) } else { Ok(Turn::Yours) })
            .capability(capability);
        let (error, _) = refused(&mut imap(account(server.start(), Tls::Starttls, None)));
        assert!(matches!(error, ImapError::Starttls { .. }), "{expected}: {error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().contains("no password was sent"), "{error}");
        nobody_logged_in(&server);
    }
}

#[test]
fn preauth_before_starttls_is_refused() {
    let server =
        Server::new(Mailbox::of(1)).greeting("* PREAUTH [CAPABILITY IMAP4rev1] you are in");
    let (error, _) = refused(&mut imap(account(server.start(), Tls::Starttls, None)));
    assert!(matches!(error, ImapError::Greeting { .. }), "{error}");
    assert!(server.log().is_empty(), "{:?}", server.log());
}

#[test]
fn tls_where_there_is_none_is_said() {
    let server = Server::new(Mailbox::of(1));
    let (error, _) = refused(&mut imap(account(server.start(), Tls::Implicit, None)));
    assert!(
        matches!(error, ImapError::Tls { .. }) && error.to_string().contains("check port and tls"),
        "{error}"
    );
    for (path, reason) in [
        ("/nonexistent/ca.pem", "No such file"),
        ("/dev/zero", "it is no regular file"),
        ("/", "it is no regular file"),
    ] {
        let mut broken = account(server.start(), Tls::Implicit, None);
        broken.ca_file = Some(path.into());
        let (error, _) = refused(&mut imap(broken));
        let text = error.to_string();
        assert!(matches!(error, ImapError::CaFile { .. }), "{text}");
        assert!(text.contains(path) && text.contains(reason), "{text}");
    }
}
