//! The arguments of the commands that change mailboxes.

use clap::{Args, ValueEnum};

use crate::triage::{Change, Consent, Effect, MessageFlag, MessageFlags, TriageState};

/// What `mark` marks messages as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MarkWord {
    /// I work on it; refused where somebody else does already
    Taken,
    /// An answer is waited for
    Waiting,
    /// Done with
    Done,
    /// Nothing needs to be done
    Ignored,
    /// None of these
    New,
    /// Read
    Seen,
    /// Not read
    Unseen,
    /// Important
    Flagged,
    /// Not important
    Unflagged,
}

impl MarkWord {
    /// What it does to a message.
    pub(in super::super) fn change(self) -> Change {
        let set =
            |mark| Change::Flags(Effect { set: MessageFlags::of(mark), clear: MessageFlags::NONE });
        let clear =
            |mark| Change::Flags(Effect { set: MessageFlags::NONE, clear: MessageFlags::of(mark) });
        match self {
            Self::Taken => Change::State(TriageState::Taken),
            Self::Waiting => Change::State(TriageState::Waiting),
            Self::Done => Change::State(TriageState::Done),
            Self::Ignored => Change::State(TriageState::Ignored),
            Self::New => Change::State(TriageState::New),
            Self::Seen => set(MessageFlag::Seen),
            Self::Unseen => clear(MessageFlag::Seen),
            Self::Flagged => set(MessageFlag::Flagged),
            Self::Unflagged => clear(MessageFlag::Flagged),
        }
    }

    /// Its name on the command line.
    pub(in super::super) fn name(self) -> String {
        match self.to_possible_value() {
            Some(value) => value.get_name().to_owned(),
            None => String::new(),
        }
    }
}

/// Which messages are changed: those that pass the filter, those that are named.
#[derive(Args, Debug)]
#[group(id = "which", required = true, multiple = true)]
pub struct WhichMessages {
    /// Messages with a delivery that passes: words, field:value, - | ( ) as behind / on the screen
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true, group = "which")]
    pub filter: Option<String>,
    /// Messages by the Message-ID of the report, by incident, or by "ACCOUNT FOLDER#UID", as `list`
    /// names them
    #[arg(long, value_name = "ID", group = "which")]
    pub id: Vec<String>,
    /// All messages
    #[arg(long, group = "which")]
    pub all: bool,
}

/// How somebody agrees.
#[derive(Args, Debug)]
pub struct Agreement {
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do it without asking; for more than 50 messages only with their number
    #[arg(
        long, value_name = "NUMBER", num_args = 0..=1, require_equals = true,
        default_missing_value = "", value_parser = consent
    )]
    pub yes: Option<Consent>,
    /// How to say it
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// How a plan and what came of it are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Sentences for people
    #[default]
    Text,
    /// A JSON object
    Json,
}

fn consent(text: &str) -> Result<Consent, String> {
    match text {
        "" => Ok(Consent::Yes),
        number => match number.parse() {
            Ok(number) => Ok(Consent::To(number)),
            Err(_) => Err("write the number of messages in digits".to_owned()),
        },
    }
}

/// What `mark` does.
#[derive(Args, Debug)]
pub struct MarkArgs {
    /// As what
    #[arg(value_enum, value_name = "STATE")]
    pub state: MarkWord,
    /// Which messages.
    #[command(flatten)]
    pub choice: WhichMessages,
    /// Which account, where there are several; all without it
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Whether it is agreed to.
    #[command(flatten)]
    pub agreement: Agreement,
}

/// What `move` does.
#[derive(Args, Debug)]
pub struct MoveArgs {
    /// Into which folder of their account
    #[arg(required_unless_present = "trash", conflicts_with = "trash", value_name = "FOLDER")]
    pub folder: Option<String>,
    /// Into the folder for what is deleted: the one that is set, else the one the server names
    #[arg(long)]
    pub trash: bool,
    /// Make the folder where it is missing
    #[arg(long)]
    pub create: bool,
    /// Which messages.
    #[command(flatten)]
    pub choice: WhichMessages,
    /// Which account, where there are several; all without it
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Whether it is agreed to.
    #[command(flatten)]
    pub agreement: Agreement,
}

/// What `undo` does.
#[derive(Args, Debug)]
pub struct UndoArgs {
    /// Which plan; the last one that was carried out and not taken back without it
    #[arg(value_name = "PLAN")]
    pub plan: Option<i64>,
    /// List the plans, the newest first
    #[arg(long, conflicts_with_all = ["plan", "dry_run", "yes"])]
    pub list: bool,
    /// Whether it is agreed to.
    #[command(flatten)]
    pub agreement: Agreement,
}

/// What `resume` does.
#[derive(Args, Debug)]
pub struct ResumeArgs {
    /// Which plan; the last one that was not carried out to its end without it
    #[arg(value_name = "PLAN")]
    pub plan: Option<i64>,
    /// How to say it
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}
