//! What is said to a server can change nothing in it.

use deadletter::config::Tls;
use deadletter::credentials::Secret;
use deadletter::source::imap::check_within;
use deadletter::source::{Place, Source};

use crate::certificates::Authority;
use crate::imap_server::{Encrypt, Mailbox, Server};
use crate::seen::{CANARY, Seen, account, imap, limits};

/// Commands that change nothing, with what stands behind them in every one.
const READING: [(&str, &str); 11] = [
    ("CAPABILITY", ""),
    ("STARTTLS", ""),
    ("LOGIN", ""),
    ("EXAMINE", ""),
    ("LIST", ""),
    ("FETCH", "BODY.PEEK[]"),
    ("FETCH", "(UID)"),
    ("FETCH", "BODY.PEEK[]"),
    ("UID FETCH", "BODY.PEEK[]"),
    ("UID FETCH", "(UID)"),
    ("LOGOUT", ""),
];

#[test]
fn only_commands_that_read_are_sent() {
    let authority = Authority::new();
    let encrypt = Encrypt::WhenAsked(authority.good().identity());
    let server = Server::new(Mailbox::of(500)).capability("IMAP4rev1 STARTTLS").encrypt(encrypt);
    let account = account(server.start(), Tls::Starttls, Some(&authority.file()));
    let mut source = imap(account.clone());
    Seen::default().stream(&mut source).expect("a stream");
    source.reader().whole(Place { validity: 77, uid: 7 }).expect("a message");
    assert!(check_within(&account, &Secret::password(CANARY), limits()).is_good());
    let log = server.log();
    assert!(log.len() > 20, "{log:?}");
    for line in log {
        // The number of the connection, whether through TLS, the tag.
        let command = line.splitn(4, ' ').nth(3).unwrap_or_default();
        let reads =
            READING.iter().any(|(name, rest)| command.starts_with(name) && command.contains(rest));
        assert!(reads, "{line}");
        let private = line.contains(" tls ") || !line.contains(CANARY);
        assert!(private, "{line}");
    }
}
