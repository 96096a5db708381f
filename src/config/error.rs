//! What can be wrong with a configuration, as sentences: what, where, and what to do next.

use std::path::Path;

use crate::diagnosis::rules;
use crate::mail::SafeText;

/// A configuration that cannot be used. Each message names what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {reason}")]
    Read {
        /// The file.
        path: SafeText,
        /// What the system said.
        reason: SafeText,
    },
    /// The file says something that cannot be.
    #[error("{path}{}: {reason}", line.map_or_else(String::new, |line| format!(", line {line}")))]
    Invalid {
        /// The file.
        path: SafeText,
        /// The line, counted from 1.
        line: Option<usize>,
        /// What is wrong and what would be right.
        reason: SafeText,
    },
    /// Somebody else could have written the file.
    #[error("the configuration {path} names a program to run, but {reason}")]
    Untrusted {
        /// The file.
        path: SafeText,
        /// Who could, and what to do.
        reason: SafeText,
    },
    /// An environment variable says something that cannot be.
    #[error("{name}={value}: write {expected}")]
    Environment {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: SafeText,
        /// What would be right.
        expected: String,
    },
    /// One of the user's rule files cannot be used.
    #[error(transparent)]
    Rules(#[from] rules::Error),
    /// There is no account at all.
    #[error("no account is configured; `deadletter init` sets one up")]
    NoAccount,
    /// There is no account of that name.
    #[error("there is no account \"{name}\"; configured: {known}")]
    UnknownAccount {
        /// The name asked for.
        name: SafeText,
        /// The names there are.
        known: SafeText,
    },
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}
