//! The man page: the options as the command line knows them, the commands, and behind them the keys
//! of the screen, environment, files and exit codes.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use crate::app::{Action, Group};
use crate::config::{SETTINGS, Setting};

use super::args::{EXAMPLES, EXIT_CODES, command};

/// Variables that are read besides those of the settings, and what they say.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("DEADLETTER_CONFIG", "The configuration file, as --config"),
    ("NO_COLOR", "No colours, unless --color always"),
    ("LC_ALL, LC_CTYPE, LANG, TERM", "Whether the terminal can show more than ASCII and colours"),
];

/// Files that are read.
const FILES: [(&str, &str); 2] = [
    (
        "$XDG_CONFIG_HOME/deadletter/config.toml",
        "The configuration, mostly ~/.config/deadletter/config.toml. deadletter --print-config prints one with every key.",
    ),
    (
        "rules/*.toml",
        "Beside the configuration: rules of your own, which come before the built-in ones.",
    ),
];

/// The man page, in roff.
///
/// # Errors
/// Never: it is written to memory.
pub fn man() -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let page = Man::new(command()).title("DEADLETTER").manual("User commands");
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    let mut more = Roff::new();
    commands(&mut more);
    keys(&mut more);
    more.control("SH", ["ENVIRONMENT"]);
    more.text([roman(
        "The environment comes before the configuration file, the command line before both.",
    )]);
    settings(&mut more);
    list(&mut more, &ENVIRONMENT);
    more.control("SH", ["FILES"]);
    list(&mut more, &FILES);
    more.control("SH", ["EXIT STATUS"]);
    list(&mut more, &EXIT_CODES);
    more.control("SH", ["EXAMPLES"]);
    list(&mut more, &EXAMPLES);
    more.to_writer(&mut out)?;
    page.render_version_section(&mut out)?;
    Ok(out)
}

/// A tagged paragraph.
fn item(page: &mut Roff, tag: Vec<Inline>, text: &str) {
    page.control("TP", []);
    page.text(tag);
    page.text([roman(text)]);
}

/// Tagged paragraphs.
fn list(page: &mut Roff, items: &[(&str, &str)]) {
    for (tag, text) in items {
        item(page, vec![bold(*tag)], text);
    }
}

/// The variable of each setting.
fn settings(page: &mut Roff) {
    for Setting { about, values, variable, flag, .. } in SETTINGS {
        let text = match *flag {
            "" => format!("{about}: {values}"),
            flag => format!("{about}, as {flag}"),
        };
        item(page, vec![bold(*variable)], &text);
    }
}

/// Each command with what only it takes.
fn commands(page: &mut Roff) {
    page.control("SH", ["COMMANDS"]);
    subcommands(page, "deadletter", &command());
}

/// The commands behind the words so far, each before its own.
fn subcommands(page: &mut Roff, so_far: &str, command: &Command) {
    for command in command.get_subcommands() {
        let words = format!("{so_far} {}", command.get_name());
        page.control("SS", [words.as_str()]);
        page.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
        for argument in command.get_arguments().filter(|a| !a.is_global_set() && !a.is_hide_set()) {
            item(page, tag(argument), &about(argument));
        }
        subcommands(page, &words, command);
    }
}

/// An argument as it is written.
fn tag(argument: &Arg) -> Vec<Inline> {
    let mut value = String::new();
    if let (Some([name]), true) = (argument.get_value_names(), argument.get_action().takes_values())
    {
        value = format!("<{name}>");
    }
    match argument.get_long() {
        Some(long) if value.is_empty() => vec![bold(format!("--{long}"))],
        Some(long) => vec![bold(format!("--{long}")), roman(" "), italic(value)],
        None => vec![italic(value)],
    }
}

/// What an argument does, with its values.
fn about(argument: &Arg) -> String {
    let mut text = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> =
        argument.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    if !values.is_empty() && argument.get_action().takes_values() {
        text.push_str(": ");
        text.push_str(&values.join(", "));
    }
    text
}

/// The keys of the screen, of the one table of actions.
fn keys(page: &mut Roff) {
    page.control("SH", ["KEYS"]);
    page.text([
        roman("The table "),
        bold("[keys]"),
        roman(" of the configuration gives actions other keys: "),
        bold("quit = [\"q\", \"ctrl-q\"]"),
        roman(". The names in parentheses are those of the actions."),
    ]);
    for group in Group::ALL {
        page.control("SS", [group.title()]);
        for action in Action::ALL.iter().filter(|action| action.group() == group) {
            let mut tag = Vec::new();
            for (at, key) in action.keys().iter().enumerate() {
                if at > 0 {
                    tag.push(roman(", "));
                }
                tag.push(bold(*key));
            }
            item(page, tag, &format!("{} ({})", action.sentence(), action.name()));
        }
    }
}
