//! The length of a message, as the server announces it, and what then comes.

use super::{Fault, List, OPENED, Open, Step};

/// A message under a length that is none, with its text behind it.
fn announced(name: &'static str, does: &'static str, literal: &'static str) -> Fault {
    let steps = [Step::Head(literal), Step::Body, Step::Line(")")];
    Fault::of(name, does).in_place(&steps).leaves_out("the server sent")
}

/// A message that is announced as too large, and never comes.
fn too_large(name: &'static str, does: &'static str, literal: &'static str) -> Fault {
    Fault::of(name, does)
        .in_place(&[Step::Head(literal), Step::Silence])
        .leaves_out("bytes, more than 67108864")
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = vec![
        announced("literal-negative", "announces {-1}", "{-1}"),
        announced("literal-empty", "announces {}", "{}"),
        announced("literal-letters", "announces {x}", "{x}"),
        announced("literal-plus", "announces {+5}", "{+5}"),
        announced("literal-hex", "announces {0x10}", "{0x10}"),
        announced("literal-fraction", "announces {1.5}", "{1.5}"),
        announced("literal-blank", "announces { 5}", "{ 5}"),
        announced("literal-two", "announces {5}{5}", "{5}{5}"),
        announced("literal-open", "announces {5 and no more", "{5"),
        announced("literal8-negative", "announces ~{-3}", "~{-3}"),
        announced("literal8-empty", "announces ~{}", "~{}"),
        too_large("literal-4g", "announces {4294967295}", "{4294967295}"),
        too_large(
            "literal-20-digits",
            "announces {99999999999999999999}",
            "{99999999999999999999}",
        ),
        too_large("literal-limit", "announces one byte more than is taken", "{67108865}"),
        Fault::of("literal-4g-comes", "announces {4294967295} and sends without an end")
            .in_place(&[Step::Head("{4294967295}"), Step::Flood("AAAAAAA\r\n", u64::MAX)])
            .leaves_out("more than 67108864"),
    ];
    faults.extend(lengths());
    faults.extend(kinds());
    faults
}

/// Lengths that are numbers and not the right ones.
fn lengths() -> Vec<Fault> {
    vec![
        Fault::of("literal-short", "announces fewer bytes than it sends")
            .in_place(&[Step::Head("{5}"), Step::Body, Step::Line(")")])
            .leaves_out("the server sent"),
        Fault::of("literal-shorter-by-one", "announces a byte less than it sends")
            .text(b"Subject: one byte more\r\n\r\nx")
            .in_place(&[Step::Head("{26}"), Step::Body, Step::Line(")")])
            .leaves_out("the server sent"),
        Fault::of("literal-long", "announces more bytes than it sends")
            .in_place(&[Step::Head("{400}"), Step::Body, Step::Line(")")])
            .silent()
            .list(List::LeftOut(&[OPENED], ""))
            .open(Open::Fails("")),
        Fault::of("literal-longer-by-one", "announces a byte more than it sends")
            .text(b"Subject: one byte less\r\n\r\nx")
            .in_place(&[Step::Head("{28}"), Step::Body, Step::Line(")")])
            .leaves_out("the server sent"),
        Fault::of("literal-zero", "announces {0} and sends a text")
            .in_place(&[Step::Head("{0}"), Step::Body, Step::Line(")")])
            .leaves_out("the server sent"),
    ]
}

/// Other ways to send a text.
fn kinds() -> Vec<Fault> {
    vec![
        Fault::of("text-empty", "sends a message without a byte, which is legal")
            .text(b"")
            .in_place(&[Step::Head("{0}"), Step::Line(")")])
            .messages_come(),
        Fault::of("text-nil", "sends NIL for a message")
            .in_place(&[Step::Head("NIL)")])
            .list(List::LeftOut(&[OPENED], "the server sent it without its text"))
            .open(Open::Fails("without its text")),
        Fault::of("text-quoted", "sends a message as a quoted string, which is legal")
            .text(b"short \"quoted\" \\ text")
            .in_place(&[Step::Head("\"short \\\"quoted\\\" \\\\ text\")")])
            .messages_come(),
        Fault::of("text-literal8", "sends a message as ~{n}, which is legal")
            .in_place(&[Step::Head("~{{size}}"), Step::Body, Step::Line(")")])
            .messages_come(),
        Fault::of("text-quoted-open", "sends a quoted string that does not end")
            .in_place(&[Step::Head("\"short text)")])
            .leaves_out("the server sent"),
        Fault::of("text-atom", "sends a word where the text belongs")
            .in_place(&[Step::Head("text)")])
            .leaves_out("the server sent"),
        Fault::of("text-list", "sends a list where the text belongs")
            .in_place(&[Step::Head("(\"a\" \"b\"))")])
            .leaves_out("the server sent"),
        Fault::of("text-like-answers", "sends a message whose text looks like its answers")
            .text(
                b"d1 OK done\r\nd2 OK done\r\nd3 OK done\r\n)\r\n* 4 FETCH (UID 40 BODY[]<0> {3}\r\n\
                  abc)\r\n* BYE\r\n* 9 EXISTS\r\nd4 NO no {-1}\r\n",
            )
            .in_place(&[Step::Properly])
            .messages_come(),
        Fault::of("text-long", "sends a message of 200 KiB, of which the list takes the beginning")
            .text(LONG)
            .in_place(&[Step::Properly])
            .messages_come(),
        Fault::of("text-controls", "sends a message of control characters")
            .text(b"\0\x01\x1b[2J\x07\r\r\n\n\x9b\xff\xfe{9}\r\n")
            .in_place(&[Step::Properly])
            .messages_come(),
    ]
}

/// A text longer than what the list takes.
static LONG: &[u8] = &[b'x'; 200 << 10];
