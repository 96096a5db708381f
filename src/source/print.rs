//! By what a stored message is known again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

use crate::mail::header::{field_name, split_line};

/// Known to nobody outside: who writes mail cannot make two messages that look like one.
static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Fields that mailbox programs write into messages and change: they make no other message of it.
const FIELDS: [&str; 11] = [
    "Content-Length",
    "Lines",
    "Status",
    "X-IMAP",
    "X-IMAPbase",
    "X-Keywords",
    "X-Mozilla-Keys",
    "X-Mozilla-Status",
    "X-Mozilla-Status2",
    "X-Status",
    "X-UID",
];

/// What a message says, as a number: two messages with the same one are the same. Line ends at its
/// end and what mailbox programs note in its header do not count. Of use in this process alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Print(u64);

impl Print {
    pub(super) fn of(message: &[u8]) -> Self {
        let mut hasher = KEYS.build_hasher();
        let mut rest = &message[..significant(message)];
        let mut length = 0;
        let mut noted = false;
        loop {
            let (line, after) = split_line(rest);
            let folded = line.starts_with(b" ") || line.starts_with(b"\t");
            noted = if folded { noted } else { is_noted(line) };
            if line.trim_ascii().is_empty() {
                break;
            }
            let field = &rest[..rest.len() - after.len()];
            if !noted {
                hasher.write(field);
                length += field.len();
            }
            rest = after;
        }
        hasher.write(rest);
        hasher.write_usize(length + rest.len());
        Self(hasher.finish())
    }
}

/// Length of a message without the line ends at its end, in bytes.
pub(super) fn significant(message: &[u8]) -> usize {
    let last = message.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    last.map_or(0, |at| at + 1)
}

/// True for a line of a header that mailbox programs write.
fn is_noted(line: &[u8]) -> bool {
    // Most lines are told by their first letter.
    if !line.first().is_some_and(|first| b"cClLsSxX".contains(first)) {
        return false;
    }
    let Some((name, _)) = field_name(line) else { return false };
    FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: a@birch.example\nSubject: 1\n\nStatus: RO\n";

    #[test]
    fn what_mailbox_programs_note_makes_no_other_message() {
        let print = Print::of(MESSAGE.as_bytes());
        for noted in [
            MESSAGE.replacen("\n\n", "\nStatus: RO\nX-Status: A\n\n", 1),
            MESSAGE.replacen("Subject", "X-Keywords: a\n b\nx-uid: 7\nSubject", 1),
            format!("Content-Length: 11\n{MESSAGE}"),
            format!("{MESSAGE}\r\n\n"),
        ] {
            assert_eq!(Print::of(noted.as_bytes()), print, "{noted}");
        }
    }

    #[test]
    fn anything_else_does() {
        let print = Print::of(MESSAGE.as_bytes());
        for (old, new) in [
            ("Subject: 1", "Subject: 2"),
            ("Status: RO", "Status: R"),
            ("\n\nStatus", "\nStatus"),
            ("From: a", "Status2: a\nFrom: a"),
            ("birch.example\n", "birch.example\n b\n"),
        ] {
            let other = MESSAGE.replacen(old, new, 1);
            assert_ne!(Print::of(other.as_bytes()), print, "{other}");
        }
        for length in 0..MESSAGE.len() - 1 {
            assert_ne!(Print::of(&MESSAGE.as_bytes()[..length]), print, "{length}");
        }
    }
}
