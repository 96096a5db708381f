//! Connections that break, fall silent or drip while messages come, and answers that end wrongly.

use super::{At, Fault, List, OPENED, Open, Step};

/// What happens in the middle of a message, the first time and each time.
fn cut(
    names: [&'static str; 2],
    does: [&'static str; 2],
    end: &[Step],
    says: &'static str,
) -> [Fault; 2] {
    let steps = [&[Step::Head("{{size}}"), Step::Half][..], end].concat();
    [
        Fault::of(names[0], does[0])
            .once(At::Message(OPENED), &steps)
            .list(List::AllAfter(says))
            .open(Open::Fails(says)),
        Fault::of(names[1], does[1]).in_place(&steps).leaves_out(says),
    ]
}

/// What happens in place of a message, the first time.
fn once(name: &'static str, does: &'static str, steps: &[Step], says: &'static str) -> Fault {
    Fault::of(name, does)
        .once(At::Message(OPENED), steps)
        .list(List::AllAfter(says))
        .open(Open::Fails(says))
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults: Vec<Fault> = cut(
        ["cut", "cut-always"],
        ["hangs up in the middle of a message", "hangs up in the middle of the same message"],
        &[Step::Close],
        "the connection to SERVER broke: the server closed it",
    )
    .into();
    faults.extend(cut(
        ["reset", "reset-always"],
        ["resets the connection in mid-message", "resets it in the middle of the same message"],
        &[Step::Reset],
        "the connection to SERVER broke",
    ));
    faults.extend(
        cut(
            ["half-open", "half-open-always"],
            ["falls silent in the middle of a message", "falls silent in the same message"],
            &[Step::Silence],
            "SERVER fell silent",
        )
        .map(Fault::silent),
    );
    faults.extend(cut(
        ["bye-inside", "bye-inside-always"],
        ["says goodbye in the middle of a message", "says it in the middle of the same message"],
        &[Step::Line("\r\n* BYE Restarting"), Step::Close],
        "the connection to SERVER broke: the server closed it",
    ));
    faults.extend(between());
    faults.extend(endings());
    faults.extend(drips());
    faults.extend(rests());
    faults
}

fn between() -> Vec<Fault> {
    vec![
        once(
            "close-between",
            "hangs up between messages",
            &[Step::Close],
            "the connection to SERVER broke: the server closed it",
        ),
        once(
            "silent-between",
            "falls silent between messages",
            &[Step::Silence],
            "SERVER fell silent",
        )
        .silent(),
        Fault::of("silent-always", "falls silent before the same message")
            .in_place(&[Step::Silence])
            .silent()
            .leaves_out("SERVER fell silent"),
        Fault::of("fetch-silent", "does not answer FETCH")
            .at(At::Fetch, &[Step::Silence])
            .silent()
            .list(List::Waits("SERVER fell silent"))
            .open(Open::Fails("SERVER fell silent")),
        Fault::of("close-always", "hangs up before the same message")
            .in_place(&[Step::Close])
            .leaves_out("the connection to SERVER broke: the server closed it"),
        once(
            "bye-between",
            "says goodbye between messages",
            &[Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close],
            "UNAVAILABLE: Restarting",
        ),
        Fault::of("bye-unread", "says that it cannot read a message, and hangs up")
            .in_place(&[
                Step::Line("* {n} FETCH (UID {uid} INTERNALDATE \"17-Jul-2026 02:44:25 +0200\")"),
                Step::Line("* BYE FETCH failed: Internal error occurred."),
                Step::Close,
            ])
            .leaves_out("FETCH failed"),
    ]
}

fn endings() -> Vec<Fault> {
    vec![
        Fault::of("no-once", "breaks the answer off with NO, once")
            .once(
                At::Message(OPENED),
                &[Step::Line("{tag} NO [SERVERBUG] Internal error"), Step::Over],
            )
            .list(List::All)
            .open(Open::Fails("SERVERBUG: Internal error")),
        Fault::of("no-always", "answers NO where a message is due")
            .in_place(&[Step::Line("{tag} NO [SERVERBUG] Internal error"), Step::Over])
            .leaves_out("SERVERBUG: Internal error"),
        Fault::of("no-for-all", "answers NO to every FETCH")
            .at(At::Fetch, &[Step::Line("{tag} NO [NOPERM] Not for you")])
            .list(List::Stops("SERVER refuses FETCH: NOPERM: Not for you"))
            .open(Open::Fails("SERVER refuses FETCH: NOPERM: Not for you")),
        Fault::of("bad", "does not understand FETCH")
            .at(At::Fetch, &[Step::Line("{tag} BAD what?")])
            .list(List::Stops("SERVER refuses FETCH: what?"))
            .open(Open::Fails("SERVER refuses FETCH: what?")),
        Fault::of("bad-tag", "ends the answer under another tag, once")
            .once(
                At::Fetch,
                &[Step::Messages(&super::UIDS), Step::Line("zz99 OK done"), Step::Silence],
            )
            .list(List::AllAfter("the server sent the answer to a command that was not given"))
            .open(Open::Fails("the server sent the answer to a command that was not given")),
        Fault::of("foreign-tag", "answers a command that was not given")
            .in_place(&[Step::Line("zz99 OK done"), Step::Properly])
            .leaves_out("the server sent the answer to a command that was not given"),
        Fault::of("no-end", "never ends the answer")
            .once(At::Fetch, &[Step::Messages(&super::UIDS), Step::Silence])
            .silent()
            .list(List::AllAfter("SERVER fell silent"))
            .open(Open::Fails("SERVER fell silent")),
        Fault::of("late", "sends another message after the end of the answer")
            .at(
                At::Fetch,
                &[
                    Step::Messages(&super::UIDS),
                    Step::Done,
                    Step::Line("* 4 FETCH (UID 40 BODY[]<0> {4}\r\nlate)"),
                ],
            )
            .messages_come(),
        Fault::of("ok-early", "ends the answer before the messages have come")
            .at(At::Fetch, &[Step::Messages(&[10, 20]), Step::Done])
            .list(List::Without(&[30, 40, 50]))
            .tells("3 messages of the 5 in INBOX on SERVER did not come; r asks for them again")
            .open(Open::Fails("the message is no longer in the mailbox")),
    ]
}

fn drips() -> Vec<Fault> {
    vec![
        Fault::of("drip", "sends a message byte by byte, without an end")
            .in_place(&[Step::Head("{60000000}"), Step::Drip("x")])
            .silent()
            .leaves_out("gave up waiting for SERVER: its answer takes too long"),
        Fault::of("drip-lines", "says byte by byte that it is still there")
            .in_place(&[Step::Drip("* OK Still here\r\n")])
            .silent()
            .leaves_out("gave up waiting for SERVER: its answer takes too long"),
    ]
}

/// Whether the server is still there is asked while nothing else is.
fn rests() -> Vec<Fault> {
    let noop = |name, does, steps: &[Step]| Fault::of(name, does).once(At::Command("NOOP"), steps);
    vec![
        noop("noop-silent", "falls silent while nothing is asked of it", &[Step::Silence])
            .silent()
            .list(List::AllAfter("SERVER fell silent")),
        noop("noop-drip", "answers byte by byte whether it is there", &[Step::Drip("* OK yes ")])
            .silent()
            .list(List::AllAfter("its answer takes too long")),
        noop("noop-close", "hangs up while nothing is asked of it", &[Step::Close])
            .list(List::AllAfter("the connection to SERVER broke: the server closed it")),
        noop(
            "noop-bye",
            "says goodbye while nothing is asked of it",
            &[Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close],
        )
        .list(List::AllAfter("SERVER cannot serve account lab now: UNAVAILABLE: Restarting")),
        noop(
            "noop-flood",
            "answers without an end whether it is there",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
        )
        .list(List::AllAfter("the server sent an answer longer than")),
        noop(
            "noop-news",
            "tells of everything when it is asked whether it is there",
            &[
                Step::Line("* 3 EXISTS\r\n* 1 EXPUNGE\r\n* OK Here\r\n* 1 FETCH (FLAGS (\\Seen))"),
                Step::Properly,
            ],
        )
        .list(List::All),
    ]
}
