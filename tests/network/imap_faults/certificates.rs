//! Certificates that are refused, and the fingerprint as the only way around that.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};

use deadletter::config::{Account, Tls};
use deadletter::credentials::Secret;
use deadletter::source::imap::{Error as ImapError, Imap, check_within};

use super::{nobody_logged_in, refused};
use crate::certificates::{Authority, HERE, Issued};
use crate::imap_server::{Encrypt, Mailbox, Server};
use crate::seen::{CANARY, Seen, account, imap, limits};

const NAMES: &str = "none of the names";

/// A certificate that must be refused.
struct Case {
    host: &'static str,
    issued: Issued,
    /// What is wrong with it.
    reason: &'static str,
    /// What is told of it, or what to do.
    shown: &'static str,
}

/// Certificates whose issuer, days or names are not right.
fn wrong(authority: &Authority, other: &Authority) -> Vec<Case> {
    let case = |issued, reason, shown| Case { host: "localhost", issued, reason, shown };
    let issue = |name, names, from, until| authority.issue(name, names, from, until);
    vec![
        case(
            issue("old", HERE, "20200101000000Z", "20200201000000Z"),
            "expired",
            "valid from 2020-01-01 to 2020-02-01",
        ),
        case(
            issue("young", HERE, "20900101000000Z", "20910101000000Z"),
            "not yet valid",
            "compare the clocks",
        ),
        case(
            authority.issue_as("away", "/CN=x", "subjectAltName=DNS:a.oak.example,DNS:oak.example"),
            "mismatch",
            "it is for a.oak.example, oak.example; issued by Test Authority",
        ),
        case(
            authority.self_signed("self", "/CN=localhost", "subjectAltName=DNS:localhost"),
            "self",
            "set ca_file of account lab",
        ),
        case(other.good(), "issuer certificate", "it is for localhost, 127.0.0.1"),
    ]
}

/// Certificates that some libraries take to be for this machine (RFC 9525 section 6).
fn misnamed(authority: &Authority) -> Vec<Case> {
    let mut cases = Vec::new();
    for (host, subject, extension, reason) in [
        ("localhost", "/CN=localhost", "keyUsage=digitalSignature", NAMES),
        ("localhost", "/CN=localhost", "subjectAltName=IP:127.0.0.1", NAMES),
        ("localhost", "/CN=localhost", "subjectAltName=email:a@birch.example", NAMES),
        ("localhost", "/CN=x", "subjectAltName=DNS:*", "mismatch"),
        ("localhost", "/CN=x", "subjectAltName=DNS:l*", "mismatch"),
        ("localhost", "/CN=x", "subjectAltName=DNS:*.localhost", "mismatch"),
        ("localhost", "/CN=localhost", "subjectAltName=DNS:oak.example", "mismatch"),
        ("127.0.0.1", "/CN=127.0.0.1", "keyUsage=digitalSignature", "mismatch"),
        ("127.0.0.1", "/CN=x", "subjectAltName=DNS:127.0.0.1", "mismatch"),
        ("127.0.0.1", "/CN=x", "subjectAltName=IP:127.0.0.2", "mismatch"),
    ] {
        let issued = authority.issue_as(&format!("m{}", cases.len()), subject, extension);
        cases.push(Case { host, issued, reason, shown: "set host of account lab to a name" });
    }
    cases
}

/// Servers with wrong certificates, with TLS from the first byte and with STARTTLS. Names are
/// compared the same way in both: once is enough.
fn all_wrong(authority: &Authority, other: &Authority) -> Vec<(Case, Vec<(Tls, Server)>)> {
    let mut all = Vec::new();
    for case in wrong(authority, other) {
        let servers = servers(&case.issued).into();
        all.push((case, servers));
    }
    for case in misnamed(authority) {
        let [implicit, _] = servers(&case.issued);
        all.push((case, vec![implicit]));
    }
    all
}

/// A server with this certificate, with TLS from the first byte and with STARTTLS.
fn servers(issued: &Issued) -> [(Tls, Server); 2] {
    let ways = [
        (Tls::Implicit, Encrypt::AtOnce(issued.identity())),
        (Tls::Starttls, Encrypt::WhenAsked(issued.identity())),
    ];
    ways.map(|(tls, encrypt)| {
        (tls, Server::new(Mailbox::of(3)).capability("IMAP4rev1 STARTTLS").encrypt(encrypt))
    })
}

/// The account, trusting the certificate with this fingerprint and no other.
fn pinned(account: Account, fingerprint: &str) -> Account {
    let text = format!("name='a'\nhost='h'\nuser='u'\ntls_fingerprint='sha256:{fingerprint}'\n");
    let pin: Account = toml::from_str(&text).expect("a fingerprint");
    Account { tls_fingerprint: pin.tls_fingerprint, ..account }
}

/// The line that `check` shows for a certificate.
fn line(issued: &Issued) -> String {
    let digits = issued.fingerprint().replace(':', "").to_lowercase();
    format!("tls_fingerprint = \"sha256:{digits}\"")
}

/// The certificate is refused, nothing is said to its server, and the way around is shown.
fn is_refused(case: &Case, server: &Server, account: &Account) {
    let (error, _) = refused(&mut imap(account.clone()));
    let text = error.to_string();
    assert!(matches!(error, ImapError::Certificate { .. }), "{text}");
    assert!(text.contains(case.reason) && text.contains(case.shown), "{text}");
    assert!(text.contains(&line(&case.issued)), "{text}");
    if account.tls == Tls::Starttls {
        let report = check_within(account, &Secret::password(CANARY), limits());
        assert!(report.to_string().contains("failed  certificate"), "{report}");
        assert!(report.to_string().contains(&line(&case.issued)), "{report}");
    }
    nobody_logged_in(server);
    assert!(server.logged(" tls ").is_empty(), "nothing is said: {:?}", server.log());
}

/// The same certificate, once its fingerprint stands in the account.
fn is_accepted(case: &Case, account: Account) {
    let account = pinned(account, &case.issued.fingerprint());
    let mut seen = Seen::default();
    seen.stream(&mut imap(account.clone())).unwrap_or_else(|e| panic!("{}: {e}", case.reason));
    assert_eq!(seen.uids.len(), 3);
    if account.tls == Tls::Starttls {
        let report = check_within(&account, &Secret::password(CANARY), limits());
        let told = format!("{} trusts this certificate", line(&case.issued));
        assert!(report.is_good() && report.to_string().contains(&told), "{report}");
    }
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_and_its_fingerprint_is_the_only_way_around() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (case, servers) in all_wrong(&authority, &other) {
        for (tls, server) in servers {
            let here = account(server.start(), tls, Some(&authority.file()));
            let account = Account { host: case.host.to_owned(), ..here };
            is_refused(&case, &server, &account);
            is_accepted(&case, account);
        }
    }
}

#[test]
fn another_fingerprint_refuses_even_a_good_certificate() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (good, another) = (authority.good(), other.good());
    for (tls, server) in servers(&good) {
        let here = account(server.start(), tls, Some(&authority.file()));
        let account = pinned(here, &another.fingerprint());
        let (error, _) = refused(&mut imap(account.clone()));
        let text = error.to_string();
        assert!(matches!(error, ImapError::Certificate { .. }), "{text}");
        assert!(text.contains("it is not the one of tls_fingerprint"), "{text}");
        assert!(text.contains(&line(&good)), "the one that was seen: {text}");
        let report = check_within(&account, &Secret::password(CANARY), limits());
        assert!(report.to_string().contains("failed  certificate"), "{report}");
        nobody_logged_in(&server);
        assert!(server.logged(" tls ").is_empty(), "nothing is said: {:?}", server.log());
    }
}

#[test]
fn a_good_certificate_is_told_with_the_line_that_would_trust_it_alone() {
    let authority = Authority::new();
    let good = authority.good();
    for (tls, server) in servers(&good) {
        for host in ["localhost", "127.0.0.1"] {
            let here = account(server.start(), tls, Some(&authority.file()));
            let account = Account { host: host.to_owned(), ..here };
            let report = check_within(&account, &Secret::password(CANARY), limits());
            let told = format!("{} would trust this certificate and no other", line(&good));
            assert!(report.is_good() && report.to_string().contains(&told), "{report}");
        }
    }
}

/// A port behind which the first connection meets one server and all later ones another.
fn changing(first: u16, later: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for (n, mut tcp) in listener.incoming().flatten().enumerate() {
            let behind = if n == 0 { first } else { later };
            let mut to = TcpStream::connect(("127.0.0.1", behind)).expect("a server");
            let (mut back_from, mut back_to) =
                (to.try_clone().expect("a clone"), tcp.try_clone().expect("a clone"));
            std::thread::spawn(move || {
                let _ = io::copy(&mut back_from, &mut back_to);
                let _ = back_to.shutdown(Shutdown::Both);
            });
            std::thread::spawn(move || io::copy(&mut tcp, &mut to));
        }
    });
    port
}

/// A source whose first connection was good, and whose next one meets another certificate.
fn reconnecting(first: &Server, later: &Server, change: impl Fn(Account) -> Account) -> Imap {
    let port = changing(first.start(), later.start());
    let mut source = imap(change(account(port, Tls::Implicit, None)));
    let mut seen = Seen::default();
    seen.stream_until(&mut source, |s| !s.uids.is_empty()).expect("the first connection is good");
    source
}

fn showing(issued: &Issued) -> Server {
    Server::new(Mailbox::of(3)).encrypt(Encrypt::AtOnce(issued.identity()))
}

#[test]
fn a_certificate_that_is_wrong_on_reconnect_ends_it_and_both_are_named() {
    let (authority, other) = (Authority::new(), Authority::called("Another Authority"));
    let (good, bad) = (authority.good(), other.good());
    let (first, later) = (showing(&good), showing(&bad));
    let trusting = |account| Account { ca_file: Some(authority.file()), ..account };
    let (error, _) = refused(&mut reconnecting(&first, &later, trusting));
    let text = error.to_string();
    assert!(matches!(error, ImapError::Certificate { .. }), "{text}");
    assert!(text.contains("before, the server showed another: it is for localhost"), "{text}");
    assert!(text.contains("Test Authority") && text.contains("Another Authority"), "{text}");
    nobody_logged_in(&later);

    // With a fingerprint too.
    let later = showing(&bad);
    let pin = |account| pinned(account, &good.fingerprint());
    let (error, _) = refused(&mut reconnecting(&first, &later, pin));
    let text = error.to_string();
    assert!(text.contains("it is not the one of tls_fingerprint"), "{text}");
    assert!(text.contains("Test Authority") && text.contains("Another Authority"), "{text}");
    nobody_logged_in(&later);
}

#[test]
fn a_good_certificate_of_another_authority_ends_it_once_and_a_renewed_one_does_not() {
    let (authority, other) = (Authority::new(), Authority::called("Another Authority"));
    let both = tempfile::NamedTempFile::new().expect("a file");
    let read = |authority: &Authority| std::fs::read(authority.file()).expect("a certificate");
    std::fs::write(both.path(), [read(&authority), read(&other)].concat()).expect("a file");
    let trusting = |account| Account { ca_file: Some(both.path().into()), ..account };

    let (first, later) = (showing(&authority.good()), showing(&other.good()));
    let mut source = reconnecting(&first, &later, trusting);
    let (error, _) = refused(&mut source);
    let text = error.to_string();
    assert!(text.contains("another authority issued it than the one before"), "{text}");
    assert!(text.contains("Test Authority") && text.contains("Another Authority"), "{text}");
    nobody_logged_in(&later);
    Seen::default().stream(&mut source).expect("whoever asks again has read it");

    let (first, renewed) = (showing(&authority.good()), showing(&authority.good()));
    let mut source = reconnecting(&first, &renewed, trusting);
    Seen::default().stream(&mut source).expect("renewed by the same authority");
}
