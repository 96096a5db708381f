//! Servers that are too busy, and servers that do not let us stay: pauses grow, and there is never
//! more than one attempt for each.

use std::time::Duration;

use super::{At, Check, Fault, List, Open, Step};

const EXAMINE: At = At::Command("EXAMINE");

/// A server that refuses for now, the first time.
fn busy(name: &'static str, does: &'static str, at: At, answer: &'static str) -> Fault {
    let says = answer.split_once("NO [").map_or(answer, |(_, rest)| rest);
    let says = says.split_once(']').map_or(says, |(code, _)| code);
    let fault = Fault::of(name, does).once(at, &[Step::Line(answer)]);
    match at {
        At::Login => fault.passes("login", says),
        At::Fetch => fault.list(List::AllAfter(says)).open(Open::Fails(says)),
        _ => fault.passes("mailbox", says),
    }
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = vec![
        busy("login-limit", "has too many logins", At::Login, "{tag} NO [LIMIT] Too much"),
        busy("login-in-use", "has the mailbox in use", At::Login, "{tag} NO [INUSE] Locked"),
        busy("login-unavailable", "cannot log in now", At::Login, "{tag} NO [UNAVAILABLE] Later"),
        busy("login-server-bug", "has a fault at login", At::Login, "{tag} NO [SERVERBUG] Oops"),
        busy("examine-limit", "limits EXAMINE", EXAMINE, "{tag} NO [LIMIT] Slow down"),
        busy("examine-in-use", "has the mailbox in use", EXAMINE, "{tag} NO [INUSE] Locked"),
        busy("examine-unavailable", "cannot open now", EXAMINE, "{tag} NO [UNAVAILABLE] Later"),
        busy("fetch-limit", "limits FETCH", At::Fetch, "{tag} NO [LIMIT] Slow down"),
        busy("fetch-in-use", "has the mailbox in use", At::Fetch, "{tag} NO [INUSE] Locked"),
        busy("fetch-unavailable", "cannot fetch now", At::Fetch, "{tag} NO [UNAVAILABLE] Later"),
        Fault::of("login-too-many", "says in words alone that there are too many connections")
            .once(At::Login, &[Step::Line("{tag} NO [ALERT] Too many simultaneous connections")])
            .passes("login", "Too many simultaneous connections"),
        Fault::of("fetch-always-busy", "never serves a message")
            .at(At::Fetch, &[Step::Line("{tag} NO [UNAVAILABLE] Later")])
            .list(List::Waits("UNAVAILABLE: Later"))
            .open(Open::Fails("UNAVAILABLE: Later")),
        Fault::of("login-always-busy", "never lets us in")
            .at(At::Login, &[Step::Line("{tag} NO [LIMIT] Too much")])
            .waits("login", "LIMIT: Too much"),
        Fault::of("slow", "thinks for a tenth of a second before each answer")
            .at(At::Login, &[Step::Pause(Duration::from_millis(100)), Step::Properly])
            .at(EXAMINE, &[Step::Pause(Duration::from_millis(100)), Step::Properly])
            .at(At::Fetch, &[Step::Pause(Duration::from_millis(100)), Step::Properly])
            .does_no_harm(),
    ];
    faults.extend(storms());
    faults
}

/// Servers that end every connection at the same place.
fn storms() -> Vec<Fault> {
    vec![
        Fault::of("storm-after-login", "hangs up after each login")
            .at(At::Login, &[Step::Properly, Step::Close])
            .check(Check::Fails("capabilities", ""))
            .list(List::Waits("the connection to SERVER broke"))
            .open(Open::Fails("the connection to SERVER broke")),
        Fault::of("storm-after-examine", "hangs up after each EXAMINE")
            .at(EXAMINE, &[Step::Properly, Step::Close])
            .check(Check::Good)
            .list(List::Waits("the connection to SERVER broke"))
            .open(Open::Fails("the connection to SERVER broke")),
        Fault::of("storm-of-goodbyes", "says goodbye to each FETCH")
            .at(At::Fetch, &[Step::Line("* BYE Not today"), Step::Close])
            .list(List::Waits("Not today"))
            .open(Open::Fails("Not today")),
        Fault::of("storm-of-resets", "resets the connection on each FETCH")
            .at(At::Fetch, &[Step::Reset])
            .list(List::Waits("the connection to SERVER broke"))
            .open(Open::Fails("the connection to SERVER broke")),
        Fault::of("bye-once", "says goodbye to the first FETCH")
            .once(At::Fetch, &[Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close])
            .list(List::AllAfter("UNAVAILABLE: Restarting"))
            .open(Open::Fails("UNAVAILABLE: Restarting")),
    ]
}
