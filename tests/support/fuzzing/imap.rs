//! What an IMAP server says to a FETCH, to a login and to an EXAMINE, made out of a fuzzer's bytes,
//! and what must become of it: every body that is handed on is compared with the bytes that were
//! sent under its UID.

use super::choices::Choices;
use super::reader::{StreamedMessage, fetch, session};

/// Any bytes as the answer to a FETCH and as everything else a server says. The first byte says in
/// which pieces they arrive; that must change nothing.
pub(crate) fn any_answer(input: &[u8]) {
    const KEEP: u32 = 64;
    let Some((&piece, said)) = input.split_first() else { return };
    let piece = usize::from(piece).max(1);
    let (messages, end) = fetch(said, piece, KEEP);
    assert!(messages.iter().all(|m| m.uid != 0), "a message without a UID");
    let kept = messages.iter().filter_map(|m| m.bytes.as_ref()).map(Vec::len);
    assert!(kept.max().unwrap_or(0) <= KEEP as usize, "more than was asked for");
    assert!(messages.iter().all(|m| m.bytes.is_some() || !m.whole));
    assert_eq!(fetch(said, usize::MAX, KEEP), (messages, end), "it matters how the bytes arrive");
    assert_eq!(session(said, usize::MAX), session(said, piece), "it matters how the bytes arrive");
}

/// A FETCH response as it was sent.
#[derive(Default)]
struct Sent {
    /// The UIDs that stand in it; more than one is a fault of the server's.
    uids: Vec<u32>,
    /// The bodies that stand in it, and whether each is the answer to a partial fetch.
    bodies: Vec<(Vec<u8>, bool)>,
    /// How many items say something of the body; NIL is one.
    said: usize,
    /// Something in it is not as the grammar has it.
    broken: bool,
}

impl Sent {
    /// True when it must be handed on: a UID and a body, and nothing wrong.
    fn counts(&self) -> bool {
        let one_of_each = self.uids.len() == 1 && self.bodies.len() == 1 && self.said == 1;
        !self.broken && one_of_each
    }

    /// True when a server may say this.
    fn is_regular(&self) -> bool {
        !self.broken && self.uids.len() <= 1 && self.said <= 1
    }

    /// True when the message can have come of it.
    fn explains(&self, message: &StreamedMessage, keep: usize) -> bool {
        let Some(bytes) = &message.bytes else { return false };
        self.uids.contains(&message.uid)
            && self.bodies.iter().any(|(body, _)| bytes[..] == body[..body.len().min(keep)])
    }
}

/// An answer of a server.
#[derive(Default)]
struct Script {
    said: Vec<u8>,
    sent: Vec<Sent>,
    /// What stands behind this is read out of step: a length was a lie.
    lie: bool,
    /// It ends the command.
    ends: bool,
}

const FLAGS: [&str; 6] =
    ["()", "(\\Seen)", "(\\Seen \"odd)\\\" (\" x)", "($Junk (a) \"{4}\")", "NIL", "(\\Recent"];
const DATES: [&str; 4] =
    ["\"17-Jul-1996 02:44:25 -0700\"", "\" 1-Jan-2020 00:00:00 +0000\"", "NIL", "\"\""];
const OTHERS: [&str; 10] = [
    "MODSEQ (624140003)",
    "RFC822.SIZE 4294967295",
    "X-GM-LABELS (a {3}\r\n)) b)",
    "BODYSTRUCTURE ((\"text\" \"plain\" NIL) (\"a\" ({2}\r\n()) ) \"mixed\")",
    "BODY[HEADER.FIELDS (\"A B\" C)] {2}\r\n))",
    "BODY[HEADER] {8}\r\nUID 9)\r\n",
    "X-NEW {0}\r\n",
    "EMAILID (M6d99ac3275bb4e)",
    "BODY[1]<0> \"* 1 FETCH (UID 8\"",
    "ENVELOPE (\"{3}\" NIL \\\\ \"a\\\"b\")",
];
const NOISE: [&str; 14] = [
    "* 5 EXISTS\r\n",
    "* OK Still here\r\n",
    "* OK [ALERT] about to close {9}\r\n",
    "* NO Disk almost full\r\n",
    "* BAD what\r\n",
    "* 2 EXPUNGE\r\n",
    "* VANISHED 1:4294967295\r\n",
    "* CAPABILITY IMAP4rev1 IDLE\r\n",
    "* FLAGS (\\Seen)\r\n",
    "* LIST () \"/\" {5}\r\nINBOX\r\n",
    "* 9 FETCH (FLAGS (\\Seen) UID 1)\r\n",
    "* ESEARCH (TAG \"d1\") UID ALL 1:5\r\n",
    "+ go on\r\n",
    "* 4294967295 RECENT\n",
];
/// Lengths that are none.
const BROKEN: [&str; 7] = ["{-1}", "{}", "{x}", "~{-3}", "{1 }", "{99999999999999999999}", "{+}"];
const ENDS: [&str; 8] = [
    "d1 OK done\r\n",
    "d1 OK [READ-ONLY] done\n",
    "d1 NO [SERVERBUG] oops\r\n",
    "d1 NO [UNAVAILABLE] later\r\n",
    "d1 BAD what\r\n",
    "d7 OK done\r\n",
    "* BYE going\r\n",
    "",
];

impl Script {
    fn say(&mut self, text: &str) {
        self.said.extend_from_slice(text.as_bytes());
    }

    fn made(choices: &mut Choices<'_>) -> Self {
        let mut script = Self::default();
        while !choices.is_done() && script.sent.len() < 12 && !script.lie {
            if choices.once_in(4) {
                script.say(choices.of(&NOISE));
            } else {
                script.response(choices);
            }
        }
        if !script.lie {
            let end = choices.below(ENDS.len());
            script.say(ENDS[end]);
            script.ends = end < 2;
        }
        script
    }

    fn response(&mut self, choices: &mut Choices<'_>) {
        let mut sent = Sent::default();
        let number = self.sent.len() + 1;
        self.say(choices.of(&["* ", "* 0", "* 429496"]));
        self.say(&format!("{number} {} (", choices.of(&["FETCH", "fetch"])));
        for at in 0..=choices.below(6) {
            if at > 0 {
                self.say(" ");
            }
            self.item(choices, &mut sent);
            if self.lie {
                return;
            }
        }
        self.say(choices.of(&[")\r\n", ")\n", " )\r\n"]));
        self.sent.push(sent);
    }

    fn item(&mut self, choices: &mut Choices<'_>, sent: &mut Sent) {
        match choices.below(10) {
            0..=2 => self.uid(choices, sent),
            3..=6 => self.body(choices, sent),
            7 => {
                let flags = choices.below(FLAGS.len());
                sent.broken |= flags == FLAGS.len() - 1;
                self.say(&format!("FLAGS {}", FLAGS[flags]));
            }
            8 => self.say(&format!("INTERNALDATE {}", choices.of(&DATES))),
            _ => self.say(choices.of(&OTHERS)),
        }
    }

    fn uid(&mut self, choices: &mut Choices<'_>, sent: &mut Sent) {
        let wrong = ["0", "-1", "99999999999", "x", "", "(7)", "\"7\""];
        if choices.once_in(8) {
            sent.broken = true;
            self.say(&format!("UID {}", choices.of(&wrong)));
            return;
        }
        let uid = choices.of(&[1, 2, 3, 7, 4_294_967_295]);
        sent.uids.push(uid);
        self.say(&format!("{} {uid}", choices.of(&["UID", "uid"])));
    }

    fn body(&mut self, choices: &mut Choices<'_>, sent: &mut Sent) {
        sent.said += 1;
        let partial = choices.once_in(2);
        self.say(if partial { "BODY[]<0> " } else { "BODY[] " });
        // No two bodies are the same: what is left of one shows up in another.
        let mut body = format!("#{}.{}#", self.sent.len(), sent.bodies.len()).into_bytes();
        body.extend_from_slice(choices.bytes(100));
        match choices.below(9) {
            0..=2 => self.literal("", "", &body),
            3 => {
                // This form is for clients only (RFC 7888).
                sent.broken = true;
                self.literal("", "+", &body);
            }
            4 => self.literal("~", "", &body),
            5 => {
                body.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
                let escaped = body.iter().flat_map(|&byte| match byte {
                    b'"' | b'\\' => vec![b'\\', byte],
                    _ => vec![byte],
                });
                let quoted: Vec<u8> = [b'"'].into_iter().chain(escaped).chain([b'"']).collect();
                self.said.extend_from_slice(&quoted);
            }
            6 => {
                self.say("NIL");
                return;
            }
            7 => {
                sent.broken = true;
                self.say(choices.of(&BROKEN));
                if choices.once_in(2) {
                    self.say("\r\n");
                }
                return;
            }
            _ => {
                self.lie = true;
                self.say(&format!("{{{}}}\r\n", body.len() + choices.below(40)));
                self.said.extend_from_slice(&body);
                self.say(")\r\nd1 OK done\r\n");
                return;
            }
        }
        sent.bodies.push((body, partial));
    }

    fn literal(&mut self, before: &str, after: &str, body: &[u8]) {
        self.say(&format!("{before}{{{}{after}}}\r\n", body.len()));
        self.said.extend_from_slice(body);
    }
}

/// An answer to a FETCH that follows the grammar, or nearly: every body is one that was sent under
/// its UID, in the order in which they were sent, and none is missing.
pub(crate) fn made_answer(input: &[u8]) {
    let mut choices = Choices::new(input);
    let piece = 1 + choices.number() % 300;
    let keep = choices.of(&[64, 8, 1, 1000]);
    let script = Script::made(&mut choices);
    let read = fetch(&script.said, piece, keep);
    let again = fetch(&script.said, usize::MAX, keep);
    assert_eq!(read, again, "it matters how the bytes arrive");
    let (messages, end) = read;
    let keep = keep as usize;
    let mut sent = script.sent.iter();
    for message in messages.iter().filter(|message| message.bytes.is_some()) {
        let found = sent.by_ref().find(|sent| sent.counts() || sent.explains(message, keep));
        match found {
            Some(sent) => {
                assert!(sent.explains(message, keep), "not what was sent: {message:?}");
                if sent.counts() {
                    let (body, partial) = &sent.bodies[0];
                    let whole = body.len() < keep || body.len() == keep && !partial;
                    assert_eq!(message.whole, whole, "{message:?}");
                }
            }
            None => assert!(script.lie, "nobody sent this: {message:?}"),
        }
    }
    let missing = sent.filter(|sent| sent.counts()).count();
    let regular = script.ends && script.sent.iter().all(Sent::is_regular);
    if regular {
        assert_eq!(missing, 0, "messages are missing; {end}");
        assert!(end.starts_with("Done"), "{end}");
    }
}

const SAID: [&str; 16] = [
    "* 7 EXISTS\r\n",
    "* 0 RECENT\n",
    "* FLAGS (\\Seen caf\u{e9})\r\n",
    "* OK [UIDVALIDITY 3] x\r\n",
    "* OK [UIDNEXT 8] x\r\n",
    "* OK [PERMANENTFLAGS (\\*)] x\r\n",
    "* OK [UNSEEN 1] x {12}\r\n",
    "* OK [HIGHESTMODSEQ 5] x\r\n",
    "* LIST (\\Noselect) \"/\" {5}\r\nINBOX\r\n",
    "* LIST () NIL \"a\\\"b&AOk-\"\r\n",
    "* NAMESPACE ((\"\" \"/\")(\"a\" {1}\r\n/)) NIL NIL\r\n",
    "* BYE [UNAVAILABLE] Restarting\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
    "* OK [CAPABILITY IMAP4rev1 IDLE] x\r\n",
    "* STATUS INBOX (MESSAGES 3)\r\n",
    "+ go on\r\n",
];

/// What a server says to a login, an EXAMINE and a LIST, with noise between.
pub(crate) fn made_session(input: &[u8]) {
    let mut choices = Choices::new(input);
    let piece = 1 + choices.number() % 300;
    let mut said = Vec::new();
    for tag in 1..=3 {
        for _ in 0..choices.below(6) {
            if choices.once_in(6) {
                said.extend_from_slice(choices.bytes(40));
            } else {
                said.extend_from_slice(choices.of(&SAID).as_bytes());
            }
        }
        let how =
            choices.of(&["OK done\r\n", "OK [READ-ONLY] x\n", "NO [ALERT] no\r\n", "BAD\r\n"]);
        said.extend_from_slice(format!("a{tag} {how}").as_bytes());
    }
    assert_eq!(
        session(&said, usize::MAX),
        session(&said, piece),
        "it matters how the bytes arrive"
    );
}
