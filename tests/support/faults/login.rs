//! Capabilities and login.

use super::{At, Check, Fault, List, Open, Step};

const CAPABILITY: At = At::Command("CAPABILITY");

/// What happens in place of the answer to CAPABILITY. The greeting does not tell capabilities.
fn capability(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    Fault::of(name, does).capability("IMAP4rev1").at(CAPABILITY, steps)
}

/// What happens in place of the answer to a login.
fn login(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    Fault::of(name, does).at(At::Login, steps)
}

/// A login that is refused for good.
fn refused(name: &'static str, does: &'static str, answer: &'static str) -> Fault {
    login(name, does, &[Step::Line(answer)]).stops("login", "login as postmaster refused by SERVER")
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = capabilities();
    faults.extend(refusals());
    faults.extend(breaks());
    faults.extend(tokens());
    faults
}

fn capabilities() -> Vec<Fault> {
    vec![
        capability("capability-none", "does not say what it can do", &[Step::Done]).does_no_harm(),
        capability("capability-minimal", "can do nothing but IMAP4rev1", &[Step::Properly])
            .does_no_harm(),
        capability(
            "capability-no",
            "SERVER refuses CAPABILITY",
            &[Step::Line("{tag} NO not for you")],
        )
        .stops("login", "SERVER refuses CAPABILITY: not for you"),
        capability("capability-bad", "does not know CAPABILITY", &[Step::Line("{tag} BAD what?")])
            .stops("login", "SERVER refuses CAPABILITY: what?"),
        Fault::of("capability-no-login", "forbids LOGIN and offers nothing in its place")
            .capability("IMAP4rev1 LOGINDISABLED")
            .at(CAPABILITY, &[Step::Properly])
            .stops("login", "SERVER does not offer AUTH=PLAIN (it offers nothing)")
            .cannot_mend(),
        Fault::of("capability-plain-only", "forbids LOGIN and offers AUTHENTICATE PLAIN")
            .capability("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
            .at(CAPABILITY, &[Step::Properly])
            .does_no_harm(),
        capability(
            "capability-many",
            "can do ten thousand things",
            &[
                Step::Text("* CAPABILITY IMAP4rev1"),
                Step::Flood(" X-THING", 80_000),
                Step::Line(""),
                Step::Done,
            ],
        )
        .does_no_harm(),
        capability(
            "capability-escapes",
            "can do things that would take over a terminal",
            &[Step::Line("* CAPABILITY IMAP4rev1 \x1b]0;owned\x07 IDLE\x1b[2J"), Step::Done],
        )
        .does_no_harm(),
        capability(
            "capability-flood",
            "answers CAPABILITY without an end",
            &[Step::Flood("* CAPABILITY IMAP4rev1 IDLE\r\n", u64::MAX)],
        )
        .stops("login", "the server sent an answer longer than"),
        capability(
            "capability-line",
            "answers CAPABILITY with a line of 64 MiB",
            &[Step::Text("* CAPABILITY "), Step::Flood("X ", 64 << 20), Step::Silence],
        )
        .stops("login", "the server sent a line longer than 1048576 bytes"),
        capability("capability-silent", "does not answer CAPABILITY", &[Step::Silence])
            .silent()
            .waits("login", "SERVER fell silent: no answer for 1 s"),
    ]
}

fn refusals() -> Vec<Fault> {
    vec![
        refused(
            "login-no",
            "refuses the login",
            "{tag} NO [AUTHENTICATIONFAILED] Authentication failed.",
        ),
        refused("login-expired", "says that the password has expired", "{tag} NO [EXPIRED] old"),
        refused(
            "login-contact-admin",
            "says that administrators must help",
            "{tag} NO [CONTACTADMIN] account locked",
        ),
        refused(
            "login-privacy-required",
            "wants TLS first",
            "{tag} NO [PRIVACYREQUIRED] Use TLS first",
        ),
        refused(
            "login-referral",
            "sends us to another server",
            "{tag} NO [REFERRAL imap://elsewhere.example/] go there",
        ),
        refused("login-bad", "does not understand the login", "{tag} BAD Error in IMAP command"),
        refused("login-echo", "repeats the login with its password", "{tag} NO Wrong: {line}"),
        refused(
            "login-echo-untagged",
            "repeats the password in a warning before it refuses",
            "* NO {line}\r\n{tag} NO Wrong",
        ),
        Fault::of("login-echo-alert", "repeats the password in an alert and lets us in")
            .at(At::Login, &[Step::Line("* OK [ALERT] Change it soon: {line}"), Step::Properly])
            .does_no_harm()
            .alerts("Change it soon"),
        Fault::of("login-echo-base64", "repeats what was sent as a password in base64")
            .capability("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
            .at(At::Login, &[Step::Line("+ "), Step::Hear, Step::Line("{tag} NO Wrong: {secret}")])
            .stops("login", "login as postmaster refused by SERVER"),
        Fault::of("login-echo-later", "repeats the password when the mailbox is opened")
            .at(At::Command("EXAMINE"), &[Step::Line("{tag} NO no mailbox for {password}")])
            .stops("mailbox", "no mailbox for"),
    ]
}

fn breaks() -> Vec<Fault> {
    vec![
        login(
            "login-bye",
            "says goodbye to a login",
            &[Step::Line("* BYE [UNAVAILABLE] Shutting down"), Step::Close],
        )
        .waits("login", "UNAVAILABLE: Shutting down"),
        login(
            "login-bye-open",
            "says goodbye to a login and stays",
            &[Step::Line("* BYE [UNAVAILABLE] Shutting down"), Step::Silence],
        )
        .waits("login", "UNAVAILABLE: Shutting down"),
        login("login-close", "hangs up on a login", &[Step::Close])
            .waits("login", "the connection to SERVER broke: the server closed it"),
        login("login-reset", "resets the connection on a login", &[Step::Reset])
            .waits("login", "the connection to SERVER broke: Connection reset by peer"),
        login("login-silent", "does not answer a login", &[Step::Silence])
            .silent()
            .waits("login", "SERVER fell silent: no answer for 1 s"),
        login("login-drip", "answers a login byte by byte", &[Step::Drip("* OK wait ")])
            .silent()
            .waits("login", "takes too long"),
        login(
            "login-flood",
            "answers a login without an end",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
        )
        .stops("login", "the server sent an answer longer than"),
        login(
            "login-garbage",
            "answers a login with bytes that mean nothing",
            &[Step::Bytes(b"\x16\x03\x01\x02\x00\x01\xff\xfe\x00\x80\r\n"), Step::Silence],
        )
        .stops("login", "closed the connection to SERVER"),
        login(
            "login-bad-tag",
            "answers a login under another tag",
            &[Step::Line("zz99 OK welcome"), Step::Silence],
        )
        .stops("login", "closed the connection to SERVER"),
        login(
            "login-huge-literal",
            "answers a login with a literal of 4 GiB",
            &[Step::Line("* LIST () \"/\" {4294967295}"), Step::Silence],
        )
        .stops("login", "the server sent a literal of 4294967295 bytes, more than 67108864"),
        login(
            "login-continuation",
            "asks for more where nothing is missing",
            &[Step::Line("+ go ahead"), Step::Silence],
        )
        .silent()
        .check(Check::Fails("login", ""))
        .list(List::Waits(""))
        .open(Open::Fails("")),
        Fault::of("login-continuations", "asks for more and more")
            .capability("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
            .at(At::Login, &[Step::Flood("+ \r\n", u64::MAX)])
            .check(Check::Fails("login", "one request after another"))
            .list(List::Stops("one request after another"))
            .open(Open::Fails("one request after another")),
        login(
            "login-then-bye",
            "lets us in and says goodbye",
            &[Step::Properly, Step::Line("* BYE Maintenance"), Step::Close],
        )
        .check(Check::Fails("capabilities", "Maintenance"))
        .list(List::Waits("Maintenance"))
        .open(Open::Fails("Maintenance")),
    ]
}

fn tokens() -> Vec<Fault> {
    vec![
        Fault::of("token-no", "refuses a token with its reasons in base64")
            .token()
            .at(
                At::Login,
                &[
                    Step::Line("+ "),
                    Step::Hear,
                    Step::Line("+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIn0="),
                    Step::Hear,
                    Step::Line("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials"),
                ],
            )
            .stops("login", "check user and token_command of account lab"),
        Fault::of("token-not-offered", "does not take tokens")
            .token()
            .capability("IMAP4rev1 AUTH=PLAIN")
            .at(CAPABILITY, &[Step::Properly])
            .stops("login", "SERVER does not offer AUTH=XOAUTH2 (it offers AUTH=PLAIN)")
            .cannot_mend(),
    ]
}
