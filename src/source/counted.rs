//! Messages that tell their length in Content-Length, as mboxcl and mboxcl2 have it. Anybody can
//! write that field into a mail, so it counts only where it proves itself.

use std::io::Read;

use crate::mail::header::{field_name, split_line};

use super::from_line::{count_of, is_from_line};
use super::window::Window;

/// Bytes in which the header of a message that tells its length must end.
const HEAD: usize = 64 << 10;
/// The longest body that is believed, in bytes.
const BODY_BYTES: usize = 64 << 20;

/// What is known of a message that tells its length, in bytes.
pub(super) struct Length {
    pub(super) header: usize,
    pub(super) body: usize,
    /// The empty lines behind it.
    pub(super) between: usize,
    /// True when another message follows.
    pub(super) more: bool,
}

/// Length of the header at the start of these bytes, and the one that it tells of its body.
fn content_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut told) = (0, None);
    loop {
        let length = memchr::memchr(b'\n', &bytes[at..])? + 1;
        let line = &bytes[at..at + length];
        at += length;
        if count_of(line, b"\r\n") == length {
            return told.map(|body| (at, body));
        }
        let Some((name, value)) = field_name(line) else { continue };
        if !name.eq_ignore_ascii_case("Content-Length") {
            continue;
        }
        if told.is_some() {
            return None;
        }
        let body: usize = std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()?;
        told = Some(body).filter(|body| *body <= BODY_BYTES);
        told?;
    }
}

/// How long the message is whose header comes next, if it tells that and it proves itself: what
/// stands behind is the end, or a From_ line and a message that tells its length as well.
pub(super) fn told_length<R: Read>(window: &mut Window<R>) -> Option<Length> {
    let (header, body) = content_length(window.ahead(HEAD))?;
    let ahead = window.ahead(header + body + HEAD);
    let ended = ahead.len() < header + body + HEAD;
    let (message, behind) = ahead.split_at_checked(header + body)?;
    let between = count_of(behind, b"\r\n");
    let next = &behind[between..];
    let length = Length { header, body, between, more: !next.is_empty() };
    if next.is_empty() {
        return ended.then_some(length);
    }
    let (line, after) = split_line(next);
    let proven = message.ends_with(b"\n") && is_from_line(line);
    (proven && content_length(after).is_some()).then_some(length)
}

#[cfg(test)]
mod tests {
    use crate::source::mbox::tests::{FROM, messages};

    /// A message that tells its length.
    fn counted(subject: &str, body: &str) -> String {
        format!("{FROM}Subject: {subject}\nContent-Length: {}\n\n{body}\n", body.len())
    }

    #[test]
    fn a_length_that_proves_itself_counts() {
        let forged = format!("x\n\n{FROM}Subject: forged\n\n>From y\n");
        let mbox = counted("1", &forged) + &counted("2", "z\n") + &counted("3", &forged);
        let found = messages(mbox.as_bytes());
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].ends_with(&forged) && found[2].ends_with(&forged));
        // Line ends count: what tells too little is not believed.
        assert_eq!(messages(mbox.replace('\n', "\r\n").as_bytes()).len(), 5);
        let quoted = counted("1", ">From the garden\n");
        assert!(messages(quoted.as_bytes())[0].ends_with("\n\nFrom the garden\n"), "mboxcl");
    }

    #[test]
    fn a_length_that_is_not_true_neither_swallows_nor_splits() {
        let two = format!("{FROM}Subject: 2\n\ny\n\n");
        let three = format!("{FROM}Subject: 3\n\nz\n\n");
        let past = "x\n\n".len() + two.len();
        let claims = [
            "0",
            "1",
            "2",
            "3",
            "4",
            "5",
            "-1",
            "+3",
            "x",
            "",
            "99999999",
            "67108864",
            "18446744073709551615",
            "99999999999999999999999",
        ];
        let claims = claims.into_iter().map(str::to_owned).chain([past.to_string()]);
        for claim in claims {
            for field in ["Content-Length", "content-length", "Content-Length : 3\nContent-Length"]
            {
                let one = format!("{FROM}Subject: 1\n{field}: {claim}\n\nx\n\n");
                let found = messages(format!("{one}{two}{three}").as_bytes());
                assert_eq!(found.len(), 3, "{claim}: {found:?}");
                assert!(found[0].ends_with("\n\nx\n"), "{claim}: {found:?}");
            }
        }
        // Only where all tell their lengths somebody can be believed.
        let late = format!("{FROM}Subject: 0\n\nw\n\n") + &counted("1", &format!("x\n\n{two}"));
        assert_eq!(messages((late + &counted("4", "v\n")).as_bytes()).len(), 4);
    }
}
