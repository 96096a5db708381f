//! Searching text whatever the case of its ASCII letters, without a copy in lower case.

/// True when `text` begins with `phrase`, whatever its case (ASCII).
#[must_use]
pub fn begins(text: &str, phrase: &str) -> bool {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    let Some(start) = text.get(..phrase.len()) else { return false };
    begin_alike(start, phrase) && start.eq_ignore_ascii_case(phrase)
}

/// The text behind the first of these that it begins with.
#[must_use]
pub fn behind_any<'t>(text: &'t str, prefixes: &[&str]) -> Option<&'t str> {
    for prefix in prefixes {
        if begin_alike(text.as_bytes(), prefix.as_bytes())
            && let Some(rest) = text.strip_prefix(prefix)
        {
            return Some(rest);
        }
    }
    None
}

/// The text behind these marks (ASCII), of which any number may stand in front.
#[must_use]
pub fn behind_marks<'t>(text: &'t str, marks: &[u8]) -> &'t str {
    &text[text.bytes().take_while(|byte| marks.contains(byte)).count()..]
}

/// False for two texts that begin with different letters: most do, and need no closer look.
fn begin_alike(one: &[u8], other: &[u8]) -> bool {
    match (one.first(), other.first()) {
        (Some(one), Some(other)) => one | 0x20 == other | 0x20,
        _ => true,
    }
}

/// Bytes of a text in which it pays to choose the byte of the phrase that is looked for first.
const LONG: usize = 100;

/// Where `phrase` occurs in `text`, in bytes, whatever its case (ASCII). `phrase` is in lower case.
#[must_use]
pub fn position(text: &str, phrase: &str) -> Option<usize> {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    let last = text.len().checked_sub(phrase.len())?;
    let (offset, rare) = if text.len() < LONG { (0, *phrase.first()?) } else { rarest(phrase)? };
    let searched = &text[offset..=last + offset];
    memchr::memchr2_iter(rare, rare.to_ascii_uppercase(), searched)
        .find(|&at| text[at..at + phrase.len()].eq_ignore_ascii_case(phrase))
}

/// The byte of a phrase that texts hold least, and where in the phrase it stands.
fn rarest(phrase: &[u8]) -> Option<(usize, u8)> {
    phrase.iter().copied().enumerate().min_by_key(|(_, byte)| frequency(*byte))
}

/// How often mail systems write a byte (of letters a small one), roughly: 0 seldom, 5 most often.
#[must_use]
pub const fn frequency(byte: u8) -> u8 {
    match byte {
        b'q' | b'z' | b'x' | b'j' | b'k' => 0,
        b'v' | b'w' | b'b' | b'#' | b'!' | b'[' | b'%' | b'\'' | b'"' | 0x80.. => 1,
        b'c' | b'd' | b'l' | b'm' | b'-' | b':' | b'0'..=b'9' => 3,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b't' | b'.' => 4,
        b' ' | b'e' => 5,
        _ => 2,
    }
}

/// True when `phrase` occurs in `text`, whatever its case (ASCII). `phrase` is in lower case.
#[must_use]
pub fn contains(text: &str, phrase: &str) -> bool {
    position(text, phrase).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_whatever_their_case() {
        assert_eq!(position("Remote Host Said: x", "host said"), Some(7));
        assert_eq!(position("x", "long phrase"), None);
        assert!(contains("Remote Host", "host") && !contains("Remote Host", "hosts"));
        assert!(begins("Final-Recipient: x", "final-recipient"));
        assert!(!begins("Final", "final-recipient"));
    }
}
