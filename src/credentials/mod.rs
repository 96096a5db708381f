//! Passwords and tokens of accounts: printed by a program or typed at a prompt, and never shown.

mod error;
mod hiding;
mod program;
mod prompt;
mod secret;

use std::io::IsTerminal;
use std::process::Stdio;

use crate::config::Account;
use crate::mail::SafeText;

pub use error::Error;
pub use hiding::{hide, shown};
pub use secret::{Secret, SecretKind};

/// The secret of an account: from `token_command`, from `password_command`, or typed at a prompt.
/// To be called before the screen starts; programs share the terminal, so that they can ask for a
/// passphrase. None where a tunnel has logged in: nobody is asked for that.
///
/// # Errors
/// When the program fails, or there is none and no terminal to ask at.
pub fn obtain(account: &Account) -> Result<Option<Secret>, Error> {
    let shown = std::io::stderr().is_terminal();
    let secret = run_configured(account, Stdio::inherit(), shown)?;
    if secret.is_some() || account.has_tunnel() {
        return Ok(secret);
    }
    Ok(Some(Secret::new(SecretKind::Password, prompt::ask(account)?)))
}

/// The secret once more from its program, without a terminal: tokens expire while the screen is up.
/// None when the account has no program.
///
/// # Errors
/// When the program fails.
pub fn renew(account: &Account) -> Result<Option<Secret>, Error> {
    run_configured(account, Stdio::null(), false)
}

/// Runs the program of an account; a token is preferred to a password.
fn run_configured(account: &Account, stdin: Stdio, shown: bool) -> Result<Option<Secret>, Error> {
    let (kind, argv) = if !account.token_command.is_empty() {
        (SecretKind::Token, &account.token_command)
    } else if !account.password_command.is_empty() {
        (SecretKind::Password, &account.password_command)
    } else {
        return Ok(None);
    };
    match program::first_line(argv, stdin, shown, program::PATIENCE) {
        Ok(text) => Ok(Some(Secret::new(kind, text))),
        Err(reason) => Err(Error::Command {
            account: SafeText::new(&account.name),
            key: kind.key(),
            program: SafeText::new(&argv[0]),
            reason,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(lines: &str) -> Account {
        toml::from_str(&format!("name = \"lab\"\nhost = \"h\"\nuser = \"me\"\n{lines}")).unwrap()
    }

    #[test]
    fn no_shell_is_involved() {
        let secret =
            renew(&account("password_command = [\"printf\", \"%s\", \"$HOME; `id` \\\"\"]"))
                .unwrap()
                .unwrap();
        assert_eq!((secret.expose(), secret.kind()), ("$HOME; `id` \"", SecretKind::Password));
        let token = renew(&account(
            "token_command = [\"echo\", \"t\"]\npassword_command = [\"echo\", \"p\"]",
        ))
        .unwrap();
        assert_eq!(
            token.map(|t| (t.kind(), t.expose().to_owned())),
            Some((SecretKind::Token, "t".to_owned()))
        );
        assert!(renew(&account("")).unwrap().is_none());
        let error = renew(&account("password_command = [\"false\"]")).unwrap_err().to_string();
        assert!(
            error.starts_with("password_command of account lab failed: false: exit status: 1;"),
            "{error}"
        );
    }
}
