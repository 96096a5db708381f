//! Bytes that have no place where they stand, and far too many of them.

use super::{At, Fault, List, OPENED, Open, Step};

/// What happens in place of the message, and ends the connection each time.
fn garbled(name: &'static str, does: &'static str, steps: &[Step], says: &'static str) -> Fault {
    Fault::of(name, does).in_place(steps).leaves_out(says)
}

/// What every FETCH is answered with.
fn always(name: &'static str, does: &'static str, steps: &[Step], says: &'static str) -> Fault {
    Fault::of(name, does).at(At::Fetch, steps).list(List::Stops(says)).open(Open::Fails(says))
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = bytes();
    faults.extend(every_time());
    faults.extend(floods());
    faults
}

fn bytes() -> Vec<Fault> {
    vec![
        Fault::of("eight-bit", "says bytes that are no ASCII, and NUL")
            .at(
                At::Command("EXAMINE"),
                &[
                    Step::Bytes(
                        b"* OK [NOTE] caf\xe9 \0 \xff\xfe\r\n* FLAGS (\\Seen gr\xc3\xbcn)\r\n",
                    ),
                    Step::Properly,
                ],
            )
            .at(
                At::Message(OPENED),
                &[Step::Bytes(b"* OK \xff\xfe caf\xc3\xa9 \0 [\r\n"), Step::Properly],
            )
            .does_no_harm(),
        Fault::of("lf-only", "ends its lines in LF alone")
            .at(At::Greeting, &[Step::LfOnly, Step::Properly])
            .does_no_harm(),
        Fault::of("bytewise", "sends every byte in a packet of its own")
            .at(At::Greeting, &[Step::Bytewise, Step::Properly])
            .does_no_harm(),
        garbled(
            "garbage",
            "sends bytes that mean nothing",
            &[Step::Bytes(b"\x16\x03\x01\x02\x00 garbage \xff\x00\r\n"), Step::Silence],
            "the server sent what is no IMAP response",
        ),
        garbled(
            "garbage-line",
            "sends an empty line",
            &[Step::Line(""), Step::Silence],
            "the server sent what is no IMAP response",
        ),
        garbled(
            "line-endless",
            "sends a line of 64 MiB",
            &[Step::Text("* {n} FETCH (X \""), Step::Flood("A", 64 << 20), Step::Silence],
            "the server sent a line longer than 1048576 bytes",
        ),
        garbled(
            "line-2m",
            "sends a line of 2 MiB",
            &[
                Step::Text("* {n} FETCH (UID {uid} X \""),
                Step::Flood("A", 2 << 20),
                Step::Line("\")"),
                Step::Silence,
            ],
            "the server sent a line longer than 1048576 bytes",
        ),
        garbled(
            "literal-misplaced",
            "sends a literal of 3 MB where a word belongs",
            &[Step::Line("* {n} FETCH (UID {uid} X-THING {3000000}"), Step::Silence],
            "the server sent a literal too long for where it stands",
        ),
    ]
}

/// What comes in place of all messages.
fn every_time() -> Vec<Fault> {
    vec![
        always(
            "fetch-garbage",
            "answers every FETCH with bytes that mean nothing",
            &[Step::Bytes(b"\x16\x03\x01\x02\x00 garbage \xff\x00\r\n"), Step::Silence],
            "the server sent what is no IMAP response",
        ),
        always(
            "fetch-line",
            "answers every FETCH with a line of 64 MiB",
            &[Step::Text("* OK "), Step::Flood("A", 64 << 20), Step::Silence],
            "the server sent a line longer than 1048576 bytes",
        ),
        always(
            "fetch-parentheses",
            "answers every FETCH with 200,000 parentheses",
            &[
                Step::Text("* 1 FETCH (X "),
                Step::Flood("(", 200_000),
                Step::Line(""),
                Step::Silence,
            ],
            "the server sent parentheses nested deeper than 100",
        ),
    ]
}

fn floods() -> Vec<Fault> {
    vec![
        always(
            "fetch-flood",
            "answers every FETCH with lines without an end",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
            "the server sent more and more, but no messages",
        ),
        Fault::of("flood", "says ten thousand lines between messages")
            .in_place(&[Step::Flood("* OK Still here\r\n", 170_000), Step::Properly])
            .messages_come(),
        garbled(
            "flood-endless",
            "says lines without an end in place of a message",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
            "the server sent more and more, but no messages",
        ),
        garbled(
            "flood-of-flags",
            "tells of flags without an end in place of a message",
            &[Step::Flood("* 2 FETCH (UID 20 FLAGS (\\Seen))\r\n", u64::MAX)],
            "the server sent more and more, but no messages",
        ),
        garbled(
            "flood-of-copies",
            "sends the same message without an end",
            &[Step::Flood("* 2 FETCH (UID 20 BODY[]<0> {3}\r\nabc)\r\n", u64::MAX)],
            "the server sent more and more, but no messages",
        ),
        garbled(
            "flood-of-strangers",
            "sends messages that nobody asked for without an end",
            &[Step::Flood("* 2 FETCH (UID 4000 BODY[]<0> {3}\r\nabc)\r\n", u64::MAX)],
            "the server sent more and more, but no messages",
        ),
        Fault::of("flood-of-nameless", "sends messages without UID without an end")
            .in_place(&[Step::Flood("* 2 FETCH (BODY[]<0> {3}\r\nabc)\r\n", u64::MAX)])
            .leaves_out("the server sent more and more, but no messages"),
    ]
}
