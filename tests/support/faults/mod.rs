//! What a server may do wrong, and what must come of it: one table. `tests/network/faults` makes a
//! server do each of it and holds what is declared here; `docs/faults.md` is written from it.
//!
//! The mailbox of each fault holds five messages, with UIDs 10, 20, 30, 40 and 50; the one that is
//! opened, and to which a fault of a single message happens, is 30.

mod breaks;
mod changes;
mod characters;
mod greeting;
mod idle;
mod literals;
mod login;
mod mailbox;
mod messages;
mod starttls;
mod throttling;
mod tls;

use std::time::Duration;

/// UIDs in the mailbox.
pub(crate) const UIDS: [u32; 5] = [10, 20, 30, 40, 50];
/// The message that is opened.
pub(crate) const OPENED: u32 = 30;
/// Every command that the program sends.
pub(crate) const COMMANDS: [&str; 17] = [
    "CAPABILITY",
    "STARTTLS",
    "LOGIN",
    "AUTHENTICATE PLAIN",
    "AUTHENTICATE XOAUTH2",
    "LIST",
    "EXAMINE",
    "UID FETCH",
    "FETCH",
    "NOOP",
    "SELECT",
    "CREATE",
    "UID STORE",
    "UID COPY",
    "UID MOVE",
    "UID EXPUNGE",
    "IDLE",
];
/// Sent last, when `check` has found nothing wrong.
pub(crate) const GOODBYE: &str = "LOGOUT";

/// When a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// A client connects: TLS from the first byte would begin here.
    Connect,
    /// The greeting is due.
    Greeting,
    /// A command that begins with this word comes.
    Command(&'static str),
    /// LOGIN or AUTHENTICATE comes.
    Login,
    /// A FETCH for messages comes.
    Fetch,
    /// This message is due in the answer to a FETCH.
    Message(u32),
}

/// What the server does there. In texts `{tag}`, `{n}`, `{uid}` and `{size}` stand for the tag of the
/// command, and the sequence number, the UID and the length of the message; `{line}` for the whole
/// command, `{password}` for the password and `{secret}` for what AUTHENTICATE PLAIN makes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Sends a text.
    Text(&'static str),
    /// Sends a line.
    Line(&'static str),
    /// Sends bytes.
    Bytes(&'static [u8]),
    /// Sends bytes below TLS.
    Below(&'static [u8]),
    /// Begins the response with the message, up to its text, and goes on with this line.
    Head(&'static str),
    /// Sends the text of the message.
    Body,
    /// Sends the first half of it.
    Half,
    /// Sends these messages, as far as they were asked for.
    Messages(&'static [u32]),
    /// Sends the same piece until so many bytes were sent; `u64::MAX`: without an end.
    Flood(&'static str, u64),
    /// Sends the same piece again and again, byte by byte, a byte every 20 ms.
    Drip(&'static str),
    /// Does what a server should.
    Properly,
    /// Ends the answer with OK.
    Done,
    /// The answer ends here, without what should follow.
    Over,
    /// Reads a line of the client.
    Hear,
    /// Waits.
    Pause(Duration),
    /// Says nothing more until the client goes away.
    Silence,
    /// Closes the connection.
    Close,
    /// Resets it.
    Reset,
    /// From now on every byte comes alone.
    Bytewise,
    /// From now on lines end in LF alone.
    LfOnly,
    /// The mailbox gets this UIDVALIDITY.
    Validity(u32),
    /// The mailbox is another one, with UIDs from 1.
    Replace,
    /// The message goes out of the mailbox.
    Expunge(u32),
    /// Does what a command asks for to so many messages, and says where they went, but not that it
    /// is done.
    Does(usize),
    /// Somebody else takes the message.
    Take(u32),
}

/// One thing that happens, so many times.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) at: At,
    pub(crate) times: u32,
    pub(crate) steps: Vec<Step>,
}

/// How an account is set up, and the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// No TLS: this machine only.
    Plain,
    Implicit(Shown),
    Starttls(Shown),
}

/// The certificate that a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Good,
    Expired,
    NotYet,
    OtherHost,
    /// Its name stands in the subject only.
    CommonName,
    Wildcard,
    SelfSigned,
    OtherAuthority,
    /// Good at first, another authority's from the second connection on.
    Changing,
    /// A good one, but TLS 1.1 and nothing newer.
    Old,
}

/// Stands for the name of the server in what is said.
pub(crate) const SERVER: &str = "SERVER";

/// What `deadletter check` must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// It does not send the command.
    Unmet,
    /// Every step goes well.
    Good,
    /// This step fails, with this sentence or part of one.
    Fails(&'static str, &'static str),
}

/// What must become of the list. Whatever comes must be right: each message once, its own bytes
/// under its UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// It does not send the command.
    Unmet,
    /// All messages come, and nothing needs to be said.
    All,
    /// All come, after the connection was made anew for this reason.
    AllAfter(&'static str),
    /// All but these, of which each is named with the reason.
    LeftOut(&'static [u32], &'static str),
    /// All but these, which the server does not send: they may have been expunged.
    Without(&'static [u32]),
    /// None come for now; the reason is told, and it is tried again after longer and longer pauses.
    Waits(&'static str),
    /// None come and it ends, with what is to be done.
    Stops(&'static str),
}

/// What must become of a message that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// Nothing of it is met.
    Unmet,
    /// The right message, whole.
    Whole,
    /// It is not shown, for this reason.
    Fails(&'static str),
}

/// What a plan does to all messages of the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It moves them into the folder Archive.
    Move,
    /// It moves them into a folder that must be made first.
    Create,
    /// It marks them as taken.
    Take,
}

/// What must come of a plan. No message is lost; when the server is well again, the plan is carried
/// out to its end, and taken back everything is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// There is no plan.
    Unmet,
    /// It is carried out, and nothing needs to be said.
    Done,
    /// It is carried out, and this is said of it.
    Notes(&'static str),
    /// It stops for this reason, and can be gone on with.
    Stops(&'static str),
    /// It comes to its end, and of some messages this is told.
    Tells(&'static str),
}

/// A fault of a server.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What the server does, as the rest of a sentence that begins with it.
    pub(crate) does: &'static str,
    pub(crate) acts: Vec<Act>,
    pub(crate) line: Line,
    /// What the server can do, where that is special; the greeting does not tell it then.
    pub(crate) capability: Option<&'static str>,
    /// The text of the opened message, where that is special.
    pub(crate) text: Option<&'static [u8]>,
    /// True when the account has a token.
    pub(crate) token: bool,
    /// True when the server falls silent: time limits are fractions of a second then.
    pub(crate) silent: bool,
    pub(crate) check: Check,
    pub(crate) list: List,
    pub(crate) open: Open,
    pub(crate) change: Change,
    pub(crate) edit: Edit,
    /// What the list tells besides.
    pub(crate) tells: Option<&'static str>,
    /// An alert of the server, which is shown with where it comes from.
    pub(crate) alert: Option<&'static str>,
    /// False when messages cannot come any more even from a server that is well again.
    pub(crate) mends: bool,
}

impl Fault {
    /// A fault that nothing is declared of yet.
    fn of(name: &'static str, does: &'static str) -> Self {
        Self {
            name,
            does,
            acts: Vec::new(),
            line: Line::Plain,
            capability: None,
            text: None,
            token: false,
            silent: false,
            check: Check::Unmet,
            list: List::Unmet,
            open: Open::Unmet,
            change: Change::Move,
            edit: Edit::Unmet,
            tells: None,
            alert: None,
            mends: true,
        }
    }

    /// What happens, always.
    fn at(self, at: At, steps: &[Step]) -> Self {
        self.times(u32::MAX, at, steps)
    }

    /// What happens the first time.
    fn once(self, at: At, steps: &[Step]) -> Self {
        self.times(1, at, steps)
    }

    /// What happens the first times.
    fn times(mut self, times: u32, at: At, steps: &[Step]) -> Self {
        self.acts.push(Act { at, times, steps: steps.to_vec() });
        self
    }

    /// What happens in place of the opened message.
    fn in_place(self, steps: &[Step]) -> Self {
        self.at(At::Message(OPENED), steps)
    }

    fn line(mut self, line: Line) -> Self {
        self.line = line;
        self
    }

    fn capability(mut self, capability: &'static str) -> Self {
        self.capability = Some(capability);
        self
    }

    fn text(mut self, text: &'static [u8]) -> Self {
        self.text = Some(text);
        self
    }

    fn token(mut self) -> Self {
        self.token = true;
        self
    }

    fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    fn tells(mut self, tells: &'static str) -> Self {
        self.tells = Some(tells);
        self
    }

    fn alerts(mut self, alert: &'static str) -> Self {
        self.alert = Some(alert);
        self
    }

    fn cannot_mend(mut self) -> Self {
        self.mends = false;
        self
    }

    fn check(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    fn list(mut self, list: List) -> Self {
        self.list = list;
        self
    }

    fn open(mut self, open: Open) -> Self {
        self.open = open;
        self
    }

    fn change(mut self, change: Change) -> Self {
        self.change = change;
        self
    }

    fn edit(mut self, edit: Edit) -> Self {
        self.edit = edit;
        self
    }

    /// It does no harm, whatever meets it.
    fn does_no_harm(self) -> Self {
        self.check(Check::Good).messages_come()
    }

    /// It does no harm to the list, nor to a message that is opened.
    fn messages_come(self) -> Self {
        self.list(List::All).open(Open::Whole)
    }

    /// The list tells of the message and goes on with the others; opening it fails.
    fn leaves_out(self, says: &'static str) -> Self {
        self.list(List::LeftOut(&[OPENED], says)).open(Open::Fails(says))
    }

    /// It ends everything, at this step.
    fn stops(self, step: &'static str, says: &'static str) -> Self {
        self.check(Check::Fails(step, says)).list(List::Stops(says)).open(Open::Fails(says))
    }

    /// It may pass: the list tries again.
    fn waits(self, step: &'static str, says: &'static str) -> Self {
        self.check(Check::Fails(step, says)).list(List::Waits(says)).open(Open::Fails(says))
    }

    /// It passes: the list goes on after one more attempt.
    fn passes(self, step: &'static str, says: &'static str) -> Self {
        self.check(Check::Fails(step, says)).list(List::AllAfter(says)).open(Open::Fails(says))
    }
}

/// Faults that belong together.
pub(crate) struct Chapter {
    pub(crate) title: &'static str,
    pub(crate) faults: Vec<Fault>,
}

/// The faults that are met by plans.
pub(crate) const CHANGES: &str = "Changes";

/// All faults.
pub(crate) fn chapters() -> Vec<Chapter> {
    let mut chapters = Vec::new();
    for (title, faults) in [
        ("Greeting", greeting::faults()),
        ("TLS", tls::faults()),
        ("STARTTLS", starttls::faults()),
        ("Capabilities and login", login::faults()),
        ("Folders and the mailbox", mailbox::faults()),
        ("IDLE", idle::faults()),
        ("Throttling and storms", throttling::faults()),
        ("Literals", literals::faults()),
        ("What comes with a message", messages::faults()),
        ("Characters and floods", characters::faults()),
        ("Connections that break", breaks::faults()),
        (CHANGES, changes::faults()),
    ] {
        chapters.push(Chapter { title, faults });
    }
    chapters
}
