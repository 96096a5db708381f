//! The variables of the environment, which clap reads as if they were flags: an empty one counts as
//! not set, and a wrong one is named in the complaint.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, Command};

use crate::config::{self, SETTINGS, Setting};
use crate::mail::SafeText;

use super::error::Error;

/// Reads the command line over the environment.
///
/// # Errors
/// clap's own, or the variable that has a wrong value.
pub(super) fn parse(
    mut command: Command,
    args: impl IntoIterator<Item = OsString>,
) -> Result<ArgMatches, Error> {
    let empty: Vec<String> = command
        .get_arguments()
        .filter(|arg| arg.get_env().is_some_and(|name| std::env::var_os(name) == Some("".into())))
        .map(|arg| arg.get_id().to_string())
        .collect();
    for id in empty {
        command = command.mut_arg(id, |arg| arg.env(Resettable::<clap::builder::OsStr>::Reset));
    }
    match command.try_get_matches_from(args) {
        Ok(matches) => Ok(matches),
        Err(error) => Err(wrong_variable(&error).unwrap_or(error.into())),
    }
}

/// The variable that an error is about: clap names only the flag.
fn wrong_variable(error: &clap::Error) -> Option<Error> {
    let ContextValue::String(argument) = error.get(ContextKind::InvalidArg)? else { return None };
    let ContextValue::String(value) = error.get(ContextKind::InvalidValue)? else { return None };
    for Setting { key, variable: name, values, .. } in SETTINGS {
        let flag = format!("--{}", key.replace('_', "-"));
        if argument.starts_with(&flag) && variable(name).as_ref() == Some(value) {
            let expected = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(names)) => format!("one of {}", names.join(", ")),
                _ => (*values).to_owned(),
            };
            let value = SafeText::new(value);
            return Some(config::Error::Environment { name, value, expected }.into());
        }
    }
    None
}

/// A variable of the environment; what is not UTF-8 is made so.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}
