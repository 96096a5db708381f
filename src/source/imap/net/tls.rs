//! TLS: what is trusted, the handshake, and what to say when it fails.

use native_tls::{Certificate as Root, Protocol, TlsConnector, TlsConnectorBuilder, TlsStream};

use crate::config::Account;
use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::certificate::Certificate;
use super::socket::Socket;

/// What is known of an encrypted connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    /// `TLS 1.3`; `TLS` when the version was not seen.
    pub(crate) version: &'static str,
    /// The server's certificate.
    pub(crate) certificate: Certificate,
}

/// A connector that trusts the system's authorities and those in `ca_file`, and speaks TLS 1.2 or
/// later.
///
/// # Errors
/// When `ca_file` cannot be read or holds no certificate.
pub(crate) fn connector(account: &Account, at: &Endpoint) -> Result<TlsConnector, Error> {
    let mut builder = builder();
    if let Some(path) = &account.ca_file {
        let refuse = |reason: &dyn ToString| Error::CaFile {
            at: at.clone(),
            path: SafeText::new(&path.to_string_lossy()),
            reason: SafeText::new(&reason.to_string()),
        };
        let pem = std::fs::read(path).map_err(|e| refuse(&e))?;
        let roots = Root::stack_from_pem(&pem).map_err(|e| refuse(&e))?;
        if roots.is_empty() {
            return Err(refuse(&"no certificate in it"));
        }
        for root in roots {
            builder.add_root_certificate(root);
        }
    }
    builder
        .build()
        .map_err(|e| Error::Tls { at: at.clone(), reason: SafeText::new(&e.to_string()) })
}

fn builder() -> TlsConnectorBuilder {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    builder
}

/// The handshake; the name in the certificate must be `host`.
///
/// # Errors
/// What the TLS library said.
pub(crate) fn handshake(
    connector: &TlsConnector,
    host: &str,
    mut socket: Socket,
) -> Result<(TlsStream<Socket>, Encryption), String> {
    socket.begin_tls();
    let stream = connector.connect(host, socket).map_err(|e| e.to_string())?;
    let certificate = peer(&stream).unwrap_or_default();
    let version = stream.get_ref().tls_version().unwrap_or("TLS");
    Ok((stream, Encryption { version, certificate }))
}

/// The server's certificate, if it can be read.
fn peer(stream: &TlsStream<Socket>) -> Option<Certificate> {
    let certificate = stream.peer_certificate().ok()??;
    Certificate::read(&certificate.to_der().ok()?)
}

/// The certificate with which a server answers, whatever it is: to tell people why it was refused.
/// Nothing is sent on such a connection, and it is closed at once.
pub(crate) fn shown_certificate(host: &str, socket: Socket) -> Option<Certificate> {
    let connector = builder()
        .danger_accept_invalid_certs(true)
        .danger_accept_invalid_hostnames(true)
        .build()
        .ok()?;
    let (_, encryption) = handshake(&connector, host, socket).ok()?;
    Some(encryption.certificate)
}

/// True when a failed handshake failed because of the certificate.
pub(crate) fn is_certificate(said: &str) -> bool {
    said.contains("certificate")
}

/// True when the connection broke during the handshake, which may pass.
pub(crate) fn is_broken(said: &str) -> bool {
    !said.contains("SSL routines") || said.contains("unexpected eof")
}

/// The sentence for a handshake that failed for `said`; `found` is what the server's certificate
/// says, if it was got.
pub(crate) fn refusal(at: &Endpoint, said: &str, found: Option<&Certificate>) -> Error {
    let reason = SafeText::new(brief(said));
    let at = at.clone();
    if is_certificate(said) {
        let shown = found.map(|c| format!(" ({})", c.shown())).unwrap_or_default();
        let next = SafeText::new(&advice(&reason, &at));
        return Error::Certificate { at, reason, shown: SafeText::line(&shown), next };
    }
    if is_broken(said) { Error::Lost { at, reason } } else { Error::Tls { at, reason } }
}

/// OpenSSL wraps the reason in codes and file names: `error:0A000086:SSL routines:…:certificate
/// verify failed:… (reason)`.
fn brief(said: &str) -> &str {
    if let Some((_, reason)) = said.strip_suffix(')').and_then(|s| s.rsplit_once(" (")) {
        return reason;
    }
    let mut fields = said.split(':').filter(|f| !f.is_empty());
    if said.contains("SSL routines") { fields.nth(4).unwrap_or(said) } else { said }
}

fn advice(reason: &str, at: &Endpoint) -> String {
    let account = &at.account;
    if reason.contains("mismatch") {
        format!(
            "set host of account {account} to a name the certificate is for, or have it reissued"
        )
    } else if reason.contains("expired") {
        "have it renewed on the server".to_owned()
    } else if reason.contains("not yet") {
        "compare the clocks of this machine and the server".to_owned()
    } else {
        format!(
            "if you trust its issuer, set ca_file of account {account} to the issuer's certificate (PEM)"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let at = Endpoint { account: "lab".into(), server: "mx1:993".into() };
        let verify = "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify \
                      failed:../ssl/statem/statem_clnt.c:1889: (hostname mismatch)";
        let found =
            Certificate { names: vec!["mail.example.net".into()], ..Certificate::default() };
        assert_eq!(
            refusal(&at, verify, Some(&found)).to_string(),
            "the certificate of mx1:993 is refused: hostname mismatch (it is for mail.example.net); set host of account \
             lab to a name the certificate is for, or have it reissued"
        );
        let plain = "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:";
        assert_eq!(
            refusal(&at, plain, None).to_string(),
            "no TLS with mx1:993: wrong version number; check port and tls of account lab"
        );
        for passing in
            ["Connection reset by peer (os error 104)", "unexpected EOF", "no answer for 15 s"]
        {
            assert!(refusal(&at, passing, None).passes(), "{passing}");
        }
        let eof = "error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../ssl/record/rec_layer_s3.c:321:";
        assert!(refusal(&at, eof, None).passes());
    }
}
