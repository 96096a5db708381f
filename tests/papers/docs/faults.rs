//! docs/faults.md: what a server may do wrong, and what comes of it. The table is that which
//! `tests/network/faults` holds.

use std::fmt::Write;

use super::{cell, fresh};
use crate::faults_table::{
    CHANGES, COMMANDS, Change, Chapter, Check, Edit, Fault, GOODBYE, List, Open, SERVER, chapters,
};

const HEAD: &str = "\
# Faults of servers

What a mail server may do wrong, by accident or on purpose, and what comes of it. A server of our own does each of these
things to the program in every run of the tests: to `deadletter check`, to the list, and to a message that is opened, each
fault in a process of its own. Besides what stands in the tables it is held that each of them
- was met: the server has seen the command at which the fault happens;
- never showed a text under another UID than the one it came with, nor a message twice;
- ended in time, with less than 64 MiB in memory and five seconds of a processor, client
  and server together and without optimisation;
- sent no login before TLS where the account wants TLS, told nobody the password, and let no byte through that a terminal
  would obey;
- made no more than one connection for each pause, and no pause was left out;
- was over when the server was well again: the messages that were missing came then, in the same run of the program.

";

/// Commands that the program sends.
fn commands() -> String {
    let mut names = Vec::new();
    for name in COMMANDS.into_iter().chain([GOODBYE]) {
        names.push(format!("`{name}`"));
    }
    format!(
        "The program sends these commands and no other:\n{}.\n\
         It only reads, except where a plan changes messages (last chapter): then it sends `SELECT` and what stands\n\
         behind it. There is no IDLE, no APPEND and no EXPUNGE without UIDs whose faults it could meet.\n\
         A time of 1 s in a sentence is one that the tests have shortened.\n",
        names.join(", ")
    )
}

fn check(check: Check) -> String {
    match check {
        Check::Unmet => "–".to_owned(),
        Check::Good => "goes well".to_owned(),
        Check::Fails(step, _) => format!("fails: {step}"),
    }
}

fn list(list: List) -> &'static str {
    match list {
        List::Unmet => "–",
        List::All => "all come",
        List::AllAfter(_) => "all come, after another attempt",
        List::LeftOut(..) => "the others come, this one is named",
        List::Without(_) => "what is sent comes",
        List::Waits(_) => "waits, and tries again",
        List::Stops(_) => "stops",
    }
}

fn open(open: Open) -> &'static str {
    match open {
        Open::Unmet => "–",
        Open::Whole => "is right",
        Open::Fails(_) => "is not shown",
    }
}

/// What is said, each thing once.
fn said(fault: &Fault) -> String {
    let mut said = Vec::new();
    if let Check::Fails(_, says) = fault.check {
        said.push(says);
    }
    if let List::AllAfter(says) | List::LeftOut(_, says) | List::Waits(says) | List::Stops(says) =
        fault.list
    {
        said.push(says);
    }
    if let Open::Fails(says) = fault.open {
        said.push(says);
    }
    if let Edit::Notes(says) | Edit::Stops(says) | Edit::Tells(says) = fault.edit {
        said.push(says);
    }
    said.extend(fault.tells);
    said.extend(fault.alert);
    let mut quoted: Vec<String> = Vec::new();
    for text in said {
        let named = text.replace(SERVER, "mail.birch.example:993");
        let text = format!("“{}”", cell(&named));
        if !named.is_empty() && !quoted.contains(&text) {
            quoted.push(text);
        }
    }
    quoted.join("; ")
}

fn changes(out: &mut String, chapter: &Chapter) {
    writeln!(
        out,
        "\n## {}\n\nA plan moves the five messages into another folder, or marks them as taken. Besides what stands in the table it\n\
         is held that no message was lost at any time; that, when the server was well again, the plan could be gone on\n\
         with and came to its end, with no message doubled; and that, taken back, everything was as before.\n\n\
         | fault | the server | the plan | what comes of it | what is said |\n|---|---|---|---|---|",
        chapter.title
    )
    .expect("memory");
    for fault in &chapter.faults {
        let plan = match fault.change {
            Change::Move => "moves",
            Change::Create => "moves into a new folder",
            Change::Take => "takes",
        };
        let comes = match fault.edit {
            Edit::Unmet => "–",
            Edit::Done | Edit::Notes(_) => "all is done",
            Edit::Stops(_) => "stops; can be gone on with",
            Edit::Tells(_) => "ends; of each message what became of it",
        };
        let (does, said) = (cell(fault.does), said(fault));
        writeln!(out, "| `{}` | {does} | {plan} | {comes} | {said} |", fault.name).expect("memory");
    }
}

fn page() -> String {
    let mut out = HEAD.to_owned() + &commands();
    for chapter in chapters() {
        if chapter.title == CHANGES {
            changes(&mut out, &chapter);
            continue;
        }
        write!(
            out,
            "\n## {}\n\n| fault | the server | `check` | the list | a message opened | what is said |\n\
             |---|---|---|---|---|---|\n",
            chapter.title
        )
        .expect("memory");
        for fault in &chapter.faults {
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} | {} |",
                fault.name,
                cell(fault.does),
                check(fault.check),
                list(fault.list),
                open(fault.open),
                said(fault)
            )
            .expect("memory");
        }
    }
    out
}

#[test]
fn the_page_of_faults_is_fresh() {
    fresh("docs/faults.md", &page());
}
