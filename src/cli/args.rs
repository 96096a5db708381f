//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::Layer;

use crate::filter::Since;

use super::plan::args::{MarkArgs, MoveArgs, ResumeArgs, UndoArgs};

/// Command lines to begin with, and what they do.
pub(super) const EXAMPLES: [(&str, &str); 15] = [
    ("deadletter demo", "look around in the demo mailbox"),
    ("deadletter", "triage the configured mailboxes"),
    ("deadletter /var/mail/postmaster", "triage an mbox, a Maildir or .eml files"),
    ("deadletter explain bounce.eml", "one bounce as a page of text"),
    ("deadletter explain --lang nl bounce.eml", "the same for a Dutch reader"),
    (
        "deadletter explain --format jsonl ~/Maildir | jq .kind",
        "a line of JSON a message, for other programs",
    ),
    (
        "deadletter explain --text '550 5.7.1 Relaying denied' --host mx.oak.example",
        "an answer alone, or a line of a log",
    ),
    ("deadletter rules test my.toml ~/Maildir", "what rules of your own recognise"),
    ("deadletter list --incidents ~/Maildir", "the causes, the largest first"),
    ("deadletter report --since 24h ~/Maildir", "the same as a page for the morning"),
    ("deadletter sync && deadletter report --since 24h", "of the configured mailboxes"),
    ("deadletter verify bounce.eml", "ask DNS whether it is still broken"),
    ("deadletter watch", "a line of JSON for everything that comes"),
    ("deadletter init", "set up an IMAP account"),
    ("deadletter check", "try the account step by step"),
];

/// Exit codes and when they come.
pub(super) const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "all went well"),
    ("1", "something could not be read or done"),
    ("2", "wrong arguments"),
    ("128 + number", "the screen was ended by that signal: 129 by SIGHUP, 143 by SIGTERM"),
];

/// What stands below the options in the help.
fn after_help() -> String {
    const LINE: usize = 41;
    let mut lines = vec!["Examples:".to_owned()];
    for (line, what) in EXAMPLES {
        if line.len() < LINE {
            lines.push(format!("  {line:<LINE$} {what}"));
        }
    }
    lines.push("\nExit codes:".to_owned());
    for (code, what) in EXIT_CODES {
        lines.push(format!("  {code:<14} {what}"));
    }
    lines.join("\n")
}

/// Triage the bounces in a postmaster's mailbox.
///
/// deadletter reads "Undelivered Mail Returned to Sender" in all its dialects and says of each
/// failed delivery why it failed, who has to act, on which line of the message that rests, and what
/// to do. Mailboxes are only read (EXAMINE, BODY.PEEK), except by the commands that change them.
#[derive(Debug, Parser)]
#[command(name = "deadletter", version, after_help = after_help(), subcommand_negates_reqs = true)]
#[command(override_usage = "deadletter [OPTIONS] [PATH]...\n       deadletter [OPTIONS] <COMMAND>")]
pub struct Cli {
    /// Read this configuration instead of the user's own
    #[arg(long, global = true, value_name = "FILE", env = "DEADLETTER_CONFIG", hide_env = true)]
    pub config: Option<PathBuf>,

    /// What is set before the file.
    #[command(flatten)]
    pub settings: Layer,

    /// Print a commented configuration with every key
    #[arg(long)]
    pub print_config: bool,

    /// Files to open instead of the configured mailboxes: mbox, Maildir, .eml, or a folder of any
    /// of them
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What to do instead of opening the screen.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the screen over the embedded demo mailbox: no network, nothing written
    Demo,
    /// Explain bounces without the screen: as text for people, as JSON for programs
    Explain {
        /// How to write it: a page of text a message, one JSON array, or one JSON object a line
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Judge this answer of a server, or this line of a log of Postfix, Exim, Sendmail or
        /// qmail, instead of messages; - reads such lines from standard input
        #[arg(long, value_name = "ANSWER", allow_hyphen_values = true, conflicts_with = "paths")]
        text: Option<String>,
        /// The host that gave the answer
        #[arg(long, value_name = "HOST", requires = "text")]
        host: Option<String>,
        /// .eml, mbox, Maildir, a folder of any of them; - reads standard input
        #[arg(required_unless_present = "text", value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// List deliveries, or the causes behind them, without the screen: as a table, for spreadsheets,
    /// for programs
    List(ListArgs),
    /// Who has to act on what, in a page of Markdown for the mail in the morning
    Report(ReportArgs),
    /// Ask the world whether what deliveries failed on is still broken: MX, SPF, DKIM, DMARC, reverse
    /// DNS, blocklists, MTA-STS, DANE. Nothing is asked by any other command
    Verify(VerifyArgs),
    /// Bring what is kept of the configured mailboxes up to date, and stop: for cron
    Sync {
        /// Which account, where there are several; all without it
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// How to say what came
        #[arg(long, value_enum, default_value_t)]
        format: SyncFormat,
    },
    /// Mark messages of the configured mailboxes as taken, waiting, done, ignored or new, for all
    /// who work on them
    Mark(MarkArgs),
    /// Move messages of the configured mailboxes into another folder, or into the trash
    Move(MoveArgs),
    /// Take back what `mark` or `move` did: the last time, or the plan that is named
    Undo(UndoArgs),
    /// Go on with a `mark`, `move` or `undo` that was broken off
    Resume(ResumeArgs),
    /// Keep what is kept up to date for as long as it runs, and tell what comes as lines of JSON: for
    /// other programs
    Watch {
        /// How to say what happens
        #[arg(long, value_enum, default_value_t)]
        format: WatchFormat,
    },
    /// Remove what is kept of mailboxes on this machine; the mailboxes themselves stay as they are
    Forget {
        /// Which account, where there are several; all without it
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Try an account step by step: connection, TLS, login, folders; say what is wrong and what to
    /// do
    Check {
        /// Which account, where there are several; all without it
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Rules of your own: what they recognise before they are used
    Rules {
        /// What to do with them.
        #[command(subcommand)]
        what: RulesCommand,
    },
    /// Set up an IMAP account: ask, try, show the file, write it
    Init,
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the man page
    Man,
}

/// How explanations are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A page of text a message
    #[default]
    Text,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
}

/// What is done with a file of rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Look for mistakes in a file of rules, and say which answers it recognises and which rules of
    /// the program it overrides; ends with 1 where there is a mistake
    Test {
        /// How to say what it recognises
        #[arg(long, value_enum, default_value_t)]
        format: RulesFormat,
        /// The file of rules
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Mail to try it on: .eml, mbox, Maildir, a folder of any of them; - reads standard input;
        /// without any the demo mailbox
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

/// How `rules test` says what a file recognises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// Lines for people
    #[default]
    Text,
    /// A JSON object a rule
    Jsonl,
}

/// What `list` lists.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Incidents: one line a cause, with how many deliveries failed on it
    #[arg(long)]
    pub incidents: bool,
    /// Only what passes: words, field:value, - | ( ) as behind / on the screen
    #[arg(long, value_name = "EXPR", default_value = "", allow_hyphen_values = true)]
    pub filter: String,
    /// Only what was reported since: 90m, 12h, 2d, 1w, 2026-11-29 or a full time
    #[arg(long, value_name = "WHEN")]
    pub since: Option<Since>,
    /// What comes first; the newest, of incidents the largest, without it
    #[arg(long, value_enum, value_name = "KEY")]
    pub sort: Option<SortKey>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
    /// .eml, mbox, Maildir, a folder of any of them; - reads standard input; without any what
    /// `sync` has kept
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// What `report` tells of.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// What began since then is new, what did not go on is over: 24h, 2d, 2026-11-29 or a full time
    #[arg(long, value_name = "WHEN")]
    pub since: Option<Since>,
    /// .eml, mbox, Maildir, a folder of any of them; - reads standard input; without any what
    /// `sync` has kept
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// What `verify` looks up.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Only what passes: words, field:value, - | ( ) as behind / on the screen
    #[arg(long, value_name = "EXPR", default_value = "", allow_hyphen_values = true)]
    pub filter: String,
    /// Only what was reported since: 90m, 12h, 2d, 1w, 2026-11-29 or a full time
    #[arg(long, value_name = "WHEN")]
    pub since: Option<Since>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub format: VerifyFormat,
    /// Ask nobody: show what was found before, and what there is to ask
    #[arg(long)]
    pub offline: bool,
    /// .eml, mbox, Maildir, a folder of any of them; - reads standard input; without any what
    /// `sync` has kept
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// How `verify` writes what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// A page for people
    #[default]
    Text,
    /// One JSON array, an object a finding
    Json,
}

/// How `sync` says what came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SyncFormat {
    /// A line a mailbox for people
    #[default]
    Text,
    /// A JSON object a mailbox
    Json,
}

/// How `watch` says what happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A JSON object an event
    #[default]
    Jsonl,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Columns for people
    #[default]
    Table,
    /// Comma-separated values; no cell is a formula
    Csv,
    /// One JSON object a line
    Jsonl,
}

/// What stands first in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortKey {
    /// The newest
    Time,
    /// The largest incident
    Count,
    /// By status code
    Status,
    /// By reason
    Reason,
    /// By who must act
    Who,
    /// By the recipient's domain
    Domain,
    /// By sender
    Sender,
    /// By the host that refused
    Host,
}

/// The command line's definition, for help, man page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
