//! The From_ lines that stand between the messages of an mbox, and the quoted ones inside them.

/// `From sender date`: the date ends in a year, or a zone, and holds a time.
pub(super) fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let (mut words, mut time, mut year) = (0, false, false);
    for word in rest.trim_ascii().split(|b| *b == b' ') {
        if word.is_empty() {
            continue;
        }
        words += 1;
        time |= word.len() >= 4 && word.contains(&b':') && word[0].is_ascii_digit();
        year |= word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    }
    words >= 5 && time && year
}

/// The line without one `>` if it is a quoted From_ line (mboxrd; mboxo quotes the same way once).
pub(super) fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = count_of(line, b">");
    let quoted = quotes > 0 && line[quotes..].starts_with(b"From ");
    if quoted { &line[1..] } else { line }
}

/// How many of these bytes a text begins with.
pub(super) fn count_of(text: &[u8], these: &[u8]) -> usize {
    text.iter().position(|byte| !these.contains(byte)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_from_line_has_a_sender_a_time_and_a_year() {
        for line in [
            "From a@b.example Mon May  4 06:57:12 2026\n",
            "From MAILER-DAEMON Mon May 4 06:57 2026\r\n",
            "From - Mon May  4 06:57:12 2026 +0200",
        ] {
            assert!(is_from_line(line.as_bytes()), "{line}");
        }
        for line in ["From now on it is 6:57", "from a Mon May 4 06:57:12 2026", ">From a", "From "]
        {
            assert!(!is_from_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn one_quote_is_taken_away() {
        for (line, expected) in
            [(">From x", "From x"), (">>From x", ">From x"), ("> From x", "> From x"), ("x", "x")]
        {
            assert_eq!(unquoted(line.as_bytes()), expected.as_bytes());
        }
    }
}
