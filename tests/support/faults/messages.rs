//! What comes beside the text of a message, in place of it, and between messages.

use super::{At, Fault, List, OPENED, Open, Step};

/// The end of the message after its text.
const TEXT: [Step; 2] = [Step::Body, Step::Line(")")];

/// The message with its text behind these words.
fn worded(name: &'static str, does: &'static str, words: &'static str) -> Fault {
    Fault::of(name, does).in_place(&[&[Step::Line(words)][..], &TEXT].concat())
}

/// What comes before the message.
fn before(name: &'static str, does: &'static str, lines: &'static str) -> Fault {
    Fault::of(name, does).in_place(&[Step::Line(lines), Step::Properly])
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = identities();
    faults.extend(shapes());
    faults.extend(orders());
    faults.extend(between());
    faults.extend(changes());
    faults
}

/// Whose text it is.
fn identities() -> Vec<Fault> {
    let nameless = "1 message of INBOX on SERVER came without a UID";
    vec![
        worded("uid-zero", "sends a message with UID 0", "* {n} FETCH (UID 0 BODY[]<0> {{size}}")
            .list(List::Without(&[OPENED]))
            .tells(nameless)
            .open(Open::Fails("the message is no longer in the mailbox")),
        worded("uid-none", "sends a message without UID", "* {n} FETCH (BODY[]<0> {{size}}")
            .list(List::Without(&[OPENED]))
            .tells(nameless)
            .open(Open::Fails("the message is no longer in the mailbox")),
        worded(
            "uid-huge",
            "sends a message with a UID that no number holds",
            "* {n} FETCH (UID 99999999999 BODY[]<0> {{size}}",
        )
        .list(List::Without(&[OPENED]))
        .tells(nameless)
        .open(Open::Fails("the message is no longer in the mailbox")),
        worded(
            "uid-two",
            "gives one message two UIDs",
            "* {n} FETCH (UID {uid} UID 40 BODY[]<0> {{size}}",
        )
        .leaves_out("the server sent"),
        worded(
            "uid-foreign",
            "sends a message that nobody asked for in place of one",
            "* {n} FETCH (UID 4000 BODY[]<0> {{size}}",
        )
        .list(List::Without(&[OPENED]))
        .tells("1 message of the 5 in INBOX on SERVER did not come; r asks for them again")
        .open(Open::Fails("the message is no longer in the mailbox")),
        Fault::of("uid-foreign-too", "sends a message that nobody asked for as well")
            .in_place(&[
                Step::Line("* 9 FETCH (UID 4000 BODY[]<0> {7}\r\nforeign)"),
                Step::Properly,
                Step::Line("* 9 FETCH (UID 4001 BODY[]<0> {7}\r\nforeign)"),
            ])
            .messages_come(),
        Fault::of("text-two", "sends two texts for one message")
            .in_place(&[
                Step::Head("{5}"),
                Step::Text("other BODY[]<0> {{size}}\r\n"),
                Step::Body,
                Step::Line(")"),
            ])
            .leaves_out("the server sent"),
        Fault::of("text-second-nil", "sends a text and then NIL for one message")
            .in_place(&[Step::Head("{{size}}"), Step::Body, Step::Line(" BODY[]<0> NIL)")])
            .leaves_out("the server sent"),
        worded(
            "number-zero",
            "gives a message the number 0",
            "* 0 FETCH (UID {uid} BODY[]<0> {{size}}",
        )
        .messages_come(),
        worded(
            "number-wrong",
            "gives a message the number of another",
            "* 1 FETCH (UID {uid} BODY[]<0> {{size}}",
        )
        .messages_come(),
    ]
}

/// How the response is made.
fn shapes() -> Vec<Fault> {
    vec![
        worded(
            "words-small",
            "writes its words in small letters, which is legal",
            "* {n} fetch (uid {uid} body[]<0> {{size}}",
        )
        .messages_come(),
        Fault::of("words-turned", "sends the text before the UID, which is legal")
            .in_place(&[
                Step::Line("* {n} FETCH (BODY[]<0> {{size}}"),
                Step::Body,
                Step::Line(" UID {uid} RFC822.SIZE 7 FLAGS (\\Seen \"odd )\"))"),
            ])
            .messages_come(),
        worded(
            "items-unknown",
            "sends items that nobody knows, a literal among them",
            "* {n} FETCH (X-A {3}\r\na)( X-B (1 (2 \"(\") NIL) UID {uid} BODY[]<0> {{size}}",
        )
        .messages_come(),
        worded(
            "size-wrong",
            "lies about the size of a message",
            "* {n} FETCH (UID {uid} RFC822.SIZE 7 BODY[]<0> {{size}}",
        )
        .messages_come(),
        worded(
            "date-odd",
            "dates a message with words",
            "* {n} FETCH (UID {uid} INTERNALDATE \"99-Foo-0000 soon\" BODY[]<0> {{size}}",
        )
        .messages_come(),
        worded(
            "origin-none",
            "does not say that it sends a part, which is harmless",
            "* {n} FETCH (UID {uid} BODY[] {{size}}",
        )
        .messages_come(),
        worded(
            "origin-wrong",
            "sends another part of a message",
            "* {n} FETCH (UID {uid} INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" BODY[]<5> {{size}}",
        )
        .leaves_out("the server sent"),
        worded(
            "section-wrong",
            "sends another section of a message",
            "* {n} FETCH (UID {uid} INTERNALDATE \"17-Jul-2026 02:44:25 +0200\" BODY[TEXT] {{size}}",
        )
        .list(List::LeftOut(&[OPENED], "without its text"))
        .open(Open::Fails("without its text")),
        Fault::of("parenthesis-none", "does not close the response")
            .in_place(&[Step::Head("{{size}}"), Step::Body, Step::Line("")])
            .leaves_out("the server sent"),
        Fault::of("parenthesis-extra", "goes on behind the end of the response")
            .in_place(&[Step::Head("{{size}}"), Step::Body, Step::Line(") UID 40)")])
            .leaves_out("the server sent"),
        Fault::of("parentheses", "nests a hundred parentheses, which is legal")
            .in_place(&[
                Step::Text("* {n} FETCH (UID {uid} BODYSTRUCTURE "),
                Step::Flood("(", 90),
                Step::Flood(")", 90),
                Step::Line(" BODY[]<0> {{size}}"),
                Step::Body,
                Step::Line(")"),
            ])
            .messages_come(),
        Fault::of("parentheses-bomb", "nests 200,000 parentheses")
            .in_place(&[
                Step::Text("* {n} FETCH (UID {uid} BODYSTRUCTURE "),
                Step::Flood("(", 200_000),
                Step::Line(""),
                Step::Silence,
            ])
            .leaves_out("the server sent parentheses nested deeper than 100"),
    ]
}

/// What comes twice, in another order, or not at all.
fn orders() -> Vec<Fault> {
    vec![
        Fault::of("missing", "leaves a message out")
            .in_place(&[])
            .list(List::Without(&[OPENED]))
            .tells("1 message of the 5 in INBOX on SERVER did not come; r asks for them again")
            .open(Open::Fails("the message is no longer in the mailbox")),
        Fault::of("flags-only", "sends nothing but the flags of a message")
            .in_place(&[Step::Line("* {n} FETCH (UID {uid} FLAGS (\\Seen))")])
            .list(List::Without(&[OPENED]))
            .tells("1 message of the 5 in INBOX on SERVER did not come; r asks for them again")
            .open(Open::Fails("the message is no longer in the mailbox")),
        Fault::of("twice", "sends a message twice")
            .in_place(&[Step::Properly, Step::Properly])
            .messages_come(),
        Fault::of("twice-otherwise", "sends a message again with another text")
            .in_place(&[
                Step::Properly,
                Step::Line("* {n} FETCH (UID {uid} BODY[]<0> {5}\r\nother)"),
            ])
            .messages_come(),
        Fault::of("turned", "sends the messages in another order")
            .at(At::Fetch, &[Step::Messages(&[40, 10, 50, 30, 20]), Step::Done])
            .messages_come(),
        Fault::of("another-before", "sends another message first")
            .in_place(&[Step::Messages(&[10, 20, 40, 50]), Step::Properly])
            .messages_come(),
    ]
}

/// What comes between messages.
fn between() -> Vec<Fault> {
    vec![
        before(
            "flags-between",
            "tells of flags between messages",
            "* {n} FETCH (FLAGS (\\Seen) UID {uid})\r\n* 1 FETCH (FLAGS (\\Flagged))\r\n\
             * 2 FETCH (UID 20 FLAGS ())",
        )
        .messages_come(),
        before(
            "unsolicited",
            "says everything that nobody asked for",
            "* 6 EXISTS\r\n* 1 RECENT\r\n* FLAGS (\\Seen $Junk)\r\n* OK Still here\r\n\
             * CAPABILITY IMAP4rev1 IDLE\r\n* ENABLED CONDSTORE\r\n* VANISHED (EARLIER) 900:901\r\n\
             * VANISHED 1:4294967295\r\n* ESEARCH (TAG \"x\") COUNT 4\r\n* STATUS INBOX (UNSEEN 1)\r\n\
             * LIST () \"/\" {3}\r\na)b\r\n* SEARCH 1 2\r\n* NAMESPACE NIL NIL NIL\r\n* THREAD (1)(2)",
        )
        .messages_come(),
        before("warnings", "warns with untagged NO and BAD", "* NO Slow today\r\n* BAD whatever")
            .messages_come(),
        before(
            "progress",
            "tells how far it is, in words that look like a literal",
            "* OK Searched 59% of the mailbox, ETA 0:01 {7}",
        )
        .messages_come(),
        before("plus", "asks for more where nothing is missing", "+ go ahead").messages_come(),
    ]
}

/// What changes while messages come.
fn changes() -> Vec<Fault> {
    vec![
        Fault::of("expunge", "expunges a message while others come")
            .once(
                At::Message(OPENED),
                &[Step::Line("* 1 EXPUNGE"), Step::Expunge(10), Step::Properly],
            )
            .messages_come(),
        Fault::of("expunge-itself", "expunges the message that is due")
            .once(At::Message(OPENED), &[Step::Line("* 3 EXPUNGE"), Step::Expunge(OPENED)])
            .list(List::Without(&[OPENED]))
            .open(Open::Fails("the message is no longer in the mailbox")),
        Fault::of("validity-midway", "gives another UIDVALIDITY while messages come")
            .once(
                At::Message(OPENED),
                &[Step::Validity(78), Step::Line("* OK [UIDVALIDITY 78] replaced"), Step::Properly],
            )
            .list(List::AllAfter("the mailbox was replaced by another"))
            .open(Open::Fails("the mailbox was replaced by another")),
        Fault::of("replaced", "has another mailbox after the connection broke")
            .once(At::Message(OPENED), &[Step::Replace, Step::Close])
            .list(List::AllAfter("the connection to SERVER broke: the server closed it"))
            .open(Open::Fails("the connection to SERVER broke: the server closed it")),
    ]
}
