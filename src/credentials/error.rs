//! Why there is no password or token, as sentences.

use crate::mail::SafeText;

/// Why there is no secret for an account. None of these holds one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The program that gives the secret failed.
    #[error(
        "{key} of account {account} failed: {program}: {reason}; run it by hand, it must print the secret on its first line"
    )]
    Command {
        /// Name of the account.
        account: SafeText,
        /// The key of the configuration.
        key: &'static str,
        /// The program.
        program: SafeText,
        /// How it ended and what it wrote to standard error.
        reason: SafeText,
    },
    /// There is no secret and nobody to ask.
    #[error(
        "no password for account {account}; set password_command or token_command, or start deadletter in a terminal to be asked"
    )]
    NoSecret {
        /// Name of the account.
        account: SafeText,
    },
    /// Nothing was typed at the prompt.
    #[error("no password was typed for account {account}; try again, or set password_command")]
    NotTyped {
        /// Name of the account.
        account: SafeText,
    },
}
