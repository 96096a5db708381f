//! Searching text whatever the case of its ASCII letters, without a copy in lower case.

/// True when `text` begins with `phrase`, whatever its case (ASCII).
#[must_use]
pub fn begins(text: &str, phrase: &str) -> bool {
    match text.as_bytes().get(..phrase.len()) {
        Some(start) => start.eq_ignore_ascii_case(phrase.as_bytes()),
        None => false,
    }
}

/// Where `phrase` occurs in `text`, in bytes, whatever its case (ASCII). `phrase` is in lower case.
#[must_use]
pub fn position(text: &str, phrase: &str) -> Option<usize> {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    let &first = phrase.first()?;
    let last = text.len().checked_sub(phrase.len())?;
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last])
        .find(|&at| text[at..at + phrase.len()].eq_ignore_ascii_case(phrase))
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
