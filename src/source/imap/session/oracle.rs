//! Whether a message belongs to its UID, told from what the server said and from nothing else: for
//! tests and fuzzing.

use std::ops::Range;

/// Checks that a message and its UID stand in the response that lies there in what was said.
///
/// # Panics
/// When they do not.
pub(super) fn belongs(said: &[u8], extent: Range<u64>, uid: u32, bytes: Option<&[u8]>) {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let response = &said[place(extent.start)..place(extent.end)];
    let shown = String::from_utf8_lossy(response);
    assert!(names(response, uid), "UID {uid} is not named in {shown}");
    if let Some(bytes) = bytes {
        let verbatim = memchr::memmem::find(response, bytes).is_some();
        let unquoted = || memchr::memmem::find(&without_escapes(response), bytes).is_some();
        assert!(verbatim || unquoted(), "the bytes of UID {uid} are not in {shown}");
    }
}

/// True when `UID` and this number stand there.
fn names(response: &[u8], uid: u32) -> bool {
    let text = response.to_ascii_uppercase();
    for at in memchr::memmem::find_iter(&text, b"UID") {
        let rest = text[at + 3..].trim_ascii_start();
        let end = rest.iter().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len());
        let digits = std::str::from_utf8(&rest[..end]).unwrap_or_default();
        if digits.parse() == Ok(uid) {
            return true;
        }
    }
    false
}

fn without_escapes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        out.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    out
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::super::super::net::limits::Limits;
    use super::super::fetch::{FetchAnswer, Fetching};
    use super::super::raw::RawResponse;
    use super::super::script::Script;
    use super::*;

    /// Items as they may be and as they may not be. `TEXT` is the text of the message, `LEN` its
    /// length, `UID` its UID, `~` a line end.
    const ITEMS: [&str; 30] = [
        "UID UID",
        "UID UID",
        "UID UID",
        "BODY[]<0> {LEN}~TEXT",
        "BODY[]<0> {LEN}~TEXT",
        "BODY[] {LEN}~TEXT",
        "BODY[]<0> \"TEXT\"",
        "BODY[]<0> NIL",
        "BODY[]<0> {-1}~TEXT",
        "BODY[]<0> {}~TEXT",
        "BODY[]<0> {x}~TEXT",
        "BODY[]<0> {LEN+}~TEXT",
        "BODY[]<0> {-3}~",
        "BODY[]<0> {0}~",
        "BODY[]<0> {3}~TEXT",
        "BODY[]<0> {900}~TEXT",
        "BODY[]<0> {99999999999999999999}~TEXT",
        "BODY[]<0> \"TEXT",
        "BODY[]<0> \"{LEN}~TEXT\"",
        "BODY[]<4> {LEN}~TEXT",
        "BODY[HEADER] {LEN}~TEXT",
        "BODY[]<0>",
        "UID {LEN}~TEXT",
        "UID 0",
        "UID 4294967296",
        "FLAGS (\\Seen $A)",
        "FLAGS (\\Seen",
        "X-THING (a {LEN}~TEXT b)",
        "INTERNALDATE \"17-Jul-2026 02:44:25 +0200\"",
        ")",
    ];

    /// A response of some items, about a message that has its own UID and its own text.
    fn response(number: usize, items: &[usize], end: &str) -> Vec<u8> {
        let text = format!("this is the text of {number}");
        let mut said = Vec::new();
        for &item in items {
            let item = ITEMS[item].replace("LEN", &text.len().to_string());
            let item = item.replace("UID UID", &format!("UID {}", 100 + number));
            said.push(item.replace("TEXT", &text).replace('~', "\r\n"));
        }
        format!("* {number} FETCH ({}{end}\r\n", said.join(" ")).into_bytes()
    }

    /// Reads an answer, and checks every message that comes of it; returns how many came.
    fn check(said: &[u8], piece: usize) -> usize {
        let mut wire = Script::wire(said, piece, Limits::default());
        let mut response = RawResponse::default();
        let mut fetching =
            Fetching::send(&mut wire, &mut response, "UID FETCH 1:* x", 64).expect("a script");
        let mut came = 0;
        loop {
            let (uid, bytes) = match fetching.read_next() {
                Ok(FetchAnswer::Arrived(arrived)) => {
                    (arrived.uid, arrived.bytes.map(Cow::into_owned))
                }
                _ => return came,
            };
            belongs(said, fetching.extent(), uid, bytes.as_deref());
            let text = format!("this is the text of {}", uid - 100);
            if let Some(bytes) = &bytes {
                let shown = String::from_utf8_lossy(bytes);
                assert!(text.starts_with(&*shown) || shown.starts_with(&text), "{uid}: {shown}");
            }
            came += usize::from(bytes.is_some());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_text_gets_under_the_uid_of_another(
            responses in prop::collection::vec(
                (prop::collection::vec(0..ITEMS.len(), 1..5), prop::bool::weighted(0.9)), 1..8),
            piece in 1usize..200,
        ) {
            let mut said = Vec::new();
            for (number, (items, ends)) in responses.iter().enumerate() {
                said.extend(response(number + 1, items, if *ends { ")" } else { "" }));
            }
            said.extend_from_slice(b"d1 OK done\r\n");
            check(&said, piece);
        }
    }

    #[test]
    fn a_text_goes_under_its_own_uid() {
        let said: Vec<u8> = (1..=5).flat_map(|n| response(n, &[n % 3, 3 + n % 4], ")")).collect();
        assert_eq!(check(&said, 7), 5);
    }
}
