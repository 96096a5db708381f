//! Certificates, and STARTTLS that somebody tampered with.

use std::io;

use deadletter::config::Tls;
use deadletter::source::State;
use deadletter::source::imap::Error as ImapError;

use super::{nobody_logged_in, refused};
use crate::certificates::{Authority, HERE};
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
fn certificates_that_are_not_right_are_refused_with_their_names() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        (
            authority.issue("old", HERE, "20200101000000Z", "20200201000000Z"),
            "expired",
            "valid from 2020-01-01 to 2020-02-01",
        ),
        (
            authority.issue("young", HERE, "20900101000000Z", "20910101000000Z"),
            "not yet valid",
            "compare the clocks",
        ),
        (
            authority.issue(
                "elsewhere",
                "DNS:mail.example.net,DNS:imap.example.net",
                "20200101000000Z",
                "20991231000000Z",
            ),
            "mismatch",
            "it is for mail.example.net, imap.example.net; issued by Test Authority",
        ),
        (
            authority.self_signed("self", "/CN=localhost", "subjectAltName=DNS:localhost"),
            "self",
            "set ca_file of account lab",
        ),
        (other.good(), "issuer certificate", "it is for localhost, 127.0.0.1"),
    ];
    for (issued, reason, shown) in cases {
        for (tls, encrypt) in [
            (Tls::Implicit, Encrypt::AtOnce(issued.identity())),
            (Tls::Starttls, Encrypt::WhenAsked(issued.identity())),
        ] {
            let server =
                Server::new(Mailbox::of(1)).capability("IMAP4rev1 STARTTLS").encrypt(encrypt);
            let (error, _) =
                refused(&mut imap(account(server.start(), tls, Some(&authority.file()))));
            let text = error.to_string();
            assert!(matches!(error, ImapError::Certificate { .. }), "{text}");
            assert!(text.contains(reason) && text.contains(shown), "{text}");
            nobody_logged_in(&server);
            assert!(server.logged(" tls ").is_empty(), "nothing is said: {:?}", server.log());
        }
    }
}

#[test]
fn a_certificate_that_changes_on_reconnect_ends_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::new(Mailbox::of(3)).encrypt(Encrypt::AtOnce(authority.good().identity()));
    let impostor = Server::new(Mailbox::of(3)).encrypt(Encrypt::AtOnce(other.good().identity()));
    let (here, there) = (server.start(), impostor.start());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for (n, mut tcp) in listener.incoming().flatten().enumerate() {
            let mut to =
                std::net::TcpStream::connect(("127.0.0.1", if n == 0 { here } else { there }))
                    .expect("a server");
            let (mut back_from, mut back_to) =
                (to.try_clone().expect("a clone"), tcp.try_clone().expect("a clone"));
            std::thread::spawn(move || {
                let _ = io::copy(&mut back_from, &mut back_to);
                let _ = back_to.shutdown(std::net::Shutdown::Both);
            });
            std::thread::spawn(move || io::copy(&mut tcp, &mut to));
        }
    });
    let mut source = imap(account(port, Tls::Implicit, Some(&authority.file())));
    let mut seen = Seen::default();
    seen.stream_until(&mut source, |s| !s.uids.is_empty()).expect("the first connection is good");
    let (error, _) = refused(&mut source);
    assert!(matches!(error, ImapError::Certificate { .. }), "{error}");
    nobody_logged_in(&impostor);
}

#[test]
fn tls_where_there_is_none_is_said() {
    let server = Server::new(Mailbox::of(1));
    let (error, _) = refused(&mut imap(account(server.start(), Tls::Implicit, None)));
    assert!(
        matches!(error, ImapError::Tls { .. }) && error.to_string().contains("check port and tls"),
        "{error}"
    );
    let mut broken = account(server.start(), Tls::Implicit, None);
    broken.ca_file = Some("/nonexistent/ca.pem".into());
    let (error, _) = refused(&mut imap(broken));
    assert!(
        matches!(error, ImapError::CaFile { .. })
            && error.to_string().contains("/nonexistent/ca.pem"),
        "{error}"
    );
}
