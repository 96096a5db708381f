//! What can go wrong before and around the commands, as sentences for standard error.

use std::io::{self, Write};
use std::path::Path;

use crate::engine::apply::Unapplied;
use crate::engine::{NotStarted, Unsynced};
use crate::mail::{SafeText, is_hidden};
use crate::triage::PlanId;
use crate::{config, credentials, dns, source, store};

use super::exit::{FAILED, GOOD};

/// Why a command failed. Each message names what, where and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong arguments, or a request for help.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// There is no password or token.
    #[error(transparent)]
    Credentials(#[from] credentials::Error),
    /// Files cannot be read.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// There is nobody to ask.
    #[error(transparent)]
    Servers(#[from] dns::ServersError),
    /// What is kept of mailboxes cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A mailbox could not be brought up to date.
    #[error(transparent)]
    Unsynced(#[from] Unsynced),
    /// The screen has nothing to work with.
    #[error(transparent)]
    NotStarted(#[from] NotStarted),
    /// There is no folder for what is kept.
    #[error("there is no home folder to keep mailboxes in; set HOME or XDG_DATA_HOME")]
    NoHome,
    /// Nothing was kept yet.
    #[error("nothing is kept of mailboxes yet; run `deadletter sync`, or name files")]
    NothingKept,
    /// The terminal or standard output failed.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
    /// A path that looks like a command with a typing error.
    #[error("cannot read {path}: no such file; is it the command `{command}`?")]
    Misspelt {
        /// What was written.
        path: SafeText,
        /// The command it is like.
        command: String,
    },
    /// A command stands behind a path.
    #[error("`{0}` stands behind a path; a command comes first: `deadletter {0} …`")]
    CommandBehindPath(String),
    /// A plan cannot be carried out.
    #[error(transparent)]
    Unapplied(#[from] Unapplied),
    /// Nothing may be changed.
    #[error(
        "mailboxes are only read here (--read-only, DEADLETTER_READ_ONLY or read_only in the configuration); nothing was changed"
    )]
    ReadOnly,
    /// Nobody has agreed to a plan.
    #[error("{0}; nothing was changed")]
    NotAgreed(SafeText),
    /// A filter that chooses everything by saying nothing.
    #[error("the filter is empty; `--all` chooses all messages")]
    EmptyFilter,
    /// A message or an incident that nobody knows.
    #[error("nothing that is kept is called {0}; `deadletter list --format jsonl` names them")]
    UnknownId(SafeText),
    /// There is no folder for what is deleted.
    #[error("no folder for what is deleted is known; set trash of account {0}")]
    NoTrash(SafeText),
    /// There is no such plan.
    #[error("there is no plan {0}; `deadletter undo --list` lists them")]
    NoPlan(PlanId),
    /// No plan can be taken back.
    #[error("there is no plan to take back; `deadletter undo --list` lists them")]
    NothingToUndo,
    /// No plan was broken off.
    #[error("no plan was broken off; `deadletter undo --list` lists them")]
    NothingToResume,
    /// A filter cannot be read: why, and the line with a mark.
    #[error("{0}")]
    Filter(String),
    /// A text in which no server refuses anything.
    #[error("nothing is refused in this text; give the answer of a server, or a line of a log")]
    NoRefusal,
    /// The screen needs a terminal.
    #[error("{0}")]
    NoScreen(&'static str),
    /// The keys of the configuration cannot be.
    #[error("{0}")]
    Keys(SafeText),
    /// `init` stopped on the way.
    #[error("{0}; nothing was written")]
    Init(SafeText),
}

impl Error {
    /// The exit code that goes with it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Arguments(error) => u8::try_from(error.exit_code()).unwrap_or(FAILED),
            Self::CommandBehindPath(_) | Self::Filter(_) | Self::EmptyFilter => 2,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => GOOD,
            _ => FAILED,
        }
    }

    /// True when there is nothing to tell: whoever read our output has left.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> SafeText {
    SafeText::new(&path.to_string_lossy())
}

/// Prints what clap has to say: help to standard output, complaints to standard error. A complaint
/// quotes what was written on the command line, whatever that is.
pub fn complain(error: &clap::Error) {
    let mut is_harmless = true;
    for (_, value) in error.context() {
        let text = value.to_string();
        is_harmless &= !text.chars().any(|c| c != '\n' && is_hidden(c));
    }
    // If nobody is left to tell, nobody is told.
    if is_harmless || !error.use_stderr() {
        let _ = error.print();
        return;
    }
    let mut stderr = io::stderr().lock();
    for line in error.to_string().lines() {
        let _ = writeln!(stderr, "{}", SafeText::line(line));
    }
}
