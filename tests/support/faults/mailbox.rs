//! LIST, EXAMINE and LOGOUT.

use super::{At, Check, Fault, List, Open, Step};

const LIST: At = At::Command("LIST");
const EXAMINE: At = At::Command("EXAMINE");
const LOGOUT: At = At::Command("LOGOUT");

/// What happens in place of the answer to EXAMINE.
fn examine(name: &'static str, does: &'static str, steps: &[Step]) -> Fault {
    Fault::of(name, does).at(EXAMINE, steps)
}

/// An answer to EXAMINE with these lines.
fn opened(name: &'static str, does: &'static str, lines: &'static str) -> Fault {
    examine(name, does, &[Step::Line(lines), Step::Line("{tag} OK [READ-ONLY] opened")])
}

/// What happens in place of the answer to LIST, which only `check` sends.
fn folders(name: &'static str, does: &'static str, steps: &[Step], check: Check) -> Fault {
    Fault::of(name, does).at(LIST, steps).check(check)
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = lists();
    faults.extend(refusals());
    faults.extend(lies());
    faults.extend(noise());
    faults.extend(goodbyes());
    faults
}

fn lists() -> Vec<Fault> {
    vec![
        folders(
            "list-odd",
            "has folders with odd names",
            &[
                Step::Bytes(
                    b"* LIST () NIL \"none\"\r\n* LIST (\\Noselect) \".\" {5}\r\na\r\nb)\r\n\
                      * LIST () \"/\" \"quo\\\"te\\\\d\"\r\n* LIST () \"/\" \"Entw&APw-rfe\"\r\n\
                      * LIST () \"/\" \"&AOT&APY-bad&\"\r\n* LIST () \"/\" \"r\xc3\xa4w \xff\"\r\n\
                      * LIST (\\A \\B) \"\\\\\" \"back\\\\slash\"\r\n* LIST () \"/\" \"\x1b[2J\"\r\n",
                ),
                Step::Done,
            ],
            Check::Good,
        ),
        folders(
            "list-none",
            "has no folders",
            &[Step::Done],
            Check::Good,
        ),
        folders(
            "list-no",
            "SERVER refuses LIST",
            &[Step::Line("{tag} NO [NOPERM] not for you")],
            Check::Fails("folders", "SERVER refuses LIST: NOPERM: not for you"),
        ),
        folders(
            "list-many",
            "has four thousand folders",
            &[Step::Flood("* LIST () \"/\" \"folder\"\r\n", 96_000), Step::Done],
            Check::Good,
        ),
        folders(
            "list-flood",
            "has folders without an end",
            &[Step::Flood("* LIST () \"/\" \"folder\"\r\n", u64::MAX)],
            Check::Fails("folders", "the server sent an answer longer than"),
        ),
        folders(
            "list-huge-literal",
            "has a folder with a name of 4 GiB",
            &[Step::Line("* LIST () \"/\" {4294967295}"), Step::Silence],
            Check::Fails("folders", "the server sent a literal of 4294967295 bytes, more than 67108864"),
        ),
        folders(
            "list-silent",
            "does not answer LIST",
            &[Step::Silence],
            Check::Fails("folders", "SERVER fell silent: no answer for 1 s"),
        )
        .silent(),
        folders(
            "list-drip",
            "answers LIST byte by byte",
            &[Step::Drip("* LIST () \"/\" \"folder\"\r\n")],
            Check::Fails("folders", "takes too long"),
        )
        .silent(),
    ]
}

fn refusals() -> Vec<Fault> {
    vec![
        examine(
            "examine-no",
            "has no such mailbox",
            &[Step::Line("{tag} NO [NONEXISTENT] Unknown mailbox")],
        )
        .stops("mailbox", "cannot open INBOX on SERVER"),
        examine("examine-bad", "does not understand EXAMINE", &[Step::Line("{tag} BAD what?")])
            .stops("mailbox", "cannot open INBOX on SERVER"),
        examine(
            "examine-bye",
            "says goodbye to EXAMINE",
            &[Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close],
        )
        .waits("mailbox", "UNAVAILABLE: Restarting"),
        examine("examine-close", "hangs up on EXAMINE", &[Step::Close])
            .waits("mailbox", "the connection to SERVER broke: the server closed it"),
        examine("examine-silent", "does not answer EXAMINE", &[Step::Silence])
            .silent()
            .waits("mailbox", "SERVER fell silent: no answer for 1 s"),
        examine("examine-drip", "answers EXAMINE byte by byte", &[Step::Drip("* OK wait ")])
            .silent()
            .waits("mailbox", "gave up waiting for SERVER: its answer takes too long"),
        examine(
            "examine-flood",
            "answers EXAMINE without an end",
            &[Step::Flood("* 5 EXISTS\r\n", u64::MAX)],
        )
        .stops("mailbox", "the server sent an answer longer than"),
        examine(
            "examine-garbage",
            "answers EXAMINE with bytes that mean nothing",
            &[Step::Bytes(b"\x16\x03\x01\x02\x00\x01\xff\xfe\x00\x80\r\n"), Step::Silence],
        )
        .stops("mailbox", "closed the connection to SERVER"),
        examine(
            "examine-bad-tag",
            "answers EXAMINE under another tag",
            &[Step::Line("* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\nzz99 OK opened"), Step::Silence],
        )
        .stops("mailbox", "closed the connection to SERVER"),
        examine(
            "examine-parentheses",
            "answers EXAMINE with 50,000 parentheses",
            &[Step::Text("* LIST "), Step::Flood("(", 50_000), Step::Line(""), Step::Done],
        )
        .stops("mailbox", "the server sent parentheses nested deeper than 100"),
    ]
}

fn lies() -> Vec<Fault> {
    vec![
        examine(
            "examine-read-write",
            "opens the mailbox for writing",
            &[
                Step::Line("* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n"),
                Step::Line("{tag} OK [READ-WRITE] opened"),
            ],
        )
        .does_no_harm(),
        opened(
            "exists-low",
            "counts two messages of five",
            "* 2 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n",
        )
        .check(Check::Good)
        .list(List::Without(&[30, 40, 50]))
        .open(Open::Whole),
        opened(
            "exists-high",
            "counts nine messages where there are five",
            "* 9 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n",
        )
        .does_no_harm()
        .tells("4 messages of the 9 in INBOX on SERVER did not come; r asks for them again"),
        opened(
            "exists-largest",
            "counts 4,294,967,295 messages",
            "* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n",
        )
        .does_no_harm()
        .tells("4,294,967,290 messages of the 4,294,967,295 in INBOX on SERVER did not come"),
        opened(
            "exists-beyond",
            "counts more messages than a number holds",
            "* 99999999999 EXISTS\r\n* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n",
        )
        .does_no_harm(),
        opened("validity-none", "gives no UIDVALIDITY", "* 5 EXISTS\r\n* OK [UIDNEXT 51] n")
            .stops("mailbox", "the server gives no UIDVALIDITY for it"),
        opened(
            "validity-zero",
            "gives UIDVALIDITY 0",
            "* 5 EXISTS\r\n* OK [UIDVALIDITY 0] v\r\n* OK [UIDNEXT 51] n",
        )
        .stops("mailbox", "the server gives no UIDVALIDITY for it"),
        opened(
            "validity-changes",
            "gives another UIDVALIDITY each time",
            "* 5 EXISTS\r\n* OK [UIDVALIDITY 78] v\r\n* OK [UIDNEXT 51] n",
        )
        .check(Check::Good)
        .list(List::All)
        .open(Open::Fails("the message is no longer in the mailbox")),
        opened("uidnext-none", "gives no UIDNEXT", "* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v")
            .does_no_harm(),
        opened(
            "uidnext-zero",
            "gives UIDNEXT 0",
            "* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 0] n",
        )
        .does_no_harm(),
        opened(
            "uidnext-low",
            "gives a UIDNEXT that is too low",
            "* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 25] n",
        )
        .check(Check::Good)
        .list(List::Without(&[30, 40, 50]))
        .tells("3 messages of the 5 in INBOX on SERVER did not come; r asks for them again")
        .open(Open::Whole),
        opened(
            "uidnext-largest",
            "gives UIDNEXT 4,294,967,295",
            "* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 4294967295] n",
        )
        .does_no_harm(),
    ]
}

fn noise() -> Vec<Fault> {
    let before = |name, does, lines| examine(name, does, &[Step::Line(lines), Step::Properly]);
    vec![
        before(
            "examine-warnings",
            "warns with untagged NO and BAD",
            "* NO Disk almost full\r\n* BAD something odd",
        )
        .does_no_harm(),
        before(
            "examine-alert",
            "has an alert that would take over a terminal",
            "* OK [ALERT] \x1b]0;owned\x07Back soon\x1b[2J",
        )
        .does_no_harm()
        .alerts("says: \\x1b]0;owned\\x07Back soon\\x1b[2J"),
        examine(
            "examine-alerts",
            "has five thousand alerts",
            &[Step::Flood("* OK [ALERT] Look\r\n", 95_000), Step::Properly],
        )
        .does_no_harm()
        .alerts("says: Look"),
        before(
            "examine-unsolicited",
            "says everything that nobody asked for",
            "* CAPABILITY IMAP4rev1\r\n* ENABLED X\r\n* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n\
             * ESEARCH (TAG \"x\") COUNT 4\r\n* VANISHED 1:9\r\n* 1 FETCH (FLAGS (\\Seen))\r\n\
             * STATUS INBOX (MESSAGES 3)\r\n* SEARCH 1 2 3\r\n* 3 EXPUNGE\r\n* OK [NOTE] text {9}",
        )
        .does_no_harm(),
        examine(
            "examine-many-lines",
            "says six thousand lines before it answers",
            &[
                Step::Flood("* OK noise\r\n", 48_000),
                Step::Flood("* 3 RECENT\r\n", 24_000),
                Step::Properly,
            ],
        )
        .does_no_harm(),
    ]
}

fn goodbyes() -> Vec<Fault> {
    let goodbye = |name, does, steps: &[Step]| {
        Fault::of(name, does).at(LOGOUT, steps).silent().check(Check::Good)
    };
    vec![
        goodbye("logout-silent", "does not answer LOGOUT", &[Step::Silence]),
        goodbye("logout-drip", "answers LOGOUT byte by byte", &[Step::Drip("* BYE ")]),
        goodbye(
            "logout-flood",
            "answers LOGOUT without an end",
            &[Step::Flood("* OK Still here\r\n", u64::MAX)],
        ),
        goodbye("logout-bad", "does not know LOGOUT", &[Step::Line("{tag} BAD what?")]),
        goodbye("logout-reset", "resets the connection on LOGOUT", &[Step::Reset]),
    ]
}
