//! What commands begin with: the configuration, the rules, and the characters they may write.

use std::io::Write;
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::config::{self, Ascii, Config, load};
use crate::diagnosis::Rules;
use crate::engine::Judge;

use super::args::{Cli, Command};
use super::environment::variable;
use super::error::Error;

/// The configuration for these arguments. `init` writes one and the generated pages need none, so
/// that a broken file does not stand in their way.
pub(super) fn configuration(cli: &Cli, matches: &ArgMatches) -> Result<Config, Error> {
    if matches!(cli.command, Some(Command::Init | Command::Completions { .. } | Command::Man)) {
        return Ok(Config::default());
    }
    let mut upper = cli.settings.clone();
    // To clap a switch that nobody gave is off; to the layers it is not set.
    if matches.value_source("read_only") == Some(ValueSource::DefaultValue) {
        upper.read_only = None;
    }
    let config = load(cli.config.as_deref(), upper)?;
    if let Some(warning) = &config.warning {
        writeln!(std::io::stderr(), "deadletter: warning: {warning}")?;
    }
    Ok(config)
}

/// The rules: the built-in ones, behind the user's own if there are any.
pub(super) fn rules(config: &Config) -> Result<Arc<Rules>, Error> {
    if config.rules.is_empty() {
        return Ok(Arc::clone(Rules::standard()));
    }
    let rules = Rules::with_own(config.rules.clone()).map_err(config::Error::from)?;
    Ok(Arc::new(rules))
}

/// What turns the messages of the configured mailboxes into verdicts.
pub(super) fn judge(config: &Config) -> Result<Judge, Error> {
    Ok(Judge { rules: rules(config)?, ours: Arc::new(config.ours.clone()) })
}

/// Whether only ASCII characters are to be written.
pub(super) fn plain(config: &Config) -> bool {
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
