//! What `deadletter check` finds.

use deadletter::config::Tls;
use deadletter::credentials::Secret;
use deadletter::source::imap::check_within;

use crate::certificates::Authority;
use crate::imap_server::{Encrypt, Mailbox, Server};
use crate::seen::{CANARY, account, limits};

#[test]
fn a_check_tells_each_step() {
    let authority = Authority::new();
    let server = Server::new(Mailbox::of(4)).encrypt(Encrypt::AtOnce(authority.good().identity()));
    let account = account(server.start(), Tls::Implicit, Some(&authority.file()));
    let report = check_within(&account, &Secret::password(CANARY), limits());
    assert!(report.is_good(), "{report}");
    let names: Vec<&str> = report.steps.iter().map(|s| s.name).collect();
    let all = "connection encryption certificate fingerprint login capabilities folders mailbox";
    assert_eq!(names.join(" "), all);
    assert_eq!(report.folders, ["INBOX", "Zwróć", "a (b)", "back\\slash \"quoted\"", "r?w"]);
    assert_eq!(report.messages, Some(4));
    let text = report.to_string();
    assert!(text.contains("TLS 1.2") && text.contains("issued by Test Authority"), "{text}");
    assert!(!text.contains(CANARY));
    assert_eq!(server.logged("LOGOUT").len(), 1);
}
