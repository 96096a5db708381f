//! Messages through TLS, and files of authorities that are none.

use deadletter::config::Tls;
use deadletter::source::State;
use deadletter::source::imap::Error as ImapError;

use super::refused;
use crate::certificates::Authority;
use crate::imap_server::{Encrypt, Mailbox, Server, Turn};
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
fn a_file_of_authorities_that_is_none_is_named() {
    let server = Server::new(Mailbox::of(1));
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
