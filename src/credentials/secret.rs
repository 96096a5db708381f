//! A password or token in memory.

use std::fmt;

use crate::mail::SafeText;

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

/// A password or token. It is overwritten when dropped and never printed.
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    text: String,
}

impl Secret {
    /// A secret of this kind.
    pub(super) fn new(kind: SecretKind, text: String) -> Self {
        Self { kind, text }
    }

    /// A password.
    pub fn password(text: impl Into<String>) -> Self {
        Self::new(SecretKind::Password, text.into())
    }

    /// An OAuth 2.0 access token.
    pub fn token(text: impl Into<String>) -> Self {
        Self::new(SecretKind::Token, text.into())
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

    /// The text without the secret in it, for servers that repeat what they were sent.
    #[must_use]
    pub fn redact(&self, text: &SafeText) -> SafeText {
        if self.text.is_empty() || !text.contains(&self.text) {
            return text.clone();
        }
        SafeText::new(&text.replace(&self.text, "…"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?})", self.kind)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.fill(0);
        // Keeps the compiler from leaving out a write that nobody reads.
        std::hint::black_box(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let secret = Secret::password("canary");
        assert_eq!(format!("{secret:?}"), "Secret(Password)");
        assert_eq!(secret.redact(&"LOGIN me canary failed".into()), "LOGIN me … failed");
        assert_eq!(Secret::token("").redact(&"no".into()), "no");
    }
}
