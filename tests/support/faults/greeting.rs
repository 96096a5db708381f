//! What a server says first.

use std::time::Duration;

use super::{At, Check, Fault, List, Open, Step};

/// A moment in which the client sees that it is connected.
const SOON: Step = Step::Pause(Duration::from_millis(50));

/// A fault of the greeting.
fn greets(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    Fault::of(name, does).at(At::Greeting, steps)
}

/// A first line that is no greeting of an IMAP server.
fn strange(
    name: &'static str,
    does: &'static str,
    line: &'static str,
    says: &'static str,
) -> Fault {
    greets(name, does, &[Step::Line(line)]).stops("greeting", says)
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = strangers();
    faults.extend(servers());
    faults
}

/// What is no server for us.
fn strangers() -> Vec<Fault> {
    vec![
        strange(
            "greeting-preauth",
            "says that we are logged in already",
            "* PREAUTH welcome",
            "SERVER does not greet like an IMAP server (* PREAUTH welcome)",
        ),
        strange(
            "greeting-no",
            "greets with NO",
            "* NO not today",
            "SERVER does not greet like an IMAP server (* NO not today)",
        ),
        strange(
            "greeting-smtp",
            "is a mail server",
            "220 birch.example ESMTP",
            "SERVER does not greet like an IMAP server (220 birch.example ESMTP)",
        ),
        strange(
            "greeting-http",
            "is a web server",
            "HTTP/1.1 400 Bad Request",
            "SERVER does not greet like an IMAP server (HTTP/1.1 400 Bad Request)",
        ),
        strange(
            "greeting-pop",
            "is a POP3 server",
            "+OK ready",
            "SERVER does not greet like an IMAP server (+OK ready)",
        ),
        strange(
            "greeting-empty",
            "greets with an empty line",
            "",
            "SERVER does not greet like an IMAP server ()",
        ),
        strange(
            "greeting-escapes",
            "greets with sequences for a terminal",
            "\x1b]52;c;aGk=\x07\x1b[2J",
            "SERVER does not greet like an IMAP server (\\x1b]52;c;aGk=\\x07\\x1b[2J)",
        ),
        greets(
            "greeting-garbage",
            "greets with bytes that mean nothing",
            &[Step::Bytes(b"\x00\xff\x16\x03\x01\x80\x9b2J\xfe\n")],
        )
        .stops("greeting", "SERVER does not greet like an IMAP server ("),
    ]
}

fn servers() -> Vec<Fault> {
    vec![
        greets("greeting-none", "says nothing", &[Step::Silence])
            .silent()
            .waits("greeting", "SERVER fell silent: no answer for 1 s, not even a greeting"),
        greets(
            "greeting-bye",
            "turns us away",
            &[Step::Line("* BYE [UNAVAILABLE] Too many connections"), Step::Close],
        )
        .waits(
            "greeting",
            "SERVER cannot serve account lab now: UNAVAILABLE: Too many connections",
        ),
        Fault::of("greeting-bye-twice", "turns us away twice, then serves us")
            .times(2, At::Greeting, &[Step::Line("* BYE Too many connections"), Step::Close])
            .passes("greeting", "SERVER cannot serve account lab now: Too many connections"),
        greets(
            "greeting-endless",
            "greets with a line of 64 MiB",
            &[Step::Text("* OK "), Step::Flood("x", 64 << 20), Step::Silence],
        )
        .stops(
            "greeting",
            "closed the connection to SERVER: the server sent a line longer than 1048576 bytes",
        ),
        greets("greeting-drip", "greets byte by byte, without an end", &[Step::Drip("* OK ")])
            .silent()
            .waits("greeting", "takes too long"),
        greets("greeting-close", "hangs up at once", &[Step::Close])
            .waits("greeting", "the connection to SERVER broke: the server closed it"),
        greets("greeting-reset", "resets the connection", &[SOON, Step::Reset])
            .waits("greeting", "the connection to SERVER broke: Connection reset by peer"),
        greets(
            "greeting-alert",
            "greets with an alert that would take over a terminal",
            &[Step::Line("* OK [ALERT] \x1b]0;owned\x07Back soon\x1b[2J")],
        )
        .does_no_harm()
        .alerts("says: \\x1b]0;owned\\x07Back soon\\x1b[2J"),
        Fault::of("greeting-lies", "names capabilities in its greeting that it does not have")
            .at(
                At::Greeting,
                &[Step::Line("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=SCRAM-SHA-1] hi")],
            )
            .check(Check::Fails(
                "login",
                "SERVER does not offer AUTH=PLAIN (it offers AUTH=SCRAM-SHA-1)",
            ))
            .list(List::Stops("SERVER does not offer AUTH=PLAIN (it offers AUTH=SCRAM-SHA-1)"))
            .open(Open::Fails("SERVER does not offer AUTH=PLAIN (it offers AUTH=SCRAM-SHA-1)")),
    ]
}
