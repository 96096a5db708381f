//! What a server may do wrong while messages are changed.

use super::{At, Change, Edit, Fault, Step};

const MOVE: At = At::Command("UID MOVE");
const COPY: At = At::Command("UID COPY");
const STORE: At = At::Command("UID STORE");
const EXPUNGE: At = At::Command("UID EXPUNGE");
const SELECT: At = At::Command("SELECT");
const LOOK: At = At::Command("UID FETCH");

const ALL: &str = "IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS CONDSTORE";
const NO_MOVE: &str = "IMAP4rev1 AUTH=PLAIN UIDPLUS CONDSTORE";

fn moving(name: &'static str, does: &'static str) -> Fault {
    Fault::of(name, does).capability(ALL).change(Change::Move)
}

fn copying(name: &'static str, does: &'static str) -> Fault {
    Fault::of(name, does).capability(NO_MOVE).change(Change::Move)
}

fn marking(name: &'static str, does: &'static str) -> Fault {
    Fault::of(name, does).capability(ALL).change(Change::Take)
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = refusals();
    faults.extend(broken_moves());
    faults.extend(lies());
    faults.extend(copies());
    faults.extend(marks());
    faults.extend(folders());
    faults
}

fn refusals() -> Vec<Fault> {
    vec![
        moving("move-no", "refuses to move")
            .at(MOVE, &[Step::Line("{tag} NO [NOPERM] not for you")])
            .edit(Edit::Stops("SERVER refuses MOVE: NOPERM: not for you")),
        moving("move-bad", "does not understand MOVE")
            .at(MOVE, &[Step::Line("{tag} BAD \x1b[2Jwhat?")])
            .edit(Edit::Stops("SERVER refuses MOVE: \\x1b[2Jwhat?")),
        moving("move-overquota", "has no room left after two messages")
            .at(MOVE, &[Step::Does(2), Step::Line("{tag} NO [OVERQUOTA] full")])
            .edit(Edit::Stops("SERVER refuses MOVE: OVERQUOTA: full")),
        moving("move-trycreate", "says that the folder must be made first")
            .at(MOVE, &[Step::Line("{tag} NO [TRYCREATE] no such folder")])
            .edit(Edit::Stops("TRYCREATE: no such folder")),
        moving("move-read-only", "says that the folder cannot be changed")
            .at(MOVE, &[Step::Line("{tag} NO [READ-ONLY] look, do not touch")])
            .edit(Edit::Stops("READ-ONLY: look, do not touch")),
        moving("move-busy", "cannot move now, and can a moment later")
            .once(MOVE, &[Step::Line("{tag} NO [INUSE] locked")])
            .edit(Edit::Done),
        Fault::of("create-no", "lets nobody make the folder")
            .capability(ALL)
            .change(Change::Create)
            .at(At::Command("CREATE"), &[Step::Line("{tag} NO [NOPERM] not for you")])
            .edit(Edit::Stops("SERVER refuses CREATE: NOPERM: not for you")),
    ]
}

fn broken_moves() -> Vec<Fault> {
    let bye: &[Step] = &[Step::Does(2), Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close];
    vec![
        moving("move-bye", "says goodbye in the middle of a move").once(MOVE, bye).edit(Edit::Done),
        moving("move-bye-always", "says goodbye in the middle of every move, and does nothing")
            .at(MOVE, &[Step::Line("* BYE [UNAVAILABLE] Restarting"), Step::Close])
            .edit(Edit::Stops("UNAVAILABLE: Restarting")),
        moving("move-close-before", "hangs up before a move")
            .once(MOVE, &[Step::Close])
            .edit(Edit::Done),
        moving("move-close-after", "hangs up behind a move, without an answer")
            .once(MOVE, &[Step::Does(5), Step::Close])
            .edit(Edit::Done),
        moving("move-reset", "resets the connection in the middle of a move")
            .once(MOVE, &[Step::Does(3), Step::Reset])
            .edit(Edit::Done),
        moving("move-silent", "falls silent in the middle of a move")
            .once(MOVE, &[Step::Does(3), Step::Silence])
            .silent()
            .edit(Edit::Done),
        moving("move-garbage", "answers a move with bytes that mean nothing")
            .once(MOVE, &[Step::Does(5), Step::Bytes(b"\x16\x03\x01\xff\r\n"), Step::Silence])
            .edit(Edit::Done),
        moving("move-bad-tag", "answers a move under another tag")
            .once(MOVE, &[Step::Does(5), Step::Line("zz99 OK moved"), Step::Silence])
            .edit(Edit::Done),
    ]
}

fn lies() -> Vec<Fault> {
    let says = |name, does, line| {
        moving(name, does).at(MOVE, &[Step::Does(5), Step::Line(line), Step::Done])
    };
    let found = Edit::Notes("they were found again by their Message-ID and size");
    vec![
        says("copyuid-none", "does not say where messages went", "* OK moved").edit(found),
        says("copyuid-garbage", "says nonsense of where messages went", "* OK [COPYUID x y z] ok")
            .edit(found),
        says(
            "copyuid-huge",
            "says that all messages of the world went somewhere",
            "* OK [COPYUID 90 1:4294967295 1:4294967295] ok",
        )
        .edit(found),
        says(
            "copyuid-other-folder",
            "says that messages went into a folder with another UIDVALIDITY",
            "* OK [COPYUID 91 10,20,30,40,50 11:15] ok",
        )
        .edit(found),
        says(
            "copyuid-short",
            "says of some messages only where they went",
            "* OK [COPYUID 90 10,20 11:12] ok",
        )
        .edit(found),
        says(
            "copyuid-wrong",
            "says that each message went where another went",
            "* OK [COPYUID 90 50,40,30,20,10 11:15] ok",
        )
        .edit(Edit::Notes("the server named places to which messages did not go")),
        moving("move-nothing", "says that it has moved, and has not")
            .at(MOVE, &[Step::Done])
            .edit(Edit::Tells("the server said that it was done, but it was not")),
    ]
}

fn copies() -> Vec<Fault> {
    vec![
        copying("copy-no", "refuses to copy")
            .at(COPY, &[Step::Line("{tag} NO [OVERQUOTA] full")])
            .edit(Edit::Stops("SERVER refuses COPY: OVERQUOTA: full")),
        copying("copy-bye", "says goodbye in the middle of a copy")
            .once(COPY, &[Step::Does(2), Step::Line("* BYE enough"), Step::Close])
            .edit(Edit::Done),
        copying("copy-close-after", "hangs up behind a copy, without an answer")
            .once(COPY, &[Step::Does(5), Step::Close])
            .edit(Edit::Done),
        copying("copy-nothing", "says that it has copied, and has not")
            .at(COPY, &[Step::Done])
            .edit(Edit::Tells("the server said that it was done, but it was not")),
        copying("deleted-no", "copies, and does not let the originals be marked as deleted")
            .at(STORE, &[Step::Line("{tag} NO [NOPERM] not for you")])
            .edit(Edit::Stops("SERVER refuses STORE: NOPERM: not for you")),
        copying("deleted-close", "hangs up when the originals are marked as deleted")
            .once(STORE, &[Step::Does(2), Step::Close])
            .edit(Edit::Done),
        copying("expunge-no", "refuses to expunge the originals")
            .at(EXPUNGE, &[Step::Line("{tag} NO [NOPERM] not for you")])
            .edit(Edit::Stops("SERVER refuses UID EXPUNGE: NOPERM: not for you")),
        copying("expunge-close", "hangs up while the originals are expunged")
            .once(EXPUNGE, &[Step::Does(2), Step::Close])
            .edit(Edit::Done),
    ]
}

fn marks() -> Vec<Fault> {
    vec![
        marking("store-no", "refuses to set a keyword")
            .at(STORE, &[Step::Line("{tag} NO [LIMIT-FLAGS] too many keywords here")])
            .edit(Edit::Stops("too many keywords here")),
        marking("store-bad", "does not understand STORE")
            .at(STORE, &[Step::Line("{tag} BAD what?")])
            .edit(Edit::Stops("SERVER refuses STORE: what?")),
        marking("store-bye", "says goodbye after two keywords")
            .once(STORE, &[Step::Does(2), Step::Line("* BYE enough"), Step::Close])
            .edit(Edit::Tells("the answer was lost")),
        marking("store-silent", "falls silent behind the keywords")
            .once(STORE, &[Step::Does(5), Step::Silence])
            .silent()
            .edit(Edit::Tells("the answer was lost")),
        marking("store-modified", "says once that a message was changed in between")
            .once(
                STORE,
                &[Step::Line("{tag} OK [MODIFIED 10,20,30,40,50] Conditional STORE failed")],
            )
            .edit(Edit::Done),
        marking("store-modified-no", "says the same with NO")
            .once(STORE, &[Step::Line("{tag} NO [MODIFIED 10:50] Conditional STORE failed")])
            .edit(Edit::Done),
        marking("store-modified-odd", "says of no message that it is the one that was changed")
            .once(STORE, &[Step::Line("{tag} OK [MODIFIED 1:*] Conditional STORE failed")])
            .edit(Edit::Done),
        marking("store-modified-always", "says always that messages were changed in between")
            .at(STORE, &[Step::Line("{tag} OK [MODIFIED 10:50] Conditional STORE failed")])
            .edit(Edit::Tells("others change it again and again")),
        marking("store-taken", "has somebody who takes a message at the same moment")
            .once(STORE, &[Step::Take(30), Step::Properly])
            .edit(Edit::Tells("somebody has taken it already")),
    ]
}

fn folders() -> Vec<Fault> {
    let opened = |lines| [Step::Line(lines), Step::Line("{tag} OK [READ-WRITE] opened")];
    vec![
        marking("select-read-only", "lets nobody change the mailbox")
            .at(
                SELECT,
                &[
                    Step::Line("* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v\r\n* OK [UIDNEXT 51] n"),
                    Step::Line("{tag} OK [READ-ONLY] opened"),
                ],
            )
            .edit(Edit::Tells("the server lets nobody change INBOX")),
        marking("select-no", "does not let the mailbox be opened for changes")
            .at(SELECT, &[Step::Line("{tag} NO [NOPERM] not for you")])
            .edit(Edit::Stops("cannot open INBOX on SERVER: NOPERM: not for you")),
        marking("select-no-next", "gives no UIDNEXT")
            .at(SELECT, &opened("* 5 EXISTS\r\n* OK [UIDVALIDITY 77] v"))
            .edit(Edit::Stops("the server gives no UIDVALIDITY or no UIDNEXT for it")),
        marking("validity-between", "gives another UIDVALIDITY than when the list was made")
            .at(SELECT, &[Step::Validity(78), Step::Properly])
            .edit(Edit::Tells("INBOX is another folder than the one that was listed")),
        marking("look-bye", "says goodbye when somebody looks at the messages")
            .once(LOOK, &[Step::Line("* BYE enough"), Step::Close])
            .edit(Edit::Done),
        marking("look-huge", "announces 4 GiB where somebody looks at a message")
            .at(LOOK, &[Step::Line("* 1 FETCH (UID 10 FLAGS {4294967295}"), Step::Silence])
            .edit(Edit::Stops("a literal too long for where it stands")),
        marking("look-nothing", "shows no message to somebody who looks")
            .at(LOOK, &[Step::Done])
            .edit(Edit::Tells("it is no longer in the folder")),
    ]
}
