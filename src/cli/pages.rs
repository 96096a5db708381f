//! Generated pages: completions and the man page.

use std::io::Write;

use clap_complete::{Shell, generate};

use super::args::command;
use super::error::Error;
use super::exit::GOOD;
use super::man::man;

/// The completions for a shell.
#[must_use]
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    generate(shell, &mut command(), "deadletter", &mut out);
    out
}

pub(super) fn print_completions(shell: Shell) -> Result<u8, Error> {
    std::io::stdout().lock().write_all(&completions(shell))?;
    Ok(GOOD)
}

pub(super) fn print_man() -> Result<u8, Error> {
    std::io::stdout().lock().write_all(&man()?)?;
    Ok(GOOD)
}
