//! The command line: arguments, and one file for each command.

mod args;
mod check;
mod environment;
mod error;
mod explain;
mod init;
mod man;
mod pages;
mod screen;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::config::{Ascii, Config, SAMPLE, load};
use crate::diagnosis::Rules;
use crate::mail::SafeText;

pub use args::{Cli, Command, Format};
pub use error::Error;
pub use man::man;
pub use pages::completions;

/// Exit code when everything went well.
pub const GOOD: u8 = 0;
/// Exit code when something could not be read or done; what, is on standard error.
pub const FAILED: u8 = 1;

/// The command line's definition, for help, man page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program with these arguments and returns its exit code.
///
/// # Errors
/// When the arguments, the configuration or the command itself fail; clap's own errors carry their
/// exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Result<u8, Error> {
    set_panic_hook();
    let matches = environment::parse(command(), args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    if cli.print_config {
        write!(std::io::stdout().lock(), "{SAMPLE}")?;
        return Ok(GOOD);
    }
    if let (Some(command), false) = (matches.subcommand_name(), cli.paths.is_empty()) {
        return Err(Error::CommandBehindPath(command.to_owned()));
    }
    let config = configuration(&cli, &matches)?;
    match &cli.command {
        None => screen::run(&cli.paths, &config),
        Some(Command::Demo) => screen::demo(&config),
        Some(Command::Explain { format, paths }) => explain::run(paths, *format, &config),
        Some(Command::Check { account }) => check::run(account.as_deref(), &config),
        Some(Command::Init) => init::run(cli.config.as_deref()),
        Some(Command::Completions { shell }) => pages::print_completions(*shell),
        Some(Command::Man) => pages::print_man(),
    }
}

/// A fault is told as a sentence, and what it quotes of a message cannot reach the terminal as it
/// is.
fn set_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let mut what = info.payload_as_str().unwrap_or("unknown").to_owned();
        if let Some(place) = info.location() {
            what = format!("{what} ({}:{})", place.file(), place.line());
        }
        let text = SafeText::line(&format!("a part of deadletter failed: {what}"));
        // There is nowhere else to tell it.
        let _ =
            writeln!(std::io::stderr(), "deadletter: {text}; this is a fault, please report it");
    }));
}

/// The configuration for these arguments. `init` writes one and the generated pages need none, so
/// that a broken file does not stand in their way.
fn configuration(cli: &Cli, matches: &ArgMatches) -> Result<Config, Error> {
    if matches!(cli.command, Some(Command::Init | Command::Completions { .. } | Command::Man)) {
        return Ok(Config::default());
    }
    let mut upper = cli.settings.clone();
    // To clap a switch that nobody gave is off; to the layers it is not set.
    if matches.value_source("read_only") == Some(ValueSource::DefaultValue) {
        upper.read_only = None;
    }
    Ok(load(cli.config.as_deref(), upper)?)
}

/// A variable of the environment; what is not UTF-8 is made so.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The rules: the built-in ones, behind the user's own if there are any.
fn rules(config: &Config) -> Result<Arc<Rules>, Error> {
    if config.rules.is_empty() {
        return Ok(Arc::clone(Rules::standard()));
    }
    let rules = Rules::with_own(config.rules.clone()).map_err(crate::config::Error::from)?;
    Ok(Arc::new(rules))
}

/// Whether only ASCII characters are to be written.
fn plain(config: &Config) -> bool {
    match config.ascii {
        Ascii::Always => true,
        Ascii::Never => false,
        Ascii::Auto => {
            let terminal = variable("TERM").unwrap_or_default();
            !has_utf8_locale() || terminal == "linux" || terminal.starts_with("vt")
        }
    }
}

/// The first of these variables that says anything decides.
fn has_utf8_locale() -> bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
        let locale = variable(name).unwrap_or_default().to_ascii_lowercase();
        if !locale.is_empty() {
            return locale.contains("utf-8") || locale.contains("utf8");
        }
    }
    false
}

/// A path as it is shown.
fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}
