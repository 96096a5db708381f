//! From a real Postfix that gets its mail back to the screen: the bounces lie in a mailbox of a
//! real Dovecot, and the program shows them in a terminal. Left out where one of them is missing,
//! unless `DEADLETTER_REQUIRE=all` is set.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::dovecot::Dovecot;
use crate::postfix::Postfix;
use crate::terminal::{Launch, Terminal, rows, text};

/// Waits until so many messages have been delivered.
fn delivered(maildir: &Path, count: usize, postfix: &Postfix) {
    let begun = Instant::now();
    loop {
        let new = fs::read_dir(maildir.join("new")).expect("the Maildir").count();
        if new == count {
            return;
        }
        assert!(
            new < count && begun.elapsed() < Duration::from_mins(1),
            "{new} of {count}: {}",
            postfix.log()
        );
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

/// The screen over the mailbox, read to its end.
fn open(dovecot: &Dovecot) -> Terminal {
    let mut terminal = Launch::configured(&format!(
        "[ours]\ndomains = [\"birch.example\"]\nhosts = [\"mail.birch.example\"]\nips = [\"127.0.0.1\"]\n\
         [[account]]\nname = \"lab\"\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\nca_file = \"{}\"\n\
         user = \"tester\"\npassword_command = [\"printf\", \"secret\"]\n",
        dovecot.imaps,
        dovecot.trust().display()
    ))
    .start();
    terminal.shows("online");
    terminal
}

/// A delivery that fails, and what the program has to say of it.
struct Case {
    to: &'static str,
    /// Lines of the message.
    lines: usize,
    /// Status, who and reason in the list.
    row: [&'static str; 3],
    /// Who must act.
    acts: &'static str,
    /// What happened, for the sender.
    happened: &'static str,
    /// What the server said.
    said: &'static str,
    /// The last hop.
    hop: &'static str,
}

const CASES: [Case; 6] = [
    Case {
        to: "nobody@cedar.example",
        lines: 3,
        row: ["5.1.1", "sender", "no such mailbox"],
        acts: "The sender must act.",
        happened: "does not know the local part of the address nobody@cedar.example",
        said: "550 5.1.1 <nobody@cedar.example>: Recipient address rejected: User unknown",
        hop: "127.0.0.2 refused: 550 5.1.1",
    },
    Case {
        to: "full@cedar.example",
        lines: 3,
        row: ["5.2.2", "recipient", "mailbox full"],
        acts: "The recipient must act.",
        happened: "Mailbox full",
        said: "552 5.2.2 <full@cedar.example>: Recipient address rejected",
        hop: "127.0.0.2 refused: 552 5.2.2",
    },
    Case {
        to: "blocked@cedar.example",
        lines: 3,
        row: ["5.7.1", "us", "ip on blocklist"],
        acts: "Our administrators must act.",
        happened: "127.0.0.1",
        said: "Client host [127.0.0.1]",
        hop: "127.0.0.2 refused: 554 5.7.1",
    },
    Case {
        to: "anna@elm.example",
        lines: 3,
        row: ["5.7.1", "us", "relaying refused"],
        acts: "Our administrators must act.",
        happened: "anna@elm.example",
        said: "554 5.7.1 <anna@elm.example>: Relay access denied",
        hop: "127.0.0.2 refused: 554 5.7.1",
    },
    Case {
        to: "big@cedar.example",
        lines: 500,
        row: ["5.3.4", "sender", "too large"],
        acts: "The sender must act.",
        happened: "Message too large",
        said: "552 5.3.4 ",
        hop: "127.0.0.2 refused: 552 5.3.4",
    },
    Case {
        to: "otto@dead.example",
        lines: 3,
        row: ["4.4.1", "us", "no connection"],
        // The machine itself has all these addresses: there is no network whose fault it might be.
        acts: "Our administrators must act. medium confidence The last address tried is a private one.",
        happened: "No usable connection",
        said: "connect to 127.0.0.3[127.0.0.3]:1: Connection refused",
        hop: "127.0.0.3 refused: connect to",
    },
];

/// Opens the newest delivery to a recipient and goes through its views.
fn is_explained(terminal: &mut Terminal, case: &Case) {
    terminal.send(&format!("/{}\r", case.to));
    terminal
        .until("the delivery alone", |screen| rows(screen)[0].contains(&format!("/{}", case.to)));
    for word in case.row {
        assert!(terminal.row(2).contains(word), "no {word:?}:\n{}", terminal.text());
    }
    let from = format!("Final-Recipient: rfc822; {}", case.to);
    for (keys, words) in [
        ("\r1", ["[1 User]", case.to, case.row[0], case.acts, case.happened]),
        ("2", ["[2 Admin]", "mail.birch.example (ours)", case.to, "Action failed", case.said]),
        (
            "3",
            [
                "[3 Hops]",
                "client.birch.example → mail.birch.example",
                "ESMTP",
                case.hop,
                "report written by mail.birch",
            ],
        ),
        (
            "4",
            [
                "[4 Source]",
                "X-Original-To: otto@birch.example",
                "MAILER-DAEMON@mail.birch.example",
                "(Postfix)",
                "",
            ],
        ),
        ("/Final-Recipient\r", ["[4 Source]", &from, "Action: failed", "Status: ", case.row[0]]),
    ] {
        terminal.send(keys);
        for word in words {
            // Wherever the lines break.
            terminal.until(word, |screen| {
                text(screen).split_whitespace().collect::<Vec<_>>().join(" ").contains(word)
            });
        }
    }
    // Out of the delivery, back to the list, and the filter goes.
    terminal.send("\x1b");
    terminal.hides("esc back");
    terminal.send("h");
    terminal.send("\x1b");
    terminal.until("all deliveries", |screen| rows(screen)[0].contains("7 deliveries"));
}

#[test]
fn what_a_server_sends_back_is_explained() {
    let Some(dovecot) = Dovecot::start(|_| ()) else { return };
    let Some(postfix) = Postfix::start(&dovecot.maildir()) else { return };
    for case in &CASES {
        postfix.send(case.to, case.lines);
    }
    // The last one comes back twice: it is late, then it is given up.
    delivered(&dovecot.maildir(), CASES.len() + 1, &postfix);
    let mut terminal = open(&dovecot);
    terminal.until("all of them", |screen| rows(screen)[0].contains("7 deliveries"));
    let row = |terminal: &Terminal, what: &[&str]| {
        let rows = rows(terminal.screen());
        rows.iter().filter(|row| what.iter().all(|word| row.contains(word))).count()
    };
    assert_eq!(row(&terminal, &["4.4.1", "no connection", "otto@dead"]), 2, "{}", terminal.text());
    assert_eq!(
        row(&terminal, &["4.4.1", "nobody", "otto@dead"]),
        1,
        "the delay:\n{}",
        terminal.text()
    );
    for case in &CASES {
        is_explained(&mut terminal, case);
    }
    terminal.send("q");
    assert_eq!(terminal.ends(), 0);
}
