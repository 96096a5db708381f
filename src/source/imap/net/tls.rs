//! TLS: what is trusted, the handshake, and what to say when it fails.

use std::path::Path;

use native_tls::{Certificate as Root, Protocol, TlsConnector, TlsConnectorBuilder, TlsStream};

use crate::config::{Account, read_file};
use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::certificate::Certificate;
use super::names;
use super::socket::Socket;

/// What is known of an encrypted connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    /// `TLS 1.3`; `TLS` when the version was not seen.
    pub(crate) version: &'static str,
    /// The server's certificate.
    pub(crate) certificate: Certificate,
}

/// Why a handshake came to nothing. Nothing was sent on such a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// What the TLS library said.
    Handshake(String),
    /// The library is content with the certificate; we are not.
    Certificate(Distrust, Box<Certificate>),
}

/// Why a certificate is refused that the TLS library accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distrust {
    /// The host is none of its names.
    Name,
    /// It is not the one of `tls_fingerprint`.
    Fingerprint,
    /// The one before on this server came from another authority.
    Issuer,
}

/// A connector that trusts the system's authorities and those in `ca_file`, and speaks TLS 1.2 or
/// later. Where the account names one certificate to trust, nothing else is looked at: that it is
/// the one is found out in [`handshake`], before anything is sent.
///
/// # Errors
/// When `ca_file` cannot be read or holds no certificate.
pub(crate) fn connector(account: &Account, at: &Endpoint) -> Result<TlsConnector, Error> {
    let mut builder = builder();
    if account.tls_fingerprint.is_some() {
        accept_all(&mut builder);
    } else if let Some(path) = &account.ca_file {
        for root in roots(path, at)? {
            builder.add_root_certificate(root);
        }
    }
    builder
        .build()
        .map_err(|e| Error::Tls { at: at.clone(), reason: SafeText::new(&e.to_string()) })
}

/// The certificates in a `ca_file`.
fn roots(path: &Path, at: &Endpoint) -> Result<Vec<Root>, Error> {
    let refuse = |reason: &dyn ToString| Error::CaFile {
        at: at.clone(),
        path: SafeText::new(&path.to_string_lossy()),
        reason: SafeText::new(&reason.to_string()),
    };
    let pem = read_file(path).map_err(|e| refuse(&e))?;
    let roots = Root::stack_from_pem(&pem).map_err(|e| refuse(&e))?;
    if roots.is_empty() { Err(refuse(&"no certificate in it")) } else { Ok(roots) }
}

fn builder() -> TlsConnectorBuilder {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv12));
    builder
}

/// Lets the library accept every certificate, so that we can look at it. It need not read all
/// authorities of the system for that.
fn accept_all(builder: &mut TlsConnectorBuilder) {
    builder.danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true);
    builder.disable_built_in_roots(true);
}

/// The handshake. The certificate must be the one that the account names, or else be trusted and
/// for its host.
///
/// # Errors
/// What the TLS library said, or what is wrong with the certificate.
pub(crate) fn handshake(
    connector: &TlsConnector,
    account: &Account,
    socket: Socket,
) -> Result<(TlsStream<Socket>, Encryption), Failed> {
    let (stream, encryption) = greet(connector, account, socket)?;
    let certificate = &encryption.certificate;
    let distrust = match account.tls_fingerprint {
        Some(pin) if pin != certificate.fingerprint => Distrust::Fingerprint,
        None if !names::are_for(&certificate.names, &account.host) => Distrust::Name,
        _ => return Ok((stream, encryption)),
    };
    Err(Failed::Certificate(distrust, Box::new(encryption.certificate)))
}

/// The handshake alone.
fn greet(
    connector: &TlsConnector,
    account: &Account,
    mut socket: Socket,
) -> Result<(TlsStream<Socket>, Encryption), Failed> {
    socket.begin_tls();
    let stream = connector
        .connect(names::absolute(&account.host), socket)
        .map_err(|e| Failed::Handshake(e.to_string()))?;
    let certificate =
        peer(&stream).ok_or_else(|| Failed::Handshake("the server shows no certificate".into()))?;
    let version = stream.get_ref().tls_version().unwrap_or("TLS");
    Ok((stream, Encryption { version, certificate }))
}

/// The server's certificate.
fn peer(stream: &TlsStream<Socket>) -> Option<Certificate> {
    let certificate = stream.peer_certificate().ok()??;
    Some(Certificate::read(&certificate.to_der().ok()?))
}

/// The certificate with which a server answers, whatever it is: to tell people why it was refused.
/// Nothing is sent on such a connection, and it is closed at once.
pub(crate) fn shown_certificate(account: &Account, socket: Socket) -> Option<Certificate> {
    let mut builder = builder();
    accept_all(&mut builder);
    let (_, encryption) = greet(&builder.build().ok()?, account, socket).ok()?;
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

/// The line of the configuration that trusts one certificate and no other.
pub(crate) fn pin(certificate: &Certificate) -> String {
    format!("tls_fingerprint = \"{}\"", certificate.fingerprint)
}

/// The sentence for a handshake that failed for what the TLS library `said`; `found` is the server's
/// certificate, if it was got, and `before` the one that was good on an earlier connection.
pub(crate) fn refusal(
    at: &Endpoint,
    said: &str,
    found: Option<&Certificate>,
    before: Option<&Certificate>,
) -> Error {
    let reason = SafeText::new(brief(said));
    let at = at.clone();
    if is_certificate(said) {
        let next = advice(&reason, &at);
        let next = match found {
            Some(found) => format!("{next}; {}", way_around(found, &at)),
            None => next,
        };
        let shown = shown(found, before);
        return Error::Certificate { at, reason, shown, next: SafeText::new(&next) };
    }
    if is_broken(said) { Error::Lost { at, reason } } else { Error::Tls { at, reason } }
}

/// The sentence for a certificate that the library accepts and we do not.
pub(crate) fn distrusted(
    at: &Endpoint,
    distrust: Distrust,
    found: &Certificate,
    before: Option<&Certificate>,
) -> Error {
    let account = &at.account;
    let (reason, next) = match distrust {
        Distrust::Name => {
            let reason = "the host is none of the names in its subjectAltName";
            (reason, format!("{}; {}", advice("mismatch", at), way_around(found, at)))
        }
        Distrust::Fingerprint => {
            let reason = "it is not the one of tls_fingerprint";
            let compare = "compare it with the server's own; if that was renewed, write";
            (reason, format!("{compare} {} into account {account}", pin(found)))
        }
        Distrust::Issuer => {
            let reason = "another authority issued it than the one before";
            (reason, "ask whoever runs the server; connecting once more goes on with it".to_owned())
        }
    };
    let next = SafeText::new(&next);
    Error::Certificate {
        at: at.clone(),
        reason: reason.into(),
        shown: shown(Some(found), before),
        next,
    }
}

/// What stands in a certificate, in brackets behind a blank.
fn shown(found: Option<&Certificate>, before: Option<&Certificate>) -> SafeText {
    let Some(found) = found else { return SafeText::default() };
    let mut text = found.shown().to_string();
    if let Some(before) = before
        && before.fingerprint != found.fingerprint
    {
        text = format!("{text}; before, the server showed another: {}", before.shown());
    }
    SafeText::line(&format!(" ({text})"))
}

/// How to trust a certificate all the same.
fn way_around(found: &Certificate, at: &Endpoint) -> String {
    format!(
        "or, where its fingerprint is the one that the server itself tells, trust it alone with {} \
         in account {}",
        pin(found),
        at.account
    )
}

/// OpenSSL wraps the reason in codes and file names: `error:0A000086:SSL routines:…:certificate
/// verify failed:… (reason)`. What the system says is brief as it is.
fn brief(said: &str) -> &str {
    if !said.contains("SSL routines") {
        return said;
    }
    if let Some((_, reason)) = said.strip_suffix(')').and_then(|s| s.rsplit_once(" (")) {
        return reason;
    }
    let mut fields = said.split(':').filter(|f| !f.is_empty());
    fields.nth(4).unwrap_or(said)
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
    use super::super::names::CertifiedName;
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let at = Endpoint { account: "lab".into(), server: "mx1:993".into() };
        let verify = "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify \
                      failed:../ssl/statem/statem_clnt.c:1889: (hostname mismatch)";
        let found = Certificate {
            names: vec![CertifiedName::Host(b"mail.example.net".to_vec())],
            ..Certificate::default()
        };
        let digits = "0".repeat(64);
        assert_eq!(
            refusal(&at, verify, Some(&found), None).to_string(),
            format!(
                "the certificate of mx1:993 is refused: hostname mismatch (it is for \
                 mail.example.net; sha256:{digits}); set host of account lab to a name the \
                 certificate is for, or have it reissued; or, where its fingerprint is the one \
                 that the server itself tells, trust it alone with \
                 tls_fingerprint = \"sha256:{digits}\" in account lab"
            )
        );
        let plain = "error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:";
        assert_eq!(
            refusal(&at, plain, None, None).to_string(),
            "no TLS with mx1:993: wrong version number; check port and tls of account lab"
        );
        for passing in
            ["Connection reset by peer (os error 104)", "unexpected EOF", "no answer for 15 s"]
        {
            let error = refusal(&at, passing, None, None);
            assert!(error.passes() && error.to_string().contains(passing), "{error}");
        }
        let eof = "error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../ssl/record/rec_layer_s3.c:321:";
        assert!(refusal(&at, eof, None, None).passes());
    }
}
