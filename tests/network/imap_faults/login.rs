//! Secrets that are no plain ASCII, tokens that expire, names of mailboxes.

use deadletter::config::Tls;
use deadletter::credentials::Secret;
use deadletter::source::imap::{Error as ImapError, Imap};

use super::{nobody_logged_in, plain, refused};
use crate::imap_server::{Mailbox, Server, Turn};
use crate::seen::{Seen, account, imap, limits};

#[test]
fn passwords_that_are_no_ascii_go_by_authenticate() {
    let secret = Secret::password("zażółć \"gęślą\"");
    let server = Server::new(Mailbox::of(1));
    let mut source = Imap::new(account(server.start(), Tls::None, None), secret).within(limits());
    Seen::default().stream(&mut source).expect("a stream");
    assert!(server.logged("LOGIN").is_empty());
    assert!(
        server.logged("AUTHENTICATE PLAIN").len() == 1
            && server.log().iter().any(|l| l.contains("AHBvc3RtYXN0ZXIAemHF"))
    );

    let server = Server::new(Mailbox::of(1)).capability("IMAP4rev1 LOGINDISABLED");
    let (error, _) = refused(&mut plain(&server));
    assert!(matches!(error, ImapError::Method { .. }), "{error}");
    nobody_logged_in(&server);
}

#[test]
fn an_expired_token_is_renewed_once() {
    let server = Server::new(Mailbox::of(2)).on(|talk, command| {
        if !command.is("AUTHENTICATE XOAUTH2") {
            return Ok(Turn::Yours);
        }
        talk.say("+ ")?;
        // user=postmaster^Aauth=Bearer stale^A^A
        if talk.line()? != "dXNlcj1wb3N0bWFzdGVyAWF1dGg9QmVhcmVyIHN0YWxlAQE=" {
            talk.say(&format!("{} OK welcome", command.tag))?;
            return Ok(Turn::Mine);
        }
        talk.say("+ eyJzdGF0dXMiOiI0MDEifQ==")?;
        assert_eq!(talk.line()?, "", "an empty line answers the error challenge");
        talk.say(&format!("{} NO [AUTHENTICATIONFAILED] Invalid credentials", command.tag))?;
        Ok(Turn::Mine)
    });
    let mut account = account(server.start(), Tls::None, None);
    account.token_command = ["printf", "fresh"].map(str::to_owned).to_vec();
    let mut seen = Seen::default();
    seen.stream(&mut Imap::new(account.clone(), Secret::token("stale")).within(limits()))
        .expect("a stream");
    assert_eq!((seen.uids.len(), server.logged("AUTHENTICATE").len()), (2, 2));

    account.token_command = ["printf", "stale"].map(str::to_owned).to_vec();
    let (error, _) = refused(&mut Imap::new(account, Secret::token("stale")).within(limits()));
    assert!(error.to_string().contains("token_command"), "{error}");
}

#[test]
fn a_missing_mailbox_ends_it() {
    let server = Server::new(Mailbox::of(1)).on(|talk, command| {
        if command.is("EXAMINE") {
            talk.say(&format!("{} NO [NONEXISTENT] Mailbox doesn't exist: Odbicia", command.tag))?;
            return Ok(Turn::Mine);
        }
        Ok(Turn::Yours)
    });
    let mut account = account(server.start(), Tls::None, None);
    account.mailbox = "Zwróć \"&\"".to_owned();
    let (error, _) = refused(&mut imap(account));
    assert!(
        matches!(error, ImapError::Mailbox { .. }) && error.to_string().contains("NONEXISTENT"),
        "{error}"
    );
    assert!(server.logged("EXAMINE")[0].ends_with("EXAMINE \"Zwr&APMBBw- \\\"&-\\\"\""));
}

#[test]
fn without_tls_no_other_machine_is_called() {
    let mut account = account(1, Tls::None, None);
    account.host = "192.0.2.7".to_owned();
    let (error, _) = refused(&mut imap(account));
    assert!(matches!(error, ImapError::Unencrypted { .. }), "{error}");
}
