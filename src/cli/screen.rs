//! The screen over configured accounts, files or the demo mailbox.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::app::{App, Keymap, Msg, Setup};
use crate::clock::Clock;
use crate::config::{Account, Color, Config, Grouping, Theme};
use crate::diagnosis::Ours;
use crate::engine::{Engine, Judge, Worked};
use crate::listing::By;
use crate::mail::SafeText;
use crate::source::demo::{self, Demo};
use crate::source::files;
use crate::source::local::Local;
use crate::source::{Source, Unreadable};
use crate::store::{MailboxName, Store};
use crate::term::{self, Session};
use crate::ui::Look;

use super::args::command;
use super::environment::variable;
use super::error::{Error, shown};
use super::exit::FAILED;
use super::mailboxes::{self, NamedMailbox};
use super::{setup, stored};

/// What to say when there is nothing to open.
const FIRST_RUN: &str = "\
deadletter has no mailbox to open yet.
  look around in a demo mailbox:        deadletter demo
  open files (mbox, Maildir, .eml):     deadletter /var/mail/postmaster
  set up an IMAP account:               deadletter init
";

/// The screen over files, or over the configured accounts.
pub(super) fn run(paths: &[PathBuf], config: &Config) -> Result<u8, Error> {
    if !paths.is_empty() {
        check_paths(paths)?;
        check_terminal()?;
        let files = worked("files", "", Box::new(Local::new(paths.to_vec())));
        return open(vec![files], None, Clock::System, config.ours.clone(), true, config);
    }
    if config.accounts.is_empty() {
        write!(std::io::stderr(), "{FIRST_RUN}")?;
        return Ok(FAILED);
    }
    check_terminal()?;
    let mailboxes = mailboxes(config)?;
    let store = stored::open();
    open(mailboxes, Some(store), Clock::System, config.ours.clone(), config.read_only, config)
}

/// The mailboxes of all accounts. An account that has none says why in its place; one that is alone
/// says so without a screen.
fn mailboxes(config: &Config) -> Result<Vec<Worked>, Error> {
    let accounts: Vec<&Account> = config.accounts.iter().collect();
    let mut mailboxes = Vec::new();
    // Programs and prompts for passwords come before the screen does.
    for (account, found) in accounts.iter().zip(mailboxes::of_accounts(&accounts)) {
        match found {
            Ok(found) => {
                let mut notices = found.notices;
                for NamedMailbox { name, source } in found.mailboxes {
                    let source = source.announcing(std::mem::take(&mut notices));
                    mailboxes.push(Worked { name, source: Box::new(source) });
                }
            }
            Err(error) if accounts.len() == 1 => return Err(error),
            Err(error) => {
                let source = Box::new(Unreadable::new(&account.name, &error.to_string()));
                mailboxes.push(worked(&account.name, &account.mailbox, source));
            }
        }
    }
    Ok(mailboxes)
}

fn worked(account: &str, folder: &str, source: Box<dyn Source>) -> Worked {
    let name = MailboxName { account: account.to_owned(), folder: folder.to_owned() };
    Worked { name, source }
}

/// The screen over the demo mailbox, whose clock stands still.
pub(super) fn demo(config: &Config) -> Result<u8, Error> {
    check_terminal()?;
    open(
        vec![worked("demo", "", Box::<Demo>::default())],
        None,
        Clock::Fixed(demo::now()),
        toml::from_str(demo::OURS).unwrap_or_default(),
        true,
        config,
    )
}

/// Opens the screen. What is read is kept in the store; without one, or where it cannot be used, as
/// long as the screen is open. `read_only` is what it says of these mailboxes: files and the demo
/// can be nothing else.
fn open(
    mailboxes: Vec<Worked>,
    store: Option<Result<Store, Error>>,
    clock: Clock,
    ours: Ours,
    read_only: bool,
    config: &Config,
) -> Result<u8, Error> {
    let keymap =
        Keymap::new(&config.keys).map_err(|e| Error::Keys(SafeText::new(&e.to_string())))?;
    let judge = Judge { rules: setup::rules(config)?, ours: Arc::new(ours) };
    let mut app = App::new(Setup {
        mailboxes: mailboxes.iter().map(|one| one.source.name()).collect(),
        keymap,
        language: Some(config.lang),
        clock,
        read_only,
        by: by(config.group),
    });
    let store = match store {
        Some(Ok(store)) => store,
        Some(Err(error)) => {
            let text = format!("{error}; what is read is kept until the screen is closed");
            let _ = app.update(Msg::Fault(SafeText::new(&text)), Instant::now());
            Store::temporary()?
        }
        None => Store::temporary()?,
    };
    let (engine, updates) = Engine::start(mailboxes, &judge, store)?;
    let ask = Box::new(move |request| engine.ask(request));
    Ok(term::run(Session { app, look: look(config), ask, updates })?)
}

/// What the rows have in common.
fn by(grouping: Grouping) -> Option<By> {
    match grouping {
        Grouping::Incident => Some(By::Incident),
        Grouping::Reason => Some(By::Reason),
        Grouping::Domain => Some(By::Domain),
        Grouping::Host => Some(By::Host),
        Grouping::Sender => Some(By::Sender),
        Grouping::Address => Some(By::Address),
        Grouping::Day => Some(By::Day),
        Grouping::None => None,
    }
}

/// Colours and characters for this terminal.
fn look(config: &Config) -> Look {
    let no_color = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let theme = match config.color {
        Color::Never => Theme::Mono,
        Color::Auto if no_color => Theme::Mono,
        Color::Sixteen if config.theme == Theme::ColorBlind => Theme::Default,
        Color::Always => {
            // crossterm itself leaves colours out under NO_COLOR.
            crossterm::style::force_color_output(true);
            config.theme
        }
        _ => config.theme,
    };
    Look::new(theme, setup::plain(config), config.highlight)
}

fn check_terminal() -> Result<(), Error> {
    let terminals = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !terminals {
        return Err(Error::NoScreen(
            "the screen needs a terminal; `deadletter explain PATH…` works without one",
        ));
    }
    if variable("TERM").is_none_or(|term| term == "dumb" || term.is_empty()) {
        return Err(Error::NoScreen(
            "this terminal cannot show a screen (TERM=dumb); use `deadletter explain PATH…`",
        ));
    }
    Ok(())
}

/// Says what is wrong with a path before the screen opens; a path that is none may be a command
/// with a typing error.
fn check_paths(paths: &[PathBuf]) -> Result<(), Error> {
    for (number, path) in paths.iter().enumerate() {
        let Err(error) = std::fs::metadata(path) else { continue };
        let text = path.to_string_lossy();
        let commands = command();
        let like = commands.get_subcommands().map(|c| c.get_name().to_owned()).find(|name| {
            !text.contains(['/', '.']) && strsim::damerau_levenshtein(name, &text) <= 2
        });
        return Err(match like {
            Some(command) if number > 0 && command == text => Error::CommandBehindPath(command),
            Some(command) => Error::Misspelt { path: shown(path), command },
            None => files::failed(path, &error).into(),
        });
    }
    Ok(())
}
