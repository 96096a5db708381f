//! What an IMAP server says: the answer to a FETCH in our own reader, and everything else on its
//! way to the crate `imap`. The first byte says in which pieces it arrives; that must change
//! nothing.

#![no_main]

use deadletter::source::imap::fuzzing::{fetch, session};

/// Bytes of a message that are kept.
const KEEP: u32 = 64;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((&piece, said)) = input.split_first() else { return };
    let piece = usize::from(piece).max(1);
    let (messages, end) = fetch(said, piece, KEEP);
    assert!(messages.iter().all(|m| m.uid != 0), "a message without a UID");
    let kept = messages.iter().filter_map(|m| m.bytes.as_ref()).map(Vec::len);
    assert!(kept.max().unwrap_or(0) <= KEEP as usize, "more than was asked for");
    assert!(messages.iter().all(|m| m.bytes.is_some() || !m.whole));
    assert_eq!(fetch(said, usize::MAX, KEEP), (messages, end), "it matters how the bytes arrive");
    assert_eq!(session(said, usize::MAX), session(said, piece), "it matters how the bytes arrive");
});
