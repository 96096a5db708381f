//! The command line: arguments, and one file for each command.

mod answers;
mod args;
mod check;
mod core_file;
mod environment;
mod error;
mod exit;
mod explain;
mod gather;
mod init;
mod inputs;
mod list;
mod mailboxes;
mod man;
mod mark;
mod r#move;
mod new_file;
mod pages;
mod passes;
mod plan;
mod report;
mod rules;
mod screen;
mod setup;
mod stored;
mod sync;
mod undo;
mod verify;
mod watch;

use std::ffi::OsString;
use std::io::Write;

use clap::FromArgMatches;

use crate::config::SAMPLE;
use crate::credentials;
use crate::tty::guard;

use args::WatchFormat;
use exit::GOOD;

use args::RulesCommand;
pub use args::{Cli, Command, Format, command};
pub use error::{Error, complain};
pub use exit::FAILED;
pub use man::man;
pub use pages::completions;

/// Runs the program with these arguments and returns its exit code.
///
/// # Errors
/// When the arguments, the configuration or the command itself fail; clap's own errors carry their
/// exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Result<u8, Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    if guard::serve_or_permit(&args) {
        return Ok(GOOD);
    }
    core_file::forbid();
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
    let config = setup::configuration(&cli, &matches)?;
    match &cli.command {
        None => screen::run(&cli.paths, &config),
        Some(Command::Demo) => screen::demo(&config),
        Some(Command::Explain { format, text: Some(text), host, .. }) => {
            answers::run(text, host.as_deref(), *format, &config)
        }
        Some(Command::Explain { format, paths, .. }) => explain::run(paths, *format, &config),
        Some(Command::Rules { what: RulesCommand::Test { format, file, paths } }) => {
            rules::test(file, paths, *format, &config)
        }
        Some(Command::List(what)) => list::run(what, &config),
        Some(Command::Report(what)) => report::run(what, &config),
        Some(Command::Verify(what)) => verify::run(what, &config),
        Some(Command::Sync { account, format }) => sync::run(account.as_deref(), *format, &config),
        // There is one format so far.
        Some(Command::Watch { format: WatchFormat::Jsonl }) => watch::run(&config),
        Some(Command::Mark(what)) => mark::run(what, &config),
        Some(Command::Move(what)) => r#move::run(what, &config),
        Some(Command::Undo(what)) => undo::run(what, &config),
        Some(Command::Resume(what)) => undo::resume(what, &config),
        Some(Command::Forget { account }) => stored::forget(account.as_deref()),
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
        let text = credentials::shown(format!("a part of deadletter failed: {what}").as_bytes());
        // There is nowhere else to tell it.
        let _ =
            writeln!(std::io::stderr(), "deadletter: {text}; this is a fault, please report it");
    }));
}
