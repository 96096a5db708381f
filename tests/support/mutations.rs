//! Messages that look real and are not: the messages of `tests/corpus` cut, spliced, doubled,
//! nested, with other line ends, other charsets, and with what does not belong there.

use std::fmt;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

/// Longer messages of the corpus are left out: a mutation of them shows nothing new and takes long.
const LONGEST: usize = 12 << 10;

/// The messages that are changed, with LF line ends.
pub(crate) static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let raw = crate::fixtures::fixtures().into_iter().map(|fixture| fixture.raw());
    raw.filter(|raw| raw.len() <= LONGEST)
        .map(|raw| deadletter::mail::canonical::canonical(&raw).into_owned())
        .collect()
});

/// Pieces that mean something to a reader of bounces, to a terminal or to a decoder.
const TOKENS: [&str; 29] = [
    "Content-Type: message/rfc822\n\n",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n",
    "\n--b\nContent-Type: message/delivery-status\n\n",
    "\n--b--\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Final-Recipient: rfc822; other@elm.example\nAction: failed\nStatus: 5.2.2\n",
    "Diagnostic-Code: smtp; 550-5.7.1 first\n 550 5.7.1 second\n",
    "Diagnostic-Code: smtp; 550 5.1.1 zażółć gęślą jaźń zażółć gęślą jaźń user unknown 利用者が見つかりません\n",
    "Status: 4.4.1\n",
    "Subject: =?utf-8?q?=E2=80=AEevil?= =?iso-2022-jp?b?GyRCJCIbKEI=?=\n",
    "Received: from a.example (b.example [192.0.2.7]) by c.example with ESMTPS; 99 Foo 2026 99:99:99 +9999\n",
    "Received: by (((((( ;;;; [[[\n",
    "<u@oak.example>: host mx.oak.example[192.0.2.7] said: 550 5.1.1 No such user (in reply to RCPT TO command)\n",
    "   ----- Transcript of session follows -----\n>>> RCPT To:<u@b.example>\n<<< 550 5.1.1 no\n",
    "Generating server: a.example\n\nu@oak.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
    "This is the mail system at host a.example.\n\n",
    "Below this line is a copy of the message.\n",
    "{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"u@b.example\"}]}}",
    "<table><tr><td>&#x202e;&nbsp;550</td></tr></table>",
    "\u{1b}]52;c;aGVsbG8=\u{7}",
    "\u{9b}31m",
    "\u{202e}\u{200b}\u{ad}\u{e0041}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\0",
    "\r",
    "\n\n",
    "\n ",
    "=\n",
];

/// Labels of charsets, lies included.
const CHARSETS: [&str; 9] = [
    "utf-8",
    "us-ascii",
    "iso-8859-2",
    "windows-1250",
    "iso-2022-jp",
    "utf-16",
    "utf-7",
    "uft-8",
    "gb18030",
];

/// One change to a message.
#[derive(Clone, Debug)]
enum Change {
    Cut(Index, Index),
    Double(Index, Index),
    Splice(Index, Index),
    Insert(Index, Index),
    Poke(Index, u8),
    Charset(Index),
    Forwarded,
    Returned(Index),
    Coded,
    LineEnds(bool),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        1 => (place(), place()).prop_map(|(a, b)| Change::Cut(a, b)),
        1 => (place(), place()).prop_map(|(a, b)| Change::Double(a, b)),
        1 => (place(), place()).prop_map(|(a, b)| Change::Splice(a, b)),
        3 => (place(), place()).prop_map(|(a, b)| Change::Insert(a, b)),
        1 => (place(), any::<u8>()).prop_map(|(a, b)| Change::Poke(a, b)),
        1 => place().prop_map(Change::Charset),
        1 => Just(Change::Forwarded),
        1 => place().prop_map(Change::Returned),
        1 => Just(Change::Coded),
        1 => any::<bool>().prop_map(Change::LineEnds),
    ]
}

/// A message, shown as text where a property does not hold of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail(pub(crate) Vec<u8>);

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .split_inclusive(|b| *b == b'\n')
            .try_for_each(|line| write!(f, "\n  {}", line.escape_ascii()))
    }
}

/// A message of the corpus after a few changes.
pub(crate) fn message() -> impl Strategy<Value = Mail> {
    (any::<Index>(), prop::collection::vec(change(), 0..6)).prop_map(|(seed, changes)| {
        let mut raw = seed.get(SEEDS.as_slice()).clone();
        for change in changes {
            raw = change.apply(raw);
        }
        Mail(raw)
    })
}

/// A line of a message: where most that goes wrong begins.
fn line_start(raw: &[u8], at: Index) -> usize {
    let at = at.index(raw.len() + 1);
    raw[..at].iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1)
}

/// A run of whole lines.
fn lines(raw: &[u8], a: Index, b: Index) -> (usize, usize) {
    let (a, b) = (line_start(raw, a), line_start(raw, b));
    (a.min(b), a.max(b))
}

impl Change {
    fn apply(self, mut raw: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Cut(a, b) => {
                let (from, to) = lines(&raw, a, b);
                raw.drain(from..to);
                raw
            }
            Self::Double(a, b) => {
                let (from, to) = lines(&raw, a, b);
                let again = raw[from..to].to_vec();
                raw.splice(to..to, again);
                raw
            }
            Self::Splice(at, other) => {
                let at = line_start(&raw, at);
                let other = other.get(SEEDS.as_slice());
                raw.truncate(at);
                raw.extend_from_slice(&other[at.min(other.len())..]);
                raw
            }
            Self::Insert(at, token) => {
                let at = at.index(raw.len() + 1);
                raw.splice(at..at, (*token.get(&TOKENS[..])).bytes());
                raw
            }
            Self::Poke(at, byte) => {
                if !raw.is_empty() {
                    let at = at.index(raw.len());
                    raw[at] = byte;
                }
                raw
            }
            Self::Charset(label) => in_charset(&raw, CHARSETS[label.index(CHARSETS.len())]),
            Self::Forwarded => {
                wrapped("Subject: Fwd: look\nContent-Type: message/rfc822\n\n", &raw, "")
            }
            Self::Returned(seed) => returned(&SEEDS[seed.index(SEEDS.len())], &raw),
            Self::Coded => coded(&raw),
            Self::LineEnds(crlf) => {
                crate::invariants::with_line_ends(&raw, if crlf { b"\r\n" } else { b"\r" })
            }
        }
    }
}

fn wrapped(before: &str, raw: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), raw, after.as_bytes()].concat()
}

/// The same with every charset called otherwise.
fn in_charset(raw: &[u8], label: &str) -> Vec<u8> {
    let Some(at) = memchr::memmem::find(raw, b"charset=") else {
        return wrapped(&format!("Content-Type: text/plain; charset={label}\n"), raw, "");
    };
    let end =
        raw[at..].iter().position(|b| matches!(b, b'\n' | b';')).map_or(raw.len(), |end| at + end);
    [&raw[..at], b"charset=", label.as_bytes(), &raw[end..]].concat()
}

/// The message as the one that came back with another.
fn returned(report: &[u8], raw: &[u8]) -> Vec<u8> {
    let before = "From: MAILER-DAEMON@birch.example\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\n";
    let middle = b"\n--outer\nContent-Type: message/rfc822\n\n";
    let words = report.get(report.len() / 2..).unwrap_or_default();
    [before.as_bytes(), words, middle, raw, b"\n--outer--\n"].concat()
}

/// The message in base64 inside a message.
fn coded(raw: &[u8]) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let coded = STANDARD.encode(raw);
    let lines: Vec<&[u8]> = coded.as_bytes().chunks(76).collect();
    wrapped(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n",
        &lines.join(&b'\n'),
        "\n",
    )
}
