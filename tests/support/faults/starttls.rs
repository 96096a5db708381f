//! STARTTLS that somebody tampers with: nothing of it may end in a password sent in clear.

use super::{At, Fault, Line, Shown, Step};

const STARTTLS: At = At::Command("STARTTLS");

fn on_starttls(name: &'static str, does: &'static str) -> Fault {
    Fault::of(name, does)
        .line(Line::Starttls(Shown::Good))
        .capability("IMAP4rev1 STARTTLS AUTH=PLAIN")
}

/// What a server, or somebody in between, does in place of the answer to STARTTLS.
fn tampered(name: &'static str, does: &'static str, steps: &[Step], says: &'static str) -> Fault {
    on_starttls(name, does).at(STARTTLS, steps).stops("encryption", says)
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = vec![
        on_starttls("starttls-strip", "SERVER does not offer STARTTLS")
            .capability("IMAP4rev1 AUTH=PLAIN")
            .stops("encryption", "SERVER does not offer STARTTLS; no password was sent")
            .cannot_mend(),
        on_starttls("starttls-greeting", "says before STARTTLS that we are logged in")
            .at(At::Greeting, &[Step::Line("* PREAUTH [CAPABILITY IMAP4rev1] you are in")])
            .stops("greeting", "SERVER does not greet like an IMAP server (* PREAUTH"),
        on_starttls("starttls-greeting-bye", "turns us away before STARTTLS")
            .at(At::Greeting, &[Step::Line("* BYE [UNAVAILABLE] Try later"), Step::Close])
            .waits("greeting", "SERVER cannot serve account lab now: UNAVAILABLE: Try later"),
        on_starttls("starttls-capability", "does not say what it can do before STARTTLS")
            .at(At::Command("CAPABILITY"), &[Step::Line("{tag} BAD what?")])
            .stops("encryption", "SERVER does not offer STARTTLS; no password was sent"),
    ];
    faults.extend(answers());
    faults.extend(after());
    faults
}

fn answers() -> Vec<Fault> {
    vec![
        tampered(
            "starttls-no",
            "refuses STARTTLS",
            &[Step::Line("{tag} NO not today")],
            "SERVER refuses STARTTLS (not today); no password was sent",
        ),
        tampered(
            "starttls-bad",
            "does not know STARTTLS, which it offers",
            &[Step::Line("{tag} BAD what?")],
            "SERVER refuses STARTTLS (what?); no password was sent",
        ),
        tampered(
            "starttls-inject",
            "answers the commands after STARTTLS before TLS",
            &[
                Step::Text(
                    "{tag} OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\na1 OK in\r\na2 OK\r\n",
                ),
                Step::Silence,
            ],
            "SERVER sent more after it had agreed to STARTTLS; no password was sent",
        ),
        tampered(
            "starttls-inject-half",
            "sends half a line after it agreed to STARTTLS",
            &[Step::Text("{tag} OK go\r\n* "), Step::Silence],
            "SERVER sent more after it had agreed to STARTTLS",
        ),
        tampered(
            "starttls-preauth",
            "says PREAUTH in its answer to STARTTLS",
            &[Step::Line("* PREAUTH in"), Step::Line("{tag} OK go"), Step::Silence],
            "SERVER answered STARTTLS with * PREAUTH",
        ),
        tampered(
            "starttls-bye",
            "says goodbye instead of an answer to STARTTLS",
            &[Step::Line("* BYE no"), Step::Close],
            "SERVER answered STARTTLS with * BYE",
        ),
        tampered(
            "starttls-bad-tag",
            "answers STARTTLS under another tag",
            &[Step::Line("zz99 OK go"), Step::Silence],
            "SERVER answered STARTTLS with zz99 OK",
        ),
        tampered(
            "starttls-flood",
            "answers STARTTLS with lines without an end",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
            "an answer without an end",
        ),
        on_starttls("starttls-drip", "answers STARTTLS byte by byte")
            .at(STARTTLS, &[Step::Drip("* OK wait ")])
            .silent()
            .waits("encryption", "takes too long"),
    ]
}

fn after() -> Vec<Fault> {
    vec![
        tampered(
            "starttls-garbage",
            "sends bytes that are no TLS after it agreed to it",
            &[
                Step::Line("{tag} OK go"),
                Step::Pause(std::time::Duration::from_millis(100)),
                Step::Bytes(b"* this is no TLS\r\n* this is no TLS\r\n"),
                Step::Silence,
            ],
            "no TLS with SERVER",
        ),
        on_starttls("starttls-hang", "agrees to STARTTLS and falls silent")
            .at(STARTTLS, &[Step::Line("{tag} OK go"), Step::Silence])
            .silent()
            .waits("encryption", "the connection to SERVER broke"),
        on_starttls("starttls-close", "agrees to STARTTLS and hangs up")
            .at(STARTTLS, &[Step::Line("{tag} OK go"), Step::Close])
            .waits("encryption", "the connection to SERVER broke"),
        on_starttls("starttls-expired", "shows an expired certificate after STARTTLS")
            .line(Line::Starttls(Shown::Expired))
            .stops("certificate", "have it renewed on the server")
            .cannot_mend(),
        on_starttls("starttls-other-host", "shows another host's certificate after STARTTLS")
            .line(Line::Starttls(Shown::OtherHost))
            .stops("certificate", "it is for mail.birch.example, imap.birch.example")
            .cannot_mend(),
        on_starttls("starttls-capabilities", "can do something else after TLS than before")
            .capability("IMAP4rev1 LOGINDISABLED AUTH=PLAIN")
            .once(
                At::Command("CAPABILITY"),
                &[Step::Line("* CAPABILITY IMAP4rev1 STARTTLS"), Step::Done],
            )
            .does_no_harm(),
    ]
}
