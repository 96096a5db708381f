//! A password or token in memory.

use std::fmt;

use zeroize::Zeroizing;

use super::hiding;

/// How a secret is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A password, for LOGIN or AUTHENTICATE PLAIN.
    Password,
    /// An OAuth 2.0 access token, for AUTHENTICATE XOAUTH2.
    Token,
}

impl SecretKind {
    /// The key of the configuration that gives secrets of this kind.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Password => "password_command",
            Self::Token => "token_command",
        }
    }
}

/// A password or token. It is overwritten when dropped, never printed, and hidden in all text of
/// servers that is shown from now on.
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    text: Zeroizing<String>,
}

impl Secret {
    /// A secret of this kind.
    pub(super) fn new(kind: SecretKind, text: Zeroizing<String>) -> Self {
        hiding::remember(&text);
        Self { kind, text }
    }

    /// A password.
    pub fn password(text: impl Into<String>) -> Self {
        Self::new(SecretKind::Password, Zeroizing::new(text.into()))
    }

    /// An OAuth 2.0 access token.
    pub fn token(text: impl Into<String>) -> Self {
        Self::new(SecretKind::Token, Zeroizing::new(text.into()))
    }

    /// How it is used.
    #[must_use]
    pub fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The secret itself, to be sent to a server and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let secret = Secret::password("canary");
        assert_eq!(format!("{secret:?}"), "Secret(Password)");
        assert_eq!(hiding::shown(b"LOGIN me canary failed"), "LOGIN me … failed");
    }
}
