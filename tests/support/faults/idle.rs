//! What a server may do that offers to tell of new mail by itself (IDLE).

use super::{At, Fault, List, Step};

const IDLE: At = At::Command("IDLE");
const CONSENT: Step = Step::Line("+ idling");
const DONE: Step = Step::Done;

/// A fault of a server that offers IDLE; nothing else meets it than a list.
fn of(name: &'static str, does: &'static str) -> Fault {
    Fault::of(name, does).capability("IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE")
}

/// One that does no harm.
fn harmless(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    of(name, does).at(IDLE, steps).list(List::All)
}

/// One after which the connection is made anew.
fn breaks(name: &'static str, does: &'static str, steps: &[Step], says: &'static str) -> Fault {
    of(name, does).once(IDLE, steps).list(List::AllAfter(says))
}

pub(super) fn faults() -> Vec<Fault> {
    let mut all = harmless_ones();
    all.extend(broken_ones());
    all
}

fn harmless_ones() -> Vec<Fault> {
    let heard = [CONSENT, Step::Hear, DONE];
    vec![
        harmless("idle-no", "refuses IDLE", &[Step::Line("{tag} NO not here")]),
        harmless("idle-bad", "does not know IDLE after all", &[Step::Line("{tag} BAD what?")]),
        harmless(
            "idle-limit",
            "has no room for one more that idles",
            &[Step::Line("{tag} NO [LIMIT] too many idle")],
        ),
        harmless(
            "idle-unavailable",
            "cannot serve IDLE for now",
            &[Step::Line("{tag} NO [UNAVAILABLE] later")],
        ),
        harmless("idle-ok-at-once", "answers IDLE with OK, without waiting for DONE", &[DONE]),
        harmless(
            "idle-speaks-first",
            "speaks before it consents to IDLE",
            &[Step::Line("* 5 EXISTS\r\n* OK Still here"), CONSENT, Step::Hear, DONE],
        ),
        harmless(
            "idle-no-after-done",
            "answers DONE with NO",
            &[CONSENT, Step::Hear, Step::Line("{tag} NO never mind")],
        ),
        harmless(
            "idle-still-here",
            "says again and again during IDLE that it is still here",
            &[CONSENT, Step::Flood("* OK Still here\r\n", 60_000), Step::Hear, DONE],
        ),
        harmless(
            "idle-flags",
            "tells of flags during IDLE, with literals",
            &[CONSENT, Step::Line("* 1 FETCH (X {7}\r\na\r\nb OKc FLAGS ())"), Step::Hear, DONE],
        ),
        harmless(
            "idle-lies-of-more",
            "tells during IDLE of four thousand million messages",
            &[CONSENT, Step::Line("* 4294967295 EXISTS"), Step::Hear, DONE],
        ),
        harmless(
            "idle-lies-of-none",
            "tells during IDLE that there is nothing left",
            &[CONSENT, Step::Line("* 0 EXISTS"), Step::Hear, DONE],
        ),
        harmless(
            "idle-lies-of-expunges",
            "tells during IDLE of messages that were expunged, and were not",
            &[
                CONSENT,
                Step::Line("* 1 EXPUNGE\r\n* 9 EXPUNGE\r\n* VANISHED 10,20"),
                Step::Hear,
                DONE,
            ],
        ),
        of("idle-expunge", "expunges a message during IDLE")
            .once(IDLE, &[CONSENT, Step::Line("* 3 EXPUNGE"), Step::Expunge(30), Step::Hear, DONE])
            .list(List::Without(&[30])),
        of("idle-replaced", "replaces the mailbox during IDLE, and tells")
            .once(
                IDLE,
                &[
                    CONSENT,
                    Step::Line("* 5 EXISTS\r\n* 1 EXPUNGE"),
                    Step::Replace,
                    Step::Hear,
                    DONE,
                ],
            )
            .list(List::All),
        heard_in_pieces(&heard),
    ]
}

fn heard_in_pieces(heard: &[Step]) -> Fault {
    let mut steps = vec![Step::Bytewise];
    steps.extend_from_slice(heard);
    harmless("idle-bytewise", "sends each byte of what it says of IDLE alone", &steps)
}

fn broken_ones() -> Vec<Fault> {
    vec![
        breaks("idle-silent", "falls silent at IDLE", &[Step::Silence], "fell silent").silent(),
        breaks(
            "idle-done-silent",
            "falls silent at DONE",
            &[CONSENT, Step::Hear, Step::Silence],
            "fell silent",
        )
        .silent(),
        breaks(
            "idle-drip",
            "drips without an end instead of consenting to IDLE",
            &[Step::Drip("* OK Still here ")],
            "takes too long",
        )
        .silent(),
        breaks("idle-closes", "closes at IDLE", &[Step::Close], "the server closed it"),
        breaks(
            "idle-closes-later",
            "closes during IDLE",
            &[CONSENT, Step::Close],
            "the server closed it",
        ),
        breaks("idle-resets", "resets during IDLE", &[CONSENT, Step::Reset], "broke"),
        breaks(
            "idle-bye",
            "says goodbye during IDLE",
            &[CONSENT, Step::Line("* BYE [UNAVAILABLE] restarting"), Step::Close],
            "UNAVAILABLE: restarting",
        ),
        breaks(
            "idle-bye-at-once",
            "says goodbye to IDLE",
            &[Step::Line("* BYE autologout"), Step::Close],
            "autologout",
        ),
        breaks(
            "idle-flood",
            "sends more and more during IDLE, without an end",
            &[CONSENT, Step::Flood("* OK Still here\r\n", u64::MAX)],
            "an answer longer than",
        ),
        breaks(
            "idle-long-line",
            "sends a line without an end during IDLE",
            &[CONSENT, Step::Text("* "), Step::Flood("x", u64::MAX)],
            "the server sent a",
        ),
        breaks(
            "idle-literal",
            "announces a literal of four thousand million bytes during IDLE",
            &[CONSENT, Step::Line("* 1 FETCH (X {4000000000}"), Step::Silence],
            "a literal of 4000000000 bytes",
        ),
        breaks(
            "idle-deep",
            "nests parentheses without an end during IDLE",
            &[
                CONSENT,
                Step::Text("* 1 FETCH "),
                Step::Flood("(", 4_000),
                Step::Line(""),
                Step::Silence,
            ],
            "parentheses nested too deep",
        ),
        breaks(
            "idle-other-tag",
            "answers DONE under another tag",
            &[CONSENT, Step::Hear, Step::Line("d999 OK done"), Step::Silence],
            "the answer to a command that was not given",
        ),
        breaks(
            "idle-garbage",
            "says during IDLE what is no IMAP",
            &[CONSENT, Step::Line("HTTP/1.1 400 Bad Request"), Step::Silence],
            "what is no IMAP response",
        ),
    ]
}
