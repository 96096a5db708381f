//! An account as the connections to it share it: where it is, how to log in, and the limits that
//! hold.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use native_tls::TlsConnector;

use crate::config::Account;
use crate::credentials::{self, Secret, SecretKind};
use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::super::net::certificate::Certificate;
use super::super::net::limits::Limits;
use super::super::net::tls;

/// The longest command line of a tunnel that is shown, in characters.
const SHOWN: usize = 60;

/// What is needed to connect; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) account: Arc<Account>,
    pub(crate) at: Endpoint,
    pub(crate) limits: Limits,
    /// None where a tunnel has logged in.
    secret: Option<Arc<Mutex<Arc<Secret>>>>,
    tls: Arc<OnceLock<TlsConnector>>,
    /// The certificate of the last connection.
    met: Arc<Mutex<Option<Certificate>>>,
}

impl Access {
    /// An account and its secret.
    pub(crate) fn new(account: Account, secret: Option<Secret>) -> Self {
        let at = Endpoint { account: SafeText::new(&account.name), server: server(&account) };
        let secret = secret.map(|secret| Arc::new(Mutex::new(Arc::new(secret))));
        let mut limits = Limits::default();
        if let Some(seconds) = account.poll {
            limits.rest = Duration::from_secs(seconds.into());
        }
        Self {
            account: Arc::new(account),
            at,
            limits,
            secret,
            tls: Arc::default(),
            met: Arc::default(),
        }
    }

    /// The same account with another mailbox to open.
    pub(crate) fn with_mailbox(&self, name: &str) -> Self {
        let account = Account { mailbox: name.to_owned(), ..Account::clone(&self.account) };
        Self { account: Arc::new(account), ..self.clone() }
    }

    /// The certificate that was good on the last connection.
    pub(crate) fn met(&self) -> Option<Certificate> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers a good certificate.
    pub(crate) fn meet(&self, certificate: &Certificate) {
        let certificate = Some(certificate.clone());
        *self.met.lock().unwrap_or_else(PoisonError::into_inner) = certificate;
    }

    /// The connector for TLS, made once: it reads all authorities of the system.
    ///
    /// # Errors
    /// When `ca_file` cannot be used.
    pub(crate) fn connector(&self) -> Result<TlsConnector, Error> {
        if let Some(made) = self.tls.get() {
            return Ok(made.clone());
        }
        let made = tls::connector(&self.account, &self.at)?;
        Ok(self.tls.get_or_init(|| made).clone())
    }

    /// The secret as last known.
    ///
    /// # Errors
    /// When the account has none.
    pub(crate) fn secret(&self) -> Result<Arc<Secret>, Error> {
        let Some(secret) = &self.secret else {
            return Err(Error::NoLogin { at: self.at.clone() });
        };
        Ok(Arc::clone(&secret.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Another secret in place of one that was refused: tokens expire. None when there is no other.
    ///
    /// # Errors
    /// When the program that gives tokens fails.
    pub(crate) fn instead_of(&self, refused: &Arc<Secret>) -> Result<Option<Arc<Secret>>, Error> {
        let Some(secret) = &self.secret else { return Ok(None) };
        let mut known = secret.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&known, refused) {
            return Ok(Some(Arc::clone(&known)));
        }
        if refused.kind() != SecretKind::Token {
            return Ok(None);
        }
        let renewed = credentials::renew(&self.account)?
            .filter(|s| s.expose() != refused.expose())
            .map(Arc::new);
        if let Some(renewed) = &renewed {
            *known = Arc::clone(renewed);
        }
        Ok(renewed)
    }
}

/// How messages call the server: host and port, or the program that leads there.
fn server(account: &Account) -> SafeText {
    if account.has_tunnel() {
        let mut text: String = account.tunnel.join(" ").chars().take(SHOWN + 1).collect();
        if text.chars().count() > SHOWN {
            text.pop();
            text.push('…');
        }
        return SafeText::new(&format!("`{text}`"));
    }
    let (host, port) = (&account.host, account.port());
    let is_address = host.contains(':');
    SafeText::new(&if is_address { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
}
